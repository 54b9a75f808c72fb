// Kernel and glibc interfaces that Swift's Glibc module does not show. Without _GNU_SOURCE, so that the headers look the
// same here as to every other module; what it would show is declared by hand.
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
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

extern int accept4(int fd, struct sockaddr *name, socklen_t *length, int flags);
extern int pipe2(int ends[2], int flags);
extern ssize_t splice(int in, __off64_t *in_offset, int out, __off64_t *out_offset, size_t length, unsigned flags);

enum { SPLICE_F_MOVE = 1, SPLICE_F_NONBLOCK = 2, SPLICE_F_MORE = 4 };

/// Who is at the other end of a Unix socket: the kernel's struct ucred.
struct PeerIdentity {
    pid_t process;
    uid_t user;
    gid_t group;
};

static inline int readPeerIdentity(int fd, struct PeerIdentity *peer) {
    socklen_t length = sizeof *peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, peer, &length);
}

/// Swift cannot see SIG_IGN (a macro with a cast).
static inline void ignoreSignal(int number) { signal(number, SIG_IGN); }

/// Under some macros glibc declares these over a transparent union that Swift cannot pass.
static inline int bindSocket(int fd, const struct sockaddr *name, socklen_t length) { return bind(fd, name, length); }
static inline int connectSocket(int fd, const struct sockaddr *name, socklen_t length) { return connect(fd, name, length); }
static inline int readOwnName(int fd, struct sockaddr *name, socklen_t *length) { return getsockname(fd, name, length); }
static inline int acceptSocket(int fd, struct sockaddr_storage *name) {
    socklen_t length = sizeof *name;
    return accept4(fd, (struct sockaddr *)name, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

/// In nanoseconds since 1970. Here, since Swift does not know whose struct timespec is.
static inline int64_t modificationTime(const struct stat *status) {
    return (int64_t)status->st_mtim.tv_sec * 1000000000 + status->st_mtim.tv_nsec;
}

/// open(2) is variadic, which Swift does not import.
static inline int openFile(const char *path, int flags, mode_t mode) { return open(path, flags, mode); }
static inline ssize_t sendDatagram(int fd, const void *bytes, size_t count, const struct sockaddr *name, socklen_t length) {
    return sendto(fd, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT, name, length);
}

// Here, since glibc's types of these calls are others under other macros.

/// How many descriptors this process may have, once its soft limit is at the hard one.
static inline int raiseDescriptorsToHardLimit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
    return limit.rlim_cur > (1 << 20) ? 1 << 20 : (int)limit.rlim_cur;
}

static inline void forbidCores(void) {
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
}

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

/// Takes one datagram: its whole length, though no more than `count` bytes are stored; `sender` is the sender's port
/// id, 0 for the kernel.
static inline ssize_t receiveNetlink(int fd, void *bytes, size_t count, uint32_t *sender) {
    struct sockaddr_nl name = {.nl_pid = UINT32_MAX};
    socklen_t length = sizeof name;
    ssize_t got = recvfrom(fd, bytes, count, MSG_TRUNC | MSG_DONTWAIT, (struct sockaddr *)&name, &length);
    *sender = length == sizeof name ? name.nl_pid : UINT32_MAX;
    return got;
}
