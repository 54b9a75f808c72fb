#pragma once
// What the event loop's tests do to sockets and threads, with no system header in sight: Swift's Glibc module and the
// event loop's own system modules may not meet in one compilation, as they see the same headers with different macros.

/// Sends without SIGPIPE what the kernel takes now; negative when it takes nothing.
long test_send(int descriptor, const void *bytes, unsigned long count);
/// Reads what is there: the count, 0 at the end, -1 when there is nothing yet, else -errno.
long test_read(int descriptor, void *bytes, unsigned long count);
/// Says that no more will be sent.
void test_finish(int descriptor);
/// Makes the kernel's buffers of a socket this small.
void test_shrink(int descriptor, int size);
/// Has a socket send what is small only when all before it is acknowledged (Nagle's algorithm), as a new one does.
void test_wait_for_acknowledgement(int descriptor);
/// Has the next close of it reset the connection.
void test_reset_on_close(int descriptor);
/// The port a TCP socket is bound to.
unsigned short test_port(int descriptor);

/// Begins to signal the calling thread again and again from another; returns what `test_storm_end` takes.
void *test_storm_begin(void);
/// Ends it; no signal comes after it.
void test_storm_end(void *storm);
/// The signal that it sends.
int test_storm_signal(void);

/// Makes a directory of its own from a template that ends in XXXXXX, in place; 0 when it is made, else errno.
int test_make_directory(char *path);
/// Removes a path and all below it, whatever its mode.
void test_remove(const char *path);
/// The permission bits of a path, not following a link.
unsigned test_mode(const char *path);
void test_set_mode(const char *path, unsigned mode);
/// Whether the link was made.
int test_make_link(const char *path, const char *target);
/// Sets a variable of the environment, or takes it out where the value is null.
void test_set_environment(const char *name, const char *value);
/// A descriptor that a child would inherit.
int test_open_inheritable(void);

/// Lets the calling thread make sockets (and files) as another user, as root alone may. Only root can go back.
void test_act_as(unsigned user);
/// As whom it makes them.
unsigned test_acts_as(void);
/// Connects to an address by a socket of this family, bound to this interface unless it is null: the descriptor, or
/// -errno.
int test_connect(const char *address, unsigned short port, int is_ipv6, const char *interface);
/// The same for datagrams.
int test_connect_datagram(const char *address, unsigned short port, int is_ipv6);
void test_close(int descriptor);
void test_set_nonblocking(int descriptor);

/// Takes the calling thread, and the processes that it starts, to a network namespace of their own, which ends with
/// them: what `test_leave_namespace` takes, or -errno.
int test_enter_namespace(void);
void test_leave_namespace(int old);
/// Runs a shell's command: what it printed, to be freed, and how it ended.
char *test_run(const char *command, int *status);
void test_free(char *text);
/// A copy of a descriptor.
int test_duplicate(int descriptor);

/// Makes a certificate and its key, NAME.pem and NAME.key in a directory. For whom it is: "DNS:node.example",
/// "IP:192.0.2.1"; null: an authority's. Its time in seconds from now. The issuer is another NAME, or null for itself.
/// The SHA-256 of its DER is stored, 32 bytes. 0 where it could not be made.
int test_make_certificate(
    const char *directory, const char *name, const char *for_whom, long from, long until, const char *issuer,
    unsigned char *fingerprint);
