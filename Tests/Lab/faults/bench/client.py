"""A node's side of the router: SOCKS4, 4a and 5 byte for byte, and how the router ended it."""

import ipaddress
import socket
import struct
import time

from bench import levin
from bench.peers import PEER

GREETING = b"\5\1\0"


class Ended(Exception):
    """The stream ended, or nothing came: "closed", "reset" or "timeout"."""


def request4(host, port, user=b"", command=1):
    """SOCKS4 for an IPv4 address, SOCKS4a for a name (bytes)."""
    if isinstance(host, bytes):
        return struct.pack("!BBHI", 4, command, port, 1) + user + b"\0" + host + b"\0"
    return struct.pack("!BBH4s", 4, command, port, socket.inet_aton(host)) + user + b"\0"


def request5(host, port, command=1):
    """SOCKS5 for an address (str) or a name (bytes)."""
    if isinstance(host, bytes):
        target = bytes([3, len(host)]) + host
    else:
        address = ipaddress.ip_address(host)
        target = bytes([1 if address.version == 4 else 4]) + address.packed
    return bytes([5, command, 0]) + target + struct.pack("!H", port)


class Client:
    """One connection to a listener of the router."""

    def __init__(self, port, timeout=20):
        self.link = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, data):
        """Sends; that the router has gone is told by the next read."""
        try:
            self.link.sendall(data)
        except OSError:
            pass
        return self

    def pieces(self, *parts):
        """Sends each part by itself, late enough that the router has read the one before."""
        for part in parts:
            self.send(part)
            time.sleep(0.002)
        return self

    def take(self, count):
        got = b""
        while len(got) < count:
            try:
                part = self.link.recv(count - len(got))
            except socket.timeout:
                raise Ended("timeout", got) from None
            except OSError:
                raise Ended("reset", got) from None
            if not part:
                raise Ended("closed", got)
            got += part
        return got

    def end(self, timeout=None):
        """How the stream ends: "closed", "reset" or "timeout", and what came before."""
        if timeout:
            self.link.settimeout(timeout)
        got = bytearray()
        try:
            while part := self.link.recv(65536):
                got += part
            return "closed", bytes(got)
        except socket.timeout:
            return "timeout", bytes(got)
        except OSError:
            return "reset", bytes(got)

    def took(self, began):
        """Seconds from then (monotonic) to the newest bytes, by the kernel's own word: who reads them late was still told
        in time. It counts in ticks of some ms."""
        info = self.link.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
        (silence,) = struct.unpack_from("I", info, 52)  # tcpi_last_data_recv, ms
        return max(0, time.monotonic() - silence / 1000 - began)

    def reply4(self):
        """The code of a SOCKS4 reply."""
        reply = self.take(8)
        if reply[0] != 0 or reply[2:] != bytes(6):
            raise AssertionError(f"a malformed SOCKS4 reply: {reply.hex()}")
        return reply[1]

    def method(self):
        reply = self.take(2)
        if reply[0] != 5:
            raise AssertionError(f"a malformed SOCKS5 method: {reply.hex()}")
        return reply[1]

    def reply5(self):
        """The code of a SOCKS5 reply, which must have the IPv4 form that monerod can read."""
        reply = self.take(10)
        if reply[0] != 5 or reply[2:] != b"\0\1" + bytes(6):
            raise AssertionError(f"a malformed SOCKS5 reply: {reply.hex()}")
        return reply[1]

    def ask(self, host, port=18080, version=5):
        """The router's answer to a request: 0 (granted) or the code of the refusal; "closed" and such otherwise."""
        try:
            if version == 4:
                code = self.send(request4(host, port)).reply4()
                return 0 if code == 0x5A else code
            method = self.send(GREETING).method()
            return self.send(request5(host, port)).reply5() if method == 0 else f"method {method}"
        except Ended as ended:
            return ended.args[0]

    def alive(self):
        """Whether bytes still pass both ways, through a proxy that echoes."""
        try:
            return self.send(b"still?").take(6) == b"still?"
        except Ended:
            return False

    def reset(self):
        """Goes away as a crashed process does."""
        self.link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.link.close()

    def half_close(self):
        self.link.shutdown(socket.SHUT_WR)

    def close(self):
        self.link.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.link.close()


def relay(port, host=PEER):
    """An open stream through a proxy that echoes."""
    client = Client(port, 30)
    code = client.ask(host)
    if code != 0:
        raise AssertionError(f"{host!r} is not granted: {code}")
    client.send(levin.GOOD)
    client.take(len(levin.GOOD))
    return client
