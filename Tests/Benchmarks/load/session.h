// One client connection on its way through a proxy: connect, the proxy's own handshake, the Levin handshake, and
// its echo, compared byte for byte. After that it is ready and the measurement's own.
#ifndef SESSION_H
#define SESSION_H

#include <netinet/in.h>
#include <stdbool.h>

#include "wire.h"

enum via { PLAIN, SOCKS4, SOCKS5 };

// What every mode is told on the command line.
struct options {
    enum via via;
    struct sockaddr_in proxy;        // where to connect
    struct sockaddr_in destination;  // what to ask of it; not used with PLAIN
    uint32_t count;                  // connections, streams, relays, round trips or starts
    uint32_t concurrency;            // connections being opened at a time
    uint32_t size;                   // bytes of a round trip
    uint32_t milliseconds;           // how long to measure
    char *cores;                     // for the command: "0" or "0,1"
    char **command;                  // what stands behind "--"
};

enum session_state { OPENING, READY, FAILED };

struct session {
    int fd, epoll;
    uint32_t data;  // of its event
    uint8_t step;
    uint16_t got;
    uint64_t opened;      // nanoseconds
    const char *failure;  // with FAILED: what happened
    bool refused;         // with FAILED: the proxy said no, or was not there
    uint8_t bytes[LEVIN_MAX];
};

void session_setup(const struct options *options);
extern uint8_t pattern[2 * BLOCK];

// Starts to connect, and registers with `epoll` with `data` as the event's own 32 bits. `receive_buffer` in bytes,
// 0 for the system's choice.
enum session_state session_open(struct session *s, int epoll, uint32_t data, int receive_buffer);
// To be called for each event until it says other than OPENING.
enum session_state session_step(struct session *s);
// Closes, and forgets the descriptor.
void session_close(struct session *s);
// Opens `count` sessions, `concurrency` at a time, until all are READY. Ends the program when one fails.
struct session *sessions_open(const struct options *o, int epoll, int receive_buffer);

uint64_t now(void);                                     // nanoseconds of CLOCK_MONOTONIC
int make_epoll(void);                                   // ends the program on failure
_Noreturn void fail(const char *what, const char *why);  // says so on stderr and ends with 1
uint64_t percentile(uint64_t *values, size_t n, int percent);  // sorts `values`

void measure_connections(const struct options *o);
void measure_stream(const struct options *o);
void measure_round_trips(const struct options *o);
void hold_relays(const struct options *o);
void measure_lock(const struct options *o);
void measure_start(const struct options *o);

#endif
