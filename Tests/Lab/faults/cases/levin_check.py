"""What a node's stream must begin with before a byte of it leaves."""

import struct
import time

from bench import levin
from bench.case import case
from bench.control import until
from bench.peers import PEER

GOOD = levin.GOOD
MANY = 257  # one field more than is read


def storage(*fields):
    return levin.MAGIC + levin.varint(len(fields)) + b"".join(fields)


def deep(levels):
    inner = levin.text(b"x", b"y")
    for _ in range(levels):
        inner = b"\1x\x0c" + levin.varint(1) + inner
    return inner


NODE = b"\x09node_data\x0c" + levin.varint(1) + levin.text(b"network_id", levin.NETWORKS["mainnet"])
WRONG = {
    "HTTP": b"GET / HTTP/1.1\r\nHost: peer\r\n\r\n",
    "a TLS hello": b"\x16\x03\x01\x02\x00" + bytes(512),
    "SOCKS again": b"\5\1\0",
    "a zero byte": b"\0",
    "all but the last byte of the signature": GOOD[:7] + b"\2" + GOOD[8:],
    "the testnet's id": levin.frame(levin.body(levin.NETWORKS["testnet"])),
    "the stagenet's id": levin.frame(levin.body(levin.NETWORKS["stagenet"])),
    "an id of 15 bytes": levin.frame(levin.body(levin.NETWORKS["mainnet"][:15])),
    "an id of 17 bytes": levin.frame(levin.body(levin.NETWORKS["mainnet"] + b"\0")),
    "no network id": levin.frame(storage(levin.text(b"other", b"x" * 16))),
    "the id outside node_data": levin.frame(storage(levin.text(b"network_id", levin.NETWORKS["mainnet"]))),
    "a timed sync": levin.frame(command=1002),
    "a notification": levin.frame(command=2002, answer=0),
    "a response": levin.frame(flags=2),
    "a fragment": levin.frame(flags=5),
    "a handshake that wants no answer": levin.frame(answer=0),
    "a later protocol version": levin.frame(version=2),
    "a body of 64 KiB and one byte": levin.frame(length=levin.LONGEST_BODY + 1)[:33],
    "a body of 2^64 - 1 bytes": levin.frame(length=2**64 - 1)[:33],
    "a body of 2^63 bytes": levin.frame(length=2**63)[:33],
    "no body": levin.frame(b""),
    "a body shorter than it says inside": levin.frame(levin.body()[:-1]),
    "a body that is no portable storage": levin.frame(b"{" + bytes(60)),
    "257 fields": levin.frame(storage(NODE, *[levin.text(b"f%d" % i, b"") for i in range(MANY)])),
    "sections five deep": levin.frame(storage(NODE, deep(5))),
    "a field that claims 2^30 bytes": levin.frame(
        levin.MAGIC + levin.varint(1) + b"\1x\x0a" + struct.pack("<I", 1 << 30 << 2 & 0xFFFFFFFF | 2)
    ),
}


@case("levin refusals")
def refusals(t):
    proxy = t.proxy()
    router = t.router(proxy)
    for name, sent in WRONG.items():
        before = router.refused().get("not-levin", 0)
        with t.client(router) as client:
            t.equal(f"{name}: the connect is granted", client.ask(PEER), 0)
            client.send(sent + b"and more")
            t.equal(f"{name}: closed without a word", client.end(5), ("closed", b""))
        counted = until(lambda: router.refused().get("not-levin") == before + 1, 3)
        t.claim(f"{name}: counted as not-levin", counted, router.refused())
        t.claim(f"{name}: the proxy's stream ends", proxy.asked()[-1].ended.wait(5))
    t.nothing_passed(proxy)
    t.equal("no byte is counted as forwarded", router.listener()["bytes_up"], 0)
    event = router.events.wait("refused", reason="not-levin")
    t.claim("an event tells of it", event, router.events.seen[-3:])


@case("levin, a wrong stream in small parts")
def parts(t):
    proxy = t.proxy()
    router = t.router(proxy)
    wrong = levin.frame(levin.body(levin.NETWORKS["stagenet"]))
    for place in range(1, len(wrong)):
        with t.client(router) as client:
            client.ask(PEER)
            client.pieces(wrong[:place], wrong[place:] + b"more")
            if client.end(5) != ("closed", b""):
                return t.claim(f"another network's frame split at byte {place} is refused", False)
    t.equal("another network's frame, split at every byte, is refused", router.refused(), {"not-levin": len(wrong) - 1})
    t.nothing_passed(proxy)


@case("levin, a good stream in small parts")
def good_parts(t):
    proxy = t.proxy()
    router = t.router(proxy)
    tail, bad = b"what followed it", []
    for place in range(1, len(GOOD)):
        with t.client(router) as client:
            before = len(proxy.asked())
            client.ask(PEER)
            stream = proxy.await_asked(before + 1)[-1]
            client.pieces(GOOD[:place])
            held = not stream.payload
            client.send(GOOD[place:] + tail)
            stream.until(lambda s: len(s.payload) >= len(GOOD + tail))
            if not held or stream.payload != GOOD + tail:
                bad.append(place)
    t.claim("split at every byte: held until it is whole, then whole and in order with what followed", not bad, bad)
    # The longest that nodes accept, and a good deal behind it in the same write.
    room = levin.LONGEST_BODY - len(levin.body()) - 11
    longest = levin.frame(levin.body(extra=b"e" * room))
    t.equal("(the longest body is 64 KiB)", len(longest), 33 + levin.LONGEST_BODY)
    follows = bytes(range(256)) * 4000
    with t.client(router) as client:
        before = len(proxy.asked())
        client.ask(PEER)
        client.send(longest + follows)
        stream = proxy.await_asked(before + 1)[-1]
        stream.until(lambda s: len(s.payload) >= len(longest + follows))
        t.claim(
            "a handshake of 64 KiB and a megabyte behind it arrive whole and in order",
            stream.payload == longest + follows,
            f"{len(stream.payload)} of {len(longest + follows)}",
        )
    sent = (len(GOOD) - 1) * len(GOOD + tail) + len(longest + follows)
    t.equal("every byte is counted", router.listener()["bytes_up"], sent)


@case("levin, a peer that speaks first")
def peer_first(t):
    def early(stream):
        for step in stream.proxy.steps[:-1]:
            getattr(stream, step)()
        # In the segment of the reply.
        stream.send(b"\5\0\0\1" + bytes(6) + b"early")
        stream.swallow()

    proxy = t.proxy(act=early)
    router = t.router(proxy)
    with t.client(router) as client:
        t.equal("granted", client.ask(PEER), 0)
        t.equal("a peer's first bytes come after our reply", client.take(5), b"early")
        client.send(GOOD)
        t.claim("and the stream goes on", proxy.asked()[-1].until(lambda s: bytes(s.payload) == GOOD))


@case("levin, a first frame that never completes", slow=True)
def never(t):
    proxy = t.proxy()
    router = t.router(proxy)
    began = time.monotonic()
    clients = []
    for part in [b"", GOOD[:1], GOOD[:33], GOOD[:-1]]:
        client = t.client(router, 30)
        client.ask(PEER)
        clients.append((part, client.send(part)))
    for part, client in clients:
        t.equal(f"a node that stops after {len(part)} bytes is closed", client.end(), ("closed", b""))
        client.close()
    t.claim("after 10 s", 9.5 < time.monotonic() - began < 16, f"{time.monotonic() - began:.1f} s")
    t.claim("they are counted as slow-client", until(lambda: router.refused() == {"slow-client": 4}), router.refused())
    t.nothing_passed(proxy)


@case("levin networks")
def networks(t):
    for network in levin.NETWORKS:
        proxy = t.proxy()
        router = t.router(proxy, network=f'"{network}"')
        for other, identity in levin.NETWORKS.items():
            frame = levin.frame(levin.body(identity))
            with t.client(router) as client:
                before = len(proxy.asked())
                client.ask(PEER)
                client.send(frame)
                stream = proxy.await_asked(before + 1)[-1]
                if other == network:
                    t.claim(f"{network} passes its own", stream.until(lambda s: bytes(s.payload) == frame))
                else:
                    t.claim(f"{network} refuses {other}", client.end(5) == ("closed", b"") and not stream.payload)
