#!/usr/bin/env python3
"""Talks to a Tor's control port.

  torctl.py PORT COOKIE send LINE...          each line's reply
  torctl.py PORT COOKIE progress              bootstrap progress, 0 to 100
  torctl.py PORT COOKIE onion PORT TARGET     adds an onion service, prints its address once it is published
  torctl.py PORT COOKIE streams               every STREAM and CIRC event, until ended; first the circuits that are there
  torctl.py PORT COOKIE refused LINE          sends the line as soon as an exit refuses a stream
"""
import re
import socket
import sys

port, cookie, verb, *rest = sys.argv[1:]
link = socket.create_connection(("127.0.0.1", int(port)), timeout=60)
lines = link.makefile("r", encoding="latin1", newline="\r\n")


def reply():
    """One reply, its data lines included; events (650) are passed over."""
    out, data = [], False
    while True:
        line = lines.readline()
        if not line:
            sys.exit("the control connection ended")
        line = line.rstrip("\r\n")
        if data:
            data = line != "."
            out.append(line)
            continue
        if line.startswith("650"):
            continue
        out.append(line)
        if line[3:4] == "+":
            data = True
        elif line[3:4] == " ":
            return out


def ask(line):
    link.sendall((line + "\r\n").encode())
    out = reply()
    # 252: done, and more than that (a descriptor that waited for the key is open now).
    if not out[-1].startswith("25"):
        sys.exit(f"{line.split()[0]}: {out[-1]}")
    return out


with open(cookie, "rb") as f:
    ask("AUTHENTICATE " + f.read().hex())

if verb == "send":
    for line in rest:
        print("\n".join(ask(line)))
elif verb == "progress":
    print(re.search(r"PROGRESS=(\d+)", ask("GETINFO status/bootstrap-phase")[0]).group(1))
elif verb == "onion":
    ask("SETEVENTS HS_DESC")
    out = ask(f"ADD_ONION NEW:ED25519-V3 Flags=Detach,DiscardPK Port={rest[0]},{rest[1]}")
    address = next(l.split("=")[1] for l in out if "ServiceID=" in l)
    while True:
        event = lines.readline()
        if not event:
            sys.exit("the control connection ended")
        if event.startswith("650 HS_DESC UPLOADED " + address):
            break
    print(address + ".onion")
elif verb == "streams":
    ask("SETEVENTS STREAM CIRC")
    for circuit in "\n".join(ask("GETINFO circuit-status")).replace("250-circuit-status=", "").splitlines():
        if re.match(r"\d+ [A-Z]+ ", circuit):
            print("650 CIRC", circuit)
    link.settimeout(None)
    print("listening", flush=True)
    for line in lines:
        print(line.strip(), flush=True)
elif verb == "refused":
    ask("SETEVENTS STREAM")
    print("listening", flush=True)
    while "REMOTE_REASON=EXITPOLICY" not in (event := lines.readline()):
        if not event:
            sys.exit("the control connection ended")
    print("\n".join(ask(rest[0])))
else:
    sys.exit(__doc__)
