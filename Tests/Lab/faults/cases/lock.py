"""The operator's lock: in force at once, and until `unlock`, whatever happens in between."""

import threading
import time

from bench import levin
from bench.case import case
from bench.client import GREETING, relay, request4, request5
from bench.control import until
from bench.peers import PEER
from bench.proxy import echo


@case("lock with streams in every state")
def every_state(t):
    slow = threading.Event()
    proxy = t.proxy(act=echo)
    router = t.router(proxy, hold="30s")
    relays = [relay(router.port) for _ in range(30)]
    asking = t.client(router).send(GREETING)
    asking.method()
    first_frame = t.client(router)
    first_frame.ask(PEER)
    first_frame.send(levin.GOOD[:40])
    # The proxy takes its time from here on.
    proxy.act = lambda s: (s.greeting(), slow.wait(20))
    greeted = t.client(router)
    greeted.send(GREETING + request5(PEER, 18080) + levin.GOOD)
    greeted.method()
    until(lambda: any(s.raw for s in proxy.streams[-1:]))
    passed = len(proxy.payload())
    asked = time.monotonic()
    code, document = router.verb("lock")
    took = time.monotonic() - asked
    t.equal(
        "lock answers 200, blocked and locked", (code, document["state"], document["locked"]), (200, "blocked", True)
    )
    t.equal("every relay is cut with a reset", [c.end(3)[0] for c in relays], ["reset"] * 30)
    t.equal("a stream before its first frame is closed", first_frame.end(3), ("closed", b""))
    t.equal("a stream in the proxy's handshake is refused as not allowed", greeted.reply5(), 2)
    t.claim(
        "a client in its own handshake is closed",
        asking.end(3) in (("closed", b""), ("closed", b"\5\2\0\1" + bytes(6))),
    )
    t.claim("all of it at once", took < 1, f"{took:.2f} s")
    t.claim("no stream is open", until(lambda: router.listener()["open"] == 0), router.listener())
    for version, wanted in [(4, 0x5B), (5, 2)]:
        with t.client(router) as client:
            began = time.monotonic()
            t.equal(
                f"a new connect is refused as not allowed (SOCKS{version})", client.ask(PEER, version=version), wanted
            )
            t.claim(f"at once, not held (SOCKS{version})", client.took(began) < 1)
    t.claim("an event tells of it", router.events.wait("locked"), router.events.seen)
    t.claim("the reason says so", "locked by the operator" in router.status()["reason"], router.status()["reason"])
    t.equal("nothing came to the proxy after it", len(proxy.payload()), passed)
    t.equal("locking again is no error", router.verb("lock")[0], 200)
    slow.set()
    proxy.act = echo
    t.equal("unlock answers 200 and unlocked", (lambda c, d: (c, d["locked"]))(*router.verb("unlock")), (200, False))
    relay(router.port).close()
    t.claim("a stream passes again", True)
    t.claim("an event tells of that", router.events.wait("unlocked"))
    t.equal("unlocking again is no error", router.verb("unlock")[0], 200)


@case("lock while streams are held")
def held(t):
    proxy = t.proxy()
    proxy.down()
    router = t.router(proxy, "blocked", hold="30s")
    clients = [(v, t.client(router)) for v in (4, 5)]
    for version, client in clients:
        client.send(request4(PEER, 18080) if version == 4 else GREETING + request5(PEER, 18080))
    until(lambda: router.listener()["open"] == 2)
    router.verb("lock")
    for version, client in clients:
        if version == 5:
            client.method()
        t.equal(
            f"a held connect is refused at once (SOCKS{version})",
            client.reply4() if version == 4 else client.reply5(),
            0x5B if version == 4 else 2,
        )
        client.close()
    t.claim(
        "the reason names both causes",
        all(w in router.status()["reason"] for w in ["locked by the operator", "cannot be reached"]),
        router.status()["reason"],
    )
    proxy.up()
    t.claim(
        "the proxy is back: still blocked",
        until(lambda: router.egress()["state"] == "ready") and router.status()["state"] == "blocked",
    )
    with t.client(router) as client:
        t.equal("and refuses", client.ask(PEER), 2)
    t.equal("the proxy was asked for nothing", proxy.asked(), [])


@case("lock, over restarts")
def restarts(t):
    proxy = t.proxy()
    router = t.router(proxy)
    t.equal("lock by the command exits 0", router.command("lock")[0], 0)
    for name, end in [("stopped", router.stop), ("killed", router.kill)]:
        end()
        router.start("blocked")
        t.claim(f"{name} and started: locked", router.status()["kill_switch"]["locked"])
        with t.client(router) as client:
            t.equal(f"{name} and started: refuses", client.ask(PEER), 2)
    t.claim("a reload does not unlock", router.verb("reload")[0] == 200 and router.status()["kill_switch"]["locked"])
    # Killed in the moment of the lock: whoever was told that it holds, can rely on it.
    router.verb("unlock")
    lost = []
    for _ in range(10):
        code = router.verb("lock")[0]
        router.kill()
        router.start(None)
        if code == 200 and not router.status()["kill_switch"]["locked"]:
            lost.append(code)
        router.verb("unlock")
        router.kill()
        router.start(None)
        if router.status()["kill_switch"]["locked"]:
            lost.append("unlock")
    t.equal("killed right after lock or unlock, ten times: each is kept", lost, [])
    t.equal("the proxy was asked for nothing", proxy.asked(), [])


@case("lock without a router")
def without(t):
    proxy = t.proxy()
    router = t.new_router(proxy)
    for user, text in [(router.user, "the router's user"), (0, "root")]:
        code, said = router.command("lock", user=user)
        t.equal(f"{text}: lock exits 0", code, 0)
        t.claim(f"{text}: says that it holds from the next start", "locked from the next start" in said, said)
        router.start("blocked")
        t.claim(f"{text}: it holds at the start", router.status()["kill_switch"]["locked"])
        t.claim(
            f"{text}: the reason is the operator's lock",
            "locked by the operator" in router.status()["reason"],
            router.status()["reason"],
        )
        with t.client(router) as client:
            t.equal(f"{text}: nothing passes", client.ask(PEER), 2)
        router.stop()
        code, said = router.command("unlock", user=user)
        t.equal(f"{text}: unlock exits 0", code, 0)
        router.start(None)
        t.equal(f"{text}: and the next start is unlocked", router.status()["kill_switch"]["locked"], False)
        t.equal(
            f"{text}: the router can lock and unlock", (router.verb("lock")[0], router.verb("unlock")[0]), (200, 200)
        )
        router.kill()
    # The dead router left its socket, which refuses.
    code, said = router.command("lock")
    t.equal("after a crash lock exits 0", code, 0)
    router.start("blocked")
    t.claim("and holds at the start", router.status()["kill_switch"]["locked"])


@case("lock under traffic", heavy=True)
def under_traffic(t):
    """300 relays that all move bytes: cut, counted, and nothing more leaves."""
    proxy = t.proxy(act=echo)
    router = t.router(proxy, descriptors=4096)
    clients = [relay(router.port) for _ in range(300)]
    going = threading.Event()

    def pump():
        data = b"x" * 4096
        while not going.is_set():
            for client in clients:
                try:
                    client.link.send(data, 0x40)
                    client.link.recv(65536, 0x40)
                except OSError:
                    pass

    thread = threading.Thread(target=pump)
    thread.start()
    code, _ = router.verb("lock")
    going.set()
    thread.join()
    t.equal("lock answers", code, 200)
    t.equal("all are cut", until(lambda: router.listener()["open"] == 0, 3) and router.listener()["open"], 0)
    endings = [client.end(3)[0] for client in clients]
    t.claim("and every client sees its end", set(endings) <= {"reset", "closed"}, set(endings))
    t.claim(
        "and at the proxy too",
        until(lambda: all(s.ended.is_set() for s in proxy.asked())),
        sum(not s.ended.is_set() for s in proxy.asked()),
    )
