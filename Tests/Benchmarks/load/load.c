// The near end of every measurement. Usage: load MODE [options] [-- COMMAND...]; each mode prints one line of JSON.
// Any failure, a wrong byte above all, ends it with a line on stderr and status 1: there are no partial results.
#include <arpa/inet.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/fsuid.h>
#include <time.h>

#include "session.h"

uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void fail(const char *what, const char *why) {
    fprintf(stderr, "load: %s: %s\n", what, why);
    exit(1);
}

int make_epoll(void) {
    int fd = epoll_create1(EPOLL_CLOEXEC);
    if (fd < 0) fail("epoll", "not to be had");
    return fd;
}

static int compare(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

uint64_t percentile(uint64_t *values, size_t n, int percent) {
    qsort(values, n, sizeof *values, compare);
    return values[(n - 1) * (size_t)percent / 100];
}

static struct sockaddr_in endpoint(const char *text) {
    struct sockaddr_in a = {.sin_family = AF_INET};
    char host[16] = "";
    unsigned port = 0;
    if (sscanf(text, "%15[0-9.]:%u", host, &port) != 2 || port - 1 > 65534 ||
        inet_pton(AF_INET, host, &a.sin_addr) != 1)
        fail("not ADDRESS:PORT", text);
    a.sin_port = htons((uint16_t)port);
    return a;
}

static uint32_t number(const char *text) {
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    if (*end || end == text || n > 100000000) fail("not a number in range", text);
    return (uint32_t)n;
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        void (*run)(const struct options *);
    } modes[] = {{"connections", measure_connections}, {"stream", measure_stream}, {"round-trips", measure_round_trips},
                 {"hold", hold_relays},                {"lock", measure_lock},     {"start", measure_start}};
    static const struct option names[] = {
        {"via", 1, 0, 'v'},         {"connect", 1, 0, 'a'}, {"destination", 1, 0, 'd'},  {"count", 1, 0, 'n'},
        {"concurrency", 1, 0, 'c'}, {"size", 1, 0, 's'},    {"milliseconds", 1, 0, 'm'}, {"cores", 1, 0, 'k'},
        {"user", 1, 0, 'u'},
        {0}};
    struct options o = {.count = 1, .concurrency = 64, .size = 64};
    for (int c; (c = getopt_long(argc, argv, "", names, NULL)) != -1;) switch (c) {
        case 'v':
            o.via = !strcmp(optarg, "socks4") ? SOCKS4 : !strcmp(optarg, "socks5") ? SOCKS5 : PLAIN;
            if (o.via == PLAIN && strcmp(optarg, "plain")) fail("not plain, socks4 or socks5", optarg);
            break;
        case 'a': o.proxy = endpoint(optarg); break;
        case 'd': o.destination = endpoint(optarg); break;
        case 'n': o.count = number(optarg); break;
        case 'c': o.concurrency = number(optarg); break;
        case 's': o.size = number(optarg); break;
        case 'm': o.milliseconds = number(optarg); break;
        case 'k': o.cores = optarg; break;
        case 'u':  // whose sockets are made, for all that follows
            setfsuid(number(optarg));
            if ((uint32_t)setfsuid(-1) != number(optarg)) fail("cannot act as user", optarg);
            break;
        default: return 64;
        }
    signal(SIGPIPE, SIG_IGN);
    if (!o.count || !o.concurrency || !o.proxy.sin_port) fail("usage", "load MODE --connect ADDRESS:PORT [options]");
    o.command = argv + optind + 1;
    session_setup(&o);
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        if (optind < argc && !strcmp(argv[optind], modes[i].name)) return modes[i].run(&o), 0;
    fail("no such mode", optind < argc ? argv[optind] : "(none given)");
}
