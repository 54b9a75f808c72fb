"""Which way a destination goes, or that it goes none."""

from bench import levin
from bench.case import case, port
from bench.client import Client
from bench.control import until
from bench.peers import I2P, ONION

BAD_ONIONS = [
    b"onion",
    b".onion",
    b"x.onion",
    ONION[1:],
    b"a" + ONION,
    ONION[:55] + b"e.onion",
    ONION[:55] + b"1.onion",
    b"3g2upl4pq6kufc4m.onion",
    ONION[:56] + b"..onion",
    ONION[:56] + b"-.onion",
    ONION[:56] + b".onion..",
    ONION[:30] + b"!" + ONION[31:],
    ONION[:56] + b"x.onion",
    ONION[:28] + b"." + ONION[28:],
    b"\xef\xbd\x8f.onion",
]
BAD_I2P = [b"i2p", b".i2p", b"b32.i2p", b"x.b32.i2p", I2P[1:], b"1" + I2P[1:], b"a." + I2P, I2P + b"..", b"..i2p"]


@case("routing, onion and I2P names")
def hidden_names(t):
    proxy = t.proxy()
    router = t.router(proxy, route='onion = "proxy.up"\ni2p = "proxy.up"\nclearnet = "proxy.up"')
    for host in BAD_ONIONS + BAD_I2P:
        with t.client(router) as client:
            t.claim(f"{host!r} is refused", client.ask(host) in (1, 2, 4))
        with t.client(router) as client:
            t.claim(f"{host!r} by SOCKS4a is refused", client.ask(host, version=4) == 0x5B)
    t.equal("no malformed onion or I2P name reached a proxy", [s.destination for s in proxy.asked()], [])
    for host, asked in [
        (ONION, ONION),
        (ONION.upper(), ONION),
        (ONION + b".", ONION),
        (b"www." + ONION, ONION),
        (I2P, I2P),
        (b"stats.i2p", b"stats.i2p"),
    ]:
        with t.client(router) as client:
            before = len(proxy.asked())
            t.equal(f"{host!r} passes", client.ask(host), 0)
            t.equal(f"{host!r}: as {asked!r}", proxy.await_asked(before + 1)[-1].destination, (asked, 18080))


@case("routing, blocked kinds")
def blocked(t):
    clear = t.proxy()
    router = t.router(clear)
    for host in [ONION, I2P]:
        with t.client(router) as client:
            t.equal(f"{host!r} without a route is refused as not allowed", client.ask(host), 2)
    t.equal("counted as blocked", router.refused(), {"blocked": 2})
    t.equal("and no proxy is asked for it", clear.asked(), [])
    hidden = t.proxy()
    router = t.router(hidden, route='onion = "proxy.up"')
    for host in ["203.0.113.7", "2001:db8::7", b"peer.example.net", I2P]:
        with t.client(router) as client:
            t.equal(f"{host!r} without a route is refused as not allowed", client.ask(host), 2)
    t.equal("counted as blocked", router.refused(), {"blocked": 4})
    t.equal("and no proxy is asked for it", hidden.asked(), [])


@case("routing, zones")
def zones(t):
    tor, i2p, clear = t.proxy(), t.proxy(), t.proxy()
    tor_zone, i2p_zone = port(), port()
    router = t.router(
        proxies="".join(
            f'[proxy.{name}]\nsocks = "127.0.0.1:{proxy.port}"\n'
            for name, proxy in [("tor", tor), ("i2p", i2p), ("clear", clear)]
        ),
        route='onion = "proxy.tor"\ni2p = "proxy.i2p"\nclearnet = "proxy.clear"',
        node=f'tor-proxy = "127.0.0.1:{tor_zone}"\ni2p-proxy = "127.0.0.1:{i2p_zone}"',
    )
    for name, zone, passes, refuses in [
        ("tor-proxy", tor_zone, ONION, [I2P, "203.0.113.7", "2001:db8::7", b"peer.example.net", "127.0.0.1"]),
        ("i2p-proxy", i2p_zone, I2P, [ONION, "203.0.113.7", "2001:db8::7", b"peer.example.net", "127.0.0.1"]),
    ]:
        for host in refuses:
            with Client(zone) as client:
                t.equal(f"{name} refuses {host!r}", client.ask(host), 2)
        t.equal(f"{name} counts them as wrong-zone", router.refused(f"node.{name}"), {"wrong-zone": len(refuses)})
        with Client(zone) as client:
            t.equal(f"{name} passes {passes!r}", client.ask(passes, version=4), 0)
    t.equal(
        "each went by its own proxy, and nothing by another's",
        [[s.destination[0] for s in p.asked()] for p in (tor, i2p, clear)],
        [[ONION], [I2P], []],
    )
    for host, proxy in [(ONION, tor), (I2P, i2p), ("203.0.113.7", clear)]:
        with t.client(router) as client:
            before = len(proxy.asked())
            client.ask(host)
            t.equal(f"node.proxy sends {host!r} by its own route", len(proxy.asked()), before + 1)


@case("routing, ban list")
def bans(t):
    proxy = t.proxy()
    router = t.new_router(proxy, node='ban-list = "ban-list.txt"')
    with open(f"{router.directory}/ban-list.txt", "w") as file:
        file.write("# peers\n203.0.113.7\n192.0.2.0/25  # a subnet\n\n2001:db8:1::/48\r\n2001:db8:2::7\n")
    router.start()
    banned = [
        "203.0.113.7",
        b"203.0.113.7",
        "::ffff:203.0.113.7",
        "64:ff9b::cb00:7107",
        "192.0.2.0",
        "192.0.2.127",
        "2001:db8:1::1",
        "2001:db8:1:ffff::1",
        "2001:db8:2::7",
        b"[2001:db8:2::7]",
    ]
    for host in banned:
        with t.client(router) as client:
            t.equal(f"{host!r} is refused as not allowed", client.ask(host), 2)
    t.equal("they are counted as banned", router.refused(), {"banned": len(banned)})
    t.equal("the proxy was asked for none of them", proxy.asked(), [])
    for host in ["203.0.113.6", "203.0.113.8", "192.0.2.128", "2001:db8:2::1", b"peer.example.net"]:
        with t.client(router) as client:
            t.equal(f"{host!r} passes", client.ask(host), 0)


@case("routing, virtual peers")
def virtual_peers(t):
    proxy = t.proxy()
    router = t.router(
        proxy,
        route='onion = "proxy.up"\ni2p = "proxy.up"\nclearnet = "proxy.up"',
        tables=f'[node.peers]\n"10.192.0.1:18080" = "{ONION.decode()}:18083"\n'
        f'"10.192.0.2:18080" = "{I2P.decode()}:1"\n',
    )
    for host, version, asked in [
        ("10.192.0.1", 4, (ONION, 18083)),
        ("10.192.0.1", 5, (ONION, 18083)),
        (b"10.192.0.1", 5, (ONION, 18083)),
    ]:
        with t.client(router) as client:
            before = len(proxy.asked())
            t.equal(f"{host!r} by SOCKS{version} is granted", client.ask(host, version=version), 0)
            stream = proxy.await_asked(before + 1)[-1]
            t.equal("as the onion peer behind it", stream.destination, asked)
            client.send(levin.GOOD)
            t.claim("and its stream arrives", stream.until(lambda s: bytes(s.payload) == levin.GOOD))
    before = len(proxy.asked())
    for host, number in [("10.192.0.1", 18081), ("10.192.0.3", 18080), ("10.192.0.1", 1)]:
        with t.client(router) as client:
            t.equal(f"{host}:{number}, which is nobody's, is refused", client.ask(host, number), 2)
    t.claim("and counted as private", until(lambda: router.refused() == {"private": 3}), router.refused())
    t.equal("no virtual address ever reached the proxy", len(proxy.asked()), before)


@case("routing, destinations in the log")
def told(t):
    """Only where the operator wants it, and then it is a threat that status names."""
    proxy = t.proxy()
    t.names = True
    router = t.router(proxy, tables="[log]\ndestinations = true\n")
    with t.client(router) as client:
        client.ask("203.0.113.7")
        client.send(levin.GOOD)
        proxy.await_asked()[-1].until(lambda s: bytes(s.payload) == levin.GOOD)
    t.claim("with log.destinations the log has it", until(lambda: "203.0.113.7:18080" in router.said()), router.said())
    t.claim(
        "and status warns",
        any("destinations" in threat for threat in router.status()["threats"]),
        router.status()["threats"],
    )
