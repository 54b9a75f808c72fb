"""The control socket: its place, and who may use it."""

import os
import socket
import stat

from bench.case import case
from bench.router import USER

NOBODY = 65534


@case("control socket places")
def places(t):
    proxy = t.proxy()
    router = t.router(proxy)
    mode = os.stat(router.socket)
    t.equal("it is 0660 and the router's", (stat.S_IMODE(mode.st_mode), mode.st_uid, mode.st_gid), (0o660, USER, USER))

    second = t.new_router(proxy, socket=router.socket)
    t.equal("taken by a living router: exit 71", second.exit_code(), 71)
    t.claim(
        "said with the path and the mend",
        f"another router answers at the control socket {router.socket}" in second.said(),
        second.said(),
    )
    t.equal("the living one still answers", router.status()["state"], "unguarded")
    t.claim("and its socket is there", os.path.exists(router.socket))

    t.equal("it goes with the router", (router.stop(), os.path.exists(router.socket)), (0, False))
    router.start()
    router.kill()
    t.claim("a router that was killed leaves its socket", os.path.exists(router.socket))
    router.start()
    t.claim("the next one takes it over", True)

    other = t.new_router(proxy)
    with open(other.socket, "w") as file:
        file.write("precious")
    t.equal("a regular file there: exit 71", other.exit_code(), 71)
    t.claim("said", f"{other.socket} is there and is no socket" in other.said(), other.said())
    t.equal("the file is left alone", open(other.socket).read(), "precious")

    target = f"{t.directory}/target"
    linked = t.new_router(proxy)
    os.symlink(target, linked.socket)
    t.equal("a symbolic link there: exit 71", linked.exit_code(), 71)
    t.claim("and it is not followed", not os.path.exists(target))

    missing = t.new_router(proxy, socket=f"{t.directory}/missing/control.sock")
    t.equal("in a missing directory: exit 71", missing.exit_code(), 71)
    t.claim("said with the mend", "No such file or directory; make its directory" in missing.said(), missing.said())

    closed = t.new_router(proxy, socket=f"{t.directory}/closed/control.sock")
    os.mkdir(f"{t.directory}/closed", 0o755)
    t.equal("in a directory that the router may not write: exit 71", closed.exit_code(), 71)
    t.claim("said with the mend ", "Permission denied; make its directory" in closed.said(), closed.said())

    foreign = t.new_router(proxy, socket=f"{t.directory}/foreign.sock")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"{t.directory}/foreign.sock")
    os.chmod(f"{t.directory}/foreign.sock", 0o600)
    listener.listen()
    t.equal("another's socket: exit 71", foreign.exit_code(), 71)
    t.claim("said  ", "is in another's hands" in foreign.said(), foreign.said())
    t.claim("and left alone", os.path.exists(f"{t.directory}/foreign.sock"))
    listener.close()


@case("control socket permissions")
def permissions(t):
    proxy = t.proxy()
    router = t.router(proxy)
    for text, user, group, status, lock in [
        ("root", 0, 0, 3, 0),
        ("the router's user", USER, USER, 3, 0),
        ("a member of its group", NOBODY, USER, 3, 77),
        ("others", NOBODY, NOBODY, 4, 4),
    ]:
        t.equal(f"{text}: status exits {status}", router.command("status", user=user, group=group)[0], status)
        home = f"{t.directory}/home-{user}-{group}"
        os.mkdir(home)
        os.chown(home, user, group)
        code, said = router.command("lock", user=user, group=group, environment={"STATE_DIRECTORY": "", "HOME": home})
        t.equal(f"{text}: lock exits {lock}", code, lock)
        t.equal(
            f"{text}: and the router is {'locked' if lock == 0 else 'not locked'}",
            router.status()["kill_switch"]["locked"],
            lock == 0,
        )
        t.claim(f"{text}: no lock is written where no router looks for it", not os.listdir(home), said)
        needed = {0: "locked", 77: "only root and the router's own user", 4: "use sudo"}[lock]
        t.claim(f"{text}: is told so", needed in said and (lock == 0 or "Written" not in said), said)
        router.verb("lock")
        code, said = router.command("unlock", user=user, group=group)
        t.equal(f"{text}: unlock exits {lock}", code, lock)
        t.equal(
            f"{text}: and the router is {'unlocked' if lock == 0 else 'locked'}",
            router.status()["kill_switch"]["locked"],
            lock != 0,
        )
        router.verb("unlock")
    router.stop()
    t.equal("without a router status exits 4", router.command("status")[0], 4)
    t.equal("so does wait, when its time is over", router.command("wait", "--for", "blocked", "--timeout", "0.3")[0], 4)
