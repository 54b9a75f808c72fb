// What both ends of a measurement agree on: the first frame of a Monero node, the byte pattern of a stream,
// and the command that says what a connection is for.
#ifndef WIRE_H
#define WIRE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

// A Levin handshake request of mainnet, as monerod sends it first on every P2P connection:
//
//   header, 33 bytes, little-endian:
//     8 signature | 8 body length | 1 expects an answer | 4 command 1001 | 4 return code | 4 flags 1 | 4 version 1
//   body, portable storage:
//     node_data    { my_port, network_id (16 bytes), peer_id, support_flags }
//     payload_data { cumulative_difficulty and its upper half, current_height, top_id (32 bytes), top_version }
enum { LEVIN_HEADER = 33, LEVIN_MAX = 512 };

struct levin_frame {
    uint8_t bytes[LEVIN_MAX];
    size_t length;
};

static inline void levin_put(struct levin_frame *f, const void *bytes, size_t n) {
    memcpy(f->bytes + f->length, bytes, n);
    f->length += n;
}

static inline void levin_number(struct levin_frame *f, uint64_t value, size_t width) {
    for (size_t i = 0; i < width; i++) f->bytes[f->length++] = (uint8_t)(value >> (8 * i));
}

// Types of portable storage: 5 is a 64-bit, 6 a 32-bit, 8 an 8-bit unsigned number, 10 a string, 12 an object.
static inline void levin_name(struct levin_frame *f, const char *name, uint8_t type) {
    levin_number(f, strlen(name), 1);
    levin_put(f, name, strlen(name));
    levin_number(f, type, 1);
}

// Counts and lengths below 64 are one byte: the value in the upper six bits, 0 in the lower two.
static inline void levin_count(struct levin_frame *f, uint8_t count) { levin_number(f, (uint64_t)count << 2, 1); }

static inline void levin_string(struct levin_frame *f, const char *name, const void *bytes, uint8_t n) {
    levin_name(f, name, 10);
    levin_count(f, n);
    levin_put(f, bytes, n);
}

static inline struct levin_frame levin_handshake(void) {
    static const uint8_t mainnet[16] = {0x12, 0x30, 0xF1, 0x71, 0x61, 0x04, 0x41, 0x61,
                                        0x17, 0x31, 0x00, 0x82, 0x16, 0xA1, 0xA1, 0x10};
    static const uint8_t storage[9] = {0x01, 0x11, 0x01, 0x01, 0x01, 0x01, 0x02, 0x01, 0x01};
    static const uint8_t top_id[32] = {0x41, 0x80, 0x15, 0xBB, 0x9A, 0xE9, 0x82, 0xA1, 0x97, 0x5D, 0xA7,
                                       0xD7, 0x92, 0x77, 0xC2, 0x70, 0x57, 0x27, 0xA5, 0x68, 0x94, 0xBA,
                                       0x0F, 0xB2, 0x46, 0xAD, 0xAA, 0xBB, 0x1F, 0x46, 0x32, 0xE3};
    struct levin_frame f = {.length = LEVIN_HEADER};
    levin_put(&f, storage, sizeof storage);
    levin_count(&f, 2);
    levin_name(&f, "node_data", 12);
    levin_count(&f, 4);
    levin_name(&f, "my_port", 6), levin_number(&f, 0, 4);
    levin_string(&f, "network_id", mainnet, sizeof mainnet);
    levin_name(&f, "peer_id", 5), levin_number(&f, 0x6D6F6E65726F6421, 8);
    levin_name(&f, "support_flags", 6), levin_number(&f, 1, 4);
    levin_name(&f, "payload_data", 12);
    levin_count(&f, 5);
    levin_name(&f, "cumulative_difficulty", 5), levin_number(&f, 0x0600000000000000, 8);
    levin_name(&f, "cumulative_difficulty_top64", 5), levin_number(&f, 0, 8);
    levin_name(&f, "current_height", 5), levin_number(&f, 3500000, 8);
    levin_string(&f, "top_id", top_id, sizeof top_id);
    levin_name(&f, "top_version", 8), levin_number(&f, 16, 1);

    size_t whole = f.length;
    f.length = 0;
    levin_number(&f, 0x0101010101012101, 8);
    levin_number(&f, whole - LEVIN_HEADER, 8);
    levin_number(&f, 1, 1);
    levin_number(&f, 1001, 4);
    levin_number(&f, 0, 4);
    levin_number(&f, 1, 4);
    levin_number(&f, 1, 4);
    f.length = whole;
    return f;
}

// After the upstream has echoed the handshake, the client may send one command of eight bytes:
//   1 what ('E' echo whatever follows, 'S' stream to me) | 3 zero | 4 milliseconds to stream, 0 without end
enum { COMMAND_LENGTH = 8 };

static inline void command_write(uint8_t out[COMMAND_LENGTH], char what, uint32_t milliseconds) {
    memset(out, 0, COMMAND_LENGTH);
    out[0] = (uint8_t)what;
    memcpy(out + 4, &milliseconds, 4);
}

// A stream is whole blocks of one pseudo-random pattern. The length of the block is a prime, so bytes that are
// lost, repeated or moved do not fit again; a stream cut short does not end on a block.
// The pattern stands twice, so that a block can be compared or sent from any place in it at once.
enum { BLOCK = 65521 };

static inline void pattern_fill(uint8_t pattern[2 * BLOCK]) {
    uint32_t x = 0x9E3779B9;
    for (size_t i = 0; i < BLOCK; i++) {
        x ^= x << 13, x ^= x >> 17, x ^= x << 5;
        pattern[i] = pattern[BLOCK + i] = (uint8_t)(x >> 11);
    }
}

#endif
