// delay QUEUE MILLISECONDS: holds every packet of a netfilter queue for so long, then lets it pass: what the kernel's
// netem does where it is built in. Says "ready" once the queue is its own.
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { HELD = 1 << 17 };  // a power of two
static struct { int64_t due; uint32_t id; } held[HELD];
static uint32_t first, next;
static int link_fd;
static uint16_t queue;

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

// One message of nfnetlink_queue with one attribute.
static void tell(uint16_t kind, uint16_t attribute, const void *value, uint16_t length) {
    struct {
        struct nlmsghdr header;
        struct nfgenmsg family;
        struct nlattr attribute;
        uint8_t value[16];
    } m = {.header = {.nlmsg_len = NLMSG_LENGTH(sizeof m.family) + sizeof m.attribute + ((length + 3u) & ~3u),
                      .nlmsg_type = NFNL_SUBSYS_QUEUE << 8 | kind,
                      .nlmsg_flags = NLM_F_REQUEST},
           .family = {.nfgen_family = AF_UNSPEC, .version = NFNETLINK_V0, .res_id = htons(queue)},
           .attribute = {.nla_len = (uint16_t)(sizeof m.attribute + length), .nla_type = attribute}};
    memcpy(m.value, value, length);
    if (send(link_fd, &m, m.header.nlmsg_len, 0) < 0) fail("netlink");
}

static void configure(void) {
    struct nfqnl_msg_config_cmd bind = {.command = NFQNL_CFG_CMD_BIND, .pf = htons(AF_INET)};
    tell(NFQNL_MSG_CONFIG, NFQA_CFG_CMD, &bind, sizeof bind);
    struct nfqnl_msg_config_params none = {.copy_range = 0, .copy_mode = NFQNL_COPY_META};
    tell(NFQNL_MSG_CONFIG, NFQA_CFG_PARAMS, &none, 5);
    uint32_t most = htonl(HELD - 1);
    tell(NFQNL_MSG_CONFIG, NFQA_CFG_QUEUE_MAXLEN, &most, sizeof most);
}

static void hold(const uint8_t *message, uint32_t length, int64_t delay) {
    const uint8_t *at = message + NLMSG_LENGTH(sizeof(struct nfgenmsg)), *end = message + length;
    while (at + sizeof(struct nlattr) <= end) {
        struct nlattr a;
        memcpy(&a, at, sizeof a);
        if (a.nla_len < sizeof a) return;
        if ((a.nla_type & NLA_TYPE_MASK) == NFQA_PACKET_HDR) {
            struct nfqnl_msg_packet_hdr packet;
            memcpy(&packet, at + sizeof a, sizeof packet);
            held[next % HELD].due = now() + delay;
            held[next++ % HELD].id = packet.packet_id;
            return;
        }
        at += (a.nla_len + 3u) & ~3u;
    }
}

static void take(int64_t delay) {
    static uint8_t buffer[1 << 17];
    for (int turn = 0; turn < 64; turn++) {
        ssize_t n = recv(link_fd, buffer, sizeof buffer, MSG_DONTWAIT);
        if (n < 0 && errno != EAGAIN && errno != ENOBUFS) fail("netlink");
        if (n <= 0) return;
        for (uint8_t *at = buffer; at + sizeof(struct nlmsghdr) <= buffer + n;) {
            struct nlmsghdr h;
            memcpy(&h, at, sizeof h);
            if (h.nlmsg_len < sizeof h || at + h.nlmsg_len > buffer + n) return;
            if (h.nlmsg_type == (NFNL_SUBSYS_QUEUE << 8 | NFQNL_MSG_PACKET)) hold(at, h.nlmsg_len, delay);
            if (h.nlmsg_type == NLMSG_ERROR) {
                struct nlmsgerr e;
                memcpy(&e, at + sizeof h, sizeof e);
                errno = -e.error;
                // A packet whose connection has ended meanwhile is not there any more.
                if (errno && errno != ENOENT) fail("the queue");
            }
            at += NLMSG_ALIGN(h.nlmsg_len);
        }
    }
}

int main(int count, char **arguments) {
    if (count != 3) return fputs("delay QUEUE MILLISECONDS\n", stderr), 64;
    queue = (uint16_t)atoi(arguments[1]);
    int64_t delay = (int64_t)(atof(arguments[2]) * 1e6);
    link_fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
    struct sockaddr_nl any = {.nl_family = AF_NETLINK};
    if (link_fd < 0 || bind(link_fd, (struct sockaddr *)&any, sizeof any)) fail("netlink");
    int room = 64 << 20, on = 1;
    setsockopt(link_fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    setsockopt(link_fd, SOL_NETLINK, NETLINK_NO_ENOBUFS, &on, sizeof on);
    configure();
    take(delay);
    puts("ready");
    fflush(stdout);
    for (;;) {
        while (first != next && held[first % HELD].due <= now()) {
            struct nfqnl_msg_verdict_hdr accept = {htonl(NF_ACCEPT), held[first++ % HELD].id};
            tell(NFQNL_MSG_VERDICT, NFQA_VERDICT_HDR, &accept, sizeof accept);
        }
        int64_t left = first == next ? 5000000000LL : held[first % HELD].due - now();
        struct timespec wait = {.tv_sec = left > 0 ? left / 1000000000 : 0, .tv_nsec = left > 0 ? left % 1000000000 : 0};
        struct pollfd readable = {.fd = link_fd, .events = POLLIN};
        if (ppoll(&readable, 1, &wait, NULL) > 0) take(delay);
    }
}
