#!/usr/bin/env python3
"""socks5.py ADDRESS:PORT LOG: a SOCKS5 proxy without a password that connects wherever it is asked to, IPv6 too, which the
lab's Tor does not carry. Each request is a line of LOG: ADDRESS PORT.
"""
import ipaddress
import os
import socket
import struct
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from levin import exactly

log = open(sys.argv[2], "a", buffering=1)


def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def serve(link):
    try:
        exactly(link, exactly(link, 2)[1])
        link.sendall(b"\x05\0")
        kind = exactly(link, 4)[3]
        if kind == 3:
            host = exactly(link, exactly(link, 1)[0]).decode()
        else:
            host = str(ipaddress.ip_address(exactly(link, 4 if kind == 1 else 16)))
        port = struct.unpack("!H", exactly(link, 2))[0]
        log.write(f"{host} {port}\n")
        try:
            far = socket.create_connection((host, port), 10)
        except OSError:
            link.sendall(b"\x05\x05\0\x01" + bytes(6))
            return
        link.sendall(b"\x05\0\0\x01" + bytes(6))
        threading.Thread(target=pump, args=(far, link), daemon=True).start()
        pump(link, far)
    except (OSError, EOFError):
        pass


host, port = sys.argv[1].rsplit(":", 1)
server = socket.create_server((host, int(port)), backlog=100)
print("ready", flush=True)
while True:
    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
