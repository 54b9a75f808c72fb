#!/usr/bin/env python3
"""store.py SOCKET: a service manager's descriptor store, in place of systemd's: keeps every descriptor that a service
hands over by sd_notify with FDSTORE=1, until it is ended. Prints `ready`, then the name of each.
"""
import array
import os
import socket
import sys

server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o777)
print("ready", flush=True)
kept = []
while True:
    text, rights, _, _ = server.recvmsg(4096, socket.CMSG_SPACE(16 * 4))
    fds = array.array("i")
    for _, kind, data in rights:
        if kind == socket.SCM_RIGHTS:
            fds.frombytes(data[: len(data) - len(data) % fds.itemsize])
    words = dict(w.split("=", 1) for w in text.decode().split("\n") if "=" in w)
    if words.get("FDSTORE") == "1":
        kept += fds
        print("kept", words.get("FDNAME"), len(fds), flush=True)
    else:
        for fd in fds:
            os.close(fd)
