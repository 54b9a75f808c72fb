#include "session.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum step { CONNECTING, METHOD, REPLY, HANDSHAKE };

uint8_t pattern[2 * BLOCK];
static struct levin_frame handshake;
static struct sockaddr_in proxy;
static enum via via;
static uint8_t request[10];
static size_t request_length;

void session_setup(const struct options *o) {
    pattern_fill(pattern);
    handshake = levin_handshake();
    via = o->via, proxy = o->proxy;
    const uint8_t *port = (const void *)&o->destination.sin_port, *address = (const void *)&o->destination.sin_addr;
    if (via == SOCKS4) {  // as monerod: 4, 1 connect, port, address, no user, 0
        uint8_t r[9] = {4, 1, port[0], port[1], address[0], address[1], address[2], address[3], 0};
        memcpy(request, r, request_length = sizeof r);
    } else {  // 5, 1 connect, 0, 1 IPv4, address, port
        uint8_t r[10] = {5, 1, 0, 1, address[0], address[1], address[2], address[3], port[0], port[1]};
        memcpy(request, r, request_length = sizeof r);
    }
}

static enum session_state failed(struct session *s, const char *why, bool refused) {
    s->failure = why, s->refused = refused;
    return FAILED;
}

static enum session_state send_then(struct session *s, enum step next, const void *bytes, size_t n) {
    ssize_t sent = send(s->fd, bytes, n, MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN && s->step == CONNECTING) return OPENING;
    if (sent < 0 && errno == ECONNREFUSED) return failed(s, "connection refused", true);
    if (sent != (ssize_t)n) return failed(s, sent < 0 ? strerror(errno) : "a short write", false);
    s->step = next, s->got = 0;
    return OPENING;
}

// The first bytes on a fresh connection.
static enum session_state begin(struct session *s) {
    static const uint8_t greeting[3] = {5, 1, 0};
    if (via == PLAIN) return send_then(s, HANDSHAKE, handshake.bytes, handshake.length);
    if (via == SOCKS4) return send_then(s, REPLY, request, request_length);
    return send_then(s, METHOD, greeting, sizeof greeting);
}

static enum session_state watch(struct session *s, int operation, uint32_t events) {
    struct epoll_event e = {.events = events, .data.u32 = s->data};
    return epoll_ctl(s->epoll, operation, s->fd, &e) ? failed(s, strerror(errno), false) : OPENING;
}

enum session_state session_open(struct session *s, int epoll, uint32_t data, int receive_buffer) {
    int on = 1;
    *s = (struct session){.epoll = epoll, .data = data, .opened = now()};
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s->fd < 0) return failed(s, strerror(errno), false);
    setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (receive_buffer) setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    if (connect(s->fd, (const void *)&proxy, sizeof proxy) && errno != EINPROGRESS)
        return failed(s, strerror(errno), errno == ECONNREFUSED);
    // Over loopback it is connected by now, unless the listener's queue is full: then EPOLLOUT will tell.
    enum session_state state = begin(s);
    return state == OPENING ? watch(s, EPOLL_CTL_ADD, s->step == CONNECTING ? EPOLLOUT : EPOLLIN) : state;
}

// Reads on towards a message of `length` bytes. True when it is whole; else `state` is what to answer.
static bool receive(struct session *s, size_t length, enum session_state *state) {
    ssize_t n = recv(s->fd, s->bytes + s->got, length - s->got, 0);
    *state = OPENING;
    if (n > 0) s->got += (uint16_t)n;
    if (n == 0) *state = failed(s, "closed before the handshake was over", true);
    if (n < 0 && errno != EAGAIN) *state = failed(s, strerror(errno), true);
    return n > 0 && s->got == length;
}

enum session_state session_step(struct session *s) {
    enum session_state state;
    switch (s->step) {
    case CONNECTING:
        state = begin(s);
        return state == OPENING && s->step != CONNECTING ? watch(s, EPOLL_CTL_MOD, EPOLLIN) : state;
    case METHOD:
        if (!receive(s, 2, &state)) return state;
        if (s->bytes[0] != 5 || s->bytes[1] != 0) return failed(s, "the proxy wants authentication", true);
        return send_then(s, REPLY, request, request_length);
    case REPLY:
        if (!receive(s, via == SOCKS4 ? 8 : 10, &state)) return state;
        if (via == SOCKS4 && (s->bytes[0] != 0 || s->bytes[1] != 90)) return failed(s, "SOCKS4: not granted", true);
        if (via == SOCKS5 && (s->bytes[0] != 5 || s->bytes[1] != 0)) return failed(s, "SOCKS5: not granted", true);
        return send_then(s, HANDSHAKE, handshake.bytes, handshake.length);
    default:
        if (!receive(s, handshake.length, &state)) return state;
        if (memcmp(s->bytes, handshake.bytes, handshake.length)) fail("the handshake", "came back changed");
        return READY;
    }
}

void session_close(struct session *s) {
    if (s->fd >= 0) close(s->fd);
    s->fd = -1;
}

struct session *sessions_open(const struct options *o, int epoll, int receive_buffer) {
    struct session *all = calloc(o->count, sizeof *all);
    if (!all) fail("memory", strerror(errno));
    uint32_t begun = 0, ready = 0;
    while (ready < o->count) {
        for (; begun < o->count && begun - ready < o->concurrency; begun++)
            if (session_open(&all[begun], epoll, begun, receive_buffer) == FAILED)
                fail("a connection failed", all[begun].failure);
        struct epoll_event events[256];
        int n = epoll_wait(epoll, events, 256, 10000);
        if (n <= 0) fail("opening a relay", n ? strerror(errno) : "nothing happened for 10 s");
        for (int i = 0; i < n; i++) {
            struct session *s = &all[events[i].data.u32];
            enum session_state state = session_step(s);
            if (state == FAILED) fail("a connection failed", s->failure);
            ready += state == READY;
        }
    }
    return all;
}
