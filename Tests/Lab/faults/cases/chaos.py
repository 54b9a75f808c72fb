"""Everything at once, by dice."""

import random
import signal
import threading
import time

from bench import levin
from bench.case import case
from bench.client import GREETING, Client, Ended, request4, request5
from bench.control import Control, until
from bench.peers import PEER
from bench.proxy import well
from cases.upstream import router_for

MARK = b"the node's own words"


def faulty(dice):
    """What a connection to the proxy meets."""

    def act(stream):
        fault = dice.choice(["well"] * 12 + ["close", "reset", "garbage", "refuse", "pause", "speak"])
        steps = stream.proxy.steps
        place = dice.randrange(len(steps))
        if fault == "well":
            return well(stream)
        for step in steps[:place]:
            getattr(stream, step)()
        if fault == "reset":
            stream.cut()
        elif fault == "garbage":
            stream.send(bytes(dice.randrange(256) for _ in range(dice.randrange(1, 700))))
            stream.swallow()
        elif fault == "refuse":
            stream.send(bytes([5, dice.randrange(1, 256), 0, 1]) + bytes(6))
        elif fault == "pause":
            time.sleep(dice.random() * 0.3)
            for step in steps[place:]:
                getattr(stream, step)()
            stream.swallow()
        elif fault == "speak":
            for step in steps[place:]:
                getattr(stream, step)()
            stream.send(bytes(dice.randrange(1, 200000)))
            stream.cut() if dice.random() < 0.5 else stream.swallow()

    return act


def one_client(router, dice):
    """A client that does something right or wrong, and ends somewhere."""
    good = levin.GOOD + MARK * dice.randrange(1, 8000)
    first = dice.choice(
        [
            request4(PEER, 18080),
            request4(b"peer.example.net", 18080),
            GREETING + request5(PEER, 18080),
            GREETING + request5(b"peer.example.net", 18080),
        ]
    )
    kind = dice.choice(["good", "good", "good", "wrong", "garbage", "half"])
    rest = good if kind == "good" else levin.frame(levin.body(levin.NETWORKS["stagenet"])) + MARK
    sent = bytes(dice.randrange(256) for _ in range(300)) if kind == "garbage" else first + rest
    if kind == "half":
        sent = sent[: dice.randrange(len(sent))]
    try:
        with Client(router.port, 3) as client:
            while sent:
                size = dice.choice([1, 7, 40, 4000, 1 << 20])
                client.send(sent[:size])
                sent = sent[size:]
                if dice.random() < 0.02:
                    break
            ending = dice.choice(["reset", "close", "half", "wait"])
            if ending == "reset":
                return client.reset()
            if ending == "half":
                client.half_close()
            if ending != "close":
                client.link.settimeout(dice.random())
                client.take(1 << 20)
    except (Ended, OSError):
        pass


@case("chaos", heavy=True)
def chaos(t):
    dice = random.Random(20240229)
    proxy = t.proxy(credentials=(b"me", b"secret"), act=faulty(random.Random(7)))
    router = router_for(t, proxy, ready=None, hold="1s", descriptors=512)
    over = threading.Event()

    def crowd(seed):
        mine = random.Random(seed)
        while not over.is_set():
            one_client(router, mine)

    def operator():
        link = Control(router.socket)
        while not over.is_set():
            what = dice.choice(["lock", "/v1/reload", "/v1/status", "/metrics", "hang up"])
            if what == "hang up":
                router.signal(signal.SIGHUP)
            elif what == "lock":
                link.ask("POST", "/v1/lock")
                time.sleep(dice.random() * 0.1)
                link.ask("POST", "/v1/unlock")
            else:
                link.ask("POST" if what == "/v1/reload" else "GET", what)
            time.sleep(dice.random() * 0.3)
        link.close()

    threads = [threading.Thread(target=crowd, args=(seed,)) for seed in range(24)] + [threading.Thread(target=operator)]
    for thread in threads:
        thread.start()
    time.sleep(8)  # as long as it lasts, and longer on a slow machine
    # It goes on until there is something to judge: how fast a starved machine is says nothing of the router.
    until(lambda: sum(bool(s.payload) for s in list(proxy.streams)) > 10, 60, 0.5)
    over.set()
    for thread in threads:
        thread.join()
    t.claim("the router lives", router.process.poll() is None, router.said()[-400:])
    router.verb("unlock")
    proxy.act = well
    t.claim(
        "it comes back to its state",
        until(lambda: router.status()["state"] == "unguarded", 20),
        router.status()["reason"],
    )
    t.claim("every stream is let go", until(lambda: router.listener()["open"] == 0, 20), router.listener())
    streams = [bytes(s.payload) for s in proxy.streams if s.payload]
    t.claim("streams did pass", len(streams) > 5, f"{len(streams)} of {len(proxy.asked())}; {router.listener()}")
    whole = levin.GOOD + MARK * 8000
    wrong = [s for s in streams if not (whole.startswith(s) or s.startswith(levin.GOOD))]
    t.claim("whatever passed began with a handshake of the network", not wrong, wrong[:1])
    torn = [s for s in streams if s != whole[: len(s)]]
    t.claim("and was in order, without a gap", not torn, [(len(s)) for s in torn[:5]])
    counted = router.listener()
    t.claim(
        "relays and refusals are fewer than what was accepted",
        sum(counted["refused"].values()) <= counted["accepted"],
        counted,
    )

    def passes():
        with t.client(router) as client:
            return client.ask(PEER) == 0

    # A probe that met a fault may still report it.
    t.claim("a stream passes", until(passes, 20, 0.5))
