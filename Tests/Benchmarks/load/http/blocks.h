// What the node answers and the wallet expects.
#pragma once
#include <stdint.h>
#include <string.h>

// 180 bytes.
#define SHORT_ANSWER                                                                                    \
    "{\"id\":\"0\",\"jsonrpc\":\"2.0\",\"result\":{\"earliest_height\":2689608,\"enabled\":true,"       \
    "\"state\":2,\"status\":\"OK\",\"threshold\":0,\"untrusted\":false,\"version\":16,\"votes\":9," \
    "\"voting\":16,\"window\":9}}"

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
