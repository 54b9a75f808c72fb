"""What the matrix tries, and how each try is known again on the cable.

Two users try the same at the same time: the confined one ("node") and another ("free"), whose packets are the proof
that the capture would have seen the first one's. They differ by destination, port or payload, so that each packet on
the cable names its user and its kind.
"""
import socket

ROLES = ("node", "free")
HOST4 = {"node": "203.0.113.101", "free": "203.0.113.201"}
HOST6 = {"node": "2001:db8:113::101", "free": "2001:db8:113::201"}
# On the link itself: the world has these.
LINK4 = {"node": "169.254.7.101", "free": "169.254.7.201"}
LINK6 = {"node": "fe80::1:101", "free": "fe80::1:201"}
RESOLVER4, RESOLVER6 = "10.66.0.1", "fd66::1"
BROADCAST4 = "10.66.0.255"
# Below the ports that the kernel gives to clients.
BASE = {"node": 23000, "free": 24000}
# A listener on all addresses, of TCP and of UDP, at which the world knocks.
LISTENER = {"node": 18080, "free": 18079}
# As far above it: listeners of the flows that the world began before the guard came; the second never accepts.
OLD_IN, OLD_WAITING = 20, 40
# A loopback port that the node may use, and another: both by a socket that is bound to the cable.
LOOPBACK = {"node": 18081, "free": 18949}
# In the world: flows that are older than the guard end here.
SINK, SINK_MPTCP, SINK_UDP = 9200, 9100, 9300
# In the node's namespace, nobody listens: the kernel answers by itself.
CLOSED = 9
# Another user's streams: a listener here, a listener in the world.
ECHO_HERE, ECHO_WORLD = 22022, 22023
DEVICE = "ve0"

KINDS = [
    "tcp4", "tcp6", "mapped", "udp4", "udp6", "connected4", "connected6", "dns4", "dns6", "dnstcp4", "dnstcp6",
    "lookup", "ping4", "ping6", "mptcp4", "mptcp6", "fastopen4", "fastopen6", "lite4", "lite6", "ssdp4", "ssdp6",
    "link4", "link6", "broadcast", "subnet", "bound4", "bound6", "boundudp4", "boundudp6", "answer4", "answer6",
    "listen4", "listen6", "sctp4", "sctp6",
]
# Where the kernel has them.
OPTIONAL = ["mptcp4", "mptcp6", "lite4", "lite6", "sctp4", "sctp6"]
# What an unprivileged user may not do at all, whoever it is: nothing to see on the cable.
PRIVILEGED = ["raw4", "raw6", "packet"]
OLD = [
    "tcp4", "tcp6", "killed4", "killed6", "closed4", "closed6", "shut4", "shut6", "dead4", "dead6", "udp4", "udp6",
    "mptcp4", "in4", "in6", "waiting4", "waiting6",
]
# What is seen of them when they are used: of those whose process is killed, what it had queued.
OLD_SEEN = [
    "tcp4", "tcp6", "queued", "shut4", "shut6", "udp4", "udp6", "mptcp4", "in4", "in6", "waiting4", "waiting6",
]


def port(role, kind):
    return BASE[role] + KINDS.index(kind)


def marker(role, kind):
    return f"xmr-{role}:{kind};".encode()


def question(role):
    """A DNS question for an address of ROLE.dns.example."""
    name = b"".join(bytes([len(p)]) + p.encode() for p in (role, "dns", "example")) + b"\0"
    return b"\x12\x34\x01\0\0\1\0\0\0\0\0\0" + name + b"\0\1\0\1"


def role_of_name(payload):
    """Whose question for a name this is."""
    for role in ROLES:
        label = bytes([len(role)]) + role.encode()
        if label + b"\3dns" in payload:
            return role, "dns"
        if label + b"\6lookup" in payload:
            return role, "lookup"
    return None


def is6(kind):
    return kind.endswith("6")


def family(kind):
    return socket.AF_INET6 if is6(kind) else socket.AF_INET
