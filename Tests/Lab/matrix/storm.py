#!/usr/bin/env python3
"""storm.py ROLE ROUNDS-A-SECOND: tries to send by every kind there is, again and again, until it is ended.

Prints one line each 200 ms: Unix ms, then what was tried so far, as JSON {"kind": count}. A try counts only when the
kernel took it or refused it by a rule; one that ended for another reason (no route, no such protocol) is
{"kind!errno": count}.
"""
import errno
import json
import os
import socket
import struct
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from kinds import *

ROLE, RATE = sys.argv[1], float(sys.argv[2])
TAKEN = {0, errno.EPERM, errno.EINPROGRESS, errno.ECONNREFUSED, errno.ECONNRESET, errno.EAGAIN}
FASTOPEN_CONNECT, FASTOPEN_NO_COOKIE, MPTCP, UDPLITE, SCTP = 30, 34, 262, 136, 132
tried, kept, lasting = {}, [], {}
INDEX = socket.if_nametoindex(DEVICE)


def opened(kind, type=socket.SOCK_STREAM, protocol=0):
    link = socket.socket(family(kind), type, protocol)
    link.setblocking(False)
    return link


def address(kind, to=None):
    host = to or (HOST6 if is6(kind) else HOST4)[ROLE]
    if not is6(kind):
        return host, port(ROLE, kind)
    return host, port(ROLE, kind), 0, INDEX if host.startswith(("fe80", "ff02")) else 0


def connect(kind, to=None, protocol=0, bound=False):
    link = opened(kind, protocol=protocol)
    # Kept for a round: its SYN is not to be taken back.
    kept.append(link)
    if bound:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, DEVICE.encode())
    return link.connect_ex(to or address(kind))


def datagram(kind, to=None, payload=None, protocol=0, broadcast=False, bound=False):
    link = opened(kind, socket.SOCK_DGRAM, protocol)
    kept.append(link)
    if broadcast:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    if bound:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, DEVICE.encode())
    link.sendto(payload or marker(ROLE, kind), to or address(kind))
    return 0


def destroyed(error):
    """The guard ended this flow, like any other, between the two calls of a try: nothing was sent, the next is a new one's."""
    return error.errno in (errno.EDESTADDRREQ, errno.ECONNABORTED, errno.ENOTCONN)


def connected(kind):
    """One socket for always, as an old program's would be."""
    link = lasting.get(kind)
    if link is None:
        link = lasting[kind] = opened(kind, socket.SOCK_DGRAM)
        link.connect(address(kind))
    try:
        link.send(marker(ROLE, kind))
    except OSError as e:
        if not destroyed(e):
            raise
        link.close()
        del lasting[kind]
        return connected(kind)
    return 0


def fastopen(kind):
    link = opened(kind)
    kept.append(link)
    link.setsockopt(socket.IPPROTO_TCP, FASTOPEN_NO_COOKIE, 1)
    link.setsockopt(socket.IPPROTO_TCP, FASTOPEN_CONNECT, 1)
    link.connect(address(kind))
    try:
        link.send(marker(ROLE, kind))
    except OSError as e:
        if not destroyed(e):
            raise
        return fastopen(kind)
    return 0


def ping(kind):
    link = opened(kind, socket.SOCK_DGRAM, socket.IPPROTO_ICMPV6 if is6(kind) else socket.IPPROTO_ICMP)
    kept.append(link)
    head = bytes([128 if is6(kind) else 8, 0]) + b"\0\0\0\1\0\1"
    link.sendto(head + marker(ROLE, kind), (address(kind)[0], 0))
    return 0


# Opened is not refused: `count` knows no such code.
ALLOWED = -1


def raw(kind):
    socket.socket(family(kind), socket.SOCK_RAW, socket.IPPROTO_UDP)
    return ALLOWED


def packet(kind):
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x800))
    return ALLOWED


def resolver(kind):
    return (RESOLVER6, 53) if is6(kind) else (RESOLVER4, 53)


ACTS = {
    "mapped": lambda k: mapped(),
    "connected": connected, "fastopen": fastopen, "ping": ping, "raw": raw, "packet": packet,
    "tcp": connect, "udp": datagram,
    "mptcp": lambda k: connect(k, protocol=MPTCP),
    "sctp": lambda k: connect(k, protocol=SCTP),
    "lite": lambda k: datagram(k, protocol=UDPLITE),
    "dns": lambda k: datagram(k, resolver(k), question(ROLE)),
    "dnstcp": lambda k: connect(k, (address(k)[0], 53)),
    "ssdp": lambda k: datagram(k, address(k, "ff02::c") if is6(k) else ("239.255.255.250", port(ROLE, k))),
    "link": lambda k: datagram(k, address(k, (LINK6 if is6(k) else LINK4)[ROLE])),
    "broadcast": lambda k: datagram(k, ("255.255.255.255", port(ROLE, k)), broadcast=True, bound=True),
    "subnet": lambda k: datagram(k, (BROADCAST4, port(ROLE, k)), broadcast=True),
    "bound": lambda k: connect(k, ("::1" if is6(k) else "127.0.0.1", LOOPBACK[ROLE]), bound=True),
    "boundudp": lambda k: datagram(k, ("::1" if is6(k) else "127.0.0.1", 53), bound=True),
}


def mapped():
    link = socket.socket(socket.AF_INET6)
    link.setblocking(False)
    kept.append(link)
    return link.connect_ex(("::ffff:" + HOST4[ROLE], port(ROLE, "mapped")))


def count(kind, code):
    name = kind if code in TAKEN else f"{kind}!{errno.errorcode.get(code, code)}"
    tried[name] = tried.get(name, 0) + 1


def attempt(kind):
    try:
        code = ACTS[kind.rstrip("46")](kind)
    except OSError as e:
        code = e.errno
    count(kind, code)


def bound_listener(kind, type):
    server = socket.socket(family(kind), type)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if is6(kind):
        server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    server.bind(("::" if is6(kind) else "0.0.0.0", LISTENER[ROLE]))
    return server


def listen(server):
    """The world knocks; the kernel answers a SYN, this program (`answer`) a datagram."""
    while True:
        link, _ = server.accept()
        link.close()


def answer(server, kind):
    while True:
        _, who = server.recvfrom(100)
        try:
            server.sendto(marker(ROLE, kind), who)
            count(kind, 0)
        except OSError as e:
            count(kind, e.errno)


def lookup():
    """By the C library, as programs do."""
    while True:
        try:
            socket.getaddrinfo(f"{ROLE}.lookup.example", 80)
        except OSError:
            pass
        count("lookup", 0)
        time.sleep(0.3)


for kind in ("listen4", "listen6"):
    server = bound_listener(kind, socket.SOCK_STREAM)
    server.listen(64)
    threading.Thread(target=listen, args=(server,), daemon=True).start()
for kind in ("answer4", "answer6"):
    threading.Thread(
        target=answer, args=(bound_listener(kind, socket.SOCK_DGRAM), kind), daemon=True).start()
threading.Thread(target=lookup, daemon=True).start()
said = 0
while True:
    begun = time.time()
    for link in kept:
        link.close()
    kept.clear()
    for kind in KINDS:
        if kind.rstrip("46") in ACTS:
            attempt(kind)
    if begun - said > 0.2:
        said = begun
        if said:
            for kind in PRIVILEGED:
                attempt(kind)
        print(int(begun * 1000), json.dumps(tried), flush=True)
    time.sleep(max(0, 1 / RATE - (time.time() - begun)))
