#!/usr/bin/env python3
"""Another user's session, as SSH would be: it must not notice anything.

  echo.py serve PORT             echoes, on all addresses
  echo.py run PORT ADDRESS...    to each address a stream that sends each 20 ms and wants it back, and each 300 ms a new
                                 connection; prints one line each 200 ms: Unix ms, then
                                 {"gap": longest silence since the last line, ms, "broken": streams lost so far,
                                  "new": new connections so far, "failed": those that did not echo within 1 s}
"""
import json
import socket
import sys
import threading
import time

lock = threading.Lock()
told = {"gap": 0, "broken": 0, "new": 0, "failed": 0}


def serve(port):
    server = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=64)

    def echo(link):
        try:
            while part := link.recv(1000):
                link.sendall(part)
        except OSError:
            pass
        link.close()

    while True:
        link, _ = server.accept()
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=echo, args=(link,), daemon=True).start()


def stream(address, port):
    while True:
        try:
            link = socket.create_connection((address, port), 5)
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            link.settimeout(0.02)
            last = time.time()
            while True:
                begun = time.time()
                link.send(b"t")
                try:
                    if not link.recv(1000):
                        raise ConnectionError
                    now = time.time()
                    with lock:
                        told["gap"] = max(told["gap"], int((now - last) * 1000))
                    last = now
                except socket.timeout:
                    # A silence that has not ended counts as well.
                    with lock:
                        told["gap"] = max(told["gap"], int((time.time() - last) * 1000))
                time.sleep(max(0, 0.02 - (time.time() - begun)))
        except OSError:
            with lock:
                told["broken"] += 1
            time.sleep(0.2)


def fresh(address, port):
    while True:
        try:
            link = socket.create_connection((address, port), 1)
            link.settimeout(1)
            link.send(b"n")
            good = link.recv(10) == b"n"
            link.close()
        except OSError:
            good = False
        with lock:
            told["new"] += good
            told["failed"] += not good
        time.sleep(0.3)


def run(port, addresses):
    for address in addresses:
        for act in (stream, fresh):
            threading.Thread(target=act, args=(address, port), daemon=True).start()
    while True:
        time.sleep(0.2)
        with lock:
            print(int(time.time() * 1000), json.dumps(told), flush=True)
            told["gap"] = 0


if sys.argv[1] == "serve":
    serve(int(sys.argv[2]))
else:
    run(int(sys.argv[2]), sys.argv[3:])
