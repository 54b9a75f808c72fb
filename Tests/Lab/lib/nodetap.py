#!/usr/bin/env python3
"""A man in the middle in front of a monerod's RPC: writes down what a wallet, or whoever is between, sends to the node, and
lies, breaks off or falls silent when it is told to.

  nodetap.py ADDRESS:PORT NODE-PORT LOG MODE [CERTIFICATE KEY]

LOG is a JSON object a line; connections have names of their own, whatever tap they are of. `open`, `hello` (a TLS hello where none is spoken), `close`: a connection's. `request`: the
request line, the headers in their order, the call (a path, or a method of json_rpc), the body's form (json, storage, or none
where it is empty or neither), its keys (of JSON with those of params; of Monero's portable storage the root's), its size and
hash, whether a member is called `client` and has a value. `answer`: what was given, and what was done to it.

MODE is a file, read before each answer; every line is a thing to do: VERB [ARGUMENT] [at N] [for CALL...]; `at N` is the
Nth such answer since the file was written, and no other.
  silent         nothing more is said, the connection stays      close          closed without a byte
  swallow        the node gets it, the answer is lost            delay SECONDS  before the answer
  status NUMBER  in place of the answer                          garbage        the answer's bytes are others
  cut BYTES      closed after so many of the answer              height +N, -N  of the chain, in every form
  fee FACTOR     of get_fee_estimate                             fork           hashes of blocks are others
  outs           keys of outputs are others
  big BYTES      portable storage of so many, of the tap's own   kill PID       that process, 0.1 s after the answer
  kill-first PID that process, before the answer
"""
import hashlib
import json
import os
import re
import signal
import socket
import ssl
import struct
import sys
import threading
import time

host, _, port = sys.argv[1].rpartition(":")
NODE = int(sys.argv[2])
LOG = open(sys.argv[3], "a", buffering=1)
MODE = sys.argv[4]
TLS = None
if len(sys.argv) > 5:
    TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    TLS.load_cert_chain(sys.argv[5], sys.argv[6])
    TLS.minimum_version = ssl.TLSVersion.TLSv1_2

lock = threading.Lock()
numbers = {"conn": 0, "request": 0}


def number(of):
    with lock:
        numbers[of] += 1
        return numbers[of]


def log(event, **what):
    with lock:
        LOG.write(json.dumps({"ms": round(time.time() * 1000), "event": event, **what}) + "\n")


def portable_root(body):
    """The root's entries of Monero's portable storage: names, and the bytes of those that are strings."""
    if body[:9] != bytes.fromhex("011101010101020101"):
        return None
    place = 9

    def take(count):
        nonlocal place
        if place + count > len(body):
            raise ValueError("cut short")
        place += count
        return body[place - count : place]

    def length():
        kind = body[place] & 3
        return int.from_bytes(take(1 << kind), "little") >> 2

    widths = {1: 8, 2: 4, 3: 2, 4: 1, 5: 8, 6: 4, 7: 2, 8: 1, 9: 8, 11: 1}

    def value(kind):
        if kind & 0x80:
            for _ in range(length()):
                value(kind & 0x7F)
        elif kind in widths:
            take(widths[kind])
        elif kind == 10:
            return take(length())
        elif kind == 12:
            section()
        else:
            raise ValueError(f"type {kind}")

    def section():
        return {take(take(1)[0]).decode("latin1"): value(take(1)[0]) for _ in range(length())}

    return section()


def facts(path, body):
    """What a request's body tells: the call, the names in it, and whether it has a `client`."""
    told = {"call": path.split("?")[0], "form": "none", "keys": [], "client": False}
    try:
        if (root := portable_root(body)) is not None:
            told["form"], told["keys"], told["client"] = "storage", list(root), bool(root.get("client"))
        elif body:
            document = json.loads(body)
            told["form"], told["keys"] = "json", list(document)
            inner = document.get("params")
            if isinstance(inner, dict):
                told["keys"] += ["params." + key for key in inner]
            else:
                inner = {}
            told["client"] = bool(document.get("client") or inner.get("client"))
            told["call"] = document["method"] if told["call"] == "/json_rpc" else told["call"]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as problem:
        told["problem"] = str(problem)
    return told


class Reader:
    """HTTP messages from a connection, their bytes as they came."""

    def __init__(self, link):
        self.link, self.held = link, b""

    def more(self):
        data = self.link.recv(65536)
        self.held += data
        return data

    def message(self):
        """The head's lines and the whole body, or None at the end."""
        while b"\r\n\r\n" not in self.held:
            if not self.more():
                return None
        head, self.held = self.held.split(b"\r\n\r\n", 1)
        lines = head.decode("latin1").split("\r\n")
        length = next((int(l.split(":")[1]) for l in lines[1:] if l.lower().startswith("content-length:")), 0)
        parts, got = [self.held], len(self.held)
        while got < length:
            if not (data := self.link.recv(262144)):
                return None
            parts.append(data)
            got += len(data)
        whole = b"".join(parts)
        self.held = whole[length:]
        return lines, whole[:length]


times = {}  # (when the file was written, its line): how often it was meant


def modes(call):
    """What is to be done to the answer of this call: verb to argument."""
    wanted = {}
    try:
        written = os.stat(MODE).st_mtime_ns
        with open(MODE) as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        return wanted
    for line in lines:
        words = line.split()
        if "for" in words:
            if call not in words[words.index("for") + 1 :]:
                continue
            words = words[: words.index("for")]
        if "at" in words:
            with lock:
                times[written, line] = count = times.get((written, line), 0) + 1
            if count != int(words[words.index("at") + 1]):
                continue
            words = words[: words.index("at")]
        if words:
            wanted[words[0]] = words[1] if len(words) > 1 else ""
    return wanted


def lied(call, body, mode):
    """The node's answer, with the lies that are wanted."""
    if "height" in mode and call in ("get_info", "/get_info", "/getinfo", "/getheight", "/get_height", "get_block_count"):
        shift = int(mode["height"])
        body = re.sub(rb'("(?:height|count|height_without_bootstrap)": *)(\d+)', lambda m: m[1] + str(int(m[2]) + shift).encode(), body)
    if "height" in mode and (at := body.find(b"\x0ecurrent_height\x05")) >= 0:
        at += 16
        body = body[:at] + struct.pack("<Q", struct.unpack_from("<Q", body, at)[0] + int(mode["height"])) + body[at + 8 :]
    if "fee" in mode and call == "get_fee_estimate":
        by = int(mode["fee"])
        body = re.sub(rb'("fee": *)(\d+)', lambda m: m[1] + str(int(m[2]) * by).encode(), body)
        body = re.sub(rb'("fees": *\[)([^]]*)', lambda m: m[1] + b",".join(str(int(n) * by).encode() for n in m[2].split(b",")), body)
    if "fork" in mode:
        body = re.sub(rb'("(?:hash|top_block_hash|block_hash)": *")([0-9a-f]{62})', lambda m: m[1] + m[2][::-1], body)
    if "outs" in mode and call == "/get_outs.bin":
        # Of portable storage: a name, the type string, its length of 32.
        body = re.sub(rb"(?s)(\x03key\x0a\x80)(.{32})", lambda m: m[1] + hashlib.sha256(m[2]).digest(), body)
    if "garbage" in mode:
        body = bytes((byte * 31 + 7) & 255 for byte in body)
    return body


def send_big(link, count):
    """Portable storage whose root has a `status` and a string of so many bytes."""
    start = bytes.fromhex("011101010101020101") + b"\x08\x06status\x0a\x08OK\x06blocks\x0a" + struct.pack("<Q", count << 2 | 3)
    link.sendall(b"HTTP/1.1 200 Ok\r\nServer: Epee-based\r\nContent-Type: application/octet-stream\r\n")
    link.sendall(b"Content-Length: %d\r\n\r\n" % (len(start) + count) + start)
    while count > 0:
        link.sendall(bytes(min(count, 1 << 16)))
        count -= 1 << 16


def node_asks(node, head, body):
    node.link.sendall(head + body)
    got = node.message()
    if got is None:
        raise OSError("the node closed")
    return got


def serve(link, peer):
    conn = f"{os.getpid()}-{number('conn')}"
    log("open", conn=conn, peer=peer[0], port=peer[1])
    node = None
    try:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if TLS:
            link = TLS.wrap_socket(link, server_side=True)
        elif link.recv(1, socket.MSG_PEEK) == b"\x16":
            log("hello", conn=conn)
            return
        wallet = Reader(link)
        while (message := wallet.message()) is not None:
            lines, body = message
            n, path = number("request"), (lines[0].split() + ["", ""])[1]
            told = facts(path, body)
            log("request", conn=conn, n=n, line=lines[0], headers=lines[1:], size=len(body),
                sha=hashlib.sha256(body).hexdigest()[:16], **told)
            call, mode = told["call"], modes(told["call"])
            if "kill-first" in mode:
                os.kill(int(mode["kill-first"]), signal.SIGKILL)
            if "silent" in mode:
                log("answer", conn=conn, n=n, did=mode)
                while link.recv(65536):
                    pass
                return
            if "close" in mode:
                log("answer", conn=conn, n=n, did=mode)
                return
            if "big" in mode:
                send_big(link, int(mode["big"]))
                log("answer", conn=conn, n=n, did=mode)
                continue
            if "status" in mode:
                answer = f"HTTP/1.1 {mode['status']} No\r\nServer: Epee-based\r\nContent-Length: 0\r\n\r\n".encode()
                size = 0
            else:
                # Anew where the node has closed meanwhile; the request goes there byte for byte.
                head = "\r\n".join(lines).encode("latin1") + b"\r\n\r\n"
                if node is None:
                    node = Reader(socket.create_connection(("127.0.0.1", NODE), 10))
                    node.link.settimeout(60)
                got_lines, got = node_asks(node, head, body)
                got = lied(call, got, mode)
                got_lines = [l for l in got_lines if not l.lower().startswith("content-length:")]
                answer = "\r\n".join([*got_lines, f"Content-Length: {len(got)}"]).encode("latin1") + b"\r\n\r\n" + got
                size = len(got)
            time.sleep(float(mode.get("delay", 0)))
            if "swallow" in mode:
                log("answer", conn=conn, n=n, did=mode)
                return
            if "cut" in mode and int(mode["cut"]) < len(answer):
                link.sendall(answer[: int(mode["cut"])])
                log("answer", conn=conn, n=n, did=mode)
                return
            link.sendall(answer)
            if "kill" in mode:
                time.sleep(0.1)
                os.kill(int(mode["kill"]), signal.SIGKILL)
            log("answer", conn=conn, n=n, status=int(answer.split(b" ", 2)[1]), size=size, did=mode)
    except (OSError, ValueError) as problem:
        log("trouble", conn=conn, problem=str(problem))
    finally:
        log("close", conn=conn)
        for each in (link, node and node.link):
            if each:
                # Plain `close` of a TLS socket or one with unread bytes would be a reset, which is an end as well.
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
                each.close()


server = socket.create_server((host, int(port)), backlog=100)
print("ready", os.getpid(), flush=True)
while True:
    threading.Thread(target=serve, args=server.accept(), daemon=True).start()
