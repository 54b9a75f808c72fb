#define _GNU_SOURCE
#include <fcntl.h>
#include "CTestSystem.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int test_make_directory(char *path) { return mkdtemp(path) ? 0 : errno; }

static int open_up(const char *path, const struct stat *status, int kind, struct FTW *where) {
    (void)status, (void)where;
    if (kind == FTW_D || kind == FTW_DNR) chmod(path, 0700);
    return 0;
}

static int take_away(const char *path, const struct stat *status, int kind, struct FTW *where) {
    (void)status, (void)kind, (void)where;
    remove(path);
    return 0;
}

void test_remove(const char *path) {
    nftw(path, open_up, 16, FTW_PHYS);
    nftw(path, take_away, 16, FTW_PHYS | FTW_DEPTH);
}

unsigned test_mode(const char *path) {
    struct stat status;
    return lstat(path, &status) == 0 ? status.st_mode & 07777 : 0;
}

void test_set_mode(const char *path, unsigned mode) { chmod(path, mode); }

int test_make_link(const char *path, const char *target) { return symlink(target, path) == 0; }

void test_set_environment(const char *name, const char *value) {
    if (value) {
        setenv(name, value, 1);
    } else {
        unsetenv(name);
    }
}

int test_open_inheritable(void) { return open("/dev/zero", O_RDONLY); }
