"""A proxy behind another, as the nearer one's connection shows them: two handshakes, one after the other."""

import os

FAR = "192.0.2.50", 1080
SECRET = b"me", b"secret"
# What each has to do, in order. The farther one wants a user and a password.
STEPS = [
    ("near", "greeting"),
    ("near", "method"),
    ("near", "way"),
    ("near", "reply"),
    ("far", "greeting"),
    ("far", "method"),
    ("far", "authentication"),
    ("far", "verdict"),
    ("far", "request"),
    ("far", "reply"),
]
# Where they may fail: after so many of these steps.
POINTS = {
    "the connect": 0,
    "the greeting of the first": 1,
    "the request to the first": 3,
    "the greeting of the second": 5,
    "the credentials for the second": 7,
    "the request to the second": 9,
}


class Far:
    """The farther proxy: what a stream's steps ask of theirs."""

    def __init__(self, near, credentials):
        self.credentials, self.tell = credentials, near.tell


def run(stream, steps=STEPS, credentials=SECRET):
    """Both do these steps well. `way` is what the nearer one was asked for, `destination` the farther one."""
    for hop, step in steps:
        if hop == "far" and not isinstance(stream.proxy, Far):
            stream.proxy = Far(stream.proxy, credentials)
        if step == "way":
            stream.way = stream.asked_for()
        else:
            getattr(stream, step)()


def well(stream):
    run(stream)
    stream.swallow()


def echo(stream):
    run(stream)
    while part := stream.recv(65536):
        stream.send(part)


def at(point, fault):
    """Well up to the point, then the fault."""

    def act(stream):
        run(stream, STEPS[: POINTS[point]])
        fault(stream)

    return act


def router_for(t, near, ready="unguarded", secret=SECRET[1], **parts):
    """A router whose clear traffic goes by the farther proxy, through the nearer one."""
    router = t.new_router(
        proxies=f'[proxy.near]\nsocks = "127.0.0.1:{near.port}"\n'
        f'[proxy.up]\nsocks = "{FAR[0]}:{FAR[1]}"\nvia = "proxy.near"\n'
        f'username = "{SECRET[0].decode()}"\npassword-file = "secret"\n',
        **parts,
    )
    path = f"{router.directory}/secret"
    with open(path, "wb") as file:
        file.write(secret + b"\n")
    os.chmod(path, 0o600)
    os.chown(path, router.user, router.user)
    return router.start(ready)
