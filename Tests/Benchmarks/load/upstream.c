// The far end of every measurement: a SOCKS5 server that is itself the destination it is asked for, and, on a
// second port, that destination without SOCKS. One thread, one epoll.
//
// It answers nothing before the whole Levin handshake has come, and closes at once, with a line on stderr, when a
// byte of it is not as sent. Then: echo, or stream, or silence, as the client commands.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "wire.h"

enum { DESCRIPTORS = 65536, EVENTS = 256, BLOCKS_A_SEND = 4 };

enum phase { GREETING, REQUEST, HANDSHAKE, COMMAND, ECHO, STREAM, ENDED };

struct connection {
    enum phase phase;
    uint32_t got;       // bytes of the current message in `bytes`
    uint32_t offset;    // stream: place in the pattern
    uint64_t deadline;  // stream: nanoseconds of CLOCK_MONOTONIC, 0 for no end
    uint8_t bytes[LEVIN_MAX];
};

static struct connection *connections[DESCRIPTORS];
static uint8_t pattern[2 * BLOCK], scratch[65536];
static struct levin_frame handshake;
static int epoll;
// A stream's blocks, one after another. By sendfile(2) they go out uncopied: with send(2) the load's core was busy before
// any proxy's was, and what was measured was the load.
static int blocks;

static void die(const char *what) {
    perror(what);
    exit(1);
}

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void finish(int fd, const char *complaint) {
    if (complaint) fprintf(stderr, "upstream: %s\n", complaint);
    free(connections[fd]);
    connections[fd] = NULL;
    close(fd);
}

static void accept_all(int listener, enum phase first) {
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0 && (errno == EAGAIN || errno == ECONNABORTED || errno == EINTR)) return;
        if (fd < 0) die("upstream: accept");
        if (fd >= DESCRIPTORS) {
            fprintf(stderr, "upstream: more than %d descriptors\n", DESCRIPTORS);
            exit(1);
        }
        if (!(connections[fd] = calloc(1, sizeof **connections))) die("upstream: memory");
        connections[fd]->phase = first;
        struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e)) die("upstream: epoll_ctl");
    }
}

// How long the message is that begins in `bytes`, as far as that can be told from what has come: at least the
// bytes that tell it. 0 says it is no message of this phase.
static size_t message_length(const struct connection *c) {
    switch (c->phase) {
    case GREETING:
        return c->got < 2 ? 2 : c->bytes[0] != 5 ? 0 : 2 + (size_t)c->bytes[1];
    case REQUEST:
        if (c->got < 5) return 5;
        if (c->bytes[0] != 5 || c->bytes[1] != 1) return 0;
        return c->bytes[3] == 1 ? 10 : c->bytes[3] == 4 ? 22 : c->bytes[3] == 3 ? 7 + (size_t)c->bytes[4] : 0;
    case HANDSHAKE:
        return handshake.length;
    default:
        return COMMAND_LENGTH;
    }
}

static int send_whole(int fd, const void *bytes, size_t n) {
    return send(fd, bytes, n, MSG_NOSIGNAL) == (ssize_t)n;
}

// Sends what the socket takes, as long as others have not waited for it, and ends on a whole block once the time is over.
static void stream(int fd, struct connection *c) {
    for (int i = 0; i < 2; i++) {
        int over = c->deadline && now() >= c->deadline;
        if (over && c->offset == 0) {
            shutdown(fd, SHUT_WR);
            c->phase = ENDED;
            struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};
            epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &e);
            return;
        }
        off_t from = c->offset;
        ssize_t n = sendfile(fd, blocks, &from, over ? BLOCK - c->offset : BLOCKS_A_SEND * BLOCK);
        if (n < 0 && errno == EAGAIN) return;
        if (n < 0) return finish(fd, NULL);
        c->offset = (c->offset + (uint32_t)n) % BLOCK;
    }
}

// Answers. A client that has gone (a router that is ended as soon as it has started dials first) is no complaint: the
// next read ends its connection, and the load knows what it misses.
static const char *answer(int fd, const void *bytes, size_t n, const char *complaint) {
    return send_whole(fd, bytes, n) || errno == EPIPE || errno == ECONNRESET ? NULL : complaint;
}

// Acts on one whole message. Returns a complaint, or NULL when all is as it should be.
static const char *act(int fd, struct connection *c) {
    static const uint8_t no_authentication[2] = {5, 0}, granted[10] = {5, 0, 0, 1};
    uint32_t milliseconds;
    switch (c->phase) {
    case GREETING:
        c->phase = REQUEST;
        return answer(fd, no_authentication, sizeof no_authentication, "cannot answer a greeting");
    case REQUEST:
        c->phase = HANDSHAKE;
        return answer(fd, granted, sizeof granted, "cannot answer a request");
    case HANDSHAKE:
        if (memcmp(c->bytes, handshake.bytes, handshake.length)) return "the handshake arrived changed";
        c->phase = COMMAND;
        return answer(fd, handshake.bytes, handshake.length, "cannot echo the handshake");
    default:
        memcpy(&milliseconds, c->bytes + 4, 4);
        if (c->bytes[0] == 'E') {
            c->phase = ECHO;
            return NULL;
        }
        if (c->bytes[0] != 'S') return "an unknown command";
        c->phase = STREAM;
        c->deadline = milliseconds ? now() + milliseconds * UINT64_C(1000000) : 0;
        struct epoll_event e = {.events = EPOLLIN | EPOLLOUT, .data.fd = fd};
        return epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &e) ? "epoll_ctl failed" : NULL;
    }
}

// A proxy that looks whether its upstream is there greets and goes away: no complaint. Nor when a client has gone.
static void readable(int fd, struct connection *c) {
    if (c->phase == ECHO) {
        ssize_t n = recv(fd, scratch, sizeof scratch, 0);
        if (n < 0 && errno == EAGAIN) return;
        if (n <= 0) return finish(fd, NULL);
        if (!send_whole(fd, scratch, (size_t)n)) finish(fd, errno == EAGAIN ? "an echo did not fit" : NULL);
        return;
    }
    size_t length = message_length(c);
    size_t room = c->phase < ECHO ? length - c->got : 1;
    ssize_t n = recv(fd, c->bytes + (c->phase < ECHO ? c->got : 0), room, 0);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) return finish(fd, NULL);
    if (c->phase > ECHO) return finish(fd, "bytes came on a stream that goes the other way");
    c->got += (uint32_t)n;
    while ((length = message_length(c)) <= c->got) {
        const char *complaint = length == 0 ? "what came is no message of this protocol" : act(fd, c);
        if (complaint) return finish(fd, complaint);
        c->got = 0;
        if (c->phase >= ECHO) return;
    }
}

static int listen_on(uint16_t port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = INADDR_ANY};
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // accepted sockets inherit it
    struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};
    if (fd < 0 || bind(fd, (void *)&a, sizeof a) || listen(fd, 4096) || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e))
        die("upstream: listen");
    return fd;
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: upstream SOCKS5-PORT PLAIN-PORT\n");
        return 64;
    }
    signal(SIGPIPE, SIG_IGN);
    pattern_fill(pattern);
    if ((blocks = memfd_create("blocks", MFD_CLOEXEC)) < 0) die("upstream: memfd_create");
    for (int i = 0; i <= BLOCKS_A_SEND; i++)
        if (write(blocks, pattern, BLOCK) != BLOCK) die("upstream: the blocks");
    handshake = levin_handshake();
    if ((epoll = epoll_create1(EPOLL_CLOEXEC)) < 0) die("upstream: epoll");
    int socks = listen_on((uint16_t)atoi(argv[1])), plain = listen_on((uint16_t)atoi(argv[2]));
    puts("ready");
    fflush(stdout);
    for (;;) {
        struct epoll_event events[EVENTS];
        int n = epoll_wait(epoll, events, EVENTS, -1);
        if (n < 0 && errno != EINTR) die("upstream: epoll_wait");
        for (int i = 0; i < n; i++) {
            int fd = events[i].data.fd;
            if (fd == socks) {
                accept_all(fd, GREETING);
            } else if (fd == plain) {
                accept_all(fd, HANDSHAKE);
            } else {
                if (events[i].events & ~(uint32_t)EPOLLOUT) readable(fd, connections[fd]);
                if (connections[fd] && connections[fd]->phase == STREAM) stream(fd, connections[fd]);
            }
        }
    }
}
