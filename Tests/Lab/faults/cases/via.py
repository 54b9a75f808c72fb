"""A proxy behind another one, and each of the two failing at each step."""

import time

from bench import chain, levin
from bench.case import case
from bench.client import GREETING, relay, request5
from bench.control import until
from bench.peers import PEER
from bench.proxy import by_bytes
from cases.upstream import close, garbage, hang, reset


# What the first one is told before the second has its turn.
ASKED = GREETING + request5(*chain.FAR)


def told(near):
    """All that came to the first one."""
    return b"".join(bytes(stream.raw) for stream in near.streams)


@case("via another proxy")
def passes(t):
    near = t.proxy(act=chain.well)
    router = chain.router_for(t, near)
    with t.client(router) as client:
        t.equal("a connect is granted", client.ask(PEER), 0)
        client.send(levin.GOOD)
        stream = near.await_asked()[-1]
        t.claim("and its stream arrives whole", stream.until(lambda s: bytes(s.payload) == levin.GOOD))
        t.equal("the first was asked for the second", stream.way, chain.FAR)
        t.equal("the second for the peer", stream.destination, (PEER, 18080))
        t.equal("with its own credentials", stream.credentials, chain.SECRET)
    t.equal("both are ready", [e["state"] for e in router.status()["egress"]], ["ready", "ready"])


@case("via another proxy, in parts")
def parts(t):
    """What they answer byte by byte; the last reply split at each place, the peer's first bytes behind it."""

    def drip(stream):
        by_bytes(stream)
        chain.well(stream)

    near = t.proxy(act=drip)
    router = chain.router_for(t, near)
    with t.client(router) as client:
        t.equal("byte by byte: granted", client.ask(PEER), 0)
        client.send(levin.GOOD)
        t.claim("and it arrives", near.asked()[-1].until(lambda s: bytes(s.payload) == levin.GOOD))
    for name, bound in [("IPv4", b"\1" + bytes(4)), ("IPv6", b"\4" + bytes(16)), ("a name", b"\3\4name")]:
        reply = b"\5\0\0" + bound + b"\0\0"
        wrong = []
        for hop, before in [("the first", 3), ("the second", 9)]:
            for place in range(len(reply)):

                def act(stream, reply=reply, place=place, before=before):
                    chain.run(stream, chain.STEPS[:before])
                    stream.send(reply[:place])
                    time.sleep(0.003)
                    stream.send(reply[place:])
                    chain.run(stream, chain.STEPS[before + 1 :])
                    stream.send(b"first")
                    stream.swallow()

                near.act = act
                with t.client(router) as client:
                    code = client.ask(PEER)
                    if code != 0 or client.send(levin.GOOD).take(5) != b"first":
                        wrong.append((hop, place, code))
        t.equal(f"a reply of either with {name} is read, whatever its parts", wrong, [])


@case("via another proxy, bytes that nobody asked for")
def early(t):
    """What comes behind the first one's reply, before the second was greeted, is no handshake of the second."""
    for name, extra in [
        ("a method", b"\5\2"),
        ("a whole handshake", b"\5\0\5\0\0\1" + bytes(6)),
        ("one byte", b"\0"),
        ("garbage", bytes((37 + 11 * i) & 255 for i in range(600))),
    ]:
        near = t.proxy(act=chain.well)
        router = chain.router_for(t, near)

        def act(stream, extra=extra):
            chain.run(stream, chain.STEPS[:3])
            stream.send(b"\5\0\0\1" + bytes(6) + extra)
            stream.swallow()

        near.act = act
        before = len(near.streams)
        with t.client(router) as client:
            client.send(GREETING + request5(PEER, 18080) + levin.GOOD)
            client.method()
            t.equal(f"{name}: the connect is refused", client.reply5(), 1)
            t.claim(f"{name}: and closed", client.end(5)[0] in ("closed", "reset"))
        sent = {bytes(stream.raw) for stream in near.streams[before:]}
        t.claim(f"{name}: the second is not even greeted", ASKED in sent and max(map(len, sent)) == len(ASKED), sent)


def failing(t, name, fault, points, latest, told_by_status=True):
    """One router for each point, all at once. A connect is refused, and heals when they do."""
    waiting = []
    for point in points:
        near = t.proxy(act=chain.well)
        router = chain.router_for(t, near)
        near.act = chain.at(point, fault)
        client = t.client(router, 60)
        client.send(GREETING + request5(PEER, 18080) + levin.GOOD)
        client.method()
        waiting.append((f"{name} after {point}", near, router, client, time.monotonic()))
    ended = []
    for where, *_, client, began in waiting:
        code = client.reply5()
        ended.append(client.took(began))
        t.claim(f"{where}: a connect is refused", code in (1, 3, 6), code)
        client.close()
    t.claim(f"{name}: all within their time", max(ended) < latest, ended)
    for where, near, router, *_ in waiting:
        t.claim(f"{where}: counted", until(lambda: sum(router.refused().values()) == 1, 3), router.refused())
        t.claim(f"{where}: not a byte of the node's stream left", levin.GOOD[:8] not in told(near))
        if told_by_status:
            status(t, where, router)
        near.act = chain.echo
    for where, near, router, *_ in waiting:
        healed = until(lambda: router.status()["state"] == "unguarded", 20)
        t.claim(f"{where}: healed within 20 s", healed, router.status()["reason"])
        with relay(router.port):
            t.claim(f"{where}: and a stream passes", True)


def status(t, where, router):
    """Who is to blame: the first, the second, or none where it had only to do with the peer."""
    if "request to the second" in where:
        t.equal(f"{where}: both are well", [e["state"] for e in router.status()["egress"]], ["ready", "ready"])
        return
    blocked = until(lambda: router.status()["state"] == "blocked")
    reason = router.status()["reason"]
    t.claim(f"{where}: blocked, and the reason names the egress", blocked and "proxy.up" in reason, reason)
    if "the connect" in where or "greeting of the first" in where:
        waits = until(lambda: "waits for proxy.near" in router.egress()["detail"])
        t.claim(f"{where}: it waits for the first, which is named", waits, router.egress())
    else:
        t.equal(f"{where}: the first is well", router.egress("proxy.near")["state"], "ready")


@case("via another proxy, one closes", slow=True)
def closes(t):
    failing(t, "closes", close, chain.POINTS, 16)


@case("via another proxy, one resets", slow=True)
def resets(t):
    failing(t, "resets", reset, chain.POINTS, 16)


@case("via another proxy, one sends garbage", slow=True)
def sends_garbage(t):
    failing(t, "garbage", garbage, chain.POINTS, 16)


@case("via another proxy, one hangs", slow=True)
def hangs(t):
    """The first has 10 s for its own handshake; from its request on it is the network that takes its time."""
    failing(t, "hangs", hang, chain.POINTS, 45, told_by_status=False)


@case("via another proxy, the way refused")
def refused(t):
    """The first one's refusal of the second is the second's loss, and none of a destination's."""
    near = t.proxy(act=chain.well)
    router = chain.router_for(t, near, hold="1s")
    for code in [1, 2, 3, 4, 5, 6, 7, 8, 0x5B, 0xF1]:

        def act(stream, code=code):
            chain.run(stream, chain.STEPS[:3])
            stream.reply(code)
            stream.swallow()

        near.act = act
        with t.client(router) as client:
            t.claim(f"code {code:#x} of the first is no word about the peer", client.ask(PEER) in (1, 3))
    t.claim("status says so", until(lambda: router.egress()["state"] != "ready", 20), router.egress())
    t.equal("the first is well", router.egress("proxy.near")["state"], "ready")
    near.act = chain.well
    t.claim("healed within 20 s", until(lambda: router.status()["state"] == "unguarded", 20))
    for code in [1, 2, 3, 4, 5, 6, 7, 8]:

        def answer(stream, code=code):
            chain.run(stream, chain.STEPS[:9])
            stream.reply(code)
            stream.swallow()

        near.act = answer
        with t.client(router) as client:
            t.equal(f"code {code:#x} of the second is told", client.ask(PEER), code)
    t.equal("and both are well all the same", [e["state"] for e in router.status()["egress"]], ["ready", "ready"])
    t.nothing_passed(near)


@case("via another proxy, wrong credentials")
def credentials(t):
    near = t.proxy(act=chain.well)
    router = chain.router_for(t, near, "blocked", secret=b"wrong", hold="1s")
    t.claim(
        "status says that the second refused them",
        until(lambda: "refused our credentials" in router.egress()["detail"]),
        router.egress(),
    )
    t.equal("the first is well", router.egress("proxy.near")["state"], "ready")
    with t.client(router) as client:
        t.equal("a connect is refused", client.ask(PEER), 3)
    t.equal("no request reached the second", near.asked(), [])


@case("via another proxy, the first lost", slow=True)
def lost(t):
    """What goes through the second is cut with the first, also when the first is only known to be lost."""
    near = t.proxy(act=chain.echo)
    router = chain.router_for(t, near, hold="1s")
    clients = [relay(router.port) for _ in range(10)]
    near.down()
    # Its threads reset what was open, each when it has its turn: the router's second begins then.
    for stream in list(near.streams):
        stream.ended.wait(10)
    began = time.monotonic()
    t.claim("every stream is cut", all(client.end(5)[0] in ("reset", "closed") for client in clients))
    t.claim("within 1 s", time.monotonic() - began < 1, time.monotonic() - began)
    waits = until(lambda: "waits for proxy.near" in router.egress()["detail"], 15)
    t.claim("the second waits for the first", waits, router.egress())
    with t.client(router) as client:
        t.equal("a new connect is refused when its hold ends", client.ask(PEER), 3)
    near.up()
    t.claim("back: ready within 20 s", until(lambda: router.status()["state"] == "unguarded", 20))
    with relay(router.port):
        t.claim("and a stream passes", True)
