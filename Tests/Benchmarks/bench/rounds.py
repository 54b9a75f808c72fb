"""The interleaved part: each round measures every target once, in a turning order, so that what else the machine
does at a time meets all of them alike."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .load import Load
from .targets import Target
from .world import Trouble

MANY = 1_000_000  # the time ends it, not the count


@dataclass
class Plan:
    rounds: int
    connections_ms: int
    stream_ms: int
    round_trips_ms: int


@dataclass
class Rounds:
    values: dict[str, dict[str, list[float]]] = field(default_factory=dict)  # target, metric, one value a round
    foreign_share: float = 0  # of the two cores, used by what is not of this run

    def add(self, target: str, **metrics: float) -> None:
        for metric, value in metrics.items():
            self.values.setdefault(target, {}).setdefault(metric, []).append(value)


def run(load: Load, targets: list[Target], plan: Plan, cores: tuple[int, int]) -> Rounds:
    rounds = Rounds()
    own = sum(_cpu_ns(t) for t in targets) + _children_ns()
    busy, all_ns = _machine_ns(cores)
    for number in range(plan.rounds):
        for position in range(len(targets)):
            target = targets[(number + position) % len(targets)]
            progress(f"round {number + 1} of {plan.rounds}: {target.name}")
            _measure(load, target, plan, rounds, cores)
    own = sum(_cpu_ns(t) for t in targets) + _children_ns() - own
    busy_after, all_after = _machine_ns(cores)
    rounds.foreign_share = max(0.0, (busy_after - busy - own) / (all_after - all_ns))
    _add_round_trips(rounds)
    return rounds


def progress(text: str) -> None:
    """A line that the next one replaces; nothing where nobody watches."""
    if sys.stderr.isatty():
        print(f"\r{text:<60}\r", end="", file=sys.stderr, flush=True)


def _measure(load: Load, target: Target, plan: Plan, rounds: Rounds, cores: tuple[int, int]) -> None:
    cpu, idle = _cpu_ns(target), _idle_s(cores[0])
    result = load.run("connections", target, count=MANY, milliseconds=plan.connections_ms)
    idle = _idle_s(cores[0]) - idle
    used = _cpu_ns(target) - cpu
    rounds.add(
        target.name,
        connections_per_s=result["connections"] / result["seconds"],
        cpu_us_per_connection=used / 1e3 / result["connections"],
        idle_connections=idle / result["seconds"],
        connections=result["connections"],
    )
    if target.connections_only:
        return
    for streams in (1, 8):
        cpu, idle = _cpu_ns(target), _idle_s(cores[0])
        result = load.run("stream", target, count=streams, milliseconds=plan.stream_ms)
        idle = _idle_s(cores[0]) - idle
        used = _cpu_ns(target) - cpu
        rounds.add(
            target.name,
            **{
                f"gb_per_s_{streams}": result["bytes"] / 1e9 / result["seconds"],
                f"cpu_ms_per_gb_{streams}": used / 1e6 / (result["bytes"] / 1e9),
                f"idle_{streams}": idle / result["seconds"],
            },
        )
    for size in (64, 4096):
        cpu = _cpu_ns(target)
        with awake(cores):
            result = load.run("round-trips", target, count=MANY, size=size, milliseconds=plan.round_trips_ms)
        used = _cpu_ns(target) - cpu
        rounds.add(
            target.name,
            **{
                f"p50_us_{size}": result["p50_us"],
                f"p99_us_{size}": result["p99_us"],
                f"cpu_us_per_round_trip_{size}": used / 1e3 / result["with_warm_up"],
            },
        )


@contextmanager
def awake(cores: tuple[int, int]) -> Iterator[None]:
    """Keeps both cores from sleeping between two packets, at a priority that yields to everything: to wake a
    virtual core takes longer than a relay, and varies more than the relays differ."""

    def yielding(core: int) -> None:
        os.sched_setaffinity(0, {core})
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))

    spin = [sys.executable, "-S", "-c", "while True: pass"]
    spinners = [subprocess.Popen(spin, preexec_fn=lambda core=core: yielding(core)) for core in cores]
    try:
        yield
    finally:
        for spinner in spinners:
            spinner.send_signal(signal.SIGKILL)
            spinner.wait()


def _add_round_trips(rounds: Rounds) -> None:
    """What a proxy adds to the direct line's round trip of the same round."""
    direct = rounds.values["direct"]
    for name, values in rounds.values.items():
        if name == "direct" or "p50_us_64" not in values:
            continue
        for size in (64, 4096):
            for p in ("p50", "p99"):
                pairs = zip(values[f"{p}_us_{size}"], direct[f"{p}_us_{size}"], strict=True)
                values[f"added_{p}_us_{size}"] = [through - without for through, without in pairs]


def _cpu_ns(target: Target) -> int:
    return target.process.settled_cpu_ns() if target.process else 0


def _children_ns() -> int:
    """CPU time of the load generators that have ended, and ours."""
    used = 0.0
    for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF):
        usage = resource.getrusage(who)
        used += usage.ru_utime + usage.ru_stime
    return int(used * 1e9)


def _idle_s(core: int) -> float:
    """For how long the core has had nothing to do, since boot."""
    for line in Path("/proc/stat").read_text().splitlines():
        name, *ticks = line.split()
        if name == f"cpu{core}":
            return (int(ticks[3]) + int(ticks[4])) / 100
    raise Trouble(f"/proc/stat has no cpu{core}")


def _machine_ns(cores: tuple[int, int]) -> tuple[int, int]:
    """Time that the two cores were busy, or stolen by the hypervisor, and time in all."""
    busy = total = 0
    for line in Path("/proc/stat").read_text().splitlines():
        name, *ticks = line.split()
        if name in {f"cpu{core}" for core in cores}:
            user, nice, system, idle, wait, irq, softirq, steal = map(int, ticks[:8])
            busy += user + nice + system + irq + softirq + steal
            total += user + nice + system + irq + softirq + steal + idle + wait
    return busy * 10_000_000, total * 10_000_000
