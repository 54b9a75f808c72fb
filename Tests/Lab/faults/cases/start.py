"""What keeps a router from starting: said in a sentence, with an exit code."""

import os
import socket
import subprocess

from bench import levin
from bench.case import case, port
from bench.control import until
from bench.peers import PEER
from bench.router import USER


@case("start, a port that is taken")
def taken(t):
    proxy, zone = t.proxy(), port()
    router = t.new_router(proxy, node=f'tor-proxy = "127.0.0.1:{zone}"')
    for name, number in [("node.proxy", router.port), ("node.tor-proxy", zone)]:
        with socket.create_server(("127.0.0.1", number)):
            t.equal(f"{name}: exit 71", router.exit_code(), 71)
        t.claim(
            f"{name}: said by its name, with the mend",
            f"{name} cannot listen at 127.0.0.1:{number}: Address already in use; end what has that port"
            in router.said(),
            router.said(),
        )
        os.truncate(router.log, 0)
    router.start()
    t.claim("free again: it starts", True)


@case("start, configurations that cannot be used")
def configurations(t):
    proxy = t.proxy()
    router = t.new_router(proxy)

    def refused(name, text, *wanted, mode=0o644):
        with open(router.config, "w") as file:
            file.write(text)
        os.chmod(router.config, mode)
        for verb in ["run", "check"]:
            if verb == "run":
                os.truncate(router.log, 0) if os.path.exists(router.log) else None
                code, said = router.exit_code(), router.said()
            else:
                done = subprocess.run(
                    [router.binary, "check", "--config", router.config],
                    capture_output=True,
                    text=True,
                    user=USER,
                    group=USER,
                    extra_groups=[],
                    env=router.variables,
                )
                code, said = done.returncode, done.stdout + done.stderr
            t.equal(f"{name}: {verb} exits 64", code, 64)
            t.claim(
                f"{name}: {verb} says where and what", all(f"{router.config}{part}" in said for part in wanted), said
            )

    good = open(router.config).read()
    refused("a syntax error", "network = \n", ":1:")
    refused(
        "an unknown key", good.replace("hold =", "hodl ="), ":7:1: unknown key `hodl` in [route]; did you mean `hold`?"
    )
    refused("a value out of range", good.replace('"5s"', '"50s"'), ":7:8: ")
    refused("several at once", good.replace("hold =", "hodl =").replace("mainnet", "mainet"), ":1:11: ", ":7:1: ")
    refused(
        "a key of a later version", good.replace("[node]\n", "[node]\nallow-remote = true\n"),
        ":10:1: `node.allow-remote` is not in this version",
    )
    refused("a file that the router may not read", good, ": cannot be read: Permission denied", mode=0)
    os.remove(router.config)
    os.mkdir(router.config)
    code = router.exit_code()
    t.equal("a directory: exit 64", code, 64)
    os.rmdir(router.config)
    t.equal("no file: exit 64", router.exit_code(), 64)
    t.claim(
        "no file: said", f"{router.config}: cannot be read: No such file or directory" in router.said(), router.said()
    )
    for name, text in [("bytes that are no text", b"\xff\xfe\0network"), ("64 MiB", b"# " + b"x" * (64 << 20))]:
        with open(router.config, "wb") as file:
            file.write(text)
        t.equal(f"{name}: exit 64", router.exit_code(), 64)
    t.claim(
        "nothing was bound or written",
        not os.path.exists(router.socket) and not os.listdir(router.state),
        os.listdir(router.state),
    )


@case("start, the guard required")
def guard(t):
    proxy = t.proxy()
    router = t.router(proxy, "blocked", guard='"required"', node='user = "monero"')
    until(lambda: router.egress()["state"] == "ready")
    status = router.status()
    t.claim(
        "blocked, with the sentence why",
        status["state"] == "blocked" and "the guard is required and not proven" in status["reason"],
        status["reason"],
    )
    t.equal("and its state is told", status["kill_switch"]["guard"]["state"], "unproven")
    for version, code in [(4, 0x5B), (5, 2)]:
        with t.client(router) as client:
            t.equal(f"a connect is refused as not allowed (SOCKS{version})", client.ask(PEER, version=version), code)
    # Whoever runs this is not the node's user, and that is said first.
    t.claim("and counted as another's", until(lambda: router.refused() == {"wrong-owner": 2}), router.refused())
    t.equal("status exits 2", router.command("status")[0], 2)
    t.equal(
        "wait for protected times out with the state's code",
        router.command("wait", "--for", "protected", "--timeout", "0.3")[0],
        2,
    )
    t.equal("wait for blocked succeeds", router.command("wait", "--for", "blocked", "--timeout", "5")[0], 0)
    t.equal("unlock does not change it", (router.verb("unlock")[0], router.status()["state"]), (200, "blocked"))
    t.equal("the proxy was asked for nothing", proxy.asked(), [])
    # Turned on while it runs: what passed is cut. (With the user named from the start, who is asking is asked of the
    # kernel on a descriptor that is there before and after.)
    router = t.router(proxy, node='user = "monero"')
    client = t.client(router)
    client.ask(PEER)
    client.send(levin.GOOD)
    proxy.await_asked()[-1].until(lambda s: bytes(s.payload) == levin.GOOD)
    router.write(guard='"required"', node='user = "monero"')
    t.equal("required by a reload", router.verb("reload")[0], 200)
    t.claim("an open stream is cut", client.end(5)[0] in ("reset", "closed"))
    t.equal("and the state is blocked", router.status()["state"], "blocked")
    client.close()
