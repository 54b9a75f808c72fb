#!/usr/bin/env python3
"""What a node does past its proxy, by its own sockets; run as its user.

  stray.py levin ADDRESS PORT [HOLD]   connects, sends a Levin handshake: `answered`, `reset` or `silent`; with HOLD it
                                       keeps the connection for so many seconds and says `AT cut` (Unix ms) or `AT held`
  stray.py talk ADDRESS PORT           connects and reads a line: it, or `reset`
  stray.py ask ADDRESS NAME TYPE [udp|tcp] [SIZE]
      asks the name server at that address, by UDP with EDNS of that size unless it is 0 (1232): MS, the code, TC or -,
      the bytes of the answer, and its first record's data in hex; or `silent`
"""
import os
import socket
import struct
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from levin import exactly


def connect(address, port):
    link = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    link.settimeout(20)
    link.connect((address, int(port)))
    return link


def levin(address, port, hold=0):
    import levin as peer

    try:
        link = connect(address, port)
        link.sendall(peer.handshake())
        link.recv(1)
    except ConnectionError:
        return print("reset")
    except TimeoutError:
        return print("silent")
    print("answered", flush=True)
    link.settimeout(float(hold) or 0.001)
    try:
        while link.recv(65536):
            pass
    except ConnectionError:
        pass
    except (TimeoutError, BlockingIOError):
        return print(int(time.time() * 1000), "held") if float(hold) else None
    print(int(time.time() * 1000), "cut", flush=True)


def talk(address, port):
    try:
        print(connect(address, port).makefile().readline().strip() or "reset")
    except (ConnectionError, TimeoutError) as error:
        print("reset" if isinstance(error, ConnectionError) else "silent")


def question(name, kind, size):
    out = os.urandom(2) + struct.pack("!HHHHH", 0x0100, 1, 0, 0, 1 if size else 0)
    out += b"".join(bytes([len(part)]) + part.encode() for part in name.split(".") if part) + b"\0"
    out += struct.pack("!HH", kind, 1)
    return out + (b"\0" + struct.pack("!HHIH", 41, size, 0x8000, 0) if size else b"")


def ask(address, name, kind, by="udp", size="1232"):
    asked = question(name, int(kind), int(size))
    start = time.time()
    try:
        if by == "tcp":
            link = connect(address, 53)
            link.sendall(struct.pack("!H", len(asked)) + asked)
            answer = exactly(link, struct.unpack("!H", exactly(link, 2))[0])
        else:
            link = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
            link.settimeout(15)
            link.connect((address, 53))
            link.send(asked)
            answer = link.recv(65535)
    except (ConnectionError, EOFError):
        return print("reset")
    except TimeoutError:
        return print("silent")
    ms = int((time.time() - start) * 1000)
    flags, count = struct.unpack("!H", answer[2:4])[0], struct.unpack("!H", answer[6:8])[0]
    same = answer[:2] == asked[:2] and answer[12 : 12 + len(asked) - 12 - (11 if int(size) else 0)].startswith(
        asked[12 : len(asked) - (11 if int(size) else 0)]
    )
    data = ""
    if count:
        end = len(asked) - (11 if int(size) else 0) + 10
        length = struct.unpack("!H", answer[end : end + 2])[0]
        data = answer[end + 2 : end + 2 + length].hex()[:64]
    print(ms, flags & 15, "TC" if flags & 0x200 else "-", len(answer), "ours" if same else "OTHERS", data)


{"levin": levin, "talk": talk, "ask": ask}[sys.argv[1]](*sys.argv[2:])
