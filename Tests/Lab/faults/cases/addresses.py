"""Private and own addresses: nothing of them may reach a proxy."""

import subprocess

from bench.case import case
from bench.control import until

LOCAL = {
    "127.0.0.1": 2,
    "127.255.255.254": 2,
    "0.0.0.0": 2,
    "10.1.2.3": 2,
    "100.64.0.1": 2,
    "169.254.1.1": 2,
    "172.16.0.1": 2,
    "172.31.255.255": 2,
    "192.168.1.1": 2,
    "198.18.0.1": 2,
    "224.0.0.1": 2,
    "240.0.0.1": 2,
    "255.255.255.255": 2,
    "::1": 2,
    "::": 2,
    "::ffff:127.0.0.1": 2,
    "::ffff:10.1.2.3": 2,
    "::127.0.0.1": 2,
    "64:ff9b::7f00:1": 2,
    "64:ff9b::a01:203": 2,
    "2002:7f00:1::": 2,
    "2002:a01:203::1": 2,
    "fe80::1": 2,
    "fc00::1": 2,
    "fd00::1": 2,
    "fec0::1": 2,
    "ff02::1": 2,
    "100::1": 2,
    "64:ff9b:1::1": 2,
    "2001:0:1::1": 2,
    b"localhost": 2,
    b"LOCALHOST": 2,
    b"localhost.": 2,
    b"node.localhost": 2,
    b"ip6-localhost": 2,
    b"node": 2,
    b"node.local": 2,
    b"node.lan": 2,
    b"node.internal": 2,
    b"node.home.arpa": 2,
    b"localhost.localdomain": 2,
    b"127.0.0.1": 2,
    b"127.0.0.1.": 2,
    b"[::1]": 2,
    b"::1": 2,
    b"[::ffff:127.0.0.1]": 2,
    b"::ffff:7f00:1": 2,
    b"0:0:0:0:0:0:0:1": 2,
    b"192.168.1.1": 2,
}
AMBIGUOUS = [
    b"127.1",
    b"0x7f.1",
    b"0x7f000001",
    b"0X7F.0.0.1",
    b"2130706433",
    b"0177.0.0.1",
    b"127.0.0.01",
    b"127.0.1",
    b"1",
    b"0",
    b"127.1.",
    b"0x7f.0x0.0x0.0x1",
    b"0x",
    b"1.2.3.4.5",
    b"256.0.0.1",
    b"a.256",
]
MALFORMED = [
    b"[127.0.0.1]",
    b"::1%lo",
    b"[::1",
    b"::1]",
    b"a:b",
    b"127.0.0.1:80",
    b"a b.net",
    b"peer.net/x",
    b"user@peer.net",
    b"p\xc3\xa9er.net",
    b".net",
    b"peer..net",
    b"peer.net..",
    b".",
    b"%31.net",
    b"peer\n.net",
    b"*.net",
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
            t.equal(
                f"this machine's own public address is refused (SOCKS{version})",
                client.ask("203.0.113.99", version=version),
                0x5B if version == 4 else 2,
            )
    for host in [b"203.0.113.99", "::ffff:203.0.113.99", b"[::ffff:cb00:7163]", "2001:db8::99", "64:ff9b::cb00:7163"]:
        with t.client(router) as client:
            t.equal(f"so is it as {host!r}", client.ask(host), 2)
    t.equal("they are counted as own-address", router.refused().get("own-address"), 7)
    for host in AMBIGUOUS:
        with t.client(router) as client:
            t.equal(
                f"{host!r}, an address to some and a name to others, is refused as not allowed", client.ask(host), 2
            )
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
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
        ("::ffff:127.0.0.1", "127.0.0.1"),
        (b"localhost", b"localhost"),
        ("203.0.113.99", "203.0.113.99"),
        (b"10.1.2.3", "10.1.2.3"),
    ]:
        with t.client(router) as client:
            before = len(proxy.asked())
            t.equal(f"{host!r} passes", client.ask(host), 0)
            t.equal(
                f"{host!r}: the proxy is asked for {asked!r}",
                proxy.await_asked(before + 1)[-1].destination,
                (asked, 18080),
            )
    for host in AMBIGUOUS:
        with t.client(router) as client:
            if client.ask(host) != 2:
                t.claim(f"{host!r} is refused still", False)


@case("routing, an address that this machine gets later", slow=True)
def later_address(t):
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
