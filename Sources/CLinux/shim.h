// Kernel and glibc interfaces that Swift's Glibc module does not show. Without _GNU_SOURCE, so that the headers look the
// same here as to every other module; what it would show is declared by hand.
#pragma once
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern int setgroups(size_t count, const gid_t *groups);
extern int setresgid(gid_t real, gid_t effective, gid_t saved);
extern int setresuid(uid_t real, uid_t effective, uid_t saved);
extern int accept4(int fd, struct sockaddr *name, socklen_t *length, int flags);
extern int pipe2(int ends[2], int flags);
extern ssize_t splice(int in, __off64_t *in_offset, int out, __off64_t *out_offset, size_t length, unsigned flags);

enum { SPLICE_F_MOVE = 1, SPLICE_F_NONBLOCK = 2, SPLICE_F_MORE = 4 };

// MSG_NOSIGNAL by a name of this module: glibc's own is an enumeration's, which Swift sees only where whichever module it
// found the header through first is imported as well.
enum { SEND_WITHOUT_SIGNAL = MSG_NOSIGNAL };

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

/// glibc 2.32 and newer.
extern const char *strerrorname_np(int code);

/// Becomes this user for good: no group but the one, no capability (the kernel takes them with the last id of root), no
/// way to new ones. -1 with errno where anything of root would be left.
static inline int becomeUser(uid_t user, gid_t group) {
    if (user == 0 || group == (gid_t)-1 || user == (uid_t)-1) {
        errno = EINVAL;
        return -1;
    }
    if (setgroups(0, NULL) != 0 || setresgid(group, group, group) != 0 || setresuid(user, user, user) != 0) return -1;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
    if (getuid() != user || geteuid() != user || setuid(0) == 0) {
        errno = EPERM;
        return -1;
    }
    return 0;
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
static inline int closeOnExec(int fd) { return fcntl(fd, F_SETFD, FD_CLOEXEC); }

/// Sends a datagram; where `passed` is not negative, with a copy of that descriptor (SCM_RIGHTS, unix(7)).
static inline ssize_t sendDatagram(
    int fd, const void *bytes, size_t count, const struct sockaddr *name, socklen_t length, int passed) {
    struct iovec part = {(void *)bytes, count};
    union {
        struct cmsghdr aligned;
        char bytes[CMSG_SPACE(sizeof passed)];
    } control = {0};
    struct msghdr message = {.msg_name = (void *)name, .msg_namelen = length, .msg_iov = &part, .msg_iovlen = 1};
    if (passed >= 0) {
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof passed);
        memcpy(CMSG_DATA(header), &passed, sizeof passed);
    }
    return sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
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

// Child processes. In C, since between fork and exec only async-signal-safe calls may be made: no allocation, no lock,
// nothing of a language's runtime.

extern long syscall(long number, ...);

/// Becomes the program, or reports why not. `report` and `output` are 10 or higher.
__attribute__((noreturn)) static inline void becomeProgram(
    const char *path, char *const arguments[], char *const environment[], const char *directory, int output, int report,
    pid_t parent) {
    // A leader of its own session: no terminal's signal reaches it, and its own children can be ended with it.
    setsid();
    // It ends with us however we end. The parent may be gone already, and then no signal will come.
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) goto failed;
    if (getppid() != parent) _exit(127);
    // By the kernel's call, since the library keeps two signals to itself. All of a disposition zero is the default.
    static const long none_of_it[8];
    for (int number = 1; number < 65; number++) syscall(SYS_rt_sigaction, number, none_of_it, NULL, 8);
    int null = open("/dev/null", O_RDWR);
    if (null < 0 || dup2(null, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0 || dup2(report, 3) < 0) goto failed;
    report = 3;
    fcntl(report, F_SETFD, FD_CLOEXEC);
    if (syscall(SYS_close_range, 4, ~0U, 0) != 0) {
        struct rlimit limit;
        int count = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < (1 << 20) ? (int)limit.rlim_cur : 1 << 20;
        for (int fd = 4; fd < count; fd++) close(fd);
    }
    umask(077);
    if (chdir(directory) != 0) goto failed;
    sigset_t none;
    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, NULL);
    execve(path, arguments, environment);
failed:;
    int code = errno;
    ssize_t written = write(report, &code, sizeof code);
    _exit(written == sizeof code ? 127 : 126);
}

/// Starts the program at `path` with both outputs to the descriptor `output`, and waits until it runs.
///
/// Gives its process id; -1 with `errno` where it does not run, and then nothing is left of it. It is killed when the
/// calling thread ends.
static inline pid_t startProgram(
    const char *path, char *const arguments[], char *const environment[], const char *directory, int output) {
    // Who ignores SIGCHLD, perhaps since whoever started us did, is never told how a child ended.
    struct sigaction disposition;
    if (sigaction(SIGCHLD, NULL, &disposition) == 0 && disposition.sa_handler == SIG_IGN) signal(SIGCHLD, SIG_DFL);
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0) return -1;
    // Out of the way of 0 to 3, which the child makes anew.
    int far = fcntl(report[1], F_DUPFD_CLOEXEC, 10), farOutput = fcntl(output, F_DUPFD_CLOEXEC, 10);
    pid_t child = -1, parent = getpid();
    int failure = errno;
    if (far >= 0 && farOutput >= 0) {
        // No handler of ours may run in the child: the loop's would write to descriptors that are shared.
        sigset_t all, before;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        child = fork();
        if (child == 0) becomeProgram(path, arguments, environment, directory, farOutput, far, parent);
        failure = errno;
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    if (far >= 0) close(far);
    if (farOutput >= 0) close(farOutput);
    close(report[1]);
    if (child > 0) {
        ssize_t got;
        do got = read(report[0], &failure, sizeof failure);
        while (got < 0 && errno == EINTR);
        if (got == sizeof failure) {
            while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
            child = -1;
        }
    }
    close(report[0]);
    errno = failure;
    return child;
}

/// A descriptor that becomes readable when the process ends; -1 where the kernel (before 5.3) or a filter has none.
static inline int openProcess(pid_t process) { return (int)syscall(SYS_pidfd_open, process, 0); }

/// Whether a child has ended: 0 not yet; 1 with its exit status; 2 with the signal that ended it; -1 nobody knows how.
/// What is left of its process group is killed, while the number is still its own.
static inline int reapProcess(pid_t process, int *value) {
    siginfo_t seen = {0};
    int status;
    if (waitid(P_PID, (id_t)process, &seen, WEXITED | WNOHANG | WNOWAIT) != 0) return errno == EINTR ? 0 : -1;
    if (seen.si_pid == 0) return 0;
    kill(-process, SIGKILL);
    if (waitpid(process, &status, WNOHANG) != process) return -1;
    *value = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
    return WIFEXITED(status) ? 1 : 2;
}

static inline void pauseMilliseconds(long count) {
    struct timespec time = {count / 1000, count % 1000 * 1000000};
    nanosleep(&time, NULL);
}

/// fcntl(2) is variadic.
static inline int setNonBlocking(int fd) { return fcntl(fd, F_SETFL, O_NONBLOCK); }

static inline int lockFile(int fd) { return flock(fd, LOCK_EX | LOCK_NB); }

/// Where a redirected TCP connection was to go (SO_ORIGINAL_DST, linux/netfilter_ipv4.h; IP6T_SO_ORIGINAL_DST,
/// linux/netfilter_ipv6/ip6_tables.h; both 80): 0, or -1 with errno. One that was not redirected was to go to its own
/// address here, where connection tracking knows it at all.
static inline int readOriginalDestination(int fd, int isIPv6, struct sockaddr_storage *name) {
    socklen_t length = sizeof *name;
    return getsockopt(fd, isIPv6 ? IPPROTO_IPV6 : IPPROTO_IP, 80, name, &length);
}

/// Takes one datagram: its whole length, though no more than `count` bytes are stored.
static inline ssize_t receiveDatagram(int fd, void *bytes, size_t count, struct sockaddr_storage *sender) {
    socklen_t length = sizeof *sender;
    return recvfrom(fd, bytes, count, MSG_TRUNC | MSG_DONTWAIT, (struct sockaddr *)sender, &length);
}

/// The numbers of the processes that /proc shows, at most `limit`; -1 with errno.
static inline int readProcesses(int32_t *numbers, int limit) {
    DIR *directory = opendir("/proc");
    if (directory == NULL) return -1;
    int count = 0;
    struct dirent *entry;
    while (count < limit && (entry = readdir(directory)) != NULL) {
        char *end;
        long number = strtol(entry->d_name, &end, 10);
        if (*end == 0 && number > 0 && number <= INT32_MAX) numbers[count++] = (int32_t)number;
    }
    closedir(directory);
    return count;
}

/// Opens a file for reading as a process sees it whose root directory is `root`: links lead nowhere else (Linux 5.6).
static inline int openBelow(const char *root, const char *path) {
    int directory = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return -1;
    struct open_how how = {
        .flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
    int fd = (int)syscall(SYS_openat2, directory, path, &how, sizeof how), failure = errno;
    close(directory);
    errno = failure;
    return fd;
}

/// Whether a time service keeps the kernel's clock: 1 or 0; -1 where the kernel does not say.
static inline int isClockKept(void) {
    struct timex time = {0};
    int state = adjtimex(&time);
    return state < 0 ? -1 : state != TIME_ERROR && (time.status & STA_UNSYNC) == 0;
}
