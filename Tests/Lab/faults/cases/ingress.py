"""What a client may say to a SOCKS listener, and what it may not."""
import socket
import time

from bench import levin
from bench.case import case
from bench.client import Client, Ended, GREETING, request4, request5
from bench.control import until

PEER = "203.0.113.7"
NAME = b"peer.example.net"


def arrives(t, proxy, text, payload, destination):
    """The newest stream has this destination, and after its request exactly this."""
    stream = proxy.asked()[-1]
    whole = stream.until(lambda s: len(s.payload) >= len(payload))
    got = bytes(stream.payload)
    t.claim(text, whole and got == payload and stream.destination == destination,
            f"{stream.destination}, {len(got)} of {len(payload)} bytes")


FORMS = {
    "SOCKS4": ([request4(PEER, 18080)], 8, (PEER, 18080)),
    "SOCKS4 with a user id": ([request4(PEER, 18080, b"u" * 255)], 8, (PEER, 18080)),
    "SOCKS4a": ([request4(NAME, 18080)], 8, (NAME, 18080)),
    "SOCKS5": ([GREETING, request5(PEER, 18080)], 10, (PEER, 18080)),
    "SOCKS5 by name": ([GREETING, request5(NAME, 18080)], 10, (NAME, 18080)),
    "SOCKS5 over IPv6": ([GREETING, request5("2001:db8::7", 18080)], 10, ("2001:db8::7", 18080)),
    "SOCKS5 with user and password": (
        [b"\5\1\2", b"\1\4user\6secret", request5(PEER, 18080)], 10, (PEER, 18080)),
    "SOCKS5 with the longest user and password": (
        [b"\5\1\2", b"\1\xff" + b"u" * 255 + b"\xff" + b"p" * 255, request5(PEER, 18080)], 10, (PEER, 18080)),
    "SOCKS5 with every method": ([b"\5\xff" + bytes(range(255)), request5(PEER, 18080)], 10, (PEER, 18080)),
}


@case("ingress forms")
def forms(t):
    proxy = t.proxy()
    router = t.router(proxy)
    for name, (messages, size, destination) in FORMS.items():
        method = 0 if len(messages) == 1 else 2 if len(messages) == 2 else 4
        with t.client(router) as client:
            granted = client.send(b"".join(messages)).take(method + size)[method:][:2]
            client.send(levin.GOOD + b"more")
            t.claim(f"{name}, all in one segment, is granted", granted in (b"\0\x5a", b"\5\0"), granted)
            arrives(t, proxy, f"{name}: its destination and its stream arrive whole", levin.GOOD + b"more", destination)
        with t.client(router) as client:
            before = len(proxy.asked())
            client.send(b"".join(messages) + levin.GOOD + b"more")
            got = client.take(method + size)[method:][:2]
            proxy.await_asked(before + 1)
            t.claim(f"{name} with the first frame in its segment is granted", got in (b"\0\x5a", b"\5\0"), got)
            arrives(t, proxy, f"{name} with its first frame: all of it arrives once", levin.GOOD + b"more", destination)
    until(lambda: router.listener()["open"] == 0)
    counted = router.listener()
    t.equal("all are counted as accepted, none as refused",
            (counted["accepted"], counted["refused"]), (2 * len(FORMS), {}))


@case("ingress splits")
def splits(t):
    proxy = t.proxy()
    router = t.router(proxy)
    for name, (messages, size, destination) in FORMS.items():
        whole = b"".join(messages)
        if len(whole) > 80:
            continue
        method = {1: 0, 2: 2, 3: 4}[len(messages)]
        wrong = []
        for place in range(1, len(whole)):
            with t.client(router) as client:
                client.pieces(whole[:place], whole[place:])
                if client.take(method + size)[method:][:2] not in (b"\0\x5a", b"\5\0"):
                    wrong.append(place)
        with t.client(router) as client:
            client.pieces(*(bytes([byte]) for byte in whole))
            if client.take(method + size)[method:][:2] not in (b"\0\x5a", b"\5\0"):
                wrong.append("every")
            client.send(levin.GOOD)
            t.claim(f"{name}, split at each of its {len(whole)} bytes and at all, is granted", not wrong, wrong)
            arrives(t, proxy, f"{name}: the stream arrives whole", levin.GOOD, destination)


REFUSED = {
    "SOCKS4 BIND": (request4(PEER, 18080, command=2), b"\0\x5b" + bytes(6)),
    "SOCKS4 to port 0": (request4(PEER, 0), b"\0\x5b" + bytes(6)),
    "SOCKS4 with a user id of 256 bytes": (request4(PEER, 18080, b"u" * 256), b"\0\x5b" + bytes(6)),
    "SOCKS4a with a name of 256 bytes": (request4(b"n" * 256, 18080), b"\0\x5b" + bytes(6)),
    "SOCKS4a with an empty name": (request4(b"", 18080), b"\0\x5b" + bytes(6)),
    "SOCKS5 BIND": (GREETING + request5(PEER, 18080, 2), b"\5\0\5\7\0\1" + bytes(6)),
    "SOCKS5 UDP ASSOCIATE": (GREETING + request5(PEER, 18080, 3), b"\5\0\5\7\0\1" + bytes(6)),
    "Tor's RESOLVE": (GREETING + request5(NAME, 0, 0xF0), b"\5\0\5\7\0\1" + bytes(6)),
    "SOCKS5 command 0": (GREETING + request5(PEER, 18080, 0), b"\5\0\5\7\0\1" + bytes(6)),
    "SOCKS5 to port 0": (GREETING + request5(PEER, 0), b"\5\0\5\1\0\1" + bytes(6)),
    "SOCKS5 with an unknown kind of address": (GREETING + b"\5\1\0\2" + bytes(6), b"\5\0\5\x08\0\1" + bytes(6)),
    "SOCKS5 with its reserved byte set": (GREETING + b"\5\1\1\1" + bytes(6), b"\5\0\5\1\0\1" + bytes(6)),
    "SOCKS5 with an empty name": (GREETING + request5(b"", 18080), b"\5\0\5\1\0\1" + bytes(6)),
    "SOCKS5 with a name of 255 bytes": (GREETING + request5(b"n" * 255, 18080), b"\5\0\5\1\0\1" + bytes(6)),
    "SOCKS5 with a NUL in its name": (GREETING + request5(b"peer\0.net", 18080), b"\5\0\5\1\0\1" + bytes(6)),
    "SOCKS5 without a method": (b"\5\0", b"\5\xff"),
    "SOCKS5 with GSSAPI only": (b"\5\1\1", b"\5\xff"),
    "SOCKS5 with a wrong version of user and password": (b"\5\1\2\2\1u\1p", b"\5\2\1\1"),
    "an HTTP request": (b"GET http://peer/ HTTP/1.1\r\nHost: peer\r\n\r\n", b""),
    "a TLS hello": (b"\x16\x03\x01\x02\x00" + bytes(512), b""),
    "SOCKS6": (b"\6\1\0", b""),
    "random bytes": (bytes((7 + 31 * i) & 255 for i in range(3000)), b""),
    "64 KiB of zeros": (bytes(65536), b""),
}


@case("ingress refusals")
def refusals(t):
    proxy = t.proxy()
    router = t.router(proxy)
    for count, (name, (request, reply)) in enumerate(REFUSED.items(), 1):
        with t.client(router) as client:
            t.equal(f"{name} is answered exactly so and closed", client.send(request).end(), ("closed", reply))
        counted = until(lambda: router.refused().get("bad-request") == count)
        t.claim(f"{name} is counted as bad-request", counted, router.refused())
    t.equal("the proxy was asked for nothing", len(proxy.asked()), 0)


@case("ingress, the longest names")
def longest_names(t):
    proxy = t.proxy()
    router = t.router(proxy)
    # The longest that DNS allows: 253 characters in labels of at most 63.
    name = b".".join([b"a" * 63, b"b" * 63, b"c" * 63, b"d" * 57, b"net"])
    assert len(name) == 253
    for text, spelled in [("of 253 bytes", name), ("of 253 bytes and a dot", name + b".")]:
        for version, ask in [("SOCKS4a", 4), ("SOCKS5", 5)]:
            with t.client(router) as client:
                before = len(proxy.asked())
                t.equal(f"{version} with a name {text} is granted", client.ask(spelled, 18080, ask), 0)
                t.equal(f"{version} with a name {text}: the proxy is asked for it",
                        proxy.await_asked(before + 1)[-1].destination, (name, 18080))
    for text, spelled in [("a label of 64 bytes", b"a" * 64 + b".net"), ("254 bytes", b"x" + name)]:
        with t.client(router) as client:
            t.equal(f"a name with {text} is refused", client.ask(spelled), 1)


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
        t.equal("a client's half-close passes, and the peer's whole answer comes back",
                client.end(), ("closed", b"answer" * 50000))
    for name, sent in [("its greeting", GREETING), ("half its request", GREETING + request5(PEER, 1)[:5]), ("nothing", b"")]:
        with t.client(router) as client:
            client.send(sent)
            client.half_close()
            ending, got = client.end(5)
            t.equal(f"a client that ends after {name} is closed", (ending, got), ("closed", b"\5\0" if sent else b""))
    t.claim("they are counted as bad-request", until(lambda: router.refused().get("bad-request") == 3), router.refused())

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
    t.claim("a byte a second is closed after 10 s", ending in ("closed", "reset") and 9.5 < time.monotonic() - began < 16,
            f"{ending} after {time.monotonic() - began:.1f} s")
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
        t.claim(f"a held client that {name} is let go at once", until(lambda: router.listener()["open"] == 0, 3),
                router.listener())
    t.equal("they are counted as client-gone", router.refused(), {"client-gone": 40})
    proxy.up()
    until(lambda: router.status()["state"] == "unguarded")
    t.equal("when the proxy is back it is asked for nothing", len(proxy.asked()), 0)
