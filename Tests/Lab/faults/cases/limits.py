"""Where descriptors end: accepting pauses, says so, and goes on; nothing is lost, nothing spins."""

import time

from bench import levin
from bench.case import case, port
from bench.client import GREETING, Client, Ended, request4, request5
from bench.control import until
from bench.peers import ONION, PEER


def flood(t, router, count):
    """Clients that connect, and say nothing."""
    return [t.client(router, 60) for _ in range(count)]


@case("limits of descriptors", slow=True)
def descriptors(t):
    for number, clients in [(64, 200), (256, 600)]:
        proxy = t.proxy()
        router = t.router(proxy, descriptors=number)
        crowd = flood(t, router, clients)
        event = router.events.wait("listener-paused", listener="node.proxy")
        t.claim(
            f"{number} descriptors: pausing is told as an event",
            event and "descriptor limit" in event["sentence"],
            router.events.seen,
        )
        others, pipes = router.descriptors_open()
        t.claim(f"{number} descriptors: some are kept back", others + pipes < number, others + pipes)
        t.claim(
            f"{number} descriptors: status says it",
            "node.proxy accepts nothing for now" in router.status()["reason"],
            router.status()["reason"],
        )
        before, began = router.cpu_seconds(), time.monotonic()
        code, _ = router.command("status", "--json")
        t.equal(f"{number} descriptors: a command is answered", code, 3)
        t.claim(f"{number} descriptors: metrics are too", router.command("metrics")[0] == 0)
        # What waits in the kernel's queue must not keep the loop awake.
        time.sleep(3)
        spent = (router.cpu_seconds() - before) / (time.monotonic() - began)
        t.claim(f"{number} descriptors: nothing spins", spent < 0.1, f"{spent:.0%} of a core")
        for client in crowd:
            client.reset()
        t.claim(f"{number} descriptors: resuming is told as an event", router.events.wait("listener-resumed"))
        t.claim(
            f"{number} descriptors: all are let go",
            until(lambda: router.listener()["open"] == 0, 20),
            router.listener(),
        )
        t.claim(
            f"{number} descriptors: status is good again",
            until(lambda: "accepts nothing" not in router.status()["reason"]),
        )
        with t.client(router) as client:
            t.equal(f"{number} descriptors: a stream passes", client.ask(PEER), 0)
            client.send(levin.GOOD)
            t.claim(
                f"{number} descriptors: whole", proxy.await_asked()[-1].until(lambda s: bytes(s.payload) == levin.GOOD)
            )
        told = len(router.events.of("listener-paused")) + len(router.events.of("listener-resumed"))
        t.claim(
            f"{number} descriptors: a flood of {clients} is no flood of events", told <= clients / 2, f"{told} events"
        )
        counted = router.listener()
        t.claim(
            f"{number} descriptors: everybody was counted",
            counted["accepted"] == 1 + sum(counted["refused"].values()),
            counted,
        )


@case("limits, relays at the limit", slow=True)
def relays(t):
    """Streams that are let through work while the listener is paused; who waited is served when there is room."""

    def answer(stream):
        stream.handshake()
        stream.take(len(levin.GOOD))
        while part := stream.recv(1 << 20):
            stream.send(part)

    for number, most in [(64, 30), (256, 110)]:
        proxy = t.proxy(act=answer)
        router = t.router(proxy, descriptors=number)
        streams = []
        while not until(lambda: router.events.of("listener-paused"), 0.05) and len(streams) < most:
            client = t.client(router)
            if client.ask(PEER) != 0:
                break
            streams.append(client.send(levin.GOOD))
        t.claim(f"{number} descriptors: it pauses with some streams open", most / 4 < len(streams) < most, len(streams))
        data, wrong = bytes(range(256)) * 2048, []
        for client in streams:
            client.send(data)
        for client in streams:
            try:
                wrong += [] if client.take(len(data)) == data else ["other bytes"]
            except Ended as ended:
                wrong.append(ended.args[0])
        t.equal(f"{number} descriptors: each of them carries half a megabyte both ways while it is paused", wrong, [])
        # A pipe for each of them would be one too many.
        t.equal(f"{number} descriptors: a command is answered then", router.command("status", "--json")[0], 3)
        late = t.client(router, 30)
        late.send(GREETING + request5(PEER, 18080))
        t.equal(f"{number} descriptors: who comes late waits", late.end(1)[0], "timeout")
        for client in streams[-len(streams) // 4 :]:
            client.close()
        late.link.settimeout(10)
        try:
            served = late.method(), late.reply5()
        except Ended as ended:
            served = f"{ended.args[0]}; {router.descriptors_open()}; {router.listener()}; {router.events.seen[-2:]}"
        t.equal(f"{number} descriptors: and is served when some have ended", served, (0, 0))
        for client in streams + [late]:
            client.close()


@case("limits, one listener flooded", slow=True)
def others_served(t):
    """A listener that is flooded does not starve the others."""
    proxy, zone = t.proxy(), port()
    router = t.router(
        proxy,
        descriptors=256,
        route='onion = "proxy.up"\nclearnet = "proxy.up"',
        node=f'tor-proxy = "127.0.0.1:{zone}"',
    )
    crowd = flood(t, router, 400)
    t.claim("node.proxy pauses", router.events.wait("listener-paused", listener="node.proxy"))
    with Client(zone) as client:
        t.equal("node.tor-proxy serves", client.ask(ONION), 0)
        client.send(levin.GOOD)
        t.claim("whole streams", proxy.await_asked()[-1].until(lambda s: bytes(s.payload) == levin.GOOD))
    for client in crowd:
        client.reset()


@case("limits, 2,000 clients dropped in the middle of their handshake", heavy=True)
def dropped(t):
    proxy = t.proxy()
    router = t.router(proxy, descriptors=8192)
    parts = [b"", b"\4", request4(PEER, 18080)[:6], GREETING, GREETING + b"\5\1\0\3\x10pee", b"\5\1\2\1\4us"]
    memory = []
    for turn in range(3):
        crowd = [t.client(router).send(parts[i % len(parts)]) for i in range(2000)]
        until(lambda: router.listener()["open"] > 1900, 5)
        for number, client in enumerate(crowd):
            client.reset() if number % 2 else client.close()
        t.claim(
            f"round {turn + 1}: all are let go", until(lambda: router.listener()["open"] == 0, 20), router.listener()
        )
        why = router.settled()
        t.claim(f"round {turn + 1}: the descriptors are back", not why, why)
        memory.append(router.anonymous_kib())
    t.claim("memory does not grow from round to round", memory[2] <= memory[0] + 256, f"{memory} KiB")
    t.equal("each was counted", router.refused(), {"bad-request": 6000})
    t.equal("the proxy was asked for nothing", len(proxy.asked()), 0)

    # In the middle of the proxy's handshake, and before the first frame.
    proxy.act = lambda stream: (stream.greeting(), stream.swallow())
    router.baseline = router.descriptors_open()
    crowd = [t.client(router) for _ in range(500)]
    for client in crowd:
        client.send(request4(PEER, 18080) + levin.GOOD)
    t.claim("500 streams wait for the proxy", until(lambda: router.listener()["open"] == 500), router.listener())
    for client in crowd:
        client.reset()
    t.claim(
        "clients that go while the proxy is asked are let go at once",
        until(lambda: router.listener()["open"] == 0, 5),
        router.listener(),
    )
    t.equal("and counted as client-gone", router.refused().get("client-gone"), 500)
    t.nothing_passed(proxy)
