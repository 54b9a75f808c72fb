#define _GNU_SOURCE
#include "CTestSystem.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

struct storm {
    pthread_t target, thread;
    atomic_bool is_over;
};

// Whoever has no handler for it takes no notice.
int test_storm_signal(void) { return SIGWINCH; }

// The test library's threads block signals, as the router's one thread does not.
static void mask(int how) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, test_storm_signal());
    pthread_sigmask(how, &signals, NULL);
}

static void *blow(void *argument) {
    struct storm *storm = argument;
    while (!atomic_load(&storm->is_over)) {
        pthread_kill(storm->target, test_storm_signal());
        usleep(30);
    }
    return NULL;
}

void *test_storm_begin(void) {
    struct storm *storm = calloc(1, sizeof *storm);
    if (!storm) return NULL;
    storm->target = pthread_self();
    mask(SIG_UNBLOCK);
    if (pthread_create(&storm->thread, NULL, blow, storm) == 0) return storm;
    free(storm);
    return NULL;
}

void test_storm_end(void *argument) {
    struct storm *storm = argument;
    if (!storm) return;
    atomic_store(&storm->is_over, 1);
    pthread_join(storm->thread, NULL);
    mask(SIG_BLOCK);
    free(storm);
}
