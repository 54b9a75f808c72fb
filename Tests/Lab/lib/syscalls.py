#!/usr/bin/env python3
"""syscalls.py TRACE [--allow ADDRESS:PORT]... [--unix PATH]... [--want ADDRESS:PORT]...

Reads `strace -f -e trace=%network,...` and prints each place the program tried to reach, and how often. Exits 1 if
it reached for an address that is not allowed, asked a name (any UDP or raw socket, or the Unix sockets by which
glibc and systemd ask names), used a call that strace cannot see into, or if a wanted address is missing (then the
trace was blind).
"""
import argparse
import collections
import re
import sys

p = argparse.ArgumentParser()
p.add_argument("trace")
p.add_argument("--allow", action="append", default=[])
p.add_argument("--unix", action="append", default=[])
p.add_argument("--want", action="append", default=[])
a = p.parse_args()

V4 = re.compile(r'sa_family=AF_INET, sin_port=htons\((\d+)\), sin_addr=inet_addr\("([^"]+)"\)')
V6 = re.compile(r'sa_family=AF_INET6, sin6_port=htons\((\d+)\),.*?inet_pton\(AF_INET6, "([^"]+)"')
UNIX = re.compile(r'sa_family=AF_UNIX, sun_path=(@?"[^"]*")')
# What a program passes to these names where it sends; what recvfrom and accept fill in does not.
SENDERS = {"connect", "sendto", "sendmsg", "sendmmsg"}
OPAQUE = {"io_uring_setup", "io_uring_enter"}

reached, bad = collections.Counter(), []
for line in open(a.trace, errors="replace"):
    m = re.match(r"(?:\[pid +)?(?:\d+\]? +)?(?:[\d.]+ )?(\w+)\((.*)", line)
    if not m:
        continue
    call, rest = m.groups()
    if call in OPAQUE:
        bad.append(f"{call}: what it does cannot be seen")
    if call in ("execve", "execveat"):
        reached["runs " + rest.split(",")[0]] += 1
    if call == "socket":
        m = re.match(r"(AF_\w+), ([\w|]+)", rest)
        if m and m.group(1) in ("AF_INET", "AF_INET6") and "SOCK_STREAM" not in m.group(2):
            bad.append(f"a socket that is not TCP: {m.group(1)} {m.group(2)}")
        if m and m.group(1) == "AF_PACKET":
            bad.append("a packet socket")
    if call not in SENDERS:
        continue
    for pattern in (V4, V6):
        for port, address in pattern.findall(rest):
            to = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
            reached[f"{call} {to}"] += 1
            if to not in a.allow:
                bad.append(f"{call} to {to}")
    for path in UNIX.findall(rest):
        path = path.replace('"', "")
        reached[f"{call} unix {path}"] += 1
        # nscd answers users as well; where there is none, glibc's look for it is no question of a name.
        absent = "ENOENT" in rest or "ECONNREFUSED" in rest
        if path not in a.unix and not (absent and path.endswith("/nscd/socket")):
            bad.append(f"{call} to the Unix socket {path}")

for what, n in sorted(reached.items()):
    print(n, what)
for to in a.want:
    if not reached[f"connect {to}"]:
        bad.append(f"no connect to {to}: was the trace blind?")
for what, n in sorted(collections.Counter(bad).items()):
    print(f"NOT ALLOWED ({n}): {what}")
sys.exit(1 if bad else 0)
