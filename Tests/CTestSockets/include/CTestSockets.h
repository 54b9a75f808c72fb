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
