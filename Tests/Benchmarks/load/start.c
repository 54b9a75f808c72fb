// From exec of the command until its listener takes a connection, `count` times, each time from nothing.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "session.h"

static bool listening(const struct sockaddr_in *address) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool taken = fd >= 0 && connect(fd, (const void *)address, sizeof *address) == 0;
    close(fd);
    return taken;
}

void measure_start(const struct options *o) {
    uint64_t *took = calloc(o->count, sizeof *took);
    if (!took) fail("memory", strerror(errno));
    for (uint32_t i = 0; i < o->count; i++) {
        int status;
        if (listening(&o->proxy)) fail("start", "the listener's address is taken");
        uint64_t begin = now();
        pid_t pid = command_start(o->command, o->cores);
        while (!listening(&o->proxy)) {
            if (command_ended(pid, &status)) fail("start", "the command ended before it listened");
            if (now() - begin > UINT64_C(10000000000)) command_stop(pid), fail("start", "not listening after 10 s");
            nanosleep(&(struct timespec){.tv_nsec = 50000}, NULL);
        }
        took[i] = now() - begin;
        if (!command_stop(pid)) fail("start", "the command did not end within 5 s of SIGTERM");
    }
    double p50 = (double)percentile(took, o->count, 50) / 1e6;
    printf("{\"starts\": %u, \"p50_ms\": %.3f, \"min_ms\": %.3f, \"max_ms\": %.3f}\n", o->count, p50,
           (double)took[0] / 1e6, (double)took[o->count - 1] / 1e6);
}
