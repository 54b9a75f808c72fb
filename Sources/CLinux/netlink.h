// Netlink sockets (netlink(7)): opened, taken over, read. What shim.h says of its includes holds here too.
#pragma once
#include "shim.h"

/// A netlink socket (netlink(7)) that the kernel has given a port id, hearing these multicast groups; -1 with errno.
static inline int openNetlink(int protocol, uint32_t groups) {
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    if (fd < 0) return -1;
    struct sockaddr_nl name = {.nl_family = AF_NETLINK, .nl_groups = groups};
    if (bind(fd, (struct sockaddr *)&name, sizeof name) != 0) {
        int failure = errno;
        close(fd);
        errno = failure;
        return -1;
    }
    // Errors come without a copy of the request. An old kernel that knows no such option sends the copy.
    int on = 1;
    setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on);
    return fd;
}

/// Makes a netlink socket of this protocol that somebody else opened like one of openNetlink.
static inline int adoptNetlink(int fd, int protocol) {
    int domain = 0, actual = -1;
    socklen_t length = sizeof domain;
    if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) != 0) return -1;
    length = sizeof actual;
    if (getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &actual, &length) != 0) return -1;
    if (domain != AF_NETLINK || actual != protocol) {
        errno = EPROTONOSUPPORT;
        return -1;
    }
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) return -1;
    return fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/// The port id by which the kernel knows the socket, 0 where it has none.
static inline uint32_t netlinkPort(int fd) {
    struct sockaddr_nl name = {0};
    socklen_t length = sizeof name;
    return getsockname(fd, (struct sockaddr *)&name, &length) == 0 && length == sizeof name ? name.nl_pid : 0;
}

/// Room for this many bytes each way, beyond the machine's limit where CAP_NET_ADMIN allows it.
static inline void enlargeBuffers(int fd, int size) {
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) != 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size) != 0)
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
}

/// Takes one datagram: its whole length, though no more than `count` bytes are stored; `sender` is the sender's port
/// id, 0 for the kernel.
static inline ssize_t receiveNetlink(int fd, void *bytes, size_t count, uint32_t *sender) {
    struct sockaddr_nl name = {.nl_pid = UINT32_MAX};
    socklen_t length = sizeof name;
    ssize_t got = recvfrom(fd, bytes, count, MSG_TRUNC | MSG_DONTWAIT, (struct sockaddr *)&name, &length);
    *sender = length == sizeof name ? name.nl_pid : UINT32_MAX;
    return got;
}
