"""Where the router's time goes while it takes connections: a perf profile, and its system calls per connection."""

import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

from .load import Load
from .rounds import MANY
from .targets import Router
from .world import Trouble


def run(load: Load, router: Router, folder: Path, output: Path, core: int) -> str:
    output.mkdir(parents=True, exist_ok=True)
    said = []
    router.start(core, folder)
    try:
        load.await_ready(router)
        load.run("connections", router, count=2000)
        for part in (_perf, _strace):
            text = part(load, router, output)
            if text:
                said.append(text)
    finally:
        router.stop()
    if not said:
        raise Trouble("neither perf nor strace is usable here: apt install linux-perf strace")
    return "\n\n".join(said)


def _perf(load: Load, router: Router, output: Path) -> str | None:
    if not shutil.which("perf"):
        return None
    data = output / "perf.data"
    # Without an event named, perf takes cycles, or the CPU clock where a virtual machine has none.
    recorder = subprocess.Popen(
        ["perf", "record", "-q", "-F", "2000", "-g", "-o", str(data), "-p", str(router.process.pid)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(0.5)
    if recorder.poll() is not None:
        return None
    load.run("connections", router, count=MANY, milliseconds=4000)
    _end(recorder)
    report = subprocess.run(
        ["perf", "report", "-i", str(data), "--stdio", "--no-children", "-g", "none", "--sort", "dso,symbol"],
        text=True,
        capture_output=True,
    ).stdout
    lines = [line.rstrip(" -") for line in report.splitlines() if line.strip() and not line.startswith("#")]
    return f"perf, {data}:\n" + "\n".join(lines[:40]) if lines else None


def _strace(load: Load, router: Router, output: Path) -> str | None:
    if not shutil.which("strace"):
        return None
    counts = output / "strace.txt"
    tracer = subprocess.Popen(
        ["strace", "-c", "-f", "-U", "calls,errors,name", "-S", "calls", "-o", str(counts)]
        + ["-p", str(router.process.pid)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(0.5)
    if tracer.poll() is not None:
        return None
    connections = load.run("connections", router, count=2000)["connections"]
    time.sleep(0.3)
    _end(tracer)
    lines = [f"system calls per connection ({connections} connections, {os.path.basename(counts)}):"]
    for line in counts.read_text().splitlines():
        found = re.match(r"\s*(\d+)\s+(?:(\d+)\s+)?(\w+)$", line)
        if found:
            calls, errors, name = int(found[1]), int(found[2] or 0), found[3]
            failed = f"  ({errors / connections:.3f} failed)" if errors else ""
            lines.append(f"{calls / connections:8.3f}  {name}{failed}")
    return "\n".join(lines)


def _end(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
