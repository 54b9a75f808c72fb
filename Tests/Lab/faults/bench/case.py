"""A case: what one fault does, in claims that are each said in a line."""

import itertools
import os
import traceback

from bench.client import Client
from bench.peers import TRACES
from bench.proxy import Proxy
from bench.router import Router

CASES = []
# Below the range of the kernel's own choices, so that a port given out here is free.
PORTS = itertools.count(12000)


def case(title, slow=False, heavy=False):
    """Makes a function a case. Slow ones wait for deadlines and begin first; heavy ones run one at a time."""

    def add(function):
        CASES.append((title, function, slow, heavy))
        return function

    return add


def port():
    return next(PORTS)


class Case:
    """What a case's function is given."""

    def __init__(self, title, binary, directory):
        self.title, self.binary, self.directory = title, binary, directory
        self.names = False  # whether destinations may be told
        self.lines, self.routers, self.proxies, self.cleanups = [], [], [], []
        os.mkdir(directory, 0o755)

    def proxy(self, **arguments):
        self.proxies.append(Proxy(port(), **arguments))
        return self.proxies[-1]

    def new_router(self, proxy=None, **arguments):
        """A router that is not started yet."""
        if proxy:
            arguments["proxy"] = proxy.port
        directory = f"{self.directory}/{len(self.routers)}"
        self.routers.append(Router(self.binary, directory, port(), **arguments))
        return self.routers[-1]

    def router(self, proxy=None, ready="unguarded", **arguments):
        return self.new_router(proxy, **arguments).start(ready)

    def client(self, router, timeout=20):
        return Client(router.port, timeout)

    def claim(self, text, holds, why=""):
        if holds:
            self.lines.append(f"ok    {self.title}: {text}")
        else:
            why = " ".join(str(why or "it does not hold").split())[:600]
            self.lines.append(f"FAIL  {self.title}: {text}: {why}")
        return bool(holds)

    def equal(self, text, got, wanted):
        return self.claim(text, got == wanted, f"{got!r}, not {wanted!r}")

    def nothing_passed(self, proxy, text="not a byte of the node's stream reached the proxy"):
        payload = proxy.payload()
        return self.claim(text, not payload, f"{len(payload)} bytes: {payload[:60]!r}")

    def run(self, function):
        try:
            function(self)
            for router in self.routers:
                if router.control and router.process.poll() is None and router.baseline:
                    told = router.everything_told()
                    said = [word for word in TRACES if word in told]
                    self.claim("log, status, metrics and events name no destination", not said or self.names, said)
                    why = router.settled()
                    self.claim("the router's descriptors are back where they were", not why, why)
                elif router.process and router.process.poll() not in (None, 0, 64, 71, -9, -15):
                    self.claim(
                        "the router lives", False, f"it ended with {router.process.poll()}: {router.said()[-300:]}"
                    )
        except Exception as error:  # noqa: BLE001 whatever it is, the case did not come to its end
            place = traceback.extract_tb(error.__traceback__)
            where = next((f for f in reversed(place) if "/cases/" in f.filename), place[-1])
            self.claim("it comes to its end", False, f"line {where.lineno}: {type(error).__name__}: {error}")
        finally:
            for cleanup in reversed(self.cleanups):
                cleanup()
            for router in self.routers:
                router.stop()
            for proxy in self.proxies:
                proxy.down()
        return self.lines
