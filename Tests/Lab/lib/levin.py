#!/usr/bin/env python3
"""A Monero peer of a few lines: it speaks SOCKS and the Levin handshake, and says what came of it.

  levin.py dial PROXY TARGET [--socks5] [--user NAME:PASSWORD] [--payload levin|http] [--hold SECONDS]
      [--timeout SECONDS]
      asks the SOCKS proxy for TARGET, sends a handshake (or an HTTP request) and prints one line an event:
        MS granted | MS refused CODE | MS closed | MS timeout       the proxy's answer, after MS ms
        MS answered | MS silent | MS ended                          the peer's answer to the payload
        AT cut                                                      with --hold: the end of the stream, Unix ms
        AT held                                                     the stream lived as long as was asked
      exit status 0 only for a stream that was granted and answered.
  levin.py peers ADDRESS:PORT
      connects directly, as a neighbour does, and prints every peer it is sent (handshake and timed sync).
  levin.py serve ADDRESS:PORT [--size BYTES] [--piece BYTES] [--pause SECONDS]
      a peer that answers handshakes, and a request for blocks with so many bytes, one piece each pause.
  levin.py sync PROXY TARGET [--idle]
      asks the SOCKS proxy for TARGET again and again, and there for blocks again and again (--idle: for none), and
      prints one line an event, Unix ms first:
        AT granted | AT refused | AT flowing (an answer's first bytes) | AT ended BYTES | AT silence MS (a longer one
        than ever before while it waits for an answer)

PROXY is ADDRESS:PORT; TARGET is ADDRESS:PORT or NAME:PORT (SOCKS4a).
"""
import argparse
import ipaddress
import os
import socket
import struct
import sys
import threading
import time

SIGNATURE = 0x0101010101012101
NETWORK = bytes.fromhex("1230f171610441611731008216a1a110")  # regtest carries mainnet's
GENESIS = bytes.fromhex("418015bb9ae982a1975da7d79277c2705727a56894ba0fb246adaabb1f4632e3")
MAGIC = bytes.fromhex("011101010101020101")
NUMBERS = {1: "<q", 2: "<i", 3: "<h", 4: "<b", 5: "<Q", 6: "<I", 7: "<H", 8: "<B", 9: "<d", 11: "<B"}


# Portable storage, as epee writes it.
def varint(n):
    return struct.pack("<B", n << 2) if n < 64 else struct.pack("<H", n << 2 | 1)


def section(**fields):
    out = varint(len(fields))
    for name, (kind, value) in fields.items():
        out += bytes([len(name)]) + name.encode() + bytes([kind])
        if kind == 10:
            out += varint(len(value)) + value
        elif kind == 12:
            out += value
        else:
            out += struct.pack(NUMBERS[kind], value)
    return out


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, n):
        self.at += n
        return self.data[self.at - n : self.at]

    def varint(self):
        size = 1 << (self.data[self.at] & 3)
        return int.from_bytes(self.take(size), "little") >> 2

    def value(self, kind):
        if kind & 0x80:
            return [self.value(kind & 0x7F) for _ in range(self.varint())]
        if kind == 10:
            return self.take(self.varint())
        if kind == 12:
            return self.section()
        return struct.unpack(NUMBERS[kind], self.take(struct.calcsize(NUMBERS[kind])))[0]

    def section(self):
        out = {}
        for _ in range(self.varint()):
            name = self.take(self.take(1)[0]).decode()
            out[name] = self.value(self.take(1)[0])
        return out


SYNC = section(
    cumulative_difficulty=(5, 1), cumulative_difficulty_top64=(5, 0), current_height=(5, 1), top_id=(10, GENESIS),
    top_version=(8, 1), pruning_seed=(6, 0),
)


def frame(command, body, expect=1, flags=1):
    return struct.pack("<QQBIiII", SIGNATURE, len(body), expect, command, 0, flags, 1) + body


def handshake():
    # With support flags: a monerod asks a peer that gives none, and hangs up when it does not answer.
    node = section(
        network_id=(10, NETWORK), peer_id=(5, int.from_bytes(os.urandom(8), "little")), my_port=(6, 0),
        support_flags=(6, 1),
    )
    return frame(1001, MAGIC + section(node_data=(12, node), payload_data=(12, SYNC)))


def timed_sync():
    return frame(1002, MAGIC + section(payload_data=(12, SYNC)))


def exactly(link, n):
    out = b""
    while len(out) < n:
        part = link.recv(n - len(out))
        if not part:
            raise EOFError
        out += part
    return out


def answer(link, command):
    """The body of the next response to the command; requests that come meanwhile are passed over."""
    while True:
        signature, size, _, what, _, flags, _ = struct.unpack("<QQBIiII", exactly(link, 33))
        if signature != SIGNATURE or size > 1 << 20:
            raise ValueError("not Levin")
        body = exactly(link, size)
        if what == command and flags & 2:
            return body


def peers_of(body):
    for peer in Reader(body[len(MAGIC) :]).section().get("local_peerlist_new", []):
        inner = peer["adr"].get("addr", {})
        if "m_ip" in inner:
            yield f"{ipaddress.IPv4Address(inner['m_ip'].to_bytes(4, 'little'))}:{inner['m_port']}"
        else:
            yield f"type-{peer['adr'].get('type')}:{inner}"


def split(text):
    host, _, port = text.rpartition(":")
    return host, int(port)


def ask4(link, host, port):
    try:
        request = struct.pack("!BBH4sB", 4, 1, port, socket.inet_aton(host), 0)
    except OSError:
        request = struct.pack("!BBHIB", 4, 1, port, 1, 0) + host.encode() + b"\0"
    link.sendall(request)
    code = exactly(link, 8)[1]
    return None if code == 90 else code


def ask5(link, host, port, user=None):
    try:
        address = ipaddress.ip_address(host)
        target = bytes([1 if address.version == 4 else 4]) + address.packed
    except ValueError:
        target = bytes([3, len(host)]) + host.encode()
    link.sendall(b"\5\1\2" if user else b"\5\1\0")
    if exactly(link, 2) != (b"\5\2" if user else b"\5\0"):
        return "method"
    if user:
        name, _, password = user.encode().partition(b":")
        link.sendall(b"\1" + bytes([len(name)]) + name + bytes([len(password)]) + password)
        if exactly(link, 2)[1]:
            return "credentials"
    link.sendall(b"\5\1\0" + target + struct.pack("!H", port))
    head = exactly(link, 4)
    exactly(link, exactly(link, 1)[0] + 2 if head[3] == 3 else {1: 6, 4: 18}[head[3]])
    return head[1] or None


def dial(a):
    start = time.time()

    def say(what):
        print(int((time.time() - start) * 1000), what, flush=True)

    try:
        link = socket.create_connection(split(a.proxy), timeout=a.timeout)
    except OSError as e:
        say(f"closed ({e})")
        return 1
    try:
        code = ask5(link, *split(a.target), a.user) if a.socks5 or a.user else ask4(link, *split(a.target))
    except socket.timeout:
        say("timeout")
        return 1
    except (OSError, EOFError):
        say("closed")
        return 1
    if code is not None:
        say(f"refused {code}")
        return 1
    say("granted")
    try:
        link.sendall(handshake() if a.payload == "levin" else b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        if a.payload == "levin":
            answer(link, 1001)
        elif not link.recv(100):
            raise EOFError
        say("answered")
    except socket.timeout:
        say("silent")
        return 1
    except (OSError, EOFError):
        say("ended")
        return 1
    if a.hold:
        end = time.time() + a.hold
        try:
            while time.time() < end:
                link.settimeout(max(0.01, end - time.time()))
                if not link.recv(65536):
                    raise EOFError
        except socket.timeout:
            pass
        except (OSError, EOFError):
            print(int(time.time() * 1000), "cut", flush=True)
            return 0
        print(int(time.time() * 1000), "held", flush=True)
    return 0


def peers(a):
    link = socket.create_connection(split(a.address), timeout=20)
    link.sendall(handshake())
    found = set(peers_of(answer(link, 1001)))
    link.sendall(timed_sync())
    found |= set(peers_of(answer(link, 1002)))
    print("\n".join(sorted(found)))
    return 0


def serve(a):
    def speak(link):
        try:
            while True:
                _, size, _, command, _, flags, _ = struct.unpack("<QQBIiII", exactly(link, 33))
                exactly(link, size)
                if command in (1001, 1002) and flags & 1:
                    body = MAGIC + section(node_data=(12, section(network_id=(10, NETWORK))), payload_data=(12, SYNC))
                    link.sendall(frame(command, body, 0, 2))
                elif command == 2003:
                    link.sendall(struct.pack("<QQBIiII", SIGNATURE, a.size, 0, 2004, 0, 1, 1))
                    left = a.size
                    while left:
                        piece = min(left, a.piece)
                        link.sendall(bytes(piece))
                        left -= piece
                        time.sleep(a.pause)
        except (OSError, EOFError):
            link.close()

    host, port = split(a.address)
    door = socket.create_server((host, port), backlog=64)
    print("ready", flush=True)
    while True:
        threading.Thread(target=speak, args=(door.accept()[0],), daemon=True).start()


def sync(a):
    longest = 0.5

    def say(*what):
        print(int(time.time() * 1000), *what, flush=True)

    while True:
        count = 0
        link = socket.socket()
        try:
            link.settimeout(60)
            link.connect(split(a.proxy))
            if ask4(link, *split(a.target)) is not None:
                say("refused")
                time.sleep(0.5)
                continue
            say("granted")
            link.sendall(handshake())
            answer(link, 1001)
            link.settimeout(None)
            while True:
                if a.idle:
                    answer(link, 1002)  # which nobody sends: it ends with the stream
                link.sendall(frame(2003, MAGIC + section(blocks=(10, GENESIS)), 0))
                head, left, at = b"", 33, time.monotonic()
                while left:
                    part = link.recv(min(left, 65536))
                    if not part:
                        raise EOFError
                    if not count:
                        say("flowing")
                    count += len(part)
                    left -= len(part)
                    silence, at = time.monotonic() - at, time.monotonic()
                    if silence > longest:
                        longest = silence * 1.2
                        say("silence", int(silence * 1000))
                    if len(head) < 33:
                        head += part
                        if len(head) == 33:
                            left = struct.unpack_from("<Q", head, 8)[0]
        except (OSError, EOFError):
            say("ended", count)
            time.sleep(0.2)
        finally:
            link.close()


def main():
    p = argparse.ArgumentParser()
    verbs = p.add_subparsers(required=True)
    d = verbs.add_parser("dial")
    d.add_argument("proxy")
    d.add_argument("target")
    d.add_argument("--socks5", action="store_true")
    d.add_argument("--user", help="NAME:PASSWORD, by SOCKS5")
    d.add_argument("--payload", choices=["levin", "http"], default="levin")
    d.add_argument("--hold", type=float, default=0)
    d.add_argument("--timeout", type=float, default=45)
    d.set_defaults(run=dial)
    n = verbs.add_parser("peers")
    n.add_argument("address")
    n.set_defaults(run=peers)
    s = verbs.add_parser("serve")
    s.add_argument("address")
    s.add_argument("--size", type=int, default=50_000_000)
    s.add_argument("--piece", type=int, default=20_000)
    s.add_argument("--pause", type=float, default=0.1)
    s.set_defaults(run=serve)
    y = verbs.add_parser("sync")
    y.add_argument("proxy")
    y.add_argument("target")
    y.add_argument("--idle", action="store_true")
    y.set_defaults(run=sync)
    a = p.parse_args()
    return a.run(a)


if __name__ == "__main__":
    sys.exit(main())
