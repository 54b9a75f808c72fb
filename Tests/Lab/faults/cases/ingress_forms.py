"""What a client may say to a SOCKS listener, whole and in parts."""

from bench import levin
from bench.case import case
from bench.client import GREETING, request4, request5
from bench.control import until
from bench.peers import NAME, PEER


def arrives(t, proxy, text, payload, destination):
    """The newest stream has this destination, and after its request exactly this."""
    stream = proxy.asked()[-1]
    whole = stream.until(lambda s: len(s.payload) >= len(payload))
    got = bytes(stream.payload)
    t.claim(
        text,
        whole and got == payload and stream.destination == destination,
        f"{stream.destination}, {len(got)} of {len(payload)} bytes",
    )


FORMS = {
    "SOCKS4": ([request4(PEER, 18080)], 8, (PEER, 18080)),
    "SOCKS4 with a user id": ([request4(PEER, 18080, b"u" * 255)], 8, (PEER, 18080)),
    "SOCKS4a": ([request4(NAME, 18080)], 8, (NAME, 18080)),
    "SOCKS5": ([GREETING, request5(PEER, 18080)], 10, (PEER, 18080)),
    "SOCKS5 by name": ([GREETING, request5(NAME, 18080)], 10, (NAME, 18080)),
    "SOCKS5 over IPv6": ([GREETING, request5("2001:db8::7", 18080)], 10, ("2001:db8::7", 18080)),
    "SOCKS5 with user and password": ([b"\5\1\2", b"\1\4user\6secret", request5(PEER, 18080)], 10, (PEER, 18080)),
    "SOCKS5 with the longest user and password": (
        [b"\5\1\2", b"\1\xff" + b"u" * 255 + b"\xff" + b"p" * 255, request5(PEER, 18080)],
        10,
        (PEER, 18080),
    ),
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
    t.equal(
        "all are counted as accepted, none as refused", (counted["accepted"], counted["refused"]), (2 * len(FORMS), {})
    )


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
                t.equal(
                    f"{version} with a name {text}: the proxy is asked for it",
                    proxy.await_asked(before + 1)[-1].destination,
                    (name, 18080),
                )
    for text, spelled in [("a label of 64 bytes", b"a" * 64 + b".net"), ("254 bytes", b"x" + name)]:
        with t.client(router) as client:
            t.equal(f"a name with {text} is refused", client.ask(spelled), 1)
