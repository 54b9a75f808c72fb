// Only the event core. Never <event2/dns.h>, <event2/http.h> or bufferevents: their connect-by-name paths
// reach getaddrinfo, and nothing of this program may resolve a name.
#include <event2/event.h>
#include <event2/event_struct.h>
