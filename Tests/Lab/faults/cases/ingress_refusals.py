"""What a client may not say to a SOCKS listener."""

from bench.case import case
from bench.client import GREETING, request4, request5
from bench.control import until
from bench.peers import NAME, PEER

REFUSED = {
    "SOCKS4 BIND": (request4(PEER, 18080, command=2), b"\0\x5b" + bytes(6)),
    "SOCKS4 to port 0": (request4(PEER, 0), b"\0\x5b" + bytes(6)),
    "SOCKS4 with a user id of 256 bytes": (request4(PEER, 18080, b"u" * 256), b"\0\x5b" + bytes(6)),
    "SOCKS4a with a name of 256 bytes": (request4(b"n" * 256, 18080), b"\0\x5b" + bytes(6)),
    "SOCKS4a with an empty name": (request4(b"", 18080), b"\0\x5b" + bytes(6)),
    "SOCKS5 BIND": (GREETING + request5(PEER, 18080, 2), b"\5\0\5\7\0\1" + bytes(6)),
    "SOCKS5 UDP ASSOCIATE": (GREETING + request5(PEER, 18080, 3), b"\5\0\5\7\0\1" + bytes(6)),
    "Tor's RESOLVE": (GREETING + request5(NAME, 0, 0xF0), b"\5\0\5\7\0\1" + bytes(6)),
    "SOCKS5 command 0": (GREETING + request5(PEER, 18080, 0), b"\5\0\5\7\0\1" + bytes(6)),
    "SOCKS5 to port 0": (GREETING + request5(PEER, 0), b"\5\0\5\1\0\1" + bytes(6)),
    "SOCKS5 with an unknown kind of address": (GREETING + b"\5\1\0\2" + bytes(6), b"\5\0\5\x08\0\1" + bytes(6)),
    "SOCKS5 with its reserved byte set": (GREETING + b"\5\1\1\1" + bytes(6), b"\5\0\5\1\0\1" + bytes(6)),
    "SOCKS5 with an empty name": (GREETING + request5(b"", 18080), b"\5\0\5\1\0\1" + bytes(6)),
    "SOCKS5 with a name of 255 bytes": (GREETING + request5(b"n" * 255, 18080), b"\5\0\5\1\0\1" + bytes(6)),
    "SOCKS5 with a NUL in its name": (GREETING + request5(b"peer\0.net", 18080), b"\5\0\5\1\0\1" + bytes(6)),
    "SOCKS5 without a method": (b"\5\0", b"\5\xff"),
    "SOCKS5 with GSSAPI only": (b"\5\1\1", b"\5\xff"),
    "SOCKS5 with a wrong version of user and password": (b"\5\1\2\2\1u\1p", b"\5\2\1\1"),
    "an HTTP request": (b"GET http://peer/ HTTP/1.1\r\nHost: peer\r\n\r\n", b""),
    "a TLS hello": (b"\x16\x03\x01\x02\x00" + bytes(512), b""),
    "SOCKS6": (b"\6\1\0", b""),
    "random bytes": (bytes((7 + 31 * i) & 255 for i in range(3000)), b""),
    "64 KiB of zeros": (bytes(65536), b""),
}


@case("ingress refusals")
def refusals(t):
    proxy = t.proxy()
    router = t.router(proxy)
    for name, (request, reply) in REFUSED.items():
        before = router.refused().get("bad-request", 0)
        with t.client(router) as client:
            ending, got = client.send(request).end()
            # What is not SOCKS gets no reply, so a reset overtakes none.
            fine = got == reply and (ending == "closed" or ending == "reset" and not reply)
            t.claim(f"{name} is answered exactly so and closed", fine, (ending, got))
        counted = until(lambda: router.refused().get("bad-request") == before + 1, 3)
        t.claim(f"{name} is counted as bad-request", counted, router.refused())
    t.equal("the proxy was asked for nothing", len(proxy.asked()), 0)
