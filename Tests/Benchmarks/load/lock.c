// How long a lock takes: `count` relays stream as fast as they can; the command ("xmr-routed lock") is started; the
// time until every one of them is closed, and until a new connection is refused and stays so.
// Both times count from before the command's exec, so its own start and its talk to the daemon are in them.
#include <errno.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "command.h"
#include "session.h"

enum { WARM_UP_MS = 500, AFTERWARDS_MS = 300, PATIENCE_MS = 10000, PROBE = UINT32_MAX };
// Small, so that what the proxy had already written is soon read: the client shall not be what is measured.
enum { RECEIVE_BUFFER = 32768, READ = 65536 };

struct lock {
    int epoll;
    struct session *relays, probe;
    uint32_t open;
    bool probing;
    uint64_t bytes, closed, refused, next_probe, probes_granted, probes_refused;
};

static void probe_over(struct lock *l, enum session_state state) {
    uint64_t t = now();
    if (state == FAILED && !l->probe.refused) fail("a probe", l->probe.failure);
    if (state == FAILED && !l->refused) l->refused = t;
    if (state == READY) l->refused = 0;  // not refused after all
    l->probes_refused += state == FAILED, l->probes_granted += state == READY;
    session_close(&l->probe);
    l->probing = false, l->next_probe = t + 1000000;
}

static void relay_event(struct lock *l, struct session *s, bool may_close, uint32_t events) {
    if (s->fd < 0) return;
    // The peer's closing is seen as soon as the kernel knows of it, not only when all before it has been read.
    ssize_t n = recv(s->fd, NULL, READ, MSG_TRUNC);
    if (n > 0) l->bytes += (uint64_t)n;
    bool closed = n == 0 || (n < 0 && errno != EAGAIN) || (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR));
    if (!closed) return;
    if (!may_close) fail("a busy relay", "closed before the lock");
    session_close(s);
    if (--l->open == 0) l->closed = now();
}

static void turn(struct lock *l, bool locking) {
    struct epoll_event events[1024];
    if (locking && !l->probing && now() >= l->next_probe) {
        l->probing = true;
        enum session_state state = session_open(&l->probe, l->epoll, PROBE, 0);
        if (state != OPENING) probe_over(l, state);
    }
    int n = epoll_wait(l->epoll, events, 1024, 1);
    if (n < 0) fail("lock", strerror(errno));
    for (int i = 0; i < n; i++) {
        if (events[i].data.u32 != PROBE) {
            relay_event(l, &l->relays[events[i].data.u32], locking, events[i].events);
        } else {
            enum session_state state = session_step(&l->probe);
            if (state != OPENING) probe_over(l, state);
        }
    }
}

void measure_lock(const struct options *o) {
    struct lock l = {.epoll = make_epoll(), .open = o->count};
    uint8_t command[COMMAND_LENGTH];
    command_write(command, 'S', 0);
    l.relays = sessions_open(o, l.epoll, RECEIVE_BUFFER);
    for (uint32_t i = 0; i < o->count; i++) {
        struct epoll_event e = {.events = EPOLLIN | EPOLLRDHUP, .data.u32 = i};
        if (epoll_ctl(l.epoll, EPOLL_CTL_MOD, l.relays[i].fd, &e) ||
            send(l.relays[i].fd, command, sizeof command, MSG_NOSIGNAL) != sizeof command)
            fail("a busy relay", strerror(errno));
    }
    uint64_t begin = now();
    while (now() - begin < WARM_UP_MS * UINT64_C(1000000)) turn(&l, false);
    uint64_t before = l.bytes;
    if (before / o->count < 4096) fail("the relays", "are not busy");

    int status = 0;
    uint64_t start = now(), ended = 0;
    pid_t pid = command_start(o->command, o->cores);
    while (!ended || !l.closed || !l.refused || now() - l.refused < AFTERWARDS_MS * UINT64_C(1000000)) {
        turn(&l, true);
        if (!ended && command_ended(pid, &status)) ended = now();
        if (ended && status) fail("the command", WIFEXITED(status) ? "ended with an error" : "was killed");
        if (now() - start > PATIENCE_MS * UINT64_C(1000000))
            fail("lock", !ended   ? "the command did not end"
                         : l.open ? "relays stay open"
                                  : "new connections are not refused");
    }
    printf("{\"relays\": %u, \"megabytes_per_second\": %.0f, \"closed_ms\": %.2f, \"refused_ms\": %.2f, "
           "\"command_ms\": %.2f, \"probes_granted\": %llu, \"probes_refused\": %llu}\n",
           o->count, (double)before / (WARM_UP_MS * 1e3), (double)(l.closed - start) / 1e6,
           (double)(l.refused - start) / 1e6, (double)(ended - start) / 1e6,
           (unsigned long long)l.probes_granted, (unsigned long long)l.probes_refused);
}
