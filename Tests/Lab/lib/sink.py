#!/usr/bin/env python3
"""sink.py ADDRESS PORT LOG: accepts anything, answers nothing, and logs what bytes come first."""
import socket
import sys
import threading

server = socket.create_server((sys.argv[1], int(sys.argv[2])), backlog=50)
log = open(sys.argv[3], "a", buffering=1)


def serve(link):
    link.settimeout(60)
    try:
        if data := link.recv(200):
            log.write(f"bytes {data!r}\n")
    except OSError as e:
        log.write(f"none {e}\n")
    link.close()


while True:
    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
