#include "command.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "session.h"

pid_t command_start(char **command, const char *cores) {
    if (!command[0]) fail("no command", "give one behind --");
    cpu_set_t set;
    CPU_ZERO(&set);
    for (const char *c = cores; c && *c; c += *c == ',') {
        char *end;
        CPU_SET(strtoul(c, &end, 10), &set);
        if (end == c) fail("not a list of cores", cores);
        c = end;
    }
    pid_t pid = vfork();
    if (pid < 0) fail("fork", strerror(errno));
    if (pid == 0) {
        if (cores) sched_setaffinity(0, sizeof set, &set);
        execv(command[0], command);
        _exit(127);
    }
    return pid;
}

bool command_ended(pid_t pid, int *status) {
    pid_t ended = waitpid(pid, status, WNOHANG);
    if (ended < 0) fail("waiting for the command", strerror(errno));
    return ended == pid;
}

bool command_stop(pid_t pid) {
    int status;
    kill(pid, SIGTERM);
    for (int i = 0; i < 5000; i++, usleep(1000))
        if (command_ended(pid, &status)) return true;
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    return false;
}
