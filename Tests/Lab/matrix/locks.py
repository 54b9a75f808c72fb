#!/usr/bin/env python3
"""locks.py SOCKET TIMES: locks and unlocks the router so often, as its own user; fails unless each is granted."""
import http.client
import socket
import sys


class Control(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(5)
        self.sock.connect(sys.argv[1])


for i in range(int(sys.argv[2])):
    for verb in ("lock", "unlock"):
        control = Control("localhost")
        control.request("POST", f"/v1/{verb}")
        answer = control.getresponse()
        text = answer.read().decode()
        control.close()
        if answer.status != 200:
            sys.exit(f"{verb} number {i + 1}: {answer.status} {text}")
print(f"{sys.argv[2]} locks and unlocks")
