#!/usr/bin/env python3
"""delay.py MILLISECONDS: holds every packet of netfilter queue 0 of this namespace for so long, then lets it pass: what the
kernel's netem does where it is built in. For a few hundred packets a second.
"""
import collections
import select
import socket
import struct
import sys
import time

DELAY = float(sys.argv[1]) / 1000
QUEUE, SUBSYSTEM = 0, 3  # NFNL_SUBSYS_QUEUE
link = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)  # NETLINK_NETFILTER
link.bind((0, 0))
link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)


def send(kind, *attributes):
    body = struct.pack("!BBH", 0, 0, QUEUE)
    for number, value in attributes:
        body += struct.pack("=HH", 4 + len(value), number) + value + bytes(-len(value) % 4)
    link.send(struct.pack("=IHHII", 16 + len(body), SUBSYSTEM << 8 | kind, 1, 0, 0) + body)


send(2, (1, struct.pack("!BxH", 1, socket.AF_INET)))  # NFQNL_MSG_CONFIG: bind
send(2, (2, struct.pack("!IB", 0, 1)), (3, struct.pack("!I", 100000)))  # copy no payload; how many may wait
print("ready", flush=True)
held = collections.deque()
while True:
    wait = max(0, held[0][0] - time.monotonic()) if held else 5
    if select.select([link], [], [], wait)[0]:
        data = link.recv(1 << 17)
        at, due = 0, time.monotonic() + DELAY
        while at + 16 <= len(data):
            length, kind = struct.unpack_from("=IH", data, at)
            if length < 16:
                break
            if kind == SUBSYSTEM << 8:  # NFQNL_MSG_PACKET
                place = at + 20
                while place + 4 <= at + length:
                    size, number = struct.unpack_from("=HH", data, place)
                    if number == 1:  # NFQA_PACKET_HDR begins with the packet's number
                        held.append((due, data[place + 4 : place + 8]))
                    place += max(4, (size + 3) & ~3)
            at += (length + 3) & ~3
    while held and held[0][0] <= time.monotonic():
        send(1, (2, struct.pack("!I", 1) + held.popleft()[1]))  # NFQNL_MSG_VERDICT: accept
