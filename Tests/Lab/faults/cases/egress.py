"""An egress that is lost, and one that comes back."""
import os
import signal
import subprocess
import sys
import time

from bench import levin
from bench.case import case, port
from bench.client import GREETING, request4, request5
from bench.control import until
from bench.proxy import echo, well

PEER = "203.0.113.7"
PROXY = os.path.join(os.path.dirname(__file__), "../bench/proxy.py")


def process(t, number):
    """A proxy in a process of its own, which can be stopped and killed."""
    started = subprocess.Popen([sys.executable, "-B", PROXY, str(number)], stdout=subprocess.PIPE)
    t.cleanups.append(lambda: (started.kill(), started.wait(), started.stdout.close()))
    started.stdout.readline()
    return started


def relay(t, router):
    """An open stream through an echoing proxy."""
    client = t.client(router, 60)
    client.ask(PEER)
    client.send(levin.GOOD)
    client.take(len(levin.GOOD))
    return client


@case("egress held")
def held(t):
    proxy = t.proxy()
    router = t.router(proxy, hold="20s")
    proxy.down()
    # It is a dial that learns of it.
    clients = [(version, t.client(router, 60)) for version in (4, 5)]
    for version, client in clients:
        client.send(request4(PEER, 18080) if version == 4 else GREETING + request5(PEER, 18080))
    t.claim("the proxy is gone: blocked, and the reason says that it cannot be reached",
            until(lambda: router.status()["state"] == "blocked") and "cannot be reached: Connection refused" in router.status()["reason"],
            router.status()["reason"])
    t.equal("the egress is down", router.egress()["state"], "down")
    t.equal("the connects are held", (router.listener()["open"], router.refused()), (2, {}))
    t.equal("status exits 2", router.command("status")[0], 2)
    proxy.up()
    for version, client in clients:
        if version == 5:
            client.method()
        t.equal(f"the proxy is back: a held connect succeeds (SOCKS{version})", client.reply4() if version == 4 else client.reply5(),
                0x5A if version == 4 else 0)
        client.send(levin.GOOD)
    streams = proxy.await_asked(2)
    t.claim("and both streams arrive", all(s.until(lambda s: bytes(s.payload) == levin.GOOD) for s in streams))
    t.claim("status says so", until(lambda: router.status()["state"] == "unguarded"))
    for state in ["down", "ready"]:
        t.claim(f"an event said that the egress is {state}", router.events.wait("egress", egress="proxy.up", state=state))
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
        took = time.monotonic() - began
        t.equal(f"hold = {hold}: refused as network unreachable (SOCKS{version})", code, 0x5B if version == 4 else 3)
        t.claim(f"hold = {hold}: when it ends (SOCKS{version})", seconds - 0.3 < took < (45 if seconds == 44 else seconds + 4), f"{took:.1f} s")
        client.close()
        if version == 5:
            t.claim(f"hold = {hold}: counted as egress-not-ready", until(lambda: router.refused() == {"egress-not-ready": 2}, 3),
                    router.refused())
    t.equal("no byte of a held stream came to the proxy", proxy.streams, [])


@case("egress, holding and dialling together", slow=True)
def hold_and_dial(t):
    """Held for most of it, then dialled at a proxy whose network takes its time: 44 s from the accept, not from the dial."""
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
        took = time.monotonic() - began
        t.claim("after 44 s in all", 43 < took < 45.5, f"{took:.1f} s")
    t.nothing_passed(proxy)


@case("egress killed", slow=True)
def killed(t):
    number = port()
    proxy = process(t, number)
    router = t.router(proxy=None, proxies=f'[proxy.up]\nsocks = "127.0.0.1:{number}"\n', hold="1s")
    clients = [relay(t, router) for _ in range(20)]
    proxy.kill()
    proxy.wait()
    t.claim("every stream is cut", all(client.end(5)[0] in ("reset", "closed") for client in clients))
    with t.client(router) as client:
        t.equal("a new connect is refused when its hold ends", client.ask(PEER), 3)
    t.claim("status says that the proxy cannot be reached", "cannot be reached" in router.egress()["detail"], router.egress())
    t.equal("and blocked", router.status()["state"], "blocked")
    process(t, number)
    t.claim("back: ready within 20 s", until(lambda: router.status()["state"] == "unguarded", 20))
    with relay(t, router):
        t.claim("and a stream passes", True)


@case("egress stopped", slow=True)
def stopped(t):
    """SIGSTOP: the kernel still accepts for the proxy, and nobody answers. The next probe (10 s) waits 5 s for it."""
    number = port()
    proxy = process(t, number)
    router = t.router(proxies=f'[proxy.up]\nsocks = "127.0.0.1:{number}"\n', hold="1s")
    clients = [relay(t, router) for _ in range(20)]
    proxy.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    t.claim("blocked within 20 s", until(lambda: router.status()["state"] == "blocked", 25) and time.monotonic() - began < 20,
            f"{time.monotonic() - began:.1f} s")
    t.claim("the reason says that it does not answer", "does not answer" in router.status()["reason"], router.status()["reason"])
    t.equal("the egress is failing", router.egress()["state"], "failing")
    t.claim("every stream is cut", all(client.end(5)[0] == "reset" for client in clients))
    with t.client(router) as client:
        t.equal("a new connect is refused when its hold ends", client.ask(PEER), 3)
    t.equal("no stream is open", until(lambda: router.listener()["open"] == 0) and router.listener()["open"], 0)
    proxy.send_signal(signal.SIGCONT)
    t.claim("goes on: ready within 20 s", until(lambda: router.status()["state"] == "unguarded", 20))
    with relay(t, router):
        t.claim("and a stream passes", True)
    states = [e["fields"]["state"] for e in router.events.of("egress", egress="proxy.up")]
    t.equal("the events told it in order", states[-3:], ["ready", "failing", "ready"])


@case("egress lost, the other undisturbed", slow=True)
def other_undisturbed(t):
    """Two proxies: what goes by one is cut when it is lost, and never moves to the other."""
    from cases.routing import ONION
    lost, other = t.proxy(act=echo), t.proxy(act=echo)
    router = t.router(
        proxies="".join(f'[proxy.{n}]\nsocks = "127.0.0.1:{p.port}"\n' for n, p in [("lost", lost), ("other", other)]),
        route='onion = "proxy.other"\nclearnet = "proxy.lost"', hold="2s")
    until(lambda: all(e["state"] == "ready" for e in router.status()["egress"]))
    clear = relay(t, router)
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
    t.claim("status is not blocked, and names the lost one", status["state"] == "unguarded" and "proxy.lost" in status["reason"], status["reason"])
    onion.close()


@case("egress of a Tor without control port")
def tor_without_control(t):
    """Tor takes any user name and password: a circuit each."""
    proxy = t.proxy(credentials="any")
    router = t.router(proxies=f'[tor]\nsocks = "127.0.0.1:{proxy.port}"\n', route='clearnet = "tor"')
    t.claim("status says that Tor's own state is unknown", "Tor's own state unknown" in router.egress("tor")["detail"], router.egress("tor"))
    for host in ["203.0.113.7", "203.0.113.8", "203.0.113.7", b"peer.example.net"]:
        with t.client(router) as client:
            t.equal(f"{host!r} is granted", client.ask(host), 0)
    keys = [s.credentials for s in proxy.asked()]
    t.claim("streams to one peer share a key, others do not", keys[0] == keys[2] and len(set(keys)) == 3, keys)
    t.claim("no key tells of the peer, or is Tor's reserved form",
            not any(b"203" in user + password and b"113" in user + password or user.startswith(b"<torS0X>") for user, password in keys), keys)
    # A proxy that chooses "no authentication" would drop the isolation.
    bare = t.proxy()
    router = t.router(ready="blocked", proxies=f'[tor]\nsocks = "127.0.0.1:{bare.port}"\n', route='clearnet = "tor"', hold="1s")
    t.claim("a Tor that takes no credentials is not ready", until(lambda: router.egress("tor")["state"] == "failing"), router.egress("tor"))
    with t.client(router) as client:
        t.equal("and nothing is granted", client.ask(PEER), 3)
    t.equal("nor asked", bare.asked(), [])


@case("egress of a Tor, new circuits in a minute", slow=True)
def circuits(t):
    """Whoever fills the node's list of peers must not make it build circuits without end."""
    proxy = t.proxy(credentials="any")
    router = t.router(proxies=f'[tor]\nsocks = "127.0.0.1:{proxy.port}"\n', route='clearnet = "tor"', hold="2s")
    clients = [t.client(router, 60) for _ in range(100)]
    for number, client in enumerate(clients):
        client.send(GREETING + request5(f"203.0.113.{number + 100}", 18081))
        client.method()
    codes = [client.reply5() for client in clients]
    # This machine has the address .99 only.
    t.equal("90 new peers are let through, the others are refused when their hold ends", (codes.count(0), codes.count(1)), (90, 10))
    t.claim("they are counted as circuit-limit", until(lambda: router.refused() == {"circuit-limit": 10}), router.refused())
    t.equal("as many keys reached Tor", len({s.credentials for s in proxy.asked()}), 90)
    with t.client(router) as client:
        client.send(GREETING + request5("203.0.113.100", 18081))
        client.method()
        t.equal("a peer whose key is there is let through", client.reply5(), 0)
    for client in clients:
        client.close()


@case("egress and ingress over IPv6")
def ipv6(t):
    import socket
    import threading
    proxy = t.proxy()
    listener = socket.create_server(("::1", proxy.port), family=socket.AF_INET6)
    threading.Thread(target=proxy.accept, args=(listener,), daemon=True).start()
    t.cleanups.append(lambda: (listener.shutdown(socket.SHUT_RDWR), listener.close()))
    number = port()
    router = t.new_router(proxies=f'[proxy.up]\nsocks = "[::1]:{proxy.port}"\n')
    router.write(listen=number)
    text = open(router.config).read().replace(f"127.0.0.1:{number}", f"[::1]:{number}")
    router.write(text=text)
    router.start()
    link = socket.create_connection(("::1", number), timeout=10)
    link.sendall(GREETING + request5(PEER, 18080) + levin.GOOD)
    got = b""
    while len(got) < 12:
        got += link.recv(12 - len(got))
    t.equal("a stream is granted", got, b"\5\0\5\0\0\1" + bytes(6))
    t.claim("and arrives", proxy.await_asked()[-1].until(lambda s: bytes(s.payload) == levin.GOOD))
    link.close()
    t.equal("status names the address", router.listener()["address"], f"[::1]:{number}")


@case("egress by a Unix socket")
def unix_socket(t):
    import socket
    import threading
    from bench.proxy import Stream
    proxy = t.proxy()
    path = f"{t.directory}/socks"
    router = t.router(ready="blocked", proxies=f'[tor]\nsocks = "unix:{path}"\n', route='clearnet = "tor"', hold="20s")
    t.claim("a missing socket is said", until(lambda: "cannot be reached: No such file" in router.egress("tor")["detail"]), router.egress("tor"))
    client = t.client(router)
    client.send(GREETING + request5(PEER, 18080))
    proxy.credentials = "any"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    os.chmod(path, 0o666)
    listener.listen(100)
    t.cleanups.append(lambda: (listener.shutdown(socket.SHUT_RDWR), listener.close()))
    threading.Thread(target=proxy.accept, args=(listener,), daemon=True).start()
    client.method()
    t.equal("a held connect succeeds when it is there", client.reply5(), 0)
    client.send(levin.GOOD)
    t.claim("and its stream arrives", proxy.await_asked()[-1].until(lambda s: bytes(s.payload) == levin.GOOD))
    client.close()
