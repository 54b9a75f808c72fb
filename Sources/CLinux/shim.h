// Kernel and glibc interfaces that Swift's Glibc module does not show.
#define _GNU_SOURCE 1
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/// Swift cannot see SIG_IGN (a macro with a cast).
static inline void ignoreSignal(int number) { signal(number, SIG_IGN); }

/// With _GNU_SOURCE glibc declares these over a transparent union that Swift cannot pass.
static inline int bindSocket(int fd, const struct sockaddr *name, socklen_t length) { return bind(fd, name, length); }
static inline int connectSocket(int fd, const struct sockaddr *name, socklen_t length) { return connect(fd, name, length); }
static inline int acceptSocket(int fd) { return accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC); }

/// open(2) is variadic, which Swift does not import.
static inline int openFile(const char *path, int flags, mode_t mode) { return open(path, flags, mode); }
static inline ssize_t sendDatagram(int fd, const void *bytes, size_t count, const struct sockaddr *name, socklen_t length) {
    return sendto(fd, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT, name, length);
}
