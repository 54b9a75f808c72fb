// Round trips of `size` bytes over one relay, one after the other: `count` of them or `milliseconds`' worth.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "session.h"

enum { WARM_UP = 50 };  // trips

void measure_round_trips(const struct options *o) {
    static uint8_t buffer[BLOCK];
    if (o->size == 0 || o->size > 4096) fail("round trips", "1 to 4096 bytes");
    struct options one = *o;
    one.count = 1;
    struct session *s = sessions_open(&one, make_epoll(), 0);
    uint8_t command[COMMAND_LENGTH];
    command_write(command, 'E', 0);
    fcntl(s->fd, F_SETFL, 0);  // from here on it may block, for 10 s
    struct timeval patience = {.tv_sec = 10};
    setsockopt(s->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (send(s->fd, command, sizeof command, MSG_NOSIGNAL) != sizeof command) fail("round trip", strerror(errno));

    uint64_t *took = calloc(o->count, sizeof *took), end = UINT64_MAX;
    if (!took) fail("memory", strerror(errno));
    uint32_t all = 0, trips = 0;
    while (trips < o->count && (now() < end || trips == 0)) {
        const uint8_t *message = pattern + (all * 7919u) % BLOCK;
        uint64_t start = now();
        if (send(s->fd, message, o->size, MSG_NOSIGNAL) != (ssize_t)o->size) fail("round trip", "a short write");
        for (size_t got = 0; got < o->size;) {
            ssize_t n = recv(s->fd, buffer + got, o->size - got, 0);
            if (n <= 0) fail("round trip", n ? strerror(errno) : "closed");
            got += (size_t)n;
        }
        uint64_t t = now() - start;
        if (memcmp(buffer, message, o->size)) fail("round trip", "a byte is not as sent");
        if (all++ >= WARM_UP) took[trips++] = t;
        if (all == WARM_UP) end = now() + o->milliseconds * UINT64_C(1000000);
    }
    session_close(s);
    printf("{\"round_trips\": %u, \"with_warm_up\": %u, \"p50_us\": %.2f, \"p99_us\": %.2f}\n", trips, all,
           (double)percentile(took, trips, 50) / 1e3, (double)percentile(took, trips, 99) / 1e3);
}
