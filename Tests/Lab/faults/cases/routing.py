"""What is refused whatever the proxy would say: nothing of it may reach a proxy."""
from bench import levin
from bench.case import case, port
from bench.client import Client
from bench.control import until

ONION = b"2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion"
I2P = b"udhdrtrhjgfmuyp7pw5yoqhwoxxoxxuhfw5x2mhzqrbqgbqafoxa.b32.i2p"
LOCAL = {
    "127.0.0.1": 2, "127.255.255.254": 2, "0.0.0.0": 2, "10.1.2.3": 2, "100.64.0.1": 2, "169.254.1.1": 2, "172.16.0.1": 2,
    "172.31.255.255": 2, "192.168.1.1": 2, "198.18.0.1": 2, "224.0.0.1": 2, "240.0.0.1": 2, "255.255.255.255": 2,
    "::1": 2, "::": 2, "::ffff:127.0.0.1": 2, "::ffff:10.1.2.3": 2, "::127.0.0.1": 2, "64:ff9b::7f00:1": 2,
    "64:ff9b::a01:203": 2, "2002:7f00:1::": 2, "2002:a01:203::1": 2, "fe80::1": 2, "fc00::1": 2, "fd00::1": 2, "fec0::1": 2,
    "ff02::1": 2, "100::1": 2, "64:ff9b:1::1": 2, "2001:0:1::1": 2,
    b"localhost": 2, b"LOCALHOST": 2, b"localhost.": 2, b"node.localhost": 2, b"ip6-localhost": 2, b"node": 2, b"node.local": 2,
    b"node.lan": 2, b"node.internal": 2, b"node.home.arpa": 2, b"localhost.localdomain": 2,
    b"127.0.0.1": 2, b"127.0.0.1.": 2, b"[::1]": 2, b"::1": 2, b"[::ffff:127.0.0.1]": 2, b"::ffff:7f00:1": 2,
    b"0:0:0:0:0:0:0:1": 2, b"192.168.1.1": 2,
}
AMBIGUOUS = [
    b"127.1", b"0x7f.1", b"0x7f000001", b"0X7F.0.0.1", b"2130706433", b"0177.0.0.1", b"127.0.0.01", b"127.0.1", b"1", b"0",
    b"127.1.", b"0x7f.0x0.0x0.0x1", b"0x", b"1.2.3.4.5", b"256.0.0.1", b"a.256",
]
MALFORMED = [
    b"[127.0.0.1]", b"::1%lo", b"[::1", b"::1]", b"a:b", b"127.0.0.1:80", b"a b.net", b"peer.net/x", b"user@peer.net",
    b"p\xc3\xa9er.net", b".net", b"peer..net", b"peer.net..", b".", b"%31.net", b"peer\n.net", b"*.net",
]


@case("routing, private and own addresses")
def private(t):
    proxy = t.proxy()
    router = t.router(proxy)
    for host, code in LOCAL.items():
        with t.client(router) as client:
            t.equal(f"{host!r} is refused as not allowed", client.ask(host), code)
    t.equal("they are counted as private", router.refused(), {"private": len(LOCAL)})
    for version in [4, 5]:
        with t.client(router) as client:
            t.equal(f"this machine's own public address is refused (SOCKS{version})",
                    client.ask("203.0.113.99", version=version), 0x5B if version == 4 else 2)
    for host in [b"203.0.113.99", "::ffff:203.0.113.99", b"[::ffff:cb00:7163]", "2001:db8::99", "64:ff9b::cb00:7163"]:
        with t.client(router) as client:
            t.equal(f"so is it as {host!r}", client.ask(host), 2)
    t.equal("they are counted as own-address", router.refused().get("own-address"), 7)
    for host in AMBIGUOUS:
        with t.client(router) as client:
            t.equal(f"{host!r}, an address to some and a name to others, is refused as not allowed", client.ask(host), 2)
    for host in MALFORMED:
        with t.client(router) as client:
            t.equal(f"{host!r} is refused", client.ask(host), 1)
    t.equal("they are counted as bad-request", router.refused().get("bad-request"), len(AMBIGUOUS + MALFORMED))
    for host in [b"2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.exit", b"203.0.113.7.relay.exit"]:
        with t.client(router) as client:
            t.equal("Tor's .exit notation is refused", client.ask(host), 2)
    t.equal("the proxy was asked for none of them", len(proxy.asked()), 0)


@case("routing, private = true")
def private_allowed(t):
    proxy = t.proxy()
    router = t.router(proxy, private="true")
    for host, asked in [
        ("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("::ffff:127.0.0.1", "127.0.0.1"), (b"localhost", b"localhost"),
        ("203.0.113.99", "203.0.113.99"), (b"10.1.2.3", "10.1.2.3"),
    ]:
        with t.client(router) as client:
            before = len(proxy.asked())
            t.equal(f"{host!r} passes", client.ask(host), 0)
            t.equal(f"{host!r}: the proxy is asked for {asked!r}", proxy.await_asked(before + 1)[-1].destination, (asked, 18080))
    for host in AMBIGUOUS:
        with t.client(router) as client:
            if client.ask(host) != 2:
                t.claim(f"{host!r} is refused still", False)


BAD_ONIONS = [
    b"onion", b".onion", b"x.onion", ONION[1:], b"a" + ONION, ONION[:55] + b"e.onion", ONION[:55] + b"1.onion",
    b"3g2upl4pq6kufc4m.onion", ONION[:56] + b"..onion", ONION[:56] + b"-.onion", ONION[:56] + b".onion..",
    ONION[:30] + b"!" + ONION[31:], ONION[:56] + b"x.onion", ONION[:28] + b"." + ONION[28:], b"\xef\xbd\x8f.onion",
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
        (ONION, ONION), (ONION.upper(), ONION), (ONION + b".", ONION), (b"www." + ONION, ONION), (I2P, I2P),
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
        proxies="".join(f'[proxy.{name}]\nsocks = "127.0.0.1:{proxy.port}"\n'
                        for name, proxy in [("tor", tor), ("i2p", i2p), ("clear", clear)]),
        route='onion = "proxy.tor"\ni2p = "proxy.i2p"\nclearnet = "proxy.clear"',
        node=f'tor-proxy = "127.0.0.1:{tor_zone}"\ni2p-proxy = "127.0.0.1:{i2p_zone}"')
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
    t.equal("each went by its own proxy, and nothing by another's",
            [[s.destination[0] for s in p.asked()] for p in (tor, i2p, clear)], [[ONION], [I2P], []])
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
    banned = ["203.0.113.7", b"203.0.113.7", "::ffff:203.0.113.7", "64:ff9b::cb00:7107", "192.0.2.0", "192.0.2.127",
              "2001:db8:1::1", "2001:db8:1:ffff::1", "2001:db8:2::7", b"[2001:db8:2::7]"]
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
        proxy, route='onion = "proxy.up"\ni2p = "proxy.up"\nclearnet = "proxy.up"',
        tables=f'[node.peers]\n"10.192.0.1:18080" = "{ONION.decode()}:18083"\n"10.192.0.2:18080" = "{I2P.decode()}:1"\n')
    for host, version, asked in [("10.192.0.1", 4, (ONION, 18083)), ("10.192.0.1", 5, (ONION, 18083)), (b"10.192.0.1", 5, (ONION, 18083))]:
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


@case("routing, an address that this machine gets later", slow=True)
def later_address(t):
    import subprocess
    proxy = t.proxy()
    router = t.router(proxy)
    with t.client(router) as client:
        t.equal("somebody else's passes", client.ask("203.0.113.98"), 0)
    subprocess.run(["ip", "addr", "add", "203.0.113.98/32", "dev", "lo"], check=True)

    def is_own():
        with t.client(router) as client:
            return client.ask("203.0.113.98") == 2
    t.claim("our own is refused within half a minute", until(is_own, 35, 1))
    t.claim("and counted as own-address", router.refused().get("own-address"), router.refused())


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
    t.claim("and status warns", any("destinations" in threat for threat in router.status()["threats"]), router.status()["threats"])
