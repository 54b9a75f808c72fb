"""An I2P router by its SOCKS port: what it is asked, and what it answers."""

from bench import levin
from bench.case import case, port
from bench.client import Client
from bench.control import until
from bench.peers import I2P, ONION, PEER


def router_for(t, proxy, ready="unguarded", **parts):
    """A router with an I2P router alone, and the listener for it."""
    i2p = f'[i2p]\nsocks = "127.0.0.1:{proxy.port}"\n'
    return t.new_router(proxies=i2p, route="", node=f'i2p-proxy = "127.0.0.1:{port()}"', **parts).start(ready)


def i2p_client(t, router):
    return Client(int(router.listener("node.i2p-proxy")["address"].rpartition(":")[2]), 20)


@case("I2P by SOCKS")
def passes(t):
    proxy = t.proxy()
    router = router_for(t, proxy)
    t.equal("the egress is an I2P router's", router.egress("i2p")["kind"], "i2p")
    with i2p_client(t, router) as client:
        t.equal("a b32 is granted, where [i2p] stands", client.ask(I2P, version=4), 0)
        client.send(levin.GOOD)
        stream = proxy.await_asked()[-1]
        t.claim("and its stream arrives", stream.until(lambda s: bytes(s.payload) == levin.GOOD))
        t.equal("asked for as a name", stream.destination, (I2P, 18080))
        t.equal("without a user or a password", bytes(stream.raw[:3]), b"\5\1\0")
    with t.client(router) as client:
        t.equal("from the public listener too", client.ask(I2P), 0)
    for host in [ONION, PEER, "2001:db8::7", b"peer.example.net", b"peer.onion.net"]:
        with t.client(router) as client:
            t.equal(f"{host!r} is blocked", client.ask(host), 2)
        with i2p_client(t, router) as client:
            t.equal(f"{host!r} is of another zone", client.ask(host), 2)
    t.equal("the I2P router was asked for I2P names alone", {s.destination[0] for s in proxy.asked()}, {I2P})


@case("I2P by SOCKS, its refusals")
def refusals(t):
    """i2pd answers a name that it does not know and a peer that it cannot reach alike, and so while its tunnels do not
    stand yet: for a minute after it came up, code 4 is asked again within the hold."""
    proxy = t.proxy()
    router = router_for(t, proxy, hold="1s")

    # In i2pd's form: a refusal of a name ends with an empty name.
    def act(stream):
        for step in stream.proxy.steps[:-1]:
            getattr(stream, step)()
        stream.send(bytes([5, code, 0, 3, 0, 0, 0]))
        stream.swallow()

    proxy.act = act
    for code, told in [(1, 1), (4, 4), (5, 5), (8, 8)]:
        with i2p_client(t, router) as client:
            t.equal(f"code {code} is told", client.ask(I2P), told)
        with i2p_client(t, router) as client:
            t.equal(f"code {code} is told to SOCKS4 as 91", client.ask(I2P, version=4), 0x5B)
    t.equal("the I2P router is well all the same", router.egress("i2p")["state"], "ready")
    t.nothing_passed(proxy)


@case("I2P by SOCKS, lost", slow=True)
def lost(t):
    proxy = t.proxy()
    router = router_for(t, proxy, hold="1s")
    client = i2p_client(t, router)
    t.equal("a stream is open", client.ask(I2P), 0)
    client.send(levin.GOOD)
    proxy.down()
    t.claim("it is cut", client.end(5)[0] in ("reset", "closed"))
    client.close()
    t.claim("blocked", until(lambda: router.status()["state"] == "blocked", 15))
    detail = router.egress("i2p")["detail"]
    t.claim("status says that it cannot be reached", "cannot be reached" in detail, detail)
    with i2p_client(t, router) as client:
        t.equal("a new connect is refused when its hold ends", client.ask(I2P), 3)
    proxy.up()
    t.claim("back: ready within 20 s", until(lambda: router.status()["state"] == "unguarded", 20))
