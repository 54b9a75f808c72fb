#define _GNU_SOURCE
#include "CTestSystem.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/socket.h>
#include <unistd.h>

// A socket belongs to the thread's file system user at the time it is made; nothing else of the process changes.
void test_act_as(unsigned user) { setfsuid(user); }

unsigned test_acts_as(void) { return (unsigned)setfsuid((uid_t)-1); }

static int connect_socket(int type, const char *address, unsigned short port, int is_ipv6, const char *interface) {
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(is_ipv6 ? AF_INET6 : AF_INET, type | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    int failed = interface && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface, strlen(interface)) != 0;
    if (!failed && is_ipv6) {
        failed = inet_pton(AF_INET6, address, &v6.sin6_addr) != 1 || connect(fd, (struct sockaddr *)&v6, sizeof v6) != 0;
    } else if (!failed) {
        failed = inet_pton(AF_INET, address, &v4.sin_addr) != 1 || connect(fd, (struct sockaddr *)&v4, sizeof v4) != 0;
    }
    if (!failed) return fd;
    int failure = errno;
    close(fd);
    return -failure;
}

int test_connect(const char *address, unsigned short port, int is_ipv6, const char *interface) {
    return connect_socket(SOCK_STREAM, address, port, is_ipv6, interface);
}

int test_connect_datagram(const char *address, unsigned short port, int is_ipv6) {
    return connect_socket(SOCK_DGRAM, address, port, is_ipv6, NULL);
}

void test_close(int descriptor) { close(descriptor); }

void test_set_nonblocking(int descriptor) { fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK); }
