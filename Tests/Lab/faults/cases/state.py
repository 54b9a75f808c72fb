"""A lock state that cannot be read or kept: locked, said so, and nothing passes."""

import os
import subprocess

from bench.case import case
from bench.control import until
from bench.peers import PEER
from bench.router import USER


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
        (
            "not writable",
            lambda r: os.chmod(r.state, 0o500),
            ["the lock's state", "cannot be kept", "Permission denied"],
        ),
        (
            "another's",
            lambda r: (os.chown(r.state, 0, 0), os.chmod(r.state, 0o700)),
            ["the lock's state", "Permission denied"],
        ),
        ("open to all", lambda r: os.chmod(r.state, 0o777), ["other users may write"]),
        ("a file", lambda r: (os.rmdir(r.state), open(r.state, "w").close()), ["the lock's state"]),
        (
            "missing, where it cannot be made",
            lambda r: (os.rmdir(r.state), os.chown(r.directory, 0, 0)),
            ["the lock's state", "Permission denied"],
        ),
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
            t.claim(
                f"{name}: unlock is refused with a sentence",
                code == 409 and "still locked" in document["error"],
                (code, document),
            )
            t.equal(f"{name}: and it stays locked", router.status()["kill_switch"]["locked"], True)
    t.equal("the proxy was asked for nothing", proxy.asked(), [])

    router = t.router(proxy)
    os.chmod(router.state, 0o500)
    code, document = router.verb("lock")
    t.claim(
        "not writable any more: lock says that it would not survive a restart",
        code == 409 and "locked now" in document["error"],
        (code, document),
    )
    with t.client(router) as client:
        t.equal("but is in force", client.ask(PEER), 2)
    os.chmod(router.state, 0o700)
    t.equal("writable again: lock succeeds", router.verb("lock")[0], 200)
    t.equal("and unlock", router.verb("unlock")[0], 200)
    with t.client(router) as client:
        t.equal("a stream passes", client.ask(PEER), 0)


@case("start, a disk that is full or read-only")
def full_disk(t):
    proxy = t.proxy()
    for name, mend, reason in [("full", None, "No space left"), ("read-only", None, "Read-only file system")]:
        router = t.new_router(proxy)
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size=64k,mode=700,uid={USER},gid={USER}", "tmpfs", router.state],
            check=True,
        )
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
        t.claim(
            f"{name}: lock says that it would not survive",
            code == 409 and "locked now" in document["error"] and reason in document["error"],
            (code, document),
        )
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
        ("empty", b""),
        ("random", bytes((7 + 31 * i) & 255 for i in range(64))),
        ("without its newline", b"unlocked"),
        ("with more behind", b"unlocked\nunlocked\n"),
        ("a long one", b"unlocked\n" * 1000),
        ("zeros", bytes(4096)),
        ("another word", b"open\n"),
        ("with a mark", b"\xef\xbb\xbfunlocked\n"),
        ("in capitals", b"UNLOCKED\n"),
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
        ("a directory", lambda p: os.mkdir(p)),
        ("a link to nowhere", lambda p: os.symlink("/nowhere", p)),
        ("a pipe", lambda p: os.mkfifo(p)),
        ("unreadable", lambda p: (open(p, "w").write("unlocked\n"), os.chmod(p, 0))),
        (
            "writable by others",
            lambda p: (open(p, "w").write("unlocked\n"), os.chown(p, USER, USER), os.chmod(p, 0o666)),
        ),
    ]:
        router = t.new_router(proxy)
        spoil(f"{router.state}/lock")
        router.start("blocked")
        stays_blocked(t, router, name)
        code, document = router.verb("unlock")
        t.claim(
            f"{name}: unlock mends it, or says why not",
            code == 200 or "still locked" in document["error"],
            (code, document),
        )
        locked = router.status()["kill_switch"]["locked"]
        t.equal(f"{name}: and the router is as it says", locked, code != 200)
        router.kill()
        router.start(None)
        t.equal(f"{name}: also after a restart", router.status()["kill_switch"]["locked"], locked)
