#!/usr/bin/env python3
"""world.py FOLDER: the far side of the matrix, in the world.

Sinks take what comes but read nothing until FOLDER/go exists, so that a sender's data stay queued; then they read all
and send without pause, so that there is something to acknowledge. Meanwhile it knocks three times a second at the
node's machine: at a port where nobody listens (the kernel must answer), and at the listeners of both users, by TCP and
UDP. While FOLDER/come is there it opens streams to both users' listeners, which go on in the same way. When FOLDER/end is
there, all these streams end with a reset: an end that waits for an answer sends again for minutes, and the node's kernel
resets what it has forgotten.
Prints one line each 200 ms: Unix ms, then {"closed": answers of the kernel so far, "closed-lost": knocks without one}.
"""
import json
import os
import socket
import struct
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from kinds import *

FOLDER = sys.argv[1]
HERE = {False: "10.66.0.2", True: "fd66::2"}
told = {"closed": 0, "closed-lost": 0}


def is_there(name):
    return os.path.exists(os.path.join(FOLDER, name))


def until(name):
    while not is_there(name) and not is_there("end"):
        time.sleep(0.02)


def exchange(link):
    """Nothing until `go`; then reads all and sends."""
    # Closed is reset: nothing queued is sent again by nobody's socket.
    link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    try:
        until("go")
        link.settimeout(0.05)
        while not is_there("end"):
            try:
                if not link.recv(65536):
                    break
            except socket.timeout:
                pass
            link.send(b"w" * 20)
        # It closed. We have not.
        while not is_there("end"):
            link.send(b"w" * 20)
            time.sleep(0.05)
    except OSError:
        pass
    finally:
        link.close()


def sink(six, port, protocol=0):
    server = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_STREAM, protocol)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    if six:
        server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    server.bind(("::" if six else "0.0.0.0", port))
    server.listen(64)
    while True:
        link, _ = server.accept()
        threading.Thread(target=exchange, args=(link,), daemon=True).start()


def sink_udp(six):
    link = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM)
    if six:
        link.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    link.bind(("::" if six else "0.0.0.0", SINK_UDP))
    while True:
        link.recv(2000)


def come(six, role):
    """Again and again, as long as it is asked to: a listener of before has gone."""
    while True:
        until("come")
        if is_there("end"):
            time.sleep(0.02)
            continue
        try:
            link = socket.create_connection((HERE[six], LISTENER[role] + OLD_IN), 2)
            waiting = socket.create_connection((HERE[six], LISTENER[role] + OLD_WAITING), 2)
        except OSError:
            time.sleep(0.05)
            continue
        other = threading.Thread(target=exchange, args=(waiting,), daemon=True)
        other.start()
        exchange(link)
        other.join()


def knock(six):
    where = HERE[six]
    udp = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM)
    while True:
        closed = socket.socket(udp.family)
        closed.settimeout(1)
        if closed.connect_ex((where, CLOSED)) == 111:
            told["closed"] += 1
        else:
            told["closed-lost"] += 1
        closed.close()
        links = []
        for role in ROLES:
            link = socket.socket(udp.family)
            link.setblocking(False)
            link.connect_ex((where, LISTENER[role]))
            links.append(link)
            try:
                udp.sendto(b"knock", (where, LISTENER[role]))
            except OSError:
                pass
        time.sleep(0.3)
        for link in links:
            link.close()


threads = [(knock, (six,)) for six in (False, True)] + [(sink_udp, (six,)) for six in (False, True)]
threads += [(sink, (six, SINK)) for six in (False, True)] + [(sink, (six, SINK_MPTCP, 262)) for six in (False, True)]
threads += [(come, (six, role)) for six in (False, True) for role in ROLES]
for act, arguments in threads:
    threading.Thread(target=act, args=arguments, daemon=True).start()
while True:
    print(int(time.time() * 1000), json.dumps(told), flush=True)
    time.sleep(0.2)
