// A wallet, as far as its HTTP goes: one connection that stays, head and body in two writes, Nagle's algorithm on.
//
//   wallet PORT HOST-PART posts MILLISECONDS    round trips of a short call: p50 and p99 in microseconds; no answer
//                                               may be older than its question
//   wallet PORT HOST-PART blocks                one answer of 100 MB, every byte compared: its seconds
//
// HOST-PART is what stands before the path: empty, or "http://127.0.0.1:PORT" for a proxy that wants it.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "blocks.h"

enum { MANY = 1000000, BUFFER = 262144 };

static char buffer[BUFFER + 1];
static size_t held;  // bytes in the buffer

static void fail(const char *what) {
    fprintf(stderr, "wallet: %s\n", what);
    exit(1);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void send_all(int fd, const void *bytes, size_t n) {
    if (send(fd, bytes, n, MSG_NOSIGNAL) != (ssize_t)n) fail("a request could not be sent");
}

static void more(int fd) {
    ssize_t n = recv(fd, buffer + held, BUFFER - held, 0);
    if (n <= 0) fail(n ? "reading failed" : "the answer broke off");
    held += (size_t)n;
    buffer[held] = 0;
}

// Reads a head, leaves what follows it in the buffer; returns the body's length, or UINT64_MAX for chunks.
static uint64_t head(int fd) {
    char *end;
    held = 0, buffer[0] = 0;
    while (!(end = strstr(buffer, "\r\n\r\n"))) more(fd);
    if (strncmp(buffer, "HTTP/1.1 200", 12)) fail("the answer is not 200");
    uint64_t length = UINT64_MAX;
    for (char *line = strstr(buffer, "\r\n"); line < end; line = strstr(line + 2, "\r\n"))
        if (!strncasecmp(line + 2, "content-length:", 15)) length = strtoull(line + 17, NULL, 10);
    size_t past = (size_t)(end + 4 - buffer);
    memmove(buffer, buffer + past, held -= past);
    buffer[held] = 0;
    return length;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void posts(int fd, const char *host, double seconds) {
    // As monero-wallet-rpc 0.18 sends it, with its identifier.
    static const char body[] =
        "{\r\n  \"id\": \"0\",\r\n  \"jsonrpc\": \"2.0\",\r\n  \"method\": \"hard_fork_info\",\r\n  \"params\": {\r\n"
        "    \"client\": \"3f2747d3ba3f2747d3ba3f2747d3ba3f2747d3ba3f2747d3ba3f2747d3ba3f27000660db8a37685f"
        "3f2747d3ba3f2747d3ba3f2747d3ba3f2747d3ba3f2747d3ba3f2747d3ba3f273f2747d3ba3f2747d3ba3f2747d3ba3f2747d3ba3f2747d3"
        "ba3f2747d3ba3f27\",\r\n    \"version\": 10\r\n  }\r\n}";
    char request[512];
    int n = snprintf(request, sizeof request,
                     "POST %s/json_rpc HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %zu\r\n"
                     "Content-Type: application/json; charset=utf-8\r\n\r\n", host, sizeof body - 1);
    double *times = calloc(MANY, sizeof *times);
    size_t count = 0;
    for (double end = now() + seconds; now() < end && count < MANY;) {
        unsigned asked = stamp_now();
        double began = now();
        send_all(fd, request, (size_t)n);
        send_all(fd, body, sizeof body - 1);
        uint64_t length = head(fd);
        if (length != sizeof SHORT_ANSWER - 1) fail("the answer has another length");
        while (held < length) more(fd);
        size_t after = STAMP + STAMP_DIGITS;
        if (memcmp(buffer, SHORT_ANSWER, STAMP) || memcmp(buffer + after, SHORT_ANSWER + after, length - after))
            fail("the answer is another");
        if (!stamp_is_since(buffer, asked)) fail("the answer is older than its question");
        times[count++] = (now() - began) * 1e6;
    }
    if (!count) fail("no answer in time");
    qsort(times, count, sizeof *times, ascending);
    printf("{\"count\": %zu, \"p50_us\": %.2f, \"p99_us\": %.2f}\n", count, times[count / 2], times[count * 99 / 100]);
}

// The bytes of one answer of 100 MB that have come, checked as they come.
static uint64_t checked;

static void check(const uint8_t *bytes, size_t n) {
    static uint8_t start[64];
    static size_t start_length;
    if (!start_length) start_length = blocks_start(start);
    for (; n && checked < start_length; n--, bytes++)
        if (*bytes != start[checked++]) fail("the answer's beginning is another");
    while (n) {
        size_t at = (checked - start_length) % sizeof blocks_chunk, room = sizeof blocks_chunk - at;
        size_t some = n < room ? n : room;
        if (checked - start_length + some > BLOCKS_LENGTH) fail("the answer is too long");
        if (memcmp(bytes, blocks_chunk + at, some)) fail("the answer is another");
        checked += some, bytes += some, n -= some;
    }
}

// Takes so many bytes out of the buffer; they are compared, or dropped.
static void take(int fd, uint64_t n, int compared) {
    while (n) {
        if (!held) more(fd);
        size_t some = held < n ? held : (size_t)n;
        if (compared) check((uint8_t *)buffer, some);
        memmove(buffer, buffer + some, held -= some);
        n -= some;
    }
    buffer[held] = 0;
}

static void chunked(int fd) {
    for (uint64_t length = 1; length;) {
        char *end;
        while (!(end = strstr(buffer, "\r\n"))) more(fd);
        length = strtoull(buffer, NULL, 16);
        take(fd, (uint64_t)(end + 2 - buffer), 0);
        take(fd, length, 1);
        take(fd, 2, 0);
    }
}

static void blocks(int fd, const char *host) {
    static const char body[] = "\x01\x11\x01\x01\x01\x01\x02\x01\x01\x08\x0cstart_height\x05\x01\0\0\0\0\0\0\0\x05prune\x0b\x01";
    char request[512];
    blocks_fill();
    int n = snprintf(request, sizeof request, "POST %s/getblocks.bin HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %zu\r\n\r\n",
                     host, sizeof body - 1);
    double began = now();
    send_all(fd, request, (size_t)n);
    send_all(fd, body, sizeof body - 1);
    uint64_t length = head(fd);
    if (length == UINT64_MAX) {
        chunked(fd);
    } else {
        check((uint8_t *)buffer, held);
        while (checked < length) held = 0, more(fd), check((uint8_t *)buffer, held);
    }
    uint8_t start[64];
    if (checked != blocks_start(start) + BLOCKS_LENGTH) fail("the answer is too short");
    printf("{\"bytes\": %llu, \"seconds\": %.4f}\n", (unsigned long long)checked, now() - began);
}

int main(int argc, char **argv) {
    if (argc < 4) return fprintf(stderr, "usage: wallet PORT HOST-PART posts MILLISECONDS | blocks\n"), 64;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
    struct timeval patience = {.tv_sec = 20};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(fd, (void *)&a, sizeof a)) fail(strerror(errno));
    if (argc == 5 && !strcmp(argv[3], "posts")) posts(fd, argv[2], atof(argv[4]) / 1000);
    else if (!strcmp(argv[3], "blocks")) blocks(fd, argv[2]);
    else fail("what shall it do?");
    return 0;
}
