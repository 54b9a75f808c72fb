// Opens `count` relays and leaves them idle until stdin ends; none may close or speak meanwhile. Then each must
// still carry bytes there and back.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "session.h"

static void prove_alive(const struct session *s) {
    uint8_t message[COMMAND_LENGTH + 64], back[64];
    command_write(message, 'E', 0);
    memcpy(message + COMMAND_LENGTH, pattern, sizeof back);
    struct timeval patience = {.tv_sec = 10};
    fcntl(s->fd, F_SETFL, 0);
    setsockopt(s->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (send(s->fd, message, sizeof message, MSG_NOSIGNAL) != sizeof message) fail("a held relay", strerror(errno));
    for (size_t got = 0; got < sizeof back;) {
        ssize_t n = recv(s->fd, back + got, sizeof back - got, 0);
        if (n <= 0) fail("a held relay", n ? strerror(errno) : "closed");
        got += (size_t)n;
    }
    if (memcmp(back, pattern, sizeof back)) fail("a held relay", "a byte is not as sent");
}

void hold_relays(const struct options *o) {
    int epoll = make_epoll();
    struct session *all = sessions_open(o, epoll, 0);
    struct epoll_event e = {.events = EPOLLIN, .data.u32 = UINT32_MAX};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &e)) fail("stdin", strerror(errno));
    printf("{\"holding\": %u}\n", o->count);
    fflush(stdout);
    if (epoll_wait(epoll, &e, 1, -1) != 1) fail("holding", strerror(errno));
    if (e.data.u32 != UINT32_MAX) fail("a held relay", "closed or spoke while idle");
    for (uint32_t i = 0; i < o->count; i++) prove_alive(&all[i]);
    printf("{\"alive\": %u}\n", o->count);
}
