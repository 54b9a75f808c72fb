#!/usr/bin/env python3
"""judge.py FOLDER NAME MAC [--allow PROTOCOL:ADDRESS[/BITS]:PORT[-PORT]]...: what the matrix came to, a claim for each
cell in FOLDER/NAME.cells, whose lines are START END WORDS NAME (Unix ms; WORDS joined by commas, or `-`).

A cell is good when
- of the confined user, and of nobody known, not a packet is in the capture (`FOLDER/NAME.pcap`), though every kind was
  tried;
- every kind of the other user's packets is in it, so that the capture would have shown the first;
- the other user's streams were never broken nor silent for a second, and every new one passed;
- the kernel answered each knock at a closed port.
Words: `old`: flows that are older than the guard were used in it, by both users, of all kinds or of `old=KIND+KIND`; `leaks=KIND+KIND`: a cell of a ruleset
with a hole, in which these kinds must be seen to leave; `few`: too short for every kind, one control is enough;
`resets`: the kernel's bare resets for flows that were the node's are counted, and said, not blamed; `quiet`: no storm;
`until=MS`: a gap is known, and counted, but for no longer than so many ms from the start; `flood`: the tries are those
of spray.py.
"""
import argparse
import collections
import ipaddress
import json
import os
import re
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "lib")]
import packets
from kinds import *

MARKER = re.compile(rb"xmr-(node|free):(\w+);")
TCP, UDP, SCTP = 6, 17, 132
# What the kernel says of a protocol that it has not.
ABSENT = ("EPROTONOSUPPORT", "ESOCKTNOSUPPORT", "ENOPROTOOPT")
ROLE_OF = {ipaddress.ip_address(a): role for table in (HOST4, HOST6, LINK4, LINK6) for role, a in table.items()}
SYN, RESET = 2, 4


def inside(frame):
    """(IP version, protocol, destination, the rest) of an IP packet, else None."""
    kind, b = struct.unpack("!H", frame[12:14])[0], frame[14:]
    if kind == 0x0800 and len(b) >= 20:
        return 4, b[9], ipaddress.IPv4Address(b[16:20]), b[(b[0] & 15) * 4 :]
    if kind == 0x86DD and len(b) >= 40:
        protocol, to, b = b[6], ipaddress.IPv6Address(b[24:40]), b[40:]
        while protocol in (0, 43, 60) and len(b) >= 8:
            protocol, b = b[0], b[(b[1] + 1) * 8 :]
        return 6, protocol, to, b
    return None


def joins(b):
    """Whether a SYN begins a further path of a Multipath TCP stream (RFC 8684: option 30, MP_JOIN)."""
    options = b[20 : (b[12] >> 4) * 4]
    while len(options) >= 2 and options[0]:
        size = 1 if options[0] == 1 else max(2, options[1])
        if options[0] == 30 and len(options) > 2 and options[2] >> 4 == 1:
            return True
        options = options[size:]
    return False


def of_tcp(version, to, b):
    source, dest, flags = *struct.unpack("!HH", b[:4]), b[13]
    if source == CLOSED and flags & RESET:
        return "kernel", "closed"
    if ECHO_HERE in (source, dest) or ECHO_WORLD in (source, dest):
        return "other", "stream"
    for role in ROLES:
        for offset, name in ((0, "listen"), (OLD_IN, "old:in"), (OLD_WAITING, "old:waiting")):
            if source == LISTENER[role] + offset:
                kind = f"{name}{version}"
                return role, kind if flags & ~16 != RESET or offset == 0 else "reset"
        if BASE[role] <= dest < BASE[role] + len(KINDS):
            return role, KINDS[dest - BASE[role]]
        if to.is_loopback and dest == LOOPBACK[role]:
            return role, f"bound{version}"
    role = ROLE_OF.get(to)
    if role and dest == 53:
        return role, f"dnstcp{version}"
    if role and dest in (SINK, SINK_MPTCP):
        if flags & ~16 == RESET:
            return role, "reset"
        if flags & SYN and joins(b):
            return role, "old:join"
        found = MARKER.search(b)
        return role, f"old:{found[2].decode()}" if found else f"old:tcp{version}"
    return None


def known(frame):
    """(role, kind) of a packet, None where it is nobody's we know."""
    parts = inside(frame)
    if parts is None:
        return None
    version, protocol, to, b = parts
    if protocol == TCP and len(b) >= 20:
        return of_tcp(version, to, b)
    if protocol == SCTP and len(b) >= 4:
        dest = struct.unpack("!H", b[2:4])[0]
        return next(((r, f"sctp{version}") for r in ROLES if BASE[r] <= dest < BASE[r] + len(KINDS)), None)
    found = MARKER.search(b)
    if found:
        role, kind = found[1].decode(), found[2].decode()
        if protocol == UDP and struct.unpack("!H", b[2:4])[0] == SINK_UDP:
            kind = "old:" + kind
        return role, kind
    found = role_of_name(b)
    if found:
        return found[0], f"dns{version}" if found[1] == "dns" else "lookup"
    return None


def lines(path):
    """[(ms, the line's JSON)]"""
    out = []
    try:
        for line in open(path, errors="replace"):
            at, _, rest = line.partition(" ")
            try:
                out.append((int(at), json.loads(rest)))
            except ValueError:
                pass
    except OSError:
        pass
    return out


def between(log, start, end):
    """How much each count grew in this time. One that is less than before began anew with its program."""
    grown, before = collections.Counter(), {}
    for at, now in log:
        if at > end:
            break
        if at > start:
            for name, n in now.items():
                grown[name] += n - before.get(name, 0) if n >= before.get(name, 0) else n
        before = now
    return grown


def stood_still(pulse, start, end):
    """How many ms of this time the CPU that stood still for longest did (lib/pulse.py)."""
    still = collections.Counter()
    for at, ms, cpu in pulse:
        still[cpu] += max(0, min(at + ms, end) - max(at, start))
    return max(still.values(), default=0)


class Matrix:
    def __init__(self, folder, name, mac, rules):
        with open(os.path.join(folder, "pulse.log")) as pulse:
            self.pulse = [tuple(map(int, line.split())) for line in pulse]
        self.path = lambda suffix: os.path.join(folder, f"{name}{suffix}")
        self.rules = [packets.rule(r) for r in rules]
        mac = bytes.fromhex(mac.replace(":", ""))
        self.seen = []
        for at, frame in packets.frames(self.path(".pcap")):
            if frame[6:12] != mac:
                continue
            found = known(frame)
            if found is None:
                protocol, to, port = packets.describe(frame)
                if to == "neighbours" or packets.is_allowed(self.rules, protocol, to, port):
                    continue
                found = "nobody", f"{protocol} {to} {port}"
            self.seen.append((at, *found))
        self.tries = {role: lines(self.path(f"-storm-{role}.log")) for role in ROLES}
        free = self.tries["free"][-1][1] if self.tries["free"] else {}
        # Of both users the same: the other's word is enough.
        self.absent = [k for k in OPTIONAL if any(f"{k}!{e}" in free for e in ABSENT)]
        self.floods = [lines(self.path(f"-spray{i}.log")) for i in (1, 2)]
        self.world = lines(self.path("-world.log"))
        self.echoes = [lines(self.path(f"-echo-{side}.log")) for side in ("in", "out")]

    def cell(self, start, end, words):
        """(what is wrong, a sentence of figures)"""
        wrong = []
        seen = collections.defaultdict(collections.Counter)
        for at, role, kind in self.seen:
            if start <= at <= end:
                seen[role][kind] += 1
        if "resets" in words:
            resets = seen["node"].pop("reset", 0)
        leaks = seen["node"] + seen["nobody"]
        tried = between(self.tries["node"], start, end)
        limit = next((int(w[6:]) for w in words if w.startswith("until=")), 0)
        holes = next((w[6:].split("+") for w in words if w.startswith("leaks=")), [])
        if holes:
            missed = [k for k in holes if not leaks[k]]
            if missed:
                wrong.append(f"the hole was not seen: {', '.join(missed)}")
        elif limit:
            late = [(at - start, kind) for at, role, kind in self.seen if start <= at <= end and role in ("node", "nobody")]
            after = [f"{kind} at {ms} ms" for ms, kind in late if ms > limit]
            if after:
                wrong.append(f"LEFT after more than {limit} ms: {len(after)}, " + ", ".join(after[-12:]))
        elif leaks:
            wrong.append("LEFT: " + ", ".join(f"{n} {k}" for k, n in leaks.most_common(12)))
        kinds = [] if "quiet" in words else [k for k in KINDS if k not in self.absent]
        if kinds and "few" in words:
            if not seen["free"]:
                wrong.append("no control was seen")
        elif kinds:
            blind = [k for k in kinds if not seen["free"][k]]
            if blind:
                wrong.append("control not seen: " + ", ".join(blind))
            idle = [k for k in kinds if not k.startswith(("listen", "answer")) and not tried.get(k)]
            if idle:
                wrong.append("the node did not try: " + ", ".join(idle))
            wrong += [f"{kind} was not refused by the kernel" for kind in PRIVILEGED if tried.get(kind, 0) == 0]
            failed = {k: n for k, n in tried.items() if "!" in k and n and k.split("!")[0] not in self.absent + PRIVILEGED}
            if failed:
                wrong.append(f"tries that came to nothing: {failed}")
        older = next((w for w in words if w.startswith("old")), None)
        if older:
            want = older[4:].split("+") if older[4:] else [k for k in OLD_SEEN if k not in self.absent]
            unseen = [k for k in want if not seen["free"]["old:" + k]]
            if unseen:
                wrong.append("older flows of the other user were not seen: " + ", ".join(unseen))
        gap = 0
        new = 0
        for log in self.echoes:
            grown = between(log, start, end)
            for at, told in log:
                if start <= at <= end + 200 and told["gap"] > gap:
                    # Told each 200 ms: of a silence that ended in these, or goes on.
                    gap = max(gap, told["gap"] - stood_still(self.pulse, at - told["gap"] - 200, at))
            new += grown.get("new", 0)
            if grown.get("broken") or grown.get("failed"):
                broken, failed = grown["broken"], grown["failed"]
                wrong.append(f"another user's streams: {broken} broken, {failed} new ones failed")
        if gap > 1000:
            wrong.append(f"another user's stream was silent for {gap} ms")
        if not new:
            wrong.append("no new connection of another user was tried")
        closed = between(self.world, start, end)
        if closed.get("closed-lost") or not closed.get("closed") or not seen["kernel"]["closed"]:
            wrong.append(f"the kernel's own answers: {closed}")
        if "flood" in words:
            floods = [between(log, start, end)["sent"] for log in self.floods]
            tried = {"sent": sum(floods)}
            if not all(floods):
                wrong.append("there was no flood")
        n = sum(v for k, v in tried.items() if "!" not in k)
        figures = f"{sum(leaks.values())} of {n} left"
        if kinds:
            figures += f", {len(kinds)} kinds; control {sum(seen['free'].values())}"
        figures += f"; other streams: silent {gap} ms at most, {new} new"
        if "resets" in words:
            figures += f"; bare resets for older flows {resets}"
        if limit and late:
            figures += f"; the last that left, {late[-1][0]} ms after ({late[-1][1]})"
        if holes:
            figures += f" ({', '.join(f'{leaks[k]} {k}' for k in holes)})"
        return wrong, figures


def main():
    p = argparse.ArgumentParser()
    p.add_argument("folder")
    p.add_argument("name")
    p.add_argument("mac")
    p.add_argument("--allow", action="append", default=[])
    a = p.parse_args()
    matrix = Matrix(a.folder, a.name, a.mac, a.allow)
    for line in open(matrix.path(".cells")):
        start, end, words, name = line.rstrip("\n").split(" ", 3)
        wrong, figures = matrix.cell(int(start), int(end), words.split(","))
        print(f"FAIL  {name}: {'; '.join(wrong)[:500]} [{figures}]" if wrong else f"ok    {name}: {figures}")


if __name__ == "__main__":
    main()
