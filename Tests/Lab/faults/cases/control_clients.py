"""Clients of the control socket that misbehave."""

import os
import signal
import socket
import subprocess
import sys
import time

from bench.case import case
from bench.control import Control, until
from bench.router import USER

NOBODY = 65534


def talk(path, sent, timeout=5):
    """What the router answers to these bytes, until it closes or nothing more comes."""
    link = socket.socket(socket.AF_UNIX)
    link.settimeout(timeout)
    link.connect(path)
    got = b""
    try:
        link.sendall(sent)
        while part := link.recv(65536):
            got += part
            if b"\r\n\r\n" in got and b"200 OK" in got:
                break
    except socket.timeout:
        got += b"(timeout)"
    except OSError:
        pass
    link.close()
    return got


MALFORMED = {
    "no request line": b"\r\n\r\nx\r\n\r\n",
    "garbage": bytes((7 + 31 * i) & 255 for i in range(2000)) + b"\r\n\r\n",
    "a TLS hello": b"\x16\x03\x01\x02\x00" + bytes(100),
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/0.9": b"GET /v1/status\r\n\r\n",
    "bare line feeds": b"GET /v1/status HTTP/1.1\nHost: x\n\n",
    "no Host": b"GET /v1/status HTTP/1.1\r\n\r\n",
    "two Hosts": b"GET /v1/status HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
    "a space before the colon": b"GET /v1/status HTTP/1.1\r\nHost : x\r\n\r\n",
    "a folded header": b"GET /v1/status HTTP/1.1\r\nHost: x\r\n y\r\n\r\n",
    "two lengths": b"POST /v1/lock HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 1\r\n\r\n",
    "length and chunks": b"POST /v1/lock HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a negative length": b"POST /v1/lock HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "a long line": b"GET /" + b"x" * 20000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a thousand headers": b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 1000 + b"\r\n",
    "a body of 2^63": b"POST /v1/lock HTTP/1.1\r\nHost: x\r\nContent-Length: 9223372036854775808\r\n\r\n",
}


@case("control socket, malformed requests")
def malformed(t):
    proxy = t.proxy()
    router = t.router(proxy)
    for name, sent in MALFORMED.items():
        got = talk(router.socket, sent)
        first = got.split(b"\r\n")[0]
        t.claim(
            f"{name}: refused with a code of 4xx or 5xx, and closed",
            (first[:10] in (b"HTTP/1.1 4", b"HTTP/1.1 5") and b"(timeout)" not in got),
            got[:100],
        )
    t.equal("none of them locked", router.status()["kill_switch"]["locked"], False)
    for method, target, code in [
        ("GET", "/", 404),
        ("GET", "/v1/status/", 404),
        ("POST", "/v1/status", 405),
        ("GET", "/v1/lock", 405),
        ("HEAD", "/v1/lock", 405),
        ("GET", "/v1/unlock", 405),
        ("PUT", "/v1/lock", 405),
        ("GET", "/v1/%6cock", 404),
        ("HEAD", "/v1/status", 200),
        ("GET", "/metrics", 200),
        ("GET", "/v1/status?x=y", 200),
    ]:
        link = Control(router.socket)
        link.link.sendall(f"{method} {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        t.equal(f"{method} {target}: {code}", int(link.file.readline().split()[1]), code)
        link.close()
    # A request in single bytes, and several in one write.
    link = Control(router.socket)
    for byte in b"GET /v1/status HTTP/1.1\r\nHost: x\r\n\r\n":
        link.link.sendall(bytes([byte]))
    t.equal("a request in single bytes is answered", link.answer()[0], 200)
    link.link.sendall(b"GET /v1/status HTTP/1.1\r\nHost: x\r\n\r\n" * 20)
    t.equal("twenty in one write too", [link.answer()[0] for _ in range(20)], [200] * 20)
    link.close()
    t.equal("(the router still answers)", router.status()["state"], "unguarded")


@case("control socket under load")
def load(t):
    proxy = t.proxy()
    router = t.router(proxy)
    codes = {router.command("status", "--json")[0] for _ in range(150)}
    t.equal("150 commands in a row are all answered", codes, {3})
    # The group may look, and must not be able to keep the operator out.
    crowd = []
    for number in range(300):
        link = socket.socket(socket.AF_UNIX)
        link.connect(router.socket)
        crowd.append(link)
        try:
            if number % 2:
                link.sendall(b"GET /v1/events HTTP/1.1\r\nHost: x\r\n\r\n")
        except BrokenPipeError:
            pass  # one too many
    # These came as root; what root holds, root can let go. A member of the group is a process of its own.
    for link in crowd:
        link.close()
    t.claim(
        "300 at once leave nothing behind",
        until(lambda: router.descriptors_open()[0] <= router.baseline[0]),
        router.descriptors_open(),
    )
    program = """if True:
        import socket, sys, time
        links = []
        for number in range(200):
            link = socket.socket(socket.AF_UNIX)
            link.connect(sys.argv[1])
            try:
                link.sendall(b"GET /v1/events HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
            except BrokenPipeError:
                pass  # one too many
            links.append(link)
        print("there", flush=True)
        time.sleep(60)
    """
    # /usr/bin: a shell's own python may lie where this user may not look.
    python = "/usr/bin/python3" if os.access("/usr/bin/python3", os.X_OK) else sys.executable
    member = subprocess.Popen(
        [python, "-c", program, router.socket],
        user=NOBODY,
        group=USER,
        extra_groups=[],
        stdout=subprocess.PIPE,
        cwd="/",
    )
    t.cleanups.append(lambda: (member.kill(), member.wait(), member.stdout.close()))
    t.equal("(a member of the group follows events 200 times)", member.stdout.readline(), b"there\n")
    t.equal("the operator's lock succeeds all the same", router.command("lock")[0], 0)
    t.claim("and is in force", router.status()["kill_switch"]["locked"])
    with t.client(router) as client:
        t.equal("a connect is refused", client.ask("203.0.113.7"), 2)
    t.equal("so does root's unlock", router.command("unlock", user=0)[0], 0)
    member.kill()
    member.wait()
    t.claim(
        "when the member has gone so have his descriptors",
        until(lambda: router.descriptors_open()[0] <= router.baseline[0]),
        router.descriptors_open(),
    )


@case("control socket, a router that does not answer", slow=True)
def silent(t):
    """A lock that the running router has not confirmed must not be said to hold."""
    proxy = t.proxy()
    router = t.router(proxy)
    router.signal(signal.SIGSTOP)
    try:
        began = time.monotonic()
        code, said = router.command("status")
        t.equal("status exits 4", code, 4)
        t.claim("and says that it does not answer", "does not answer" in said, said)
        t.claim("after 5 s", 4 < time.monotonic() - began < 12)
        code, said = router.command("lock")
        t.equal("lock exits 4", code, 4)
        t.claim("and does not claim to have locked", "NOT confirmed by the running router" in said, said)
    finally:
        router.signal(signal.SIGCONT)
    # The question lay in its queue.
    t.claim("it goes on, and is locked", until(lambda: router.status()["kill_switch"]["locked"]))
    router.kill()
    router.start(None)
    t.claim(
        "the lock that was written holds at the next start",
        router.status()["kill_switch"]["locked"],
        router.status()["reason"],
    )


@case("events of another version")
def foreign_events(t):
    """`events` shows what it can read. What it cannot, it complains of, and does not end as if all were well."""
    router = t.router(t.proxy())
    real = talk(router.socket, b"GET /v1/events HTTP/1.1\r\nHost: x\r\n\r\n", 2)
    head = real.split(b"\r\n\r\n")[0]
    t.claim("(a follower's head)", b"200 OK" in head, head)
    path = f"{router.directory}/other.sock"
    for line, words, want in [(b'{"kind": 5}', (), 1), (b'{"kind": 5}', ("--json",), 0)]:
        other = socket.socket(socket.AF_UNIX)
        other.bind(path)
        os.chown(path, USER, USER)
        other.listen()
        program = subprocess.Popen(
            [router.binary, "events", "--socket", path, *words],
            env=router.variables,
            user=USER,
            group=USER,
            extra_groups=[],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        link = other.accept()[0]
        link.recv(65536)
        link.sendall(head + b"\r\n\r\n%x\r\n%s\n\r\n0\r\n\r\n" % (len(line) + 1, line))
        link.close()
        out, complaint = program.communicate(timeout=10)
        other.close()
        os.unlink(path)
        t.equal(f"{' '.join(('events',) + words)} exits {want}", program.returncode, want)
        t.claim("and complains, or passes it on", b"use one version of both" in complaint if want else line in out, complaint)


@case("control socket, readers that do not read", slow=True)
def slow_reader(t):
    """Events pile up for a follower that does not read: it is let go, and the others are told."""
    proxy = t.proxy()
    router = t.router(proxy)
    deaf = socket.socket(socket.AF_UNIX)
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.connect(router.socket)
    deaf.sendall(b"GET /v1/events HTTP/1.1\r\nHost: x\r\n\r\n")
    asks = socket.socket(socket.AF_UNIX)
    asks.connect(router.socket)
    asks.settimeout(5)
    sent = 0
    try:
        # Questions without end, and no answer read.
        while sent < 100000:
            asks.sendall(b"GET /v1/status HTTP/1.1\r\nHost: x\r\n\r\n" * 100)
            sent += 100
    except OSError:
        pass
    t.claim("who asks and never reads is cut off", sent < 100000, sent)
    # Event after event, each of some length: a bad file has a long problem.
    router.write(route='clearnet = "proxy.up"\n' + "\n".join(f"unknown-key-number-{i} = 1" for i in range(200)))
    for _ in range(150):
        router.verb("reload")
    t.claim(
        "every other follower is told each",
        router.events.wait("reload-refused", count=150),
        len(router.events.of("reload-refused")),
    )
    t.claim("memory stays small", router.anonymous_kib() < 40000, f"{router.anonymous_kib()} KiB")
    deaf.settimeout(10)
    got = 0
    try:
        while part := deaf.recv(1 << 20):
            got += len(part)
        ended = True
    except socket.timeout:
        ended = False
    except OSError:
        ended = True
    t.claim("the one that did not read was let go", ended, f"{got} bytes and still open")
    deaf.close()
    asks.close()


@case("control socket, clients that say nothing", slow=True)
def idle(t):
    proxy = t.proxy()
    router = t.router(proxy)
    links = []
    for sent in [b"", b"GET /v1/st", b"GET /v1/status HTTP/1.1\r\nHost: x\r\n\r\n"]:
        link = socket.socket(socket.AF_UNIX)
        link.settimeout(90)
        link.connect(router.socket)
        link.sendall(sent)
        links.append(link)
    began = time.monotonic()
    for link in links:
        try:
            while link.recv(65536):
                pass
        except OSError:
            pass
        link.close()
    took = time.monotonic() - began
    t.claim("they are let go after a minute", 55 < took < 75, f"{took:.1f} s")
