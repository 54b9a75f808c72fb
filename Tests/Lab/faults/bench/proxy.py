"""A SOCKS5 proxy that records every byte, and fails where it is told to.

`python3 proxy.py PORT` is one in a process of its own, which echoes: for tests that stop or kill it.
"""

import errno
import ipaddress
import select
import socket
import struct
import sys
import threading
import time


def listen(port, backlog):
    """Listens there. Where another listener has only just ended, a child of this process that is between fork and exec may have
    its descriptor for a moment."""
    end = time.monotonic() + 10
    while True:
        try:
            return socket.create_server(("127.0.0.1", port), backlog=backlog)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > end:
                raise
            time.sleep(0.02)


class Stream:
    """One connection to the proxy. `raw` is all that came, `payload` what came after the request."""

    def __init__(self, link, proxy):
        self.link, self.proxy = link, proxy
        self.raw, self.payload = bytearray(), bytearray()
        self.credentials = self.destination = None
        self.requested, self.ended, self.reset = threading.Event(), threading.Event(), False
        self.changed, self.thread = proxy.changed, None
        self.waker, self.wake = socket.socketpair()

    def recv(self, count):
        """Bytes; none at the end. Broken off by `cut`."""
        waiting = select.poll()
        waiting.register(self.link, select.POLLIN)
        waiting.register(self.wake, select.POLLIN)
        if any(descriptor == self.wake.fileno() for descriptor, _ in waiting.poll()):
            self.cut()
            raise EOFError
        return self.link.recv(count)

    def take(self, count):
        got = b""
        while len(got) < count:
            part = self.recv(count - len(got))
            if not part:
                raise EOFError
            self.raw += part
            got += part
        return got

    def send(self, data):
        self.link.sendall(data)

    # The steps of a handshake, as the proxy's side sees them.
    def greeting(self):
        return self.take(self.take(2)[1])

    def method(self):
        self.send(b"\5\2" if self.proxy.credentials else b"\5\0")

    def authentication(self):
        user = self.take(self.take(2)[1])
        self.credentials = user, self.take(self.take(1)[0])

    def verdict(self):
        self.send(b"\1\0" if self.proxy.credentials in ("any", self.credentials) else b"\1\1")
        if self.proxy.credentials not in ("any", self.credentials):
            raise EOFError

    def asked_for(self):
        kind = self.take(4)[3]
        if kind == 3:
            host = bytes(self.take(self.take(1)[0]))
        else:
            host = str(ipaddress.ip_address(self.take(4 if kind == 1 else 16)))
        return host, struct.unpack("!H", self.take(2))[0]

    def request(self):
        self.destination = self.asked_for()
        self.proxy.tell(self.requested)

    def reply(self, code=0):
        self.send(bytes([5, code, 0, 1]) + bytes(6))

    def swallow(self):
        """Reads until the end, and keeps it."""
        while part := self.recv(65536):
            self.raw += part
            if self.requested.is_set():
                self.payload += part
            self.proxy.tell()

    def handshake(self):
        for step in self.proxy.steps:
            getattr(self, step)()

    def cut(self):
        """Ends with a reset. The thread that reads must do it: a descriptor in use would stay open."""
        if self.thread is not threading.current_thread():
            self.waker.close()
            return
        self.link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.link.close()

    def until(self, condition, timeout=15):
        """Waits until the stream has become so."""
        with self.changed:
            return self.changed.wait_for(lambda: condition(self), timeout)


def well(stream):
    """A proxy as it should be, before a peer that listens."""
    stream.handshake()
    stream.swallow()


class Proxy:
    """`act` says what happens to each connection; it may be changed at any time. `credentials` are (user, password),
    "any" for a Tor, or None."""

    def __init__(self, port, credentials=None, act=well):
        self.port, self.credentials, self.act = port, credentials, act
        self.streams, self.changed = [], threading.Condition()
        self.listener = None
        self.up()

    @property
    def steps(self):
        if self.credentials:
            return ["greeting", "method", "authentication", "verdict", "request", "reply"]
        return ["greeting", "method", "request", "reply"]

    def up(self):
        self.listener = listen(self.port, 1024)
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def down(self):
        """Gone, as if killed: nobody listens, and what was open is reset."""
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        for stream in list(self.streams):
            stream.cut()

    def accept(self, listener):
        while True:
            try:
                link, _ = listener.accept()
            except OSError:
                return
            if link.family == socket.AF_INET:
                link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            stream = Stream(link, self)
            with self.changed:
                self.streams.append(stream)
            threading.Thread(target=self.serve, args=(stream,), daemon=True).start()

    def serve(self, stream):
        stream.thread = threading.current_thread()
        try:
            self.act(stream)
        except ConnectionResetError:
            stream.reset = True
        except (OSError, EOFError):
            pass
        self.tell(stream.ended)
        for link in (stream.link, stream.wake):
            link.close()

    def tell(self, event=None):
        with self.changed:
            if event:
                event.set()
            self.changed.notify_all()

    def asked(self):
        """The streams that came as far as a request: probes of the router do not."""
        return [stream for stream in self.streams if stream.requested.is_set()]

    def await_asked(self, count=1, timeout=15):
        with self.changed:
            self.changed.wait_for(lambda: len(self.asked()) >= count, timeout)
        return self.asked()

    def payload(self):
        """Every byte of a node's stream that came here."""
        return b"".join(bytes(stream.payload) for stream in self.streams)


def echo(stream):
    stream.handshake()
    while part := stream.recv(65536):
        stream.send(part)


if __name__ == "__main__":
    Proxy(int(sys.argv[1]), act=echo)
    print("up", flush=True)
    threading.Event().wait()


def by_bytes(stream):
    """From now on what it sends goes byte by byte."""
    send = stream.send

    def slowly(data):
        for byte in data:
            send(bytes([byte]))
            time.sleep(0.002)

    stream.send = slowly
