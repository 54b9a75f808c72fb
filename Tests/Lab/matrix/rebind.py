#!/usr/bin/env python3
"""rebind.py ADDRESS PORT: a stream to a loopback listener that the node may use, from the machine's own address, which is
then bound to the cable and left to the kernel with data queued: its process is killed. Without the connection's mark
nothing tells any more whose it is, and it leaves by the cable.
"""
import os
import signal
import socket
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from kinds import *

address = sys.argv[1]
six = ":" in address
link = socket.socket(socket.AF_INET6 if six else socket.AF_INET)
link.bind(("fd66::2" if six else "10.66.0.2", 0))
link.connect((address, int(sys.argv[2])))
link.send(b"hello")
time.sleep(0.1)
link.setblocking(False)
link.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, DEVICE.encode())
try:
    for _ in range(20):
        link.send(marker("node", "bound6" if six else "bound4") * 50)
except OSError:
    pass
time.sleep(0.1)
os.kill(os.getpid(), signal.SIGKILL)
