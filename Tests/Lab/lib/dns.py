#!/usr/bin/env python3
"""dns.py LOG ADDRESS...: a resolver over TCP at port 53 of these addresses, which may come later. Each question is a line
of LOG: WHO NAME TYPE. Names it knows are below; others do not exist; `silent.example` is never answered.
"""
import os
import socket
import struct
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from levin import exactly

PEER, PEER6 = bytes([203, 0, 113, 11]), socket.inet_pton(socket.AF_INET6, "2001:db8:113::11")
A, NS, CNAME, TXT, AAAA = 1, 2, 5, 16, 28
NAMES = {
    "peer.example": {A: [PEER], AAAA: [PEER6]},
    "six.example": {AAAA: [PEER6]},
    "private.example": {A: [bytes([10, 66, 0, 1])]},
    "later.example": {A: [PEER]},
    "alias.example": {CNAME: "peer.example"},
    "checkpoints.example": {TXT: [b"\x05hello"]},
    "long.example": {TXT: [bytes([250]) + bytes(250)] * 8},
}
log = open(sys.argv[1], "a", buffering=1)


def wire(name):
    return b"".join(bytes([len(part)]) + part.encode() for part in name.split(".") if part) + b"\0"


def answer(query):
    at, labels = 12, []
    while query[at]:
        labels.append(query[at + 1 : at + 1 + query[at]].decode("ascii", "replace"))
        at += 1 + query[at]
    name, kind = ".".join(labels).lower(), struct.unpack("!H", query[at + 1 : at + 3])[0]
    records, owner, code = [], b"\xc0\x0c", 0
    known = NAMES.get(name)
    if name == "":
        records.append((owner, NS, wire("ns.example")))
    elif known is None:
        code = 3
    elif CNAME in known:
        records.append((owner, CNAME, wire(known[CNAME])))
        owner, known = wire(known[CNAME]), NAMES[known[CNAME]]
    for data in (known or {}).get(kind, []):
        records.append((owner, kind, data))
    out = query[:2] + struct.pack("!HHHHH", 0x8180 | code, 1, len(records), 0, 0) + query[12 : at + 5]
    for owner, kind, data in records:
        out += owner + struct.pack("!HHIH", kind, 1, 30, len(data)) + data
    return name, kind, out


def serve(link, who):
    try:
        while True:
            name, kind, out = answer(exactly(link, struct.unpack("!H", exactly(link, 2))[0]))
            log.write(f"{who} {name or '.'} {kind}\n")
            if name != "silent.example":
                link.sendall(struct.pack("!H", len(out)) + out)
    except (OSError, EOFError):
        link.close()


def listen(address):
    six = ":" in address
    server = socket.socket(socket.AF_INET6 if six else socket.AF_INET)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # IP_FREEBIND, IPV6_FREEBIND: the address is there only while the tunnel is.
    server.setsockopt(41 if six else 0, 78 if six else 15, 1)
    server.bind((address, 53))
    server.listen(50)
    while True:
        link, who = server.accept()
        threading.Thread(target=serve, args=(link, who[0]), daemon=True).start()


threads = [threading.Thread(target=listen, args=(a,), daemon=True) for a in sys.argv[2:]]
for thread in threads:
    thread.start()
print("ready", flush=True)
for thread in threads:
    thread.join()
