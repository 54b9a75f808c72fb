"""A new configuration: all of it or nothing, and only what it forbids is cut."""

import os
import signal
import socket

from bench.case import case, port
from bench.client import GREETING, Client, relay, request5
from bench.control import until
from bench.peers import ONION, PEER
from bench.proxy import echo


def by_signal(router):
    count = len(router.events.of("reloaded")) + len(router.events.of("reload-refused"))
    router.signal(signal.SIGHUP)
    return until(lambda: len(router.events.of("reloaded")) + len(router.events.of("reload-refused")) > count)


@case("reload of the same file")
def same(t):
    proxy = t.proxy(act=echo)
    router = t.router(proxy, hold="20s")
    client = relay(router.port)
    asking = t.client(router).send(GREETING + b"\5\1\0")
    asking.method()
    for _ in range(3):
        by_signal(router)
    t.equal("is said each time", len(router.events.of("reloaded")), 3)
    t.claim("an open stream goes on", client.alive())
    asking.send(request5(PEER, 18080)[3:])
    t.equal("a client in its handshake goes on", asking.reply5(), 0)
    proxy.down()
    client.end(5)
    t.claim("(the proxy is gone)", until(lambda: router.status()["state"] == "blocked", 20))
    held = t.client(router).send(GREETING + request5(PEER, 18080))
    held.method()
    until(lambda: router.listener()["open"] == 1)
    by_signal(router)
    proxy.up()
    t.equal("a held connect is still held, and granted when the proxy is back", held.reply5(), 0)
    held.close()
    asking.close()


@case("reload that changes routes")
def routes(t):
    one, two = t.proxy(act=echo), t.proxy(act=echo)
    proxies = "".join(f'[proxy.{n}]\nsocks = "127.0.0.1:{p.port}"\n' for n, p in [("one", one), ("two", two)])
    router = t.new_router(
        proxies=proxies, route='onion = "proxy.two"\nclearnet = "proxy.one"', node='ban-list = "ban-list.txt"'
    )
    bans = f"{router.directory}/ban-list.txt"
    open(bans, "w").close()
    router.start()
    until(lambda: all(e["state"] == "ready" for e in router.status()["egress"]))
    a, b, name, onion = [relay(router.port, h) for h in ("203.0.113.7", "203.0.113.8", b"peer.example.net", ONION)]

    with open(bans, "w") as file:
        file.write("203.0.113.7\n")
    by_signal(router)
    t.claim("a ban cuts the banned peer's stream", a.end(5)[0] == "reset")
    t.claim("and no other", b.alive() and name.alive() and onion.alive())
    with t.client(router) as client:
        t.equal("the banned peer is refused from then on", client.ask("203.0.113.7"), 2)

    router.write(route='onion = "block"\nclearnet = "proxy.one"')
    by_signal(router)
    t.claim("a route to block cuts its streams", onion.end(5)[0] == "reset")
    t.claim("and no others", b.alive() and name.alive())
    with t.client(router) as client:
        t.equal("the blocked kind is refused from then on", client.ask(ONION), 2)

    router.write(route='onion = "proxy.two"\nclearnet = "proxy.two"')
    by_signal(router)
    t.claim("another egress for a kind cuts its streams", b.end(5)[0] == "reset" and name.end(5)[0] == "reset")
    before = len(one.asked())
    b = relay(router.port, "203.0.113.8")
    t.equal("new ones go by the other", (len(one.asked()), two.asked()[-1].destination[0]), (before, "203.0.113.8"))

    # The same name for another proxy: what went by the old one must not be taken for proven.
    three = t.proxy(act=echo)
    router.write(proxies=proxies.replace(str(two.port), str(three.port)))
    by_signal(router)
    t.claim("another address behind the name cuts what went by the old one", b.end(5)[0] == "reset")
    until(lambda: router.egress("proxy.two")["state"] == "ready")
    b = relay(router.port, "203.0.113.8")
    t.equal("new ones go by the new one", [s.destination[0] for s in three.asked()], ["203.0.113.8"])

    router.write(private="true")
    by_signal(router)
    local = relay(router.port, b"localhost")
    own = relay(router.port, "127.0.0.1")
    router.write(private="false")
    by_signal(router)
    t.claim("private = false cuts streams to private addresses", own.end(5)[0] == "reset")
    t.claim("and to local names", local.end(5)[0] == "reset")
    t.claim("and no others ", b.alive())

    router.write(network='"stagenet"')
    by_signal(router)
    t.claim("another network cuts all", b.end(5)[0] == "reset")
    for client in (a, b, name, onion, local, own):
        client.close()


@case("reload that changes listeners")
def listeners(t):
    proxy = t.proxy(act=echo)
    router = t.router(proxy)
    zone, other = port(), port()
    client = relay(router.port)
    router.write(node=f'tor-proxy = "127.0.0.1:{zone}"', route='onion = "proxy.up"\nclearnet = "proxy.up"')
    t.equal("a new listener: 200", router.verb("reload")[0], 200)
    onion = relay(zone, ONION)
    t.claim("serves, and the old stream goes on", client.alive())
    t.equal("status names both", [l["name"] for l in router.status()["listeners"]], ["node.proxy", "node.tor-proxy"])

    with socket.create_server(("127.0.0.1", other)):
        router.write(node=f'tor-proxy = "127.0.0.1:{zone}"\ni2p-proxy = "127.0.0.1:{other}"')
        code, document = router.verb("reload")
    t.claim(
        "a taken port: refused by the listener's name",
        code == 409 and f"node.i2p-proxy cannot listen at 127.0.0.1:{other}" in document["error"],
        (code, document),
    )
    t.claim("and nothing has changed", client.alive() and onion.alive() and len(router.status()["listeners"]) == 2)

    router.write(node="")
    t.equal("a listener less: 200", router.verb("reload")[0], 200)
    t.claim("its streams are cut", onion.end(5)[0] == "reset")
    t.claim("the other's go on", client.alive())
    try:
        Client(zone, 3).close()
        refused = False
    except ConnectionRefusedError:
        refused = True
    t.claim("its port is closed", refused)

    router.write(listen=other)
    t.equal("moved to another port: 200", router.verb("reload")[0], 200)
    t.claim("streams of the old port are cut", client.end(5)[0] == "reset")
    relay(other).close()
    t.claim("and the new port serves", True)
    for link in (client, onion):
        link.close()
    until(lambda: router.listener()["open"] == 0)


@case("reload of a bad file")
def bad(t):
    proxy = t.proxy(act=echo)
    router = t.router(proxy)
    client = relay(router.port)
    good = open(router.config).read()
    for name, spoil, wanted in [
        ("a syntax error", lambda: open(router.config, "w").write("network = \n"), f"{router.config}:1:"),
        (
            "an unknown key",
            lambda: open(router.config, "w").write(good + "[noed]\n"),
            "unknown key `noed` at the top of the file; did you mean `node`?",
        ),
        ("no file", lambda: os.remove(router.config), "cannot be read: No such file or directory"),
        (
            "an unreadable file",
            lambda: (open(router.config, "w").write(good), os.chmod(router.config, 0)),
            "cannot be read: Permission denied",
        ),
        (
            "another control socket",
            lambda: (
                os.chmod(router.config, 0o644),
                open(router.config, "w").write(good.replace("control.sock", "other.sock")),
            ),
            "`socket` in [control] cannot change",
        ),
    ]:
        spoil()
        count = len(router.events.of("reload-refused"))
        t.claim(f"{name}: by SIGHUP", by_signal(router))
        event = router.events.wait("reload-refused", count=count + 1)
        t.claim(f"{name}: an event says where and what", event and wanted in event["sentence"], event)
        threats = router.status()["threats"]
        t.claim(f"{name}: so does status, among the threats", any(wanted in threat for threat in threats), threats)
        code, document = router.verb("reload")
        t.claim(
            f"{name}: POST /v1/reload answers likewise", code == 409 and wanted in document["error"], (code, document)
        )
        t.claim(f"{name}: an open stream goes on", client.alive())
        relay(router.port).close()
        t.equal(f"{name}: and the state is what it was", router.status()["state"], "unguarded")
    with open(router.config, "w") as file:
        file.write(good)
    t.equal("a good file again: 200", router.verb("reload")[0], 200)
    t.equal("and the threat is gone", router.status()["threats"], [])
    t.claim("the stream has gone on through all of it", client.alive())
    client.close()
    t.equal("verbs of others are not taken: a GET is no reload", router.control.ask("GET", "/v1/reload")[0], 405)


@case("reload many times", heavy=True)
def many(t):
    proxy = t.proxy(act=echo)
    router = t.router(proxy)
    client = relay(router.port)
    memory = []
    for turn in range(3):
        for number in range(60):
            router.write(
                hold=f"{number % 20 + 1}s", node="" if number % 2 else f'tor-proxy = "127.0.0.1:{router.port + 20000}"'
            )
            router.verb("reload")
        memory.append(router.anonymous_kib())
    t.claim("the stream goes on through 180 reloads", client.alive())
    t.claim("memory does not grow", memory[2] <= memory[0] + 256, f"{memory} KiB")
    client.close()


@case("reload while the router ends")
def ending(t):
    """What a wallet has asked is waited for some seconds; nothing that was closed is opened again meanwhile."""
    proxy = t.proxy(act=echo)
    node = socket.create_server(("127.0.0.1", 0))  # it takes what it is asked, and says nothing
    t.cleanups.append(node.close)
    listen = port()
    wallet = (
        f'[[wallet]]\nlisten = "127.0.0.1:{listen}"\n'
        f'[[wallet.node]]\naddress = "http://127.0.0.1:{node.getsockname()[1]}"\n'
    )
    router = t.router(proxy, tables=wallet)
    asking = socket.create_connection(("127.0.0.1", listen))
    t.cleanups.append(asking.close)
    asking.sendall(b"POST /getheight HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n\r\n{}")
    asked = node.accept()[0]
    t.cleanups.append(asked.close)
    t.claim("(the node is asked)", asked.recv(4) == b"POST")
    router.signal(signal.SIGTERM)
    t.claim("(the node's connects are not taken any more)", until(lambda: not answers(router.port)))
    code, said = router.verb("reload")
    t.claim("it is refused, and says why", code >= 400 and "ending" in str(said), (code, said))
    t.claim("and the node's connects are still not taken", not answers(router.port))
    t.equal("it ends in order", router.process.wait(15), 0)


def answers(number):
    """Whether a SOCKS greeting is answered there within half a second."""
    with socket.create_connection(("127.0.0.1", number), 1) as link:
        link.settimeout(0.5)
        try:
            link.sendall(GREETING)
            return bool(link.recv(2))
        except OSError:
            return False
