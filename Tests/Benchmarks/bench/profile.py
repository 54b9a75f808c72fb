"""Where the router's time goes while it works: a perf profile, and its system calls per connection, or per call."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from .load import Load
from .rounds import MANY
from .targets import Router
from .world import Trouble


def run(load: Load, router: Router, folder: Path, output: Path, core: int) -> str:
    router.start(core, folder)
    try:
        load.await_ready(router)
        load.run("connections", router, count=2000)

        def long() -> None:
            load.run("connections", router, count=MANY, milliseconds=4000)

        def short() -> int:
            return load.run("connections", router, count=2000)["connections"]

        return of(router.process.pid, "connection", long, short, output)
    finally:
        router.stop()


def of(pid: int, unit: str, long: Callable[[], None], short: Callable[[], int], output: Path) -> str:
    """The profile of a process while `long` runs, and its system calls per unit of what `short` does and counts."""
    output.mkdir(parents=True, exist_ok=True)
    said = [text for text in (_perf(pid, long, output), _strace(pid, unit, short, output)) if text]
    if not said:
        raise Trouble("neither perf nor strace is usable here: apt install linux-perf strace")
    return "\n\n".join(said)


def _perf(pid: int, work: Callable[[], None], output: Path) -> str | None:
    if not shutil.which("perf"):
        return None
    data = output / "perf.data"
    # Without an event named, perf takes cycles, or the CPU clock where a virtual machine has none.
    recorder = subprocess.Popen(
        ["perf", "record", "-q", "-F", "2000", "-g", "-o", str(data), "-p", str(pid)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(0.5)
    if recorder.poll() is not None:
        return None
    work()
    _end(recorder)
    report = subprocess.run(
        ["perf", "report", "-i", str(data), "--stdio", "--no-children", "-g", "none", "--sort", "dso,symbol"],
        text=True,
        capture_output=True,
    ).stdout
    lines = [line.rstrip(" -") for line in report.splitlines() if line.strip() and not line.startswith("#")]
    return f"perf, {data}:\n" + "\n".join(lines[:40]) if lines else None


def _strace(pid: int, unit: str, work: Callable[[], int], output: Path) -> str | None:
    if not shutil.which("strace"):
        return None
    counts = output / "strace.txt"
    tracer = subprocess.Popen(
        ["strace", "-c", "-f", "-U", "calls,errors,name", "-S", "calls", "-o", str(counts)]
        + ["-p", str(pid)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(0.5)
    if tracer.poll() is not None:
        return None
    done = work()
    time.sleep(0.3)
    _end(tracer)
    lines = [f"system calls per {unit} ({done}, {os.path.basename(counts)}):"]
    for line in counts.read_text().splitlines():
        found = re.match(r"\s*(\d+)\s+(?:(\d+)\s+)?(\w+)$", line)
        if found:
            calls, errors, name = int(found[1]), int(found[2] or 0), found[3]
            failed = f"  ({errors / done:.3f} failed)" if errors else ""
            lines.append(f"{calls / done:8.3f}  {name}{failed}")
    return "\n".join(lines)


def _end(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
