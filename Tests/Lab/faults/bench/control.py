"""The router's control socket, asked as curl would."""

import json
import socket
import threading
import time


class Control:
    """One connection that is kept, so that asking often takes one descriptor of the router."""

    def __init__(self, path, timeout=10):
        self.path, self.timeout, self.lock = path, timeout, threading.Lock()
        self.connect()

    def connect(self):
        self.link = socket.socket(socket.AF_UNIX)
        self.link.settimeout(self.timeout)
        self.link.connect(self.path)
        self.file = self.link.makefile("rb")

    def ask(self, method, target):
        """The status code and the body. The router lets go of who says nothing for a minute: then it is asked anew."""
        with self.lock:
            question = f"{method} {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
            try:
                self.link.sendall(question)
            except BrokenPipeError:
                self.close()
                self.connect()
                self.link.sendall(question)
            return self.answer()

    def answer(self):
        line = self.file.readline()
        if not line:
            raise ConnectionError("the router ended the conversation")
        headers = {}
        while field := self.file.readline().strip():
            name, _, value = field.decode().partition(":")
            headers[name.lower()] = value.strip()
        return int(line.split()[1]), self.file.read(int(headers.get("content-length", 0)))

    def close(self):
        self.file.close()
        self.link.close()


class Events:
    """All events from the start, as they come."""

    def __init__(self, path):
        self.seen, self.changed = [], threading.Condition()
        self.link = socket.socket(socket.AF_UNIX)
        self.link.connect(path)
        self.link.sendall(b"GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        self.file = self.link.makefile("rb")
        while self.file.readline().strip():
            pass
        threading.Thread(target=self.follow, daemon=True).start()

    def follow(self):
        try:
            while size := self.file.readline():
                event = json.loads(self.file.read(int(size, 16)))
                self.file.readline()
                with self.changed:
                    self.seen.append(event)
                    self.changed.notify_all()
        except (OSError, ValueError):
            pass

    def of(self, kind, **fields):
        """Those of a kind, with these fields."""
        return [
            event
            for event in self.seen
            if event["kind"] == kind and all(event["fields"].get(name) == value for name, value in fields.items())
        ]

    def wait(self, kind, timeout=15, count=1, **fields):
        """The newest of a kind, once there are `count`; None when it does not come."""
        with self.changed:
            came = self.changed.wait_for(lambda: len(self.of(kind, **fields)) >= count, timeout)
            return self.of(kind, **fields)[-1] if came else None

    def close(self):
        try:
            self.link.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.link.close()


def until(condition, timeout=15, pause=0.02):
    """Waits until the condition holds; what it last was."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value or time.monotonic() >= end:
            return value
        time.sleep(pause)
