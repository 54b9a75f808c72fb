"""Clients of the guard, and a connection to hold.

  canary.py SOCKET lie      a canary that claims eight tries and made none; prints the guard's answers
  canary.py SOCKET silent   a canary that asks and says nothing more, until it is let go
  canary.py SOCKET destroy  asks the guard to destroy connections; prints the answer
  canary.py flow HOST PORT  a connection that says `open`, and `ended` when it ends
"""
import json
import socket
import sys

PROBES = ["tcp4", "udp4", "dns4", "tcp6", "udp6", "dns6", "stub", "stub6"]


def talk(path):
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(15)
    s.connect(path)
    lines = s.makefile()

    def say(value):
        s.sendall(json.dumps(value).encode() + b"\n")
        return lines

    return say


def main():
    if sys.argv[1] == "flow":
        s = socket.create_connection((sys.argv[2], int(sys.argv[3])), 5)
        s.settimeout(None)
        s.sendall(b"hello")
        s.recv(5)
        print("open", flush=True)
        try:
            s.recv(1)
            print("ended", flush=True)
        except OSError as error:
            print("ended:", error.strerror, flush=True)
        return
    say = talk(sys.argv[1])
    if sys.argv[2] == "destroy":
        for line in say({"verb": "destroy"}):
            if '"destroyed"' in line or '"refused"' in line:
                print(line, end="")
                return
    lines = say({"verb": "canary"})
    print(lines.readline(), end="", flush=True)
    if sys.argv[2] == "lie":
        tries = [{"probe": p, "outcome": "failed", "error": "EPERM"} for p in PROBES]
        print(say({"verb": "tried", "tries": tries}).readline(), end="")
    else:
        lines.read()


main()
