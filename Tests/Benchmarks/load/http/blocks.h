// What the node answers and the wallet expects.
#pragma once
#include <stdint.h>
#include <string.h>
#include <time.h>

// 180 bytes. Its seven digits at STAMP say when the node read the call.
#define SHORT_BEFORE "{\"id\":\"0\",\"jsonrpc\":\"2.0\",\"result\":{\"earliest_height\":"
#define SHORT_ANSWER                                                                                              \
    SHORT_BEFORE "2689608,\"enabled\":true,\"state\":2,\"status\":\"OK\",\"threshold\":0,\"untrusted\":false," \
                 "\"version\":16,\"votes\":9,\"voting\":16,\"window\":9}}"
enum { STAMP = sizeof SHORT_BEFORE - 1, STAMP_DIGITS = 7, STAMP_WRAP = 9000000, STAMP_LEAST = 1000000 };

// Microseconds of the clock that all programs share; they begin anew every nine seconds.
static inline unsigned stamp_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (unsigned)(((uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000) % STAMP_WRAP);
}

static inline void stamp_write(char *answer, unsigned stamp) {
    stamp += STAMP_LEAST;
    for (int i = STAMP_DIGITS; i--; stamp /= 10) answer[STAMP + i] = (char)('0' + stamp % 10);
}

// What an answer's stamp says, and whether that is not before another moment of the last seconds.
static inline int stamp_is_since(const char *answer, unsigned moment) {
    unsigned stamp = 0;
    for (int i = 0; i < STAMP_DIGITS; i++) stamp = stamp * 10 + (unsigned)(answer[STAMP + i] - '0');
    return (stamp - STAMP_LEAST + STAMP_WRAP - moment) % STAMP_WRAP < STAMP_WRAP / 2;
}

#define BLOCKS_LENGTH UINT64_C(100000000)
// A prime number of bytes, so that what was dropped or doubled shows.
static uint8_t blocks_chunk[65521];

static inline void blocks_fill(void) {
    uint32_t x = 1;
    for (size_t i = 0; i < sizeof blocks_chunk; i++) blocks_chunk[i] = (uint8_t)((x = x * 1664525 + 1013904223) >> 24);
}

// Portable storage whose root has `status` and a string `blocks`, up to the first byte of that. Returns its length.
static inline size_t blocks_start(uint8_t *out) {
    static const uint8_t head[] = "\x01\x11\x01\x01\x01\x01\x02\x01\x01\x08\x06status\x0a\x08OK\x06" "blocks\x0a";
    size_t n = sizeof head - 1;
    memcpy(out, head, n);
    uint64_t length = BLOCKS_LENGTH << 2 | 3;
    for (int i = 0; i < 8; i++) out[n++] = (uint8_t)(length >> (8 * i));
    return n;
}
