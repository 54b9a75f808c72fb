// Kernel and glibc interfaces that Swift's Glibc module does not show. Without _GNU_SOURCE, so that the headers look the
// same here as to every other module; what it would show is declared by hand.
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
static inline int acceptSocket(int fd) { return accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC); }

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
