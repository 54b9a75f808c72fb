#!/usr/bin/env python3
"""packets.py FILE MAC [--allow PROTOCOL:ADDRESS[/BITS]:PORT[-PORT]]... [--since T] [--until T] [--want N]

Lists what the sender MAC put on the cable: packets, protocol, destination, port. Exits 1 if any of it is not
allowed, and if fewer than N packets (default 0) were seen. T is Unix time in ms.

The kernel's own finding of neighbours (ARP; ICMPv6 neighbour and router discovery and MLD, to the cable's own
addresses) is listed as such and is nobody's leak. All else counts, of whatever protocol.
"""
import argparse
import collections
import ipaddress
import struct
import sys

OWN = [ipaddress.ip_network(n) for n in ("fe80::/10", "ff02::/16", "fd66::/64")]
DISCOVERY = {130, 131, 132, 133, 134, 135, 136, 143}


def frames(path):
    with open(path, "rb") as f:
        head = f.read(24)
        magic = struct.unpack("<I", head[:4])[0]
        if magic != 0xA1B2C3D4 or struct.unpack("<I", head[20:24])[0] != 1:
            sys.exit(f"{path} is not a little-endian Ethernet pcap")
        while True:
            head = f.read(16)
            if len(head) < 16:
                return
            seconds, micros, kept, _ = struct.unpack("<IIII", head)
            yield seconds * 1000 + micros // 1000, f.read(kept)


def ports(b):
    return struct.unpack("!H", b[2:4])[0] if len(b) >= 4 else 0


def describe(frame):
    """(protocol, destination, port)"""
    kind, b = struct.unpack("!H", frame[12:14])[0], frame[14:]
    if kind == 0x0806:
        return "arp", "neighbours", 0
    if kind == 0x0800 and len(b) >= 20:
        protocol, to, b = b[9], str(ipaddress.IPv4Address(b[16:20])), b[(b[0] & 15) * 4 :]
        name = {1: "icmp", 2: "igmp", 6: "tcp", 17: "udp"}.get(protocol, f"ip-{protocol}")
        return name, to, ports(b) if protocol in (6, 17) else 0
    if kind == 0x86DD and len(b) >= 40:
        protocol, to, b = b[6], ipaddress.IPv6Address(b[24:40]), b[40:]
        while protocol in (0, 43, 60) and len(b) >= 8:
            protocol, b = b[0], b[(b[1] + 1) * 8 :]
        if protocol == 58 and b and b[0] in DISCOVERY and any(to in n for n in OWN):
            return "neighbour discovery", "neighbours", 0
        name = {6: "tcp", 17: "udp", 58: "icmp6"}.get(protocol, f"ip-{protocol}")
        return name, str(to), ports(b) if protocol in (6, 17) else 0
    return f"ethertype-{kind:04x}", frame[:6].hex(":"), 0


def inside(address, network):
    try:
        return ipaddress.ip_address(address) in network
    except ValueError:
        return False


def rule(text):
    """(protocol, network, lowest port, highest)"""
    protocol, _, rest = text.partition(":")
    address, _, span = rest.rpartition(":")
    low, _, high = span.partition("-")
    return protocol, ipaddress.ip_network(address), int(low), int(high or low)


def is_allowed(rules, protocol, to, port):
    return any(protocol == r[0] and inside(to, r[1]) and r[2] <= port <= r[3] for r in rules)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("file")
    p.add_argument("mac")
    p.add_argument("--allow", action="append", default=[])
    p.add_argument("--since", type=int, default=0)
    p.add_argument("--until", type=int, default=1 << 62)
    p.add_argument("--want", type=int, default=0)
    a = p.parse_args()
    allowed = [rule(text) for text in a.allow]
    mac = bytes.fromhex(a.mac.replace(":", ""))

    seen = collections.Counter()
    for at, frame in frames(a.file):
        if len(frame) >= 14 and frame[6:12] == mac and a.since <= at <= a.until:
            seen[describe(frame)] += 1
    bad = counted = 0
    for (protocol, to, port), n in sorted(seen.items()):
        if to == "neighbours":
            verdict = "kernel"
        elif is_allowed(allowed, protocol, to, port):
            verdict, counted = "allowed", counted + n
        else:
            verdict, bad, counted = "NOT ALLOWED", bad + n, counted + n
        print(f"{n} {protocol} {to} {port} {verdict}")
    if counted < a.want:
        sys.exit(f"saw {counted} packets, wanted at least {a.want}: the capture may be blind")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
