// A node for the wallet's part: an HTTP/1.1 server that answers as monerod does, one thread, one epoll.
//
// POST /json_rpc: hard_fork_info with a body of 180 bytes that says when it was read, and what a prober asks for with as little.
// POST /getblocks.bin: 100 MB of portable storage. GET /count: how many requests were answered, without this one.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "blocks.h"

enum { DESCRIPTORS = 4096, EVENTS = 256, REQUEST_MAX = 16384 };

struct connection {
    size_t got;        // bytes of a request
    uint64_t blocks;   // bytes of a long answer that are still to be sent
    char bytes[REQUEST_MAX];
};

#define HASH "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static struct connection *connections[DESCRIPTORS];
static uint64_t answered;
static int epoll;

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void finish(int fd, const char *complaint) {
    if (complaint) fprintf(stderr, "node: %s\n", complaint);
    free(connections[fd]);
    connections[fd] = NULL;
    close(fd);
}

static void watch(int fd, uint32_t events) {
    struct epoll_event e = {.events = events, .data.fd = fd};
    if (epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &e)) die("node: epoll_ctl");
}

static const char *body_for(const char *request) {
    static char count[32], header[320];
    const char *height;
    if (!strncmp(request, "GET /count", 10)) {
        snprintf(count, sizeof count, "%llu", (unsigned long long)answered);
        return count;
    }
    if (strstr(request, "\"get_info\""))
        return "{\"id\":\"0\",\"jsonrpc\":\"2.0\",\"result\":{\"height\":3500000,\"target_height\":0,\"version\":\"0.18.4.6\","
               "\"nettype\":\"mainnet\",\"mainnet\":true,\"testnet\":false,\"stagenet\":false,"
               "\"top_block_hash\":\"" HASH "\",\"synchronized\":true,\"status\":\"OK\",\"untrusted\":false}}";
    if (strstr(request, "\"get_version\""))
        return "{\"id\":\"0\",\"jsonrpc\":\"2.0\",\"result\":{\"version\":196621,\"release\":true,\"status\":\"OK\","
               "\"untrusted\":false}}";
    if (strstr(request, "\"get_fee_estimate\""))
        return "{\"id\":\"0\",\"jsonrpc\":\"2.0\",\"result\":{\"fee\":20000,\"fees\":[20000,80000,320000,4000000],"
               "\"quantization_mask\":10000,\"status\":\"OK\",\"untrusted\":false}}";
    if (strstr(request, "header") && (height = strstr(request, "\"height\":"))) {
        snprintf(header, sizeof header, "{\"id\":\"0\",\"jsonrpc\":\"2.0\",\"result\":{\"block_header\":{\"hash\":\"" HASH
                 "\",\"height\":%lu},\"status\":\"OK\",\"untrusted\":false}}", strtoul(height + 9, NULL, 10));
        return header;
    }
    static char answer[] = SHORT_ANSWER;
    stamp_write(answer, stamp_now());
    return answer;
}

// The length of the request at the start of the buffer, 0 while it is not whole, -1 when it is none.
static ssize_t request_length(struct connection *c) {
    c->bytes[c->got] = 0;
    char *end = strstr(c->bytes, "\r\n\r\n");
    if (!end) return c->got >= REQUEST_MAX - 1 ? -1 : 0;
    size_t length = 0;
    for (char *line = strstr(c->bytes, "\r\n"); line && line < end; line = strstr(line + 2, "\r\n"))
        if (!strncasecmp(line + 2, "content-length:", 15)) length = strtoul(line + 17, NULL, 10);
    size_t whole = (size_t)(end + 4 - c->bytes) + length;
    if (whole >= REQUEST_MAX) return -1;
    return whole <= c->got ? (ssize_t)whole : 0;
}

static void send_blocks(int fd, struct connection *c) {
    while (c->blocks) {
        size_t at = (BLOCKS_LENGTH - c->blocks) % sizeof blocks_chunk, want = sizeof blocks_chunk - at;
        if (want > c->blocks) want = c->blocks;
        ssize_t n = send(fd, blocks_chunk + at, want, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) return;
        if (n < 0) return finish(fd, NULL);
        c->blocks -= (uint64_t)n;
    }
    watch(fd, EPOLLIN);
}

// Answers the whole requests that are there. False when the connection has gone.
static int act(int fd, struct connection *c) {
    ssize_t length;
    while (!c->blocks && (length = request_length(c)) > 0) {
        char head[256], *end = strstr(c->bytes, "\r\n\r\n"), past = c->bytes[length];
        c->bytes[length] = 0;
        if (!strncmp(c->bytes, "POST /getblocks.bin", 19)) {
            size_t start = blocks_start((uint8_t *)head + 128);
            int n = snprintf(head, 128, "HTTP/1.1 200 Ok\r\nServer: Epee-based\r\nContent-Length: %llu\r\n"
                             "Content-Type: application/octet-stream\r\n\r\n", (unsigned long long)(start + BLOCKS_LENGTH));
            if (n >= 128) die("node: head");
            if (send(fd, head, (size_t)n, MSG_NOSIGNAL | MSG_MORE) != n) return finish(fd, NULL), 0;
            if (send(fd, head + 128, start, MSG_NOSIGNAL | MSG_MORE) != (ssize_t)start) return finish(fd, NULL), 0;
            c->blocks = BLOCKS_LENGTH;
            watch(fd, EPOLLIN | EPOLLOUT);
        } else {
            char whole[1024];
            const char *body = body_for(strncmp(c->bytes, "GET", 3) ? end : c->bytes);
            int n = snprintf(whole, sizeof whole, "HTTP/1.1 200 Ok\r\nServer: Epee-based\r\nContent-Length: %zu\r\n"
                             "Content-Type: application/json\r\n\r\n%s", strlen(body), body);
            if (send(fd, whole, (size_t)n, MSG_NOSIGNAL) != n) return finish(fd, NULL), 0;
            answered += strncmp(c->bytes, "GET", 3) != 0;
        }
        c->bytes[length] = past;
        memmove(c->bytes, c->bytes + length, c->got -= (size_t)length);
    }
    if (!c->blocks && length < 0) return finish(fd, "what came is no request"), 0;
    return 1;
}

static void readable(int fd, struct connection *c) {
    if (c->got >= REQUEST_MAX - 1) return finish(fd, "too long a request");
    ssize_t n = recv(fd, c->bytes + c->got, REQUEST_MAX - 1 - c->got, 0);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) return finish(fd, NULL);
    c->got += (size_t)n;
    // A wallet's body waits, by Nagle's algorithm, until its head is acknowledged: at once, so that the direct line stalls
    // nowhere and what a proxy adds is all seen.
    int on = 1;
    if (act(fd, c) && c->got) setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

int main(int argc, char **argv) {
    if (argc != 2) return fprintf(stderr, "usage: node PORT\n"), 64;
    signal(SIGPIPE, SIG_IGN);
    blocks_fill();
    int on = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // accepted sockets inherit it
    if (listener < 0 || bind(listener, (void *)&a, sizeof a) || listen(listener, 1024)) die("node: listen");
    if ((epoll = epoll_create1(EPOLL_CLOEXEC)) < 0) die("node: epoll");
    struct epoll_event e = {.events = EPOLLIN, .data.fd = listener};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &e)) die("node: epoll_ctl");
    puts("ready");
    fflush(stdout);
    for (;;) {
        struct epoll_event events[EVENTS];
        int n = epoll_wait(epoll, events, EVENTS, -1);
        if (n < 0 && errno != EINTR) die("node: epoll_wait");
        for (int i = 0; i < n; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
                    if (fd >= DESCRIPTORS || !(connections[fd] = calloc(1, sizeof **connections))) die("node: memory");
                    struct epoll_event own = {.events = EPOLLIN, .data.fd = fd};
                    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &own)) die("node: epoll_ctl");
                }
                continue;
            }
            if (connections[fd] && events[i].events & ~(uint32_t)EPOLLOUT) readable(fd, connections[fd]);
            if (connections[fd] && connections[fd]->blocks) send_blocks(fd, connections[fd]);
        }
    }
}
