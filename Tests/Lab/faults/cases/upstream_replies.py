"""What a proxy answers: in parts, with a refusal, to credentials."""

import collections
import time

from bench import levin
from bench.case import case
from bench.control import until
from bench.peers import PEER
from bench.proxy import by_bytes, well
from cases.upstream import CREDENTIALS, POINTS, router_for


@case("upstream answers in small parts")
def small_parts(t):
    def drip(stream):
        """Each reply byte by byte."""
        by_bytes(stream)
        well(stream)

    for credentials in POINTS:
        proxy = t.proxy(credentials=credentials, act=drip)
        router = router_for(t, proxy)
        with t.client(router) as client:
            t.equal("a connect is granted", client.ask(PEER), 0)
            client.send(levin.GOOD)
            stream = proxy.asked()[-1]
            t.claim("the stream arrives whole", stream.until(lambda s: bytes(s.payload) == levin.GOOD))
            t.equal("with its credentials", stream.credentials, credentials)

    # Every form of the bound address that SOCKS5 allows, whole and in two parts at each place, and the peer's first
    # bytes behind it.
    for name, bound in [
        ("IPv4", b"\1" + bytes(4)),
        ("IPv6", b"\4" + bytes(16)),
        ("a name", b"\3\4name"),
        ("the longest name", b"\3\xff" + b"n" * 255),
        ("an empty name", b"\3\0"),
    ]:
        reply = b"\5\0\0" + bound + b"\0\0"
        for place in [0, 1, 3, 4, 5, len(reply) // 2, len(reply) - 1]:

            def act(stream, reply=reply, place=place):
                for step in stream.proxy.steps[:-1]:
                    getattr(stream, step)()
                stream.send(reply[:place])
                time.sleep(0.003)
                stream.send(reply[place:] + b"first")
                stream.swallow()

            proxy.act = act
            with t.client(router) as client:
                got = client.ask(PEER), client.take(5)
                if got != (0, b"first"):
                    t.claim(f"a reply with {name}, split at {place}", False, got)
        t.claim(f"a reply with {name} is read, whatever its parts", True)


def reason(code):
    by_code = {2: "proxy-refused", 3: "network-unreachable", 5: "connection-refused", 6: "timeout"}
    return (by_code | {7: "proxy-refused", 8: "proxy-refused"}).get(code, "unreachable")


@case("upstream refuses")
def refuses(t):
    told = {code: code for code in range(1, 9)}
    told |= {code: 4 for code in [0xF0, 0xF1, 0xF2, 0xF3, 0xF6]} | {0xF4: 2, 0xF5: 2, 0xF7: 6}
    told |= {code: 1 for code in [9, 0x5B, 0x80, 0xEF, 0xF8, 0xFF]}
    proxy = t.proxy()
    router = t.router(proxy)
    for code, wanted in told.items():

        def act(stream, code=code):
            for step in stream.proxy.steps[:-1]:
                getattr(stream, step)()
            stream.reply(code)
            stream.swallow()

        proxy.act = act
        with t.client(router) as client:
            t.equal(f"code {code:#x} is told as {wanted}", client.ask(PEER), wanted)
            t.equal(f"code {code:#x}: and closed", client.end(5), ("closed", b""))
        with t.client(router) as client:
            t.equal(f"code {code:#x} is told to SOCKS4 as 91", client.ask(PEER, version=4), 0x5B)
    t.claim(
        "each is counted under its reason",
        until(lambda: router.refused() == {r: 2 * n for r, n in collections.Counter(map(reason, told)).items()}),
        router.refused(),
    )
    t.equal("the proxy is good all the same", router.status()["state"], "unguarded")
    t.equal("none was asked twice", len(proxy.asked()), 2 * len(told))
    t.nothing_passed(proxy)


@case("upstream credentials")
def credentials(t):
    proxy = t.proxy(credentials=CREDENTIALS)
    router = router_for(t, proxy)
    with t.client(router) as client:
        t.equal("the right ones pass", client.ask(PEER), 0)
    proxy = t.proxy(credentials=(b"me", b"other"))
    wrong = router_for(t, proxy, b"wrong", "blocked", hold="1s")
    none = t.router(proxy, "blocked", hold="1s")
    for name, router, sentence in [
        ("wrong credentials", wrong, "refused our credentials"),
        ("none where the proxy wants them", none, "the proxy asks for credentials, and none are configured"),
    ]:
        t.claim(f"{name}: status says so", until(lambda: sentence in router.egress()["detail"]), router.egress())
        t.equal(f"{name}: the egress is failing", router.egress()["state"], "failing")
        t.claim(f"{name}: so does the reason", sentence in router.status()["reason"], router.status()["reason"])
        with t.client(router) as client:
            t.equal(f"{name}: a connect is refused", client.ask(PEER), 3)
        t.claim(f"{name}: counted", until(lambda: router.refused() == {"egress-not-ready": 1}), router.refused())
        t.claim(f"{name}: an event tells of it", router.events.wait("egress", state="failing"), router.events.seen)
        secret_told = [w for w in ("wrong", "me:") if w in str(router.events.seen) or w in str(router.status())]
        t.equal(f"{name}: no secret is told", secret_told, [])
    t.equal("no request reached the proxy", proxy.asked(), [])
