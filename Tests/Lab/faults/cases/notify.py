"""What a service manager is told (sd_notify)."""

import os
import signal
import socket
import threading
import time

from bench.case import case
from bench.control import until
from bench.peers import PEER
from bench.router import USER


class Manager:
    """A fake service manager's socket."""

    def __init__(self, t, abstract):
        self.link = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        if abstract:
            self.name = f"@xmr-routed-faults/{t.directory.rpartition('/')[2]}"
            self.link.bind("\0" + self.name[1:])
        else:
            self.name = f"{t.directory}/notify"
            self.link.bind(self.name)
            os.chown(self.name, USER, USER)
        self.said, self.changed = [], threading.Condition()
        t.cleanups.append(self.link.close)

    def listen(self):
        threading.Thread(target=self.follow, daemon=True).start()
        return self

    def follow(self):
        try:
            while True:
                message = self.link.recv(65536).decode()
                with self.changed:
                    self.said.append((time.monotonic(), message))
                    self.changed.notify_all()
        except OSError:
            pass

    def lines(self):
        return [line for _, message in self.said for line in message.split("\n")]

    def wait(self, part, timeout=15, after=0):
        with self.changed:
            return self.changed.wait_for(lambda: any(part in line for line in self.lines()[after:]), timeout)

    def status(self):
        """The last words about its state."""
        return next((line for line in reversed(self.lines()) if line.startswith("STATUS=")), "")


@case("notify", slow=True)
def notify(t):
    for abstract in [False, True]:
        what = "an abstract socket" if abstract else "a socket with a path"
        manager = Manager(t, abstract).listen()
        proxy = t.proxy()
        router = t.router(proxy, environment={"NOTIFY_SOCKET": manager.name, "WATCHDOG_USEC": "1000000"}, hold="1s")
        t.claim(f"{what}: READY=1", manager.wait("READY=1"), manager.said)
        t.claim(f"{what}: STATUS in words", manager.wait("STATUS=unguarded: the guard is off"), manager.said)
        began = time.monotonic()
        until(lambda: manager.lines().count("WATCHDOG=1") >= 4, 10)
        took = time.monotonic() - began
        t.claim(
            f"{what}: WATCHDOG=1 at least twice in each interval",
            manager.lines().count("WATCHDOG=1") >= 4 and took < 3.5,
            f"{took:.1f} s",
        )

        def told(name, *words):
            fine = until(lambda: all(w in manager.status() for w in words), 10)
            t.claim(f"{what}: {name}", fine, manager.status())

        router.verb("lock")
        told("STATUS tells of a lock", "blocked", "locked by the operator")
        proxy.down()
        with t.client(router) as client:
            client.ask(PEER)
        router.verb("unlock")
        t.claim("(the proxy is gone)", until(lambda: router.egress()["state"] != "ready", 20))
        told("STATUS tells of a lost proxy", "blocked", "cannot be reached")
        t.claim(
            f"{what}: and of no lock any more", until(lambda: "locked by" not in manager.status()), manager.status()
        )
        router.verb("lock")
        told("STATUS tells of a lock while nothing passes anyway", "locked by the operator", "cannot be reached")
        router.verb("unlock")
        t.claim(
            f"{what}: STATUS tells of that unlock", until(lambda: "locked by" not in manager.status()), manager.status()
        )
        proxy.up()
        told("STATUS tells that it is back", "unguarded")
        before = len(manager.lines())
        router.signal(signal.SIGHUP)
        t.claim(f"{what}: a reload says READY=1 again", manager.wait("READY=1", after=before), manager.said[-3:])
        t.equal(f"{what}: it ends well", router.stop(), 0)
        t.claim(f"{what}: STOPPING=1", manager.wait("STOPPING=1", after=before), manager.said[-3:])
        t.claim(f"{what}: each assignment is of one line", all("=" in line for line in manager.lines()), manager.said)


@case("notify, what is not for us")
def not_for_us(t):
    manager = Manager(t, False).listen()
    proxy = t.proxy()
    t.router(proxy, environment={"NOTIFY_SOCKET": manager.name, "WATCHDOG_USEC": "400000", "WATCHDOG_PID": "1"})
    t.claim("READY=1", manager.wait("READY=1"))
    time.sleep(0.6)  # longer than the interval in which it would come
    t.equal("no WATCHDOG=1 where it is asked of another process", manager.lines().count("WATCHDOG=1"), 0)
    for name in ["", "relative", "/nowhere/notify", "@nobody", "@", "/" + "x" * 200]:
        other = t.router(proxy, environment={"NOTIFY_SOCKET": name})
        t.claim(f"NOTIFY_SOCKET={name[:20]}: it runs all the same", other.status()["state"] == "unguarded")
    t.equal("and says that it could not tell", "the service manager cannot be told" in t.routers[3].said(), True)


@case("notify, a service manager that does not read", slow=True)
def deaf(t):
    manager = Manager(t, False)
    proxy = t.proxy()
    router = t.router(proxy, environment={"NOTIFY_SOCKET": manager.name})
    # A handful of datagrams fill its queue.
    for _ in range(60):
        router.signal(signal.SIGHUP)
        time.sleep(0.005)

    def answers():
        code, _ = router.command("lock")
        return code

    t.equal("the router goes on: lock succeeds", answers(), 0)
    with t.client(router, 5) as client:
        t.equal("and is in force", client.ask(PEER), 2)
    manager.listen()
    t.claim(
        "when it reads again it is told how things stand",
        until(lambda: "locked by the operator" in manager.status(), 10),
        manager.status(),
    )
