#!/usr/bin/env python3
"""Streams that never rest: so that packets are under way at the moment in which something breaks.

  flood.py serve ADDRESS...          peers at port 7000 that send without pause, after the first bytes they get
  flood.py load PROXY TARGET...      four streams to each target through the router, which read all, and send; prints
      open N                         when they are under way
      AT cut                         when the last has ended, Unix ms
  flood.py leak DEVICE ADDRESS       a stream bound to DEVICE and reset, as a program without care does it
"""
import os
import select
import socket
import struct
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import levin

PER_TARGET = 4


def feed(link):
    try:
        link.recv(100)
        link.settimeout(60)
        threading.Thread(target=drain, args=(link,), daemon=True).start()
        while True:
            link.sendall(b"p" * 1200)
            time.sleep(0.003)
    except OSError:
        link.close()


def drain(link):
    try:
        while link.recv(65536):
            pass
    except OSError:
        pass


def listen(address):
    server = socket.create_server(
        (address, 7000), family=socket.AF_INET6 if ":" in address else socket.AF_INET, backlog=50)
    while True:
        threading.Thread(target=feed, args=(server.accept()[0],), daemon=True).start()


def serve(addresses):
    threads = [threading.Thread(target=listen, args=(a,), daemon=True) for a in addresses]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    print("ready", flush=True)
    threads[0].join()


def load(proxy, targets):
    links = []
    for target in targets * PER_TARGET:
        host, port = levin.split(target)
        link = socket.create_connection(levin.split(proxy), timeout=20)
        code = levin.ask5(link, host.strip("[]"), port)
        if code is not None:
            sys.exit(f"refused {code}")
        link.sendall(levin.handshake())
        if not link.recv(100):
            sys.exit("ended")
        link.setblocking(False)
        links.append(link)
    print("open", len(links), flush=True)
    while links:
        for link in select.select(links, [], [], 10)[0]:
            try:
                if not link.recv(65536):
                    raise EOFError
                link.send(b"u" * 300)
            except BlockingIOError:
                pass
            except (OSError, EOFError):
                links.remove(link)
                link.close()
    print(int(time.time() * 1000), "cut", flush=True)


def leak(device, address):
    links = []
    for _ in range(8):
        link = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
        link.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode() + b"\0")
        link.settimeout(5)
        link.connect((address, 7000))
        link.sendall(levin.handshake())
        links.append(link)
    end = time.time() + 1
    while time.time() < end:
        for link in links:
            link.recv(65536)
    for link in links:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        link.close()


verb, words = sys.argv[1], sys.argv[2:]
if verb == "serve":
    serve(words)
elif verb == "load":
    load(words[0], words[1:])
else:
    leak(*words)
