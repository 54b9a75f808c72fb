"""The table a person reads, and the verdicts."""

from dataclasses import dataclass
from statistics import median

PASS, MISS, SKIPPED = "PASS", "MISS", "NOT MEASURED"
REPORTED = "reported"  # as it is: no target

# What stands in the table, in its order: the metric, its name and unit, digits after the point.
ROWS = [
    ("connections_per_s", "connections/s", 0),
    ("cpu_us_per_connection", "CPU us per connection", 1),
    ("idle_connections", "proxy's core idle", 2),
    ("gb_per_s_1", "1 stream, GB/s", 2),
    ("cpu_ms_per_gb_1", "CPU ms per GB", 0),
    ("idle_1", "proxy's core idle", 2),
    ("gb_per_s_8", "8 streams, GB/s", 2),
    ("cpu_ms_per_gb_8", "CPU ms per GB", 0),
    ("idle_8", "proxy's core idle", 2),
    ("p50_us_64", "64 B round trip, p50 us", 1),
    ("added_p50_us_64", "added p50 us", 1),
    ("added_p99_us_64", "added p99 us", 1),
    ("cpu_us_per_round_trip_64", "CPU us per round trip", 1),
    ("p50_us_4096", "4 KiB round trip, p50 us", 1),
    ("added_p50_us_4096", "added p50 us", 1),
    ("added_p99_us_4096", "added p99 us", 1),
    ("cpu_us_per_round_trip_4096", "CPU us per round trip", 1),
]
IDLE_ROWS = [
    ("relays", "idle relays held", 0),
    ("anonymous_per_relay", "anonymous memory B each", 0),
    ("resident_per_relay", "resident memory B each", 0),
    ("descriptors_per_relay", "descriptors each", 2),
    ("wakeups", "wake-ups", 0),
    ("wakeups_without_relays", "wake-ups of a twin without", 0),
]
# Against redsocks: the metric, its name, the bound and whether it is a floor.
RATIOS = [
    ("connections_per_s", "connections/s", 1.2, True),
    ("cpu_us_per_connection", "CPU per connection", 0.85, False),
    ("gb_per_s_1", "throughput, 1 stream", 1.0, True),
    ("gb_per_s_8", "throughput, 8 streams", 1.0, True),
    ("cpu_ms_per_gb_1", "CPU per GB, 1 stream", 1.1, False),
    ("cpu_ms_per_gb_8", "CPU per GB, 8 streams", 1.1, False),
    ("added_p50_us_64", "added round trip p50, 64 B", 1.05, False),
    ("added_p50_us_4096", "added round trip p50, 4 KiB", 1.05, False),
]
# Two clocks that start at different moments can differ by a tick at each end of the window.
WAKEUPS_OF_CHANCE = 2


@dataclass(frozen=True)
class Verdict:
    what: str
    word: str
    found: str
    target: str


def _cell(metric: str, values: list[float], digits: int) -> str:
    """The median, and half the range as a share of it."""
    middle = median(values)
    if "idle" in metric:
        return f"{middle:.0%}"
    spread = (max(values) - min(values)) / 2 / abs(middle) if middle else 0
    return f"{middle:.{digits}f} ±{spread * 100:.0f}%"


def table(rounds: dict[str, dict[str, list[float]]], idle: dict[str, dict], names: list[str]) -> str:
    lines = [["", *names]]
    for metric, label, digits in ROWS:
        indent = "" if label[0].isdigit() or label.startswith("connections") else "  "
        cells = [rounds.get(n, {}).get(metric) for n in names]
        if names[0] == "direct" and (metric.startswith("cpu") or metric.startswith("idle")):
            cells[0] = None  # there is no proxy on the direct line
        if any(cells):
            lines.append([indent + label, *(_cell(metric, c, digits) if c else "-" for c in cells)])
    for metric, label, digits in IDLE_ROWS:
        found = [idle.get(n, {}).get(metric) for n in names]
        if any(v is not None for v in found):
            indent = "" if label.startswith("idle") else "  "
            lines.append([indent + label, *("-" if v is None else f"{v:.{digits}f}" for v in found)])
    return _aligned(lines)


def _aligned(lines: list[list[str]]) -> str:
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "\n".join(
        "  ".join([line[0].ljust(widths[0]), *(text.rjust(w) for text, w in zip(line[1:], widths[1:]))]).rstrip()
        for line in lines
    )


def table_of(rows: list, rounds: dict[str, dict[str, list[float]]], names: list[str], of_proxies: tuple) -> str:
    """Medians; what is `of_proxies` is not said of the direct line, the first of the names."""
    lines = [["", *names]]
    for metric, label, digits in rows:
        cells = [None if n == names[0] and metric in of_proxies else rounds.get(n, {}).get(metric) for n in names]
        lines.append([label, *(_cell(metric, c, digits) if c else "-" for c in cells)])
    return _aligned(lines)


def ratios(wanted: list, ours: dict, theirs: dict, peer: str) -> list[Verdict]:
    """Round by round against a peer: the metric, its name, the bound and whether it is a floor."""
    found = []
    for metric, label, bound, floor in wanted:
        target = f"{'>=' if floor else '<='} {bound} x {peer}"
        if metric not in ours or metric not in theirs:
            found.append(Verdict(label, SKIPPED, "", target))
            continue
        shares = _paired(ours[metric], theirs[metric])
        middle = median(shares)
        good = middle >= bound if floor else middle <= bound
        text = f"{middle:.3f} x ({min(shares):.2f} to {max(shares):.2f})"
        found.append(Verdict(label, PASS if good else MISS, text, target))
    return found


def _paired(ours: list[float], theirs: list[float]) -> list[float]:
    """Round by round, so that what a round met is in both of its numbers."""
    return [a / b for a, b in zip(ours, theirs, strict=True)]


def verdicts(results: dict, router: str, peer: str) -> list[Verdict]:
    found: list[Verdict] = []

    def judge(what: str, target: str, value: str | None, good: bool) -> None:
        word = SKIPPED if value is None else PASS if good else MISS
        found.append(Verdict(what, word, value or "", target))

    ours, theirs = results["rounds"].get(router, {}), results["rounds"].get(peer, {})
    found += ratios(RATIOS, ours, theirs, peer)
    asking = results["rounds"].get(f"{router}, asking")
    shares = _paired(asking["cpu_us_per_connection"], ours["cpu_us_per_connection"]) if asking and ours else []
    added = [share - 1 for share in shares]
    text = f"{median(added):.1%} ({min(added):.1%} to {max(added):.1%})" if added else None
    judge("CPU of asking for a client's user", "<= 10% of a connection's", text, bool(added) and median(added) <= 0.1)

    idle = results["idle"].get(router)
    held = f"{idle['relays']} idle relays" if idle else "idle relays"
    memory = max(idle["anonymous_per_relay"], idle["resident_per_relay"]) if idle else 0
    judge(f"memory of one of {held}", "<= 700 B", f"{memory:.0f} B" if idle else None, memory <= 700)
    each = idle["descriptors_per_relay"] if idle else 0
    judge(f"descriptors of one of {held}", "2", f"{each:.3f}" if idle else None, each <= 2)
    caused = idle["wakeups"] - idle["wakeups_without_relays"] if idle else 0
    seconds = f"{results['idle_window_s']:.0f} s"
    judge(
        f"wake-ups they cause in {seconds}",
        "none",
        f"{idle['wakeups']} with, {idle['wakeups_without_relays']} without" if idle else None,
        caused <= WAKEUPS_OF_CHANCE,
    )
    lock = results["lock"]
    for key, label in (("closed_ms", "busy relays closed by a lock"), ("refused_ms", "new ones refused by it")):
        count = f"{lock['relays']} " if lock and key == "closed_ms" else ""
        judge(count + label, "<= 100 ms", f"{lock[key]:.1f} ms" if lock else None, bool(lock) and lock[key] <= 100)
    start = results["start"]
    text = f"{start['p50_ms']:.1f} ms ({start['min_ms']:.1f} to {start['max_ms']:.1f})" if start else None
    judge("start to listening", "<= 15 ms", text, bool(start) and start["p50_ms"] <= 15)
    anonymous = idle["anonymous_idle"] / 1e6 if idle else 0
    judge("anonymous memory, idle", "<= 4 MB", f"{anonymous:.2f} MB" if idle else None, anonymous <= 4)
    size = results["size"]
    text = None
    if size:
        text = f"{size['stripped_bytes'] / 1e6:.1f} MB" + ("" if size["static"] else ", Swift's runtime NOT in it")
    judge("stripped binary", "<= 20 MB", text, bool(size) and size["static"] and size["stripped_bytes"] <= 20e6)
    return found


def verdict_text(found: list[Verdict]) -> str:
    widths = [max(len(getattr(v, f)) for v in found) for f in ("word", "what", "found")]
    return "\n".join(
        f"{v.word.ljust(widths[0])}  {v.what.ljust(widths[1])}  {v.found.ljust(widths[2])}  "
        + (v.target if v.word == REPORTED else f"target {v.target}")
        for v in found
    )


def doubts(rounds: dict[str, dict[str, list[float]]], foreign_share: float) -> list[str]:
    """What a reader must know before believing the table."""
    said = []
    others = f"other programs used {foreign_share:.0%} of the two cores"
    if foreign_share > 0.2:
        said.append(f"{others}: what is per second proves little, run it again")
    elif foreign_share > 0.03:
        said.append(f"{others}: believe CPU times before what is per second")
    direct = rounds.get("direct", {})
    for metric, idle, what in (
        ("connections_per_s", "idle_connections", "connections/s"),
        ("gb_per_s_1", "idle_1", "GB/s, 1 stream,"),
        ("gb_per_s_8", "idle_8", "GB/s, 8 streams,"),
    ):
        for name, values in rounds.items():
            if name == "direct" or idle not in values:
                continue
            share = median(values[idle])
            if share > 0.1:
                said.append(
                    f"{what} of {name}: its core was idle for {share:.0%} of the time, so the load's core was the "
                    "limit, and its true figure is higher"
                )
            elif median(direct[metric]) < 1.15 * median(values[metric]):
                said.append(f"{what} of {name} is close to the direct line's: the load may be what is measured")
    return said
