"""A Tor by its SOCKS port alone, Unix sockets, IPv6."""

import os
import socket
import threading

from bench import levin
from bench.case import case, port
from bench.client import GREETING, request5
from bench.control import until
from bench.peers import PEER


@case("egress of a Tor without control port")
def tor_without_control(t):
    """Tor takes any user name and password: a circuit each."""
    proxy = t.proxy(credentials="any")
    router = t.router(proxies=f'[tor]\nsocks = "127.0.0.1:{proxy.port}"\n', route='clearnet = "tor"')
    t.claim(
        "status says that Tor's own state is unknown",
        "Tor's own state unknown" in router.egress("tor")["detail"],
        router.egress("tor"),
    )
    for host in ["203.0.113.7", "203.0.113.8", "203.0.113.7", b"peer.example.net"]:
        with t.client(router) as client:
            t.equal(f"{host!r} is granted", client.ask(host), 0)
    keys = [s.credentials for s in proxy.asked()]
    t.claim("streams to one peer share a key, others do not", keys[0] == keys[2] and len(set(keys)) == 3, keys)
    t.claim(
        "no key tells of the peer, or is Tor's reserved form",
        not any(
            b"203" in user + password and b"113" in user + password or user.startswith(b"<torS0X>")
            for user, password in keys
        ),
        keys,
    )
    # A proxy that chooses "no authentication" would drop the isolation.
    bare = t.proxy()
    router = t.router(
        ready="blocked", proxies=f'[tor]\nsocks = "127.0.0.1:{bare.port}"\n', route='clearnet = "tor"', hold="1s"
    )
    t.claim(
        "a Tor that takes no credentials is not ready",
        until(lambda: router.egress("tor")["state"] == "failing"),
        router.egress("tor"),
    )
    with t.client(router) as client:
        t.equal("and nothing is granted", client.ask(PEER), 3)
    t.equal("nor asked", bare.asked(), [])


@case("egress of a Tor, new circuits in a minute", slow=True)
def circuits(t):
    """Whoever fills the node's list of peers must not make it build circuits without end."""
    proxy = t.proxy(credentials="any")
    router = t.router(proxies=f'[tor]\nsocks = "127.0.0.1:{proxy.port}"\n', route='clearnet = "tor"', hold="10s")
    clients = []
    for number in range(100):
        # Each with a hold of its own, which begins with its connection.
        client = t.client(router, 60)
        client.send(GREETING + request5(f"203.0.113.{number + 100}", 18081))
        client.method()
        clients.append(client)
    codes = [client.reply5() for client in clients]
    # This machine has the address .99 only.
    t.claim(
        "90 new peers are let through, the others are refused when their hold ends",
        (codes.count(0), codes.count(1)) == (90, 10),
        codes,
    )
    t.claim(
        "they are counted as circuit-limit",
        until(lambda: router.refused().get("circuit-limit") == 10),
        router.refused(),
    )
    t.equal("as many keys reached Tor", len({s.credentials for s in proxy.asked()}), 90)
    with t.client(router) as client:
        client.send(GREETING + request5("203.0.113.100", 18081))
        client.method()
        t.equal("a peer whose key is there is let through", client.reply5(), 0)
    for client in clients:
        client.close()


@case("egress and ingress over IPv6")
def ipv6(t):
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
    proxy = t.proxy()
    path = f"{t.directory}/socks"
    router = t.router(ready="blocked", proxies=f'[tor]\nsocks = "unix:{path}"\n', route='clearnet = "tor"', hold="20s")
    t.claim(
        "a missing socket is said",
        until(lambda: "cannot be reached: No such file" in router.egress("tor")["detail"]),
        router.egress("tor"),
    )
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
