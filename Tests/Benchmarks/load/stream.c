// Bytes a second from the upstream through `count` relays at once, for `milliseconds`.
//
// Reading costs as much as relaying, so most reads only count: the kernel drops the bytes uncopied (MSG_TRUNC). Each
// eighth one is compared with the pattern, where anything lost, doubled or moved before it shows, too. A stream
// that does not end on a whole block was cut short.
#include <errno.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "session.h"

enum { COMPARED = BLOCK, COUNTED = 1 << 18, COMPARE_EACH = 8 };

void measure_stream(const struct options *o) {
    static uint8_t buffer[COMPARED];
    int epoll = make_epoll();
    struct session *all = sessions_open(o, epoll, 0);
    uint64_t totals[64] = {0}, bytes = 0;
    uint32_t reads[64] = {0};
    if (o->count > 64) fail("streams", "at most 64");
    uint8_t command[COMMAND_LENGTH];
    command_write(command, 'S', o->milliseconds);
    uint64_t start = now();
    for (uint32_t i = 0; i < o->count; i++)
        if (send(all[i].fd, command, sizeof command, MSG_NOSIGNAL) != sizeof command) fail("stream", strerror(errno));
    for (uint32_t open = o->count; open;) {
        struct epoll_event events[64];
        int n = epoll_wait(epoll, events, 64, 10000);
        if (n <= 0) fail("stream", n ? strerror(errno) : "nothing came for 10 s");
        for (int i = 0; i < n; i++) {
            uint32_t k = events[i].data.u32;
            bool compare = reads[k]++ % COMPARE_EACH == 0;
            ssize_t got = recv(all[k].fd, buffer, compare ? COMPARED : COUNTED, compare ? 0 : MSG_TRUNC);
            if (got < 0 && errno == EAGAIN) continue;
            if (got < 0) fail("stream", strerror(errno));
            if (got == 0) {
                if (totals[k] == 0 || totals[k] % BLOCK) fail("stream", "cut short");
                session_close(&all[k]);
                bytes += totals[k], open--;
                continue;
            }
            if (compare && memcmp(buffer, pattern + totals[k] % BLOCK, (size_t)got))
                fail("stream", "a byte is not as sent");
            totals[k] += (uint64_t)got;
        }
    }
    printf("{\"bytes\": %llu, \"seconds\": %.6f}\n", (unsigned long long)bytes, (double)(now() - start) / 1e9);
}
