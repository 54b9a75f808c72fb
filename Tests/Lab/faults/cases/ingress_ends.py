"""Clients that end too early, too late or never."""

import socket
import time

from bench import levin
from bench.case import case
from bench.client import GREETING, Ended, request4, request5
from bench.control import until
from bench.peers import PEER


@case("ingress half-closes")
def half_closes(t):
    def answer(stream):
        stream.handshake()
        stream.swallow()
        stream.send(b"answer" * 50000)

    proxy = t.proxy(act=answer)
    router = t.router(proxy)
    with t.client(router) as client:
        client.ask(PEER)
        client.send(levin.GOOD)
        client.half_close()
        t.equal(
            "a client's half-close passes, and the peer's whole answer comes back",
            client.end(),
            ("closed", b"answer" * 50000),
        )
    for name, sent in [
        ("its greeting", GREETING),
        ("half its request", GREETING + request5(PEER, 1)[:5]),
        ("nothing", b""),
    ]:
        with t.client(router) as client:
            client.send(sent)
            client.half_close()
            ending, got = client.end(5)
            t.equal(f"a client that ends after {name} is closed", (ending, got), ("closed", b"\5\0" if sent else b""))
    t.claim(
        "they are counted as bad-request", until(lambda: router.refused().get("bad-request") == 3), router.refused()
    )

    # A peer may end its side while the node still sends.
    def end_first(stream):
        stream.handshake()
        stream.payload += stream.take(len(levin.GOOD))
        stream.send(b"hello")
        stream.link.shutdown(socket.SHUT_WR)
        stream.swallow()

    proxy.act = end_first
    with t.client(router) as client:
        client.ask(PEER)
        client.send(levin.GOOD)
        t.equal("a peer's half-close passes", client.end(), ("closed", b"hello"))
        client.send(b"x" * 100000)
        client.half_close()
        stream = proxy.asked()[-1]
        stream.ended.wait(10)
        t.equal("and the node's bytes still arrive", len(stream.payload), len(levin.GOOD) + 100000)

    # Before the first frame there is nothing to say goodbye to.
    def end_at_once(stream):
        stream.handshake()

    proxy.act = end_at_once
    with t.client(router) as client:
        t.equal("a peer that ends before the first frame: granted", client.ask(PEER), 0)
        t.equal("and closed", client.end(5), ("closed", b""))
    t.claim("it is counted as unreachable", until(lambda: router.refused().get("unreachable") == 1), router.refused())


@case("ingress slow clients", slow=True)
def slow_clients(t):
    proxy = t.proxy()
    router = t.router(proxy)
    sent = [b"", b"\4", request4(PEER, 18080)[:-1], GREETING, GREETING + request5(PEER, 18080)[:-1], b"\5\1\2\1\4us"]
    began = time.monotonic()
    clients = [t.client(router, 30).send(part) for part in sent]
    # One byte each second is no progress: the deadline is for the whole request.
    drip, ending = t.client(router, 1), None
    request = request4(b"n" * 60, 18080)
    for byte in request:
        drip.send(bytes([byte]))
        try:
            drip.take(1)
        except Ended as ended:
            ending = ended.args[0]
            if ending != "timeout":
                break
    t.claim(
        "a byte a second is closed after 10 s",
        ending in ("closed", "reset") and 9.5 < time.monotonic() - began < 16,
        f"{ending} after {time.monotonic() - began:.1f} s",
    )
    drip.close()
    for part, client in zip(sent, clients):
        ending, _ = client.end()
        client.close()
        t.equal(f"a client that stops after {len(part)} bytes is closed", ending, "closed")
    t.claim("in 10 s", 9.5 < time.monotonic() - began < 18, f"{time.monotonic() - began:.1f} s")
    t.claim("they are counted as slow-client", until(lambda: router.refused() == {"slow-client": 7}), router.refused())
    event = router.events.wait("refused", reason="slow-client")
    t.claim("and told as an event", event, router.events.seen[-3:])
    t.equal("the proxy was asked for nothing", len(proxy.asked()), 0)


@case("ingress, a client that vanishes while it is held")
def vanishes(t):
    proxy = t.proxy()
    proxy.down()
    router = t.router(proxy, ready="blocked", hold="40s")
    for name, leave in [("closes", lambda c: c.close()), ("resets", lambda c: c.reset())]:
        clients = [t.client(router) for _ in range(20)]
        for client in clients:
            client.send(GREETING + request5(PEER, 18080) + levin.GOOD)
            client.method()
        t.claim(f"20 clients are held ({name})", until(lambda: router.listener()["open"] == 20), router.listener())
        for client in clients:
            leave(client)
        t.claim(
            f"a held client that {name} is let go at once",
            until(lambda: router.listener()["open"] == 0, 3),
            router.listener(),
        )
    t.equal("they are counted as client-gone", router.refused(), {"client-gone": 40})
    proxy.up()
    until(lambda: router.status()["state"] == "unguarded")
    t.equal("when the proxy is back it is asked for nothing", len(proxy.asked()), 0)
