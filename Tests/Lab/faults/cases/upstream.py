"""A proxy that fails: at each point, in each way. The router proved it good before; then it turns bad."""

import os
import socket
import time

from bench import levin
from bench.case import case
from bench.client import request4, request5
from bench.control import until
from bench.peers import PEER
from bench.proxy import listen, well

CREDENTIALS = (b"me", b"secret")
# Where a proxy may fail: after the connect, and after each message of ours.
POINTS = {
    None: ["the connect", "the greeting", "the request"],
    CREDENTIALS: ["the connect", "the greeting", "the credentials", "the request"],
}
BEFORE = {"the connect": [], "the greeting": ["greeting"], "the credentials": ["greeting", "method", "authentication"]}
PASSWORD = 'username = "me"\npassword-file = "secret"\n'


def until_point(stream, point):
    """Behaves well up to the point."""
    before = BEFORE.get(point, stream.proxy.steps[:-1])
    for step in before:
        getattr(stream, step)()


def at(point, fault):
    """Behaves well up to the point, and then fails."""

    def act(stream):
        until_point(stream, point)
        fault(stream)

    return act


def hang(stream):
    stream.swallow()


def close(stream):
    pass


def reset(stream):
    stream.cut()


def garbage(stream):
    stream.send(bytes((37 + 11 * i) & 255 for i in range(600)))
    stream.swallow()


def http(stream):
    stream.send(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
    stream.swallow()


def router_for(t, proxy, secret=None, ready="unguarded", **parts):
    """A router with the credentials that the proxy wants, or with others."""
    secret = secret or proxy.credentials and proxy.credentials[1]
    router = t.new_router(
        proxies=f'[proxy.up]\nsocks = "127.0.0.1:{proxy.port}"\n{PASSWORD if secret else ""}', **parts
    )
    if secret:
        path = f"{router.directory}/secret"
        with open(path, "wb") as file:
            file.write(secret + b"\n")
        os.chmod(path, 0o600)
        os.chown(path, router.user, router.user)
    return router.start(ready)


def begun(t, fault, points, **parts):
    """A stream asked for at each point where the proxy has just turned bad. A router each: it changes what that
    knows of its proxy."""
    streams = []
    for credentials in POINTS:
        for point in points[credentials]:
            proxy = t.proxy(credentials=credentials)
            router = router_for(t, proxy, **parts)
            proxy.act = at(point, fault)
            # A stream is held for so long since it was accepted, not since it said where to.
            began = time.monotonic()
            client = t.client(router, 60)
            client.send(b"\5\1\0")
            client.method()
            client.send(request5(PEER, 18080) + levin.GOOD)
            streams.append(
                (f"after {point}{' (with credentials)' if credentials else ''}", proxy, router, client, began)
            )
    return streams


def faults(t, name, fault, before, after):
    """`before` and `after` the request: what the client is told, how it is counted, and from when until when."""
    for where, proxy, router, client, began in begun(t, fault, POINTS):
        code, reason, earliest, latest = after if "the request" in where else before
        t.equal(f"{name} {where}: the client is told {code}", client.reply5(), code)
        seconds = client.took(began)
        t.claim(f"{name} {where}: within its time", earliest <= seconds < latest, f"{seconds:.1f} s")
        t.equal(f"{name} {where}: and closed", client.end(5), ("closed", b""))
        client.close()
        t.equal(f"{name} {where}: counted as {reason}", until(router.refused, 3), {reason: 1})
        sent = b"".join(bytes(s.raw) for s in proxy.streams)
        t.claim(
            f"{name} {where}: not a byte of the node's stream left", levin.GOOD[:8] not in sent and not proxy.payload()
        )


@case("upstream hangs", slow=True)
def hangs(t):
    """A proxy has 10 s for its own handshake. After the request it is the network that takes its time: 44 s in all."""
    points = {credentials: points[:-1] for credentials, points in POINTS.items()}
    # All are timed before anything is waited for that would count as another's time.
    ended = []
    for where, proxy, router, client, began in begun(t, hang, points):
        code = client.reply5()
        ended.append((where, proxy, router, client, code, client.took(began)))
    for where, proxy, router, client, code, seconds in ended:
        t.equal(f"{where}: the client is told that it failed", code, 1)
        t.claim(f"{where}: after 10 s", 9.5 < seconds < 16, f"{seconds:.1f} s")
        client.close()
        t.claim(
            f"{where}: counted as proxy-failed",
            until(lambda: router.refused() == {"proxy-failed": 1}, 3),
            router.refused(),
        )
        t.nothing_passed(proxy, f"{where}: not a byte of the node's stream left")
        said = until(lambda: "does not answer" in router.egress()["detail"], 15)
        t.claim(
            f"{where}: status says that the proxy does not answer",
            said and router.status()["state"] == "blocked",
            router.egress(),
        )
        # The probe that is under way when a proxy heals has 5 s to notice, and the next waits 5 s at most.
        proxy.act = well
        t.claim(f"{where}: healed within 20 s", until(lambda: router.status()["state"] == "unguarded", 20))


@case("upstream takes no connection", slow=True)
def full_queue(t):
    """The kernel drops what comes to a proxy whose queue is full: a connect that is neither taken nor refused."""
    proxy = t.proxy()
    router = t.router(proxy)
    proxy.down()
    full = listen(proxy.port, 0)
    crowd = []
    for _ in range(4):
        link = socket.socket()
        link.setblocking(False)
        link.connect_ex(("127.0.0.1", proxy.port))
        crowd.append(link)
    with t.client(router, 60) as client:
        began = time.monotonic()
        t.claim("a connect is refused", client.ask(PEER) in (1, 3))
        seconds = client.took(began)
        t.claim("before monerod gives up", 4.5 < seconds < 44, f"{seconds:.1f} s")
    t.claim(
        "status says that it does not answer",
        until(lambda: "does not answer" in router.egress()["detail"], 20),
        router.egress(),
    )
    t.equal("and is blocked", router.status()["state"], "blocked")
    for link in crowd + [full]:
        link.close()
    proxy.up()
    t.claim("healed within 20 s", until(lambda: router.status()["state"] == "unguarded", 20))


@case("upstream hangs after the request", slow=True)
def hangs_after_request(t):
    clients = []
    for credentials in POINTS:
        proxy = t.proxy(credentials=credentials)
        router = router_for(t, proxy)
        # Its own handshake stays good, so the egress stays proven.
        proxy.act = at("the request", hang)
        for version in [4, 5]:
            clients.append((proxy, router, t.client(router, 60), version, time.monotonic()))
    for _, _, client, version, _ in clients:
        client.send(request4(PEER, 18080) if version == 4 else b"\5\1\0" + request5(PEER, 18080))
    for proxy, router, client, version, began in clients:
        if version == 4:
            t.equal("a SOCKS4 client is told 91", client.reply4(), 0x5B)
        else:
            client.method()
            t.equal("a SOCKS5 client is told that it took too long", client.reply5(), 6)
        seconds = client.took(began)
        t.claim("before monerod gives up at 45 s", 43 < seconds < 45, f"{seconds:.1f} s")
        client.close()
    for proxy, router, *_ in clients[::2]:
        t.claim("it is counted as timeout", until(lambda: router.refused() == {"timeout": 2}, 3), router.refused())
        t.equal("the proxy is ready all the time", router.status()["state"], "unguarded")
        t.nothing_passed(proxy)


# Before the request it is the proxy that has failed: it is asked again at once, and the stream held until it is well.
# After it a stream is asked for three times in all, a second apart.
@case("upstream closes")
def closes(t):
    faults(t, "closes", close, (3, "egress-not-ready", 4.5, 9), (1, "proxy-failed", 1.8, 9))


@case("upstream resets")
def resets(t):
    faults(t, "resets", reset, (3, "egress-not-ready", 4.5, 9), (1, "proxy-failed", 1.8, 9))


@case("upstream sends garbage")
def sends_garbage(t):
    faults(t, "garbage", garbage, (1, "proxy-failed", 0, 9), (1, "proxy-failed", 0, 9))
    faults(t, "HTTP", http, (1, "proxy-failed", 0, 9), (1, "proxy-failed", 0, 9))
