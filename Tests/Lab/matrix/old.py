#!/usr/bin/env python3
"""old.py ROLE FOLDER [KIND,...]: opens flows of every kind, so that they are older than what comes next; prints `open` when they
stand, and with FOLDER/go uses them all:
  tcp udp mptcp in   data are sent, for 4 s (`in`: a stream that the world began)
  killed             the process is killed with data queued; the kernel would send them on
  dead               the same, but killed before `go`: at FOLDER/die
  closed shut        closed with data queued; shut down and closed
  waiting            the world's stream, which nobody has accepted
"""
import os
import select
import signal
import socket
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from kinds import *

ROLE, FOLDER = sys.argv[1], sys.argv[2]
CHOSEN = sys.argv[3].split(",") if len(sys.argv) > 3 else OLD


def until(name):
    end = time.time() + 60
    while not os.path.exists(os.path.join(FOLDER, name)):
        if time.time() > end:
            sys.exit()
        time.sleep(0.02)


def host(kind):
    return (HOST6 if is6(kind) else HOST4)[ROLE]


def stream(kind, port=SINK, protocol=0):
    link = socket.socket(family(kind), socket.SOCK_STREAM, protocol)
    link.connect((host(kind), port))
    link.send(marker(ROLE, kind))
    return link


def fill(link):
    link.setblocking(False)
    try:
        while True:
            link.send(b"xmr-%s:queued;" % ROLE.encode() * 200)
    except BlockingIOError:
        link.setblocking(True)


def talk(link, kind):
    link.settimeout(0.1)
    for _ in range(80):
        try:
            link.send(marker(ROLE, kind))
        except OSError:
            pass
        time.sleep(0.05)


def listener(kind, port):
    server = socket.socket(family(kind))
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if is6(kind):
        server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    server.bind(("::" if is6(kind) else "0.0.0.0", port))
    server.listen(8)
    return server


def life(kind, ready):
    """One flow, in a process of its own; says on READY that it stands."""
    what = kind.rstrip("46")
    if what in ("in", "waiting"):
        server = listener(kind, LISTENER[ROLE] + (OLD_IN if what == "in" else OLD_WAITING))
        link = server.accept()[0] if what == "in" else None
        # The kernel has made the stream when there is something to accept.
        if link is None:
            select.select([server], [], [])
        os.write(ready, b".")
    else:
        if what == "udp":
            link = socket.socket(family(kind), socket.SOCK_DGRAM)
            link.connect((host(kind), SINK_UDP))
            link.send(marker(ROLE, kind))
        else:
            link = stream(kind, SINK_MPTCP, 262) if what == "mptcp" else stream(kind)
        if what in ("killed", "dead", "closed"):
            fill(link)
        os.write(ready, b".")
    until("die" if what == "dead" else "go")
    if what in ("killed", "dead"):
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "closed":
        link.close()
    elif what == "shut":
        try:
            link.send(marker(ROLE, kind))
            link.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        link.close()
    elif link is not None:
        talk(link, kind)
    time.sleep(4)


children = []
mine, theirs = os.pipe()
for kind in CHOSEN:
    child = os.fork()
    if child == 0:
        life(kind, theirs)
        os._exit(0)
    children.append(child)
got = 0
while got < len(CHOSEN):
    got += len(os.read(mine, 100))
print("open", flush=True)
for child in children:
    os.waitpid(child, 0)
print("done", flush=True)
