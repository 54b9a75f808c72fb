"""Connects that wait for an egress."""

import time

from bench import levin
from bench.case import case
from bench.client import GREETING, request4, request5
from bench.control import until
from bench.peers import PEER


@case("egress held")
def held(t):
    proxy = t.proxy()
    router = t.router(proxy, hold="20s")
    proxy.down()
    # It is a dial that learns of it.
    clients = [(version, t.client(router, 60)) for version in (4, 5)]
    for version, client in clients:
        client.send(request4(PEER, 18080) if version == 4 else GREETING + request5(PEER, 18080))
    t.claim(
        "the proxy is gone: blocked, and the reason says that it cannot be reached",
        until(lambda: router.status()["state"] == "blocked")
        and "cannot be reached: Connection refused" in router.status()["reason"],
        router.status()["reason"],
    )
    t.equal("the egress is down", router.egress()["state"], "down")
    t.equal("the connects are held", (router.listener()["open"], router.refused()), (2, {}))
    t.equal("status exits 2", router.command("status")[0], 2)
    proxy.up()
    for version, client in clients:
        if version == 5:
            client.method()
        t.equal(
            f"the proxy is back: a held connect succeeds (SOCKS{version})",
            client.reply4() if version == 4 else client.reply5(),
            0x5A if version == 4 else 0,
        )
        client.send(levin.GOOD)
    streams = proxy.await_asked(2)
    t.claim("and both streams arrive", all(s.until(lambda s: bytes(s.payload) == levin.GOOD) for s in streams))
    t.claim("status says so", until(lambda: router.status()["state"] == "unguarded"))
    for state in ["down", "ready"]:
        t.claim(
            f"an event said that the egress is {state}", router.events.wait("egress", egress="proxy.up", state=state)
        )
    for _, client in clients:
        client.close()


@case("egress, the end of the hold", slow=True)
def end_of_hold(t):
    proxy = t.proxy()
    proxy.down()
    waiting = []
    for hold, seconds in [("5s", 5), ("1s", 1), ("0s", 0), ("44s", 44)]:
        router = t.router(proxy, "blocked", hold=hold)
        for version in (4, 5):
            client = t.client(router, 60)
            began = time.monotonic()
            client.send(request4(PEER, 18080) if version == 4 else GREETING + request5(PEER, 18080))
            waiting.append((hold, seconds, version, router, client, began))
    for hold, seconds, version, router, client, began in sorted(waiting, key=lambda w: w[1]):
        if version == 5:
            client.method()
        code = client.reply4() if version == 4 else client.reply5()
        took = client.took(began)
        t.equal(f"hold = {hold}: refused as network unreachable (SOCKS{version})", code, 0x5B if version == 4 else 3)
        t.claim(
            f"hold = {hold}: when it ends (SOCKS{version})",
            seconds - 0.3 < took < (45 if seconds == 44 else seconds + 4),
            f"{took:.1f} s",
        )
        client.close()
        if version == 5:
            t.claim(
                f"hold = {hold}: counted as egress-not-ready",
                until(lambda: router.refused() == {"egress-not-ready": 2}, 3),
                router.refused(),
            )
    t.equal("no byte of a held stream came to the proxy", proxy.streams, [])


@case("egress, holding and dialling together", slow=True)
def hold_and_dial(t):
    """Held for some of it, then dialled at a proxy whose network takes its time: 44 s from the accept, not the dial."""

    def silent(stream):
        for step in stream.proxy.steps[:-1]:
            getattr(stream, step)()
        stream.swallow()

    proxy = t.proxy(act=silent)
    proxy.down()
    router = t.router(proxy, "blocked", hold="40s")
    with t.client(router, 60) as client:
        began = time.monotonic()
        client.send(GREETING + request5(PEER, 18080))
        client.method()
        time.sleep(20)  # this is what the case is about: part of the time is used up
        proxy.up()
        t.claim("dialled when the proxy is back", proxy.await_asked(1, 20))
        t.equal("refused as expired", client.reply5(), 6)
        took = client.took(began)
        t.claim("after 44 s in all", 43 < took < 45.5, f"{took:.1f} s")
    t.nothing_passed(proxy)
