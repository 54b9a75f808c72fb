"""An egress that is lost, and one that comes back."""

import os
import signal
import subprocess
import sys
import time

from bench import levin
from bench.case import case, port
from bench.client import relay
from bench.control import until
from bench.peers import ONION, PEER
from bench.proxy import echo

PROXY = os.path.join(os.path.dirname(__file__), "../bench/proxy.py")


def process(t, number):
    """A proxy in a process of its own, which can be stopped and killed."""
    started = subprocess.Popen([sys.executable, "-B", PROXY, str(number)], stdout=subprocess.PIPE)
    t.cleanups.append(lambda: (started.kill(), started.wait(), started.stdout.close()))
    started.stdout.readline()
    return started


@case("egress killed", slow=True)
def killed(t):
    number = port()
    proxy = process(t, number)
    router = t.router(proxy=None, proxies=f'[proxy.up]\nsocks = "127.0.0.1:{number}"\n', hold="1s")
    clients = [relay(router.port) for _ in range(20)]
    proxy.kill()
    proxy.wait()
    t.claim("every stream is cut", all(client.end(5)[0] in ("reset", "closed") for client in clients))
    with t.client(router) as client:
        t.equal("a new connect is refused when its hold ends", client.ask(PEER), 3)
    t.claim(
        "status says that the proxy cannot be reached",
        "cannot be reached" in router.egress()["detail"],
        router.egress(),
    )
    t.equal("and blocked", router.status()["state"], "blocked")
    process(t, number)
    t.claim("back: ready within 20 s", until(lambda: router.status()["state"] == "unguarded", 20))
    with relay(router.port):
        t.claim("and a stream passes", True)


@case("egress stopped", slow=True)
def stopped(t):
    """SIGSTOP: the kernel still accepts for the proxy, and nobody answers. The next probe (10 s) waits 5 s for it."""
    number = port()
    proxy = process(t, number)
    router = t.router(proxies=f'[proxy.up]\nsocks = "127.0.0.1:{number}"\n', hold="1s")
    clients = [relay(router.port) for _ in range(20)]
    proxy.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    t.claim(
        "blocked within 20 s",
        until(lambda: router.status()["state"] == "blocked", 25) and time.monotonic() - began < 20,
        f"{time.monotonic() - began:.1f} s",
    )
    t.claim(
        "the reason says that it does not answer",
        "does not answer" in router.status()["reason"],
        router.status()["reason"],
    )
    t.equal("the egress is failing", router.egress()["state"], "failing")
    t.claim("every stream is cut", all(client.end(5)[0] == "reset" for client in clients))
    with t.client(router) as client:
        t.equal("a new connect is refused when its hold ends", client.ask(PEER), 3)
    t.equal("no stream is open", until(lambda: router.listener()["open"] == 0) and router.listener()["open"], 0)
    proxy.send_signal(signal.SIGCONT)
    t.claim("goes on: ready within 20 s", until(lambda: router.status()["state"] == "unguarded", 20))
    with relay(router.port):
        t.claim("and a stream passes", True)
    states = [e["fields"]["state"] for e in router.events.of("egress", egress="proxy.up")]
    t.equal("the events told it in order", states[-3:], ["ready", "failing", "ready"])


@case("egress lost, the other undisturbed", slow=True)
def other_undisturbed(t):
    """Two proxies: what goes by one is cut when it is lost, and never moves to the other."""
    lost, other = t.proxy(act=echo), t.proxy(act=echo)
    router = t.router(
        proxies="".join(f'[proxy.{n}]\nsocks = "127.0.0.1:{p.port}"\n' for n, p in [("lost", lost), ("other", other)]),
        route='onion = "proxy.other"\nclearnet = "proxy.lost"',
        hold="2s",
    )
    until(lambda: all(e["state"] == "ready" for e in router.status()["egress"]))
    clear = relay(router.port)
    onion = t.client(router, 60)
    onion.ask(ONION)
    onion.send(levin.GOOD)
    onion.take(len(levin.GOOD))
    lost.down()
    t.claim("the lost one's stream is cut", clear.end(5)[0] in ("reset", "closed"))
    with t.client(router) as client:
        t.equal("a new connect of its kind is refused, and goes by no other", client.ask(PEER), 3)
    t.equal("the other was asked for the onion alone", [s.destination[0] for s in other.asked()], [ONION])
    onion.send(b"still here")
    t.equal("the other's stream goes on", onion.take(10), b"still here")
    status = router.status()
    t.claim(
        "status is not blocked, and names the lost one",
        status["state"] == "unguarded" and "proxy.lost" in status["reason"],
        status["reason"],
    )
    onion.close()
