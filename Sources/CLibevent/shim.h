// libevent's event-config.h defines _GNU_SOURCE. Read first without it, the system's headers look here as they do to
// every other module: Swift refuses to load two that disagree on them, and which it loads depends on its order.
#include <features.h>

// Only the event core. Never <event2/dns.h>, <event2/http.h> or bufferevents: their connect-by-name paths
// reach getaddrinfo, and nothing of this program may resolve a name.
#include <event2/event.h>
#include <event2/event_struct.h>
