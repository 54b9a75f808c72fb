"""What keeps a router from starting: said in a sentence, with an exit code, and nothing passes."""
import os
import socket

from bench.case import case, port
from bench.control import until
from bench.router import USER

PEER = "203.0.113.7"


@case("start, a port that is taken")
def taken(t):
    proxy, zone = t.proxy(), port()
    router = t.new_router(proxy, node=f'tor-proxy = "127.0.0.1:{zone}"')
    for name, number in [("node.proxy", router.port), ("node.tor-proxy", zone)]:
        with socket.create_server(("127.0.0.1", number)):
            t.equal(f"{name}: exit 71", router.exit_code(), 71)
        t.claim(f"{name}: said by its name, with the mend",
                f"{name} cannot listen at 127.0.0.1:{number}: Address already in use; end what has that port" in router.said(), router.said())
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
                import subprocess
                done = subprocess.run([router.binary, "check", "--config", router.config], capture_output=True, text=True,
                                      user=USER, group=USER, extra_groups=[], env=router.variables)
                code, said = done.returncode, done.stdout + done.stderr
            t.equal(f"{name}: {verb} exits 64", code, 64)
            t.claim(f"{name}: {verb} says where and what", all(f"{router.config}{part}" in said for part in wanted), said)

    good = open(router.config).read()
    refused("a syntax error", "network = \n", ":1:")
    refused("an unknown key", good.replace("hold =", "hodl ="), ":7:1: unknown key `hodl` in [route]; did you mean `hold`?")
    refused("a value out of range", good.replace('"5s"', '"50s"'), ":7:8: ")
    refused("several at once", good.replace("hold =", "hodl =").replace("mainnet", "mainet"), ":1:11: ", ":7:1: ")
    refused("a key of a later version", good + "[wallet]\n", ":16:2: `wallet` is not in this version")
    refused("a file that the router may not read", good, ": cannot be read: Permission denied", mode=0)
    os.remove(router.config)
    os.mkdir(router.config)
    code = router.exit_code()
    t.equal("a directory: exit 64", code, 64)
    os.rmdir(router.config)
    t.equal("no file: exit 64", router.exit_code(), 64)
    t.claim("no file: said", f"{router.config}: cannot be read: No such file or directory" in router.said(), router.said())
    for name, text in [("bytes that are no text", b"\xff\xfe\0network"), ("64 MiB", b"# " + b"x" * (64 << 20))]:
        with open(router.config, "wb") as file:
            file.write(text)
        t.equal(f"{name}: exit 64", router.exit_code(), 64)
    t.claim("nothing was bound or written", not os.path.exists(router.socket) and not os.listdir(router.state), os.listdir(router.state))


def stays_blocked(t, router, name, *words):
    """Locked, says why, and passes nothing, though the proxy is good."""
    until(lambda: router.egress()["state"] == "ready")
    status = router.status()
    t.equal(f"{name}: blocked and locked", (status["state"], status["kill_switch"]["locked"]), ("blocked", True))
    t.claim(f"{name}: the reason says why", all(word in status["reason"] for word in words), status["reason"])
    with t.client(router) as client:
        t.equal(f"{name}: a connect is refused as not allowed", client.ask(PEER), 2)
    t.claim(f"{name}: and counted as locked", until(lambda: router.refused().get("locked")), router.refused())
    t.equal(f"{name}: status exits 2", router.command("status")[0], 2)


@case("start, a state directory that cannot be used")
def state(t):
    proxy = t.proxy()
    for name, spoil, words in [
        ("not writable", lambda r: os.chmod(r.state, 0o500), ["the lock's state", "cannot be kept", "Permission denied"]),
        ("another's", lambda r: (os.chown(r.state, 0, 0), os.chmod(r.state, 0o700)), ["the lock's state", "Permission denied"]),
        ("open to all", lambda r: os.chmod(r.state, 0o777), ["other users may write"]),
        ("a file", lambda r: (os.rmdir(r.state), open(r.state, "w").close()), ["the lock's state"]),
        ("missing, where it cannot be made", lambda r: (os.rmdir(r.state), os.chown(r.directory, 0, 0)), ["the lock's state", "Permission denied"]),
    ]:
        router = t.new_router(proxy)
        if "missing" in name:
            router.parts["socket"] = f"{t.directory}/made/control.sock"
            os.mkdir(f"{t.directory}/made")
            os.chown(f"{t.directory}/made", USER, USER)
            router.socket = router.parts["socket"]
            router.write()
        spoil(router)
        router.start("blocked")
        stays_blocked(t, router, name, *words)
        code, document = router.verb("unlock")
        # The directory of a router's own may be unlocked where only its permissions to others were wrong.
        if name != "open to all":
            t.claim(f"{name}: unlock is refused with a sentence", code == 409 and "still locked" in document["error"], (code, document))
            t.equal(f"{name}: and it stays locked", router.status()["kill_switch"]["locked"], True)
    t.equal("the proxy was asked for nothing", proxy.asked(), [])

    router = t.router(proxy)
    os.chmod(router.state, 0o500)
    code, document = router.verb("lock")
    t.claim("not writable any more: lock says that it would not survive a restart", code == 409 and "locked now" in document["error"], (code, document))
    with t.client(router) as client:
        t.equal("but is in force", client.ask(PEER), 2)
    os.chmod(router.state, 0o700)
    t.equal("writable again: lock succeeds", router.verb("lock")[0], 200)
    t.equal("and unlock", router.verb("unlock")[0], 200)
    with t.client(router) as client:
        t.equal("a stream passes", client.ask(PEER), 0)


@case("start, a disk that is full or read-only")
def full_disk(t):
    import subprocess
    proxy = t.proxy()
    for name, mend, reason in [("full", None, "No space left"), ("read-only", None, "Read-only file system")]:
        router = t.new_router(proxy)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size=64k,mode=700,uid={USER},gid={USER}", "tmpfs", router.state], check=True)
        t.cleanups.append(lambda directory=router.state: subprocess.run(["umount", "-l", directory], check=True))

        def spoil(router=router, name=name):
            if name == "read-only":
                subprocess.run(["mount", "-o", "remount,ro", router.state], check=True)
                return
            with open(f"{router.state}/big", "wb", buffering=0) as file:
                try:
                    while True:
                        file.write(bytes(4096))
                except OSError:
                    pass

        def heal(router=router, name=name):
            if name == "read-only":
                subprocess.run(["mount", "-o", "remount,rw", router.state], check=True)
            else:
                os.remove(f"{router.state}/big")

        router.start()
        spoil()
        code, document = router.verb("lock")
        t.claim(f"{name}: lock says that it would not survive", code == 409 and "locked now" in document["error"] and reason in document["error"], (code, document))
        t.claim(f"{name}: and is in force", router.status()["kill_switch"]["locked"])
        code, document = router.verb("unlock")
        t.claim(f"{name}: unlock is refused", code == 409 and "still locked" in document["error"], (code, document))
        router.kill()
        router.start("blocked")
        stays_blocked(t, router, f"{name}, started anew", "the lock's state", reason)
        heal()
        t.equal(f"{name}: room again: unlock succeeds", router.verb("unlock")[0], 200)
        with t.client(router) as client:
            t.equal(f"{name}: and a stream passes", client.ask(PEER), 0)
        router.stop()


@case("start, a lock state that is corrupt")
def corrupt(t):
    proxy = t.proxy()
    for name, content in [
        ("empty", b""), ("random", bytes((7 + 31 * i) & 255 for i in range(64))), ("without its newline", b"unlocked"),
        ("with more behind", b"unlocked\nunlocked\n"), ("a long one", b"unlocked\n" * 1000), ("zeros", bytes(4096)),
        ("another word", b"open\n"), ("with a mark", b"\xef\xbb\xbfunlocked\n"), ("in capitals", b"UNLOCKED\n"),
    ]:
        router = t.new_router(proxy)
        with open(f"{router.state}/lock", "wb") as file:
            file.write(content)
        os.chown(f"{router.state}/lock", USER, USER)
        os.chmod(f"{router.state}/lock", 0o600)
        router.start("blocked")
        stays_blocked(t, router, name, "the lock's state", router.state)
        t.equal(f"{name}: unlock mends it", router.command("unlock")[0], 0)
        with t.client(router) as client:
            t.equal(f"{name}: and a stream passes", client.ask(PEER), 0)
        router.kill()
        router.start()
        t.equal(f"{name}: also after a restart", router.status()["kill_switch"]["locked"], False)
    for name, spoil in [
        ("a directory", lambda p: os.mkdir(p)), ("a link to nowhere", lambda p: os.symlink("/nowhere", p)), ("a pipe", lambda p: os.mkfifo(p)),
        ("unreadable", lambda p: (open(p, "w").write("unlocked\n"), os.chmod(p, 0))),
        ("writable by others", lambda p: (open(p, "w").write("unlocked\n"), os.chown(p, USER, USER), os.chmod(p, 0o666))),
    ]:
        router = t.new_router(proxy)
        spoil(f"{router.state}/lock")
        router.start("blocked")
        stays_blocked(t, router, name)
        code, document = router.verb("unlock")
        t.claim(f"{name}: unlock mends it, or says why not", code == 200 or "still locked" in document["error"], (code, document))
        locked = router.status()["kill_switch"]["locked"]
        t.equal(f"{name}: and the router is as it says", locked, code != 200)
        router.kill()
        router.start(None)
        t.equal(f"{name}: also after a restart", router.status()["kill_switch"]["locked"], locked)


@case("start, the guard required")
def guard(t):
    proxy = t.proxy()
    router = t.router(proxy, "blocked", guard='"required"', node='user = "monero"')
    until(lambda: router.egress()["state"] == "ready")
    status = router.status()
    t.claim("blocked, with the sentence why", status["state"] == "blocked" and "the guard is required and not proven" in status["reason"], status["reason"])
    t.equal("and its state is told", status["kill_switch"]["guard"]["state"], "unproven")
    for version, code in [(4, 0x5B), (5, 2)]:
        with t.client(router) as client:
            t.equal(f"a connect is refused as not allowed (SOCKS{version})", client.ask(PEER, version=version), code)
    t.claim("and counted as unguarded", until(lambda: router.refused() == {"unguarded": 2}), router.refused())
    t.equal("status exits 2", router.command("status")[0], 2)
    t.equal("wait for protected times out with the state's code", router.command("wait", "--for", "protected", "--timeout", "0.3")[0], 2)
    t.equal("wait for blocked succeeds", router.command("wait", "--for", "blocked", "--timeout", "5")[0], 0)
    t.equal("unlock does not change it", (router.verb("unlock")[0], router.status()["state"]), (200, "blocked"))
    t.equal("the proxy was asked for nothing", proxy.asked(), [])
    # Turned on while it runs: what passed is cut.
    router = t.router(proxy)
    client = t.client(router)
    client.ask(PEER)
    from bench import levin
    client.send(levin.GOOD)
    proxy.await_asked()[-1].until(lambda s: bytes(s.payload) == levin.GOOD)
    router.write(guard='"required"', node='user = "monero"')
    t.equal("required by a reload", router.verb("reload")[0], 200)
    t.claim("an open stream is cut", client.end(5)[0] in ("reset", "closed"))
    t.equal("and the state is blocked", router.status()["state"], "blocked")
    client.close()
