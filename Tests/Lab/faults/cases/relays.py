"""Streams that are relayed: resets, full buffers, bulk."""

import socket
import threading

from bench import levin
from bench.case import case
from bench.control import until
from bench.peers import PEER


@case("upstream resets in the middle of a relay")
def mid_relay(t):
    proxy = t.proxy()
    router = t.router(proxy)
    for name, ends, wanted in [
        ("resets", lambda s: s.cut(), "reset"),
        ("closes", lambda s: s.link.shutdown(socket.SHUT_RDWR), "closed"),
    ]:
        with t.client(router) as client:
            before = len(proxy.asked())
            client.ask(PEER)
            client.send(levin.GOOD)
            stream = proxy.await_asked(before + 1)[-1]
            stream.until(lambda s: bytes(s.payload) == levin.GOOD)
            stream.send(b"some")
            client.take(4)
            ends(stream)
            t.equal(f"a proxy that {name}: so the client's stream ends", client.end(5), (wanted, b""))
    with t.client(router) as client:
        before = len(proxy.asked())
        client.ask(PEER)
        client.send(levin.GOOD)
        stream = proxy.await_asked(before + 1)[-1]
        stream.until(lambda s: bytes(s.payload) == levin.GOOD)
        client.reset()
        t.claim("a client that resets: the proxy's stream ends too", stream.ended.wait(5))

    # Buffers full on one side, the other side gone: nothing waits for ever.
    def deaf(stream):
        stream.handshake()
        stream.proxy.tell(stream.requested)
        stream.ended.wait(30)

    proxy.act = deaf
    client = t.client(router)
    client.ask(PEER)
    client.link.settimeout(0.5)
    try:
        client.link.sendall(levin.GOOD + bytes(64 << 20))
    except OSError:
        pass
    t.equal("(a stream that the proxy does not read is open)", router.listener()["open"], 1)
    client.reset()
    t.claim(
        "a client that resets while the proxy does not read is let go",
        until(lambda: router.listener()["open"] == 0, 5),
        router.listener(),
    )
    proxy.asked()[-1].ended.set()

    def flood(stream):
        stream.handshake()
        stream.take(len(levin.GOOD))
        stream.link.settimeout(0.5)
        try:
            stream.send(bytes(64 << 20))
        except OSError:
            pass
        stream.cut()

    proxy.act = flood
    client = t.client(router)
    client.ask(PEER)
    client.send(levin.GOOD)
    proxy.asked()[-1].ended.wait(10)
    t.claim(
        "a proxy that resets while the node does not read: the stream is let go",
        until(lambda: router.listener()["open"] == 0, 5),
        router.listener(),
    )
    client.close()


@case("limits, a million bytes each way at once", heavy=True)
def bulk(t):
    """Backpressure in both directions: whole, in order, and the pipes come back."""

    def both(stream):
        stream.handshake()
        stream.take(len(levin.GOOD))
        sender = threading.Thread(target=stream.send, args=(DATA,))
        sender.start()
        stream.swallow()
        sender.join()

    proxy = t.proxy(act=both)
    router = t.router(proxy)
    results = []

    def one():
        with t.client(router, 60) as client:
            client.ask(PEER)
            client.send(levin.GOOD)
            sender = threading.Thread(target=lambda: (client.send(DATA), client.half_close()))
            sender.start()
            got = client.take(len(DATA))
            sender.join()
            results.append(got == DATA)

    DATA = bytes(range(256)) * 16384
    threads = [threading.Thread(target=one) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    t.equal("4 MiB down on each of 10 streams", results, [True] * 10)
    for stream in proxy.asked():
        stream.ended.wait(20)
    got = [bytes(s.payload[-len(DATA) :]) == DATA for s in proxy.asked()]
    t.equal("4 MiB up on each", got, [True] * 10)
    t.claim("all are let go", until(lambda: router.listener()["open"] == 0), router.listener())
    t.equal(
        "every byte is counted",
        (router.listener()["bytes_up"], router.listener()["bytes_down"]),
        (10 * (len(DATA) + len(levin.GOOD)), 10 * len(DATA)),
    )
