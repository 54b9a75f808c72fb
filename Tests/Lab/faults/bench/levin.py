"""Monero's Levin handshake, right and wrong in chosen places."""

import struct

SIGNATURE = 0x0101010101012101
MAGIC = bytes.fromhex("011101010101020101")
NETWORKS = {
    "mainnet": bytes.fromhex("1230f171610441611731008216a1a110"),
    "testnet": bytes.fromhex("1230f171610441611731008216a1a111"),
    "stagenet": bytes.fromhex("1230f171610441611731008216a1a112"),
}
HEADER = 33
LONGEST_BODY = 65536


def varint(n):
    if n < 64:
        return struct.pack("<B", n << 2)
    return struct.pack("<H", n << 2 | 1) if n < 16384 else struct.pack("<I", n << 2 | 2)


def text(name, value):
    return bytes([len(name)]) + name + b"\x0a" + varint(len(value)) + value


def body(network=NETWORKS["mainnet"], extra=b""):
    """A handshake's body; `extra` makes it longer."""
    inner = text(b"network_id", network)
    fields = [b"\x09node_data\x0c" + varint(1) + inner]
    if extra:
        fields.append(text(b"extra", extra))
    return MAGIC + varint(len(fields)) + b"".join(fields)


def frame(content=None, command=1001, flags=1, answer=1, version=1, length=None):
    content = body() if content is None else content
    length = len(content) if length is None else length
    return struct.pack("<QQBIiII", SIGNATURE, length, answer, command, 0, flags, version) + content


GOOD = frame()
