// A command run beside the measurement.
#ifndef COMMAND_H
#define COMMAND_H

#include <sys/types.h>

// Forks and executes on the listed cores ("0,1"; NULL: on ours). Ends the program when that is not possible.
pid_t command_start(char **command, const char *cores);
// True when it has ended; then `status` is as from waitpid.
_Bool command_ended(pid_t pid, int *status);
// Ends it with SIGTERM, with SIGKILL after 5 s. True when SIGTERM was enough.
_Bool command_stop(pid_t pid);

#endif
