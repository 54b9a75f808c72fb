#define _GNU_SOURCE
#include "CTestSystem.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

long test_send(int descriptor, const void *bytes, unsigned long count) {
    return send(descriptor, bytes, count, MSG_NOSIGNAL);
}

long test_read(int descriptor, void *bytes, unsigned long count) {
    long read = recv(descriptor, bytes, count, 0);
    if (read >= 0) return read;
    return errno == EAGAIN ? -1 : -(long)errno;
}

void test_finish(int descriptor) { shutdown(descriptor, SHUT_WR); }

void test_shrink(int descriptor, int size) {
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
}

void test_wait_for_acknowledgement(int descriptor) {
    int no = 0;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &no, sizeof no);
}

void test_reset_on_close(int descriptor) {
    struct linger now = {1, 0};
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

unsigned short test_port(int descriptor) {
    struct sockaddr_in name;
    socklen_t length = sizeof name;
    if (getsockname(descriptor, (struct sockaddr *)&name, &length) != 0) return 0;
    return ntohs(name.sin_port);
}
