"""A proxy that fails: at each point, in each way. The router proved it good before; then it turns bad."""
import os
import socket
import time

from bench import levin
from bench.case import case
from bench.client import request4, request5
from bench.control import until
from bench.proxy import well

PEER = "203.0.113.7"
CREDENTIALS = (b"me", b"secret")
# Where a proxy may fail: after the connect, and after each message of ours.
POINTS = {None: ["the connect", "the greeting", "the request"], CREDENTIALS: ["the connect", "the greeting", "the credentials", "the request"]}
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
        proxies=f'[proxy.up]\nsocks = "127.0.0.1:{proxy.port}"\n{PASSWORD if secret else ""}', **parts)
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
            client = t.client(router, 60)
            client.send(b"\5\1\0")
            client.method()
            began = time.monotonic()
            client.send(request5(PEER, 18080) + levin.GOOD)
            streams.append((f"after {point}{' (with credentials)' if credentials else ''}", proxy, router, client, began))
    return streams


def faults(t, name, fault, before, after):
    """`before` and `after` the request: what the client is told, how it is counted, and from when until when."""
    for where, proxy, router, client, began in begun(t, fault, POINTS):
        code, reason, earliest, latest = after if "the request" in where else before
        t.equal(f"{name} {where}: the client is told {code}", client.reply5(), code)
        seconds = time.monotonic() - began
        t.claim(f"{name} {where}: within its time", earliest <= seconds < latest, f"{seconds:.1f} s")
        t.equal(f"{name} {where}: and closed", client.end(5), ("closed", b""))
        client.close()
        t.equal(f"{name} {where}: counted as {reason}", until(router.refused, 3), {reason: 1})
        sent = b"".join(bytes(s.raw) for s in proxy.streams)
        t.claim(f"{name} {where}: not a byte of the node's stream left", levin.GOOD[:8] not in sent and not proxy.payload())


@case("upstream hangs", slow=True)
def hangs(t):
    """A proxy has 10 s for its own handshake. After the request it is the network that takes its time: 44 s in all."""
    points = {credentials: points[:-1] for credentials, points in POINTS.items()}
    for where, proxy, router, client, began in begun(t, hang, points):
        t.equal(f"{where}: the client is told that it failed", client.reply5(), 1)
        seconds = time.monotonic() - began
        t.claim(f"{where}: after 10 s", 9.5 < seconds < 16, f"{seconds:.1f} s")
        client.close()
        t.claim(f"{where}: counted as proxy-failed", until(lambda: router.refused() == {"proxy-failed": 1}, 3), router.refused())
        t.nothing_passed(proxy, f"{where}: not a byte of the node's stream left")
        said = until(lambda: "does not answer" in router.egress()["detail"], 15)
        t.claim(f"{where}: status says that the proxy does not answer", said and router.status()["state"] == "blocked",
                router.egress())
        # The probe that is under way when a proxy heals has 5 s to notice, and the next waits 5 s at most.
        proxy.act = well
        t.claim(f"{where}: healed within 20 s", until(lambda: router.status()["state"] == "unguarded", 20))


@case("upstream takes no connection", slow=True)
def full_queue(t):
    """The kernel drops what comes to a proxy whose queue is full: a connect that is neither taken nor refused."""
    proxy = t.proxy()
    router = t.router(proxy)
    proxy.down()
    full = socket.socket()
    full.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    full.bind(("127.0.0.1", proxy.port))
    full.listen(0)
    crowd = []
    for _ in range(4):
        link = socket.socket()
        link.setblocking(False)
        link.connect_ex(("127.0.0.1", proxy.port))
        crowd.append(link)
    with t.client(router, 60) as client:
        began = time.monotonic()
        t.claim("a connect is refused", client.ask(PEER) in (1, 3))
        seconds = time.monotonic() - began
        t.claim("before monerod gives up", 4.5 < seconds < 44, f"{seconds:.1f} s")
    t.claim("status says that it does not answer", until(lambda: "does not answer" in router.egress()["detail"], 20), router.egress())
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
        seconds = time.monotonic() - began
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
    faults(t, "garbage", garbage, (1, "proxy-failed", 0, 3), (1, "proxy-failed", 0, 3))
    faults(t, "HTTP", http, (1, "proxy-failed", 0, 3), (1, "proxy-failed", 0, 3))


@case("upstream answers in small parts")
def small_parts(t):
    def drip(stream):
        """Each reply byte by byte."""
        send = stream.send

        def slowly(data):
            for byte in data:
                send(bytes([byte]))
                time.sleep(0.002)
        stream.send = slowly
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
    for name, bound in [("IPv4", b"\1" + bytes(4)), ("IPv6", b"\4" + bytes(16)), ("a name", b"\3\4name"), ("the longest name", b"\3\xff" + b"n" * 255), ("an empty name", b"\3\0")]:
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
    t.claim("all are counted as unreachable", until(lambda: router.refused() == {"unreachable": 2 * len(told)}), router.refused())
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


@case("upstream resets in the middle of a relay")
def mid_relay(t):
    proxy = t.proxy()
    router = t.router(proxy)
    for name, ends, wanted in [
        ("resets", lambda s: s.cut(), "reset"), ("closes", lambda s: s.link.shutdown(socket.SHUT_RDWR), "closed"),
    ]:
        with t.client(router) as client:
            before = len(proxy.asked())
            client.ask(PEER)
            client.send(levin.GOOD)
            stream = proxy.await_asked(before + 1)[-1]
            stream.until(lambda s: bytes(s.payload) == levin.GOOD)
            stream.send(b"some")
            client.take(4)
            ends(stream)
            t.equal(f"a proxy that {name}: so the client's stream ends", client.end(5), (wanted, b""))
    with t.client(router) as client:
        before = len(proxy.asked())
        client.ask(PEER)
        client.send(levin.GOOD)
        stream = proxy.await_asked(before + 1)[-1]
        stream.until(lambda s: bytes(s.payload) == levin.GOOD)
        client.reset()
        t.claim("a client that resets: the proxy's stream ends too", stream.ended.wait(5))

    # Buffers full on one side, the other side gone: nothing waits for ever.
    def deaf(stream):
        stream.handshake()
        stream.proxy.tell(stream.requested)
        stream.ended.wait(30)

    proxy.act = deaf
    client = t.client(router)
    client.ask(PEER)
    client.link.settimeout(0.5)
    try:
        client.link.sendall(levin.GOOD + bytes(64 << 20))
    except OSError:
        pass
    t.equal("(a stream that the proxy does not read is open)", router.listener()["open"], 1)
    client.reset()
    t.claim("a client that resets while the proxy does not read is let go", until(lambda: router.listener()["open"] == 0, 5),
            router.listener())
    proxy.asked()[-1].ended.set()

    def flood(stream):
        stream.handshake()
        stream.take(len(levin.GOOD))
        stream.link.settimeout(0.5)
        try:
            stream.send(bytes(64 << 20))
        except OSError:
            pass
        stream.cut()

    proxy.act = flood
    client = t.client(router)
    client.ask(PEER)
    client.send(levin.GOOD)
    proxy.asked()[-1].ended.wait(10)
    t.claim("a proxy that resets while the node does not read: the stream is let go",
            until(lambda: router.listener()["open"] == 0, 5), router.listener())
    client.close()
