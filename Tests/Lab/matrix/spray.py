#!/usr/bin/env python3
"""spray.py: sends and connects over both families without pause, until it is ended; prints one line a second: Unix ms,
then {"sent": tries so far}. The kernel's refusals count: they are the rule at work.
"""
import json
import os
import socket
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from kinds import *

targets = []
for kind, to in (("udp4", HOST4["node"]), ("udp6", HOST6["node"])):
    link = socket.socket(family(kind), socket.SOCK_DGRAM)
    link.setblocking(False)
    targets.append((link.sendto, marker("node", kind), (to, port("node", kind))))
tried, said = 0, time.time()
while True:
    for _ in range(500):
        for send, payload, to in targets:
            try:
                send(payload, to)
            except OSError:
                pass
        tried += 2
    for kind, to in (("tcp4", HOST4["node"]), ("tcp6", HOST6["node"])):
        link = socket.socket(family(kind))
        link.setblocking(False)
        link.connect_ex((to, port("node", kind)))
        link.close()
        tried += 1
    if time.time() - said > 1:
        said = time.time()
        print(int(said * 1000), json.dumps({"sent": tried}), flush=True)
