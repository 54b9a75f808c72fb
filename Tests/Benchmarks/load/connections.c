// Connections a second: connect, the proxy's handshake, the Levin handshake, its echo, close; `concurrency` at a
// time, until `count` are done or `milliseconds` are over.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "session.h"

void measure_connections(const struct options *o) {
    int epoll = make_epoll();
    struct session *slots = calloc(o->concurrency, sizeof *slots);
    uint64_t *took = calloc(o->count, sizeof *took);
    if (!slots || !took) fail("memory", strerror(errno));
    uint32_t begun = 0, done = 0;
    uint64_t start = now(), end = o->milliseconds ? start + o->milliseconds * UINT64_C(1000000) : UINT64_MAX;
    for (; begun < o->concurrency && begun < o->count; begun++)
        if (session_open(&slots[begun], epoll, begun, 0) == FAILED) fail("a connection failed", slots[begun].failure);
    while (done < begun) {
        struct epoll_event events[256];
        int n = epoll_wait(epoll, events, 256, 10000);
        if (n <= 0) fail("connections", n ? strerror(errno) : "nothing happened for 10 s");
        for (int i = 0; i < n; i++) {
            struct session *s = &slots[events[i].data.u32];
            enum session_state state = session_step(s);
            if (state == FAILED) fail("a connection failed", s->failure);
            if (state != READY) continue;
            uint64_t t = now();
            took[done++] = t - s->opened;
            session_close(s);
            if (begun == o->count || t >= end) continue;
            if (session_open(s, epoll, events[i].data.u32, 0) == FAILED) fail("a connection failed", s->failure);
            begun++;
        }
    }
    double seconds = (double)(now() - start) / 1e9;
    printf("{\"connections\": %u, \"seconds\": %.6f, \"p50_us\": %.1f, \"p99_us\": %.1f}\n", done, seconds,
           (double)percentile(took, done, 50) / 1e3, (double)percentile(took, done, 99) / 1e3);
}
