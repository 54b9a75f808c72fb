"""A process under measurement, and what the kernel knows of it. Children count with their parent."""

import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from .world import Trouble


@dataclass(frozen=True)
class Memory:
    anonymous: int  # bytes
    resident: int


class Process:
    def __init__(
        self, name: str, command: list[str], core: int | set[int], log: Path, environment: dict[str, str] | None = None
    ):
        """`core` is the one it may use, or all that it may."""
        cores = {core} if isinstance(core, int) else core
        self.name = name
        self.log = log
        with log.open("ab") as out:
            self._child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env={**os.environ, **(environment or {})},
                preexec_fn=lambda: os.sched_setaffinity(0, cores),
            )
        self._seen: dict[int, int] = {}

    @property
    def pid(self) -> int:
        return self._child.pid

    def check(self) -> None:
        """Raises when it has ended."""
        if self._child.poll() is not None:
            tail = self.log.read_text(errors="replace")[-800:]
            raise Trouble(f"{self.name} ended with status {self._child.returncode}:\n{tail}")

    def pids(self) -> list[int]:
        found, todo = [], [self.pid]
        while todo:
            pid = todo.pop()
            found.append(pid)
            for task in _list(f"/proc/{pid}/task"):
                todo += [int(child) for child in _read(f"/proc/{pid}/task/{task}/children").split()]
        return found

    def cpu_ns(self) -> int:
        """CPU time of all threads, ended ones too, to the nanosecond: user, system, and the kernel's network work
        done in its context."""
        for pid in self.pids():
            try:
                # The kernel's name for the CPU clock of another process: see clock_getcpuclockid(3).
                self._seen[pid] = time.clock_gettime_ns((~pid << 3) | 2)
            except OSError:
                pass  # ended meanwhile: what was last seen of it stands
        return sum(self._seen.values())

    def settled_cpu_ns(self) -> int:
        """The same once it has come to rest, so that what follows a connection's end is counted with it."""
        last, since = self.cpu_ns(), time.monotonic()
        while time.monotonic() - since < 2:
            time.sleep(0.02)
            current = self.cpu_ns()
            if current - last < 50_000:
                return current
            last = current
        return last

    def memory(self) -> Memory:
        fields = {"Anonymous": 0, "Rss": 0}
        for pid in self.pids():
            rollup = _read(f"/proc/{pid}/smaps_rollup")
            for field in fields:
                match = re.search(rf"^{field}: +(\d+) kB", rollup, re.M)
                fields[field] += int(match[1]) * 1024 if match else 0
        if not fields["Rss"]:
            raise Trouble(f"the memory of {self.name} cannot be read")
        return Memory(fields["Anonymous"], fields["Rss"])

    def peak_from_now(self) -> int:
        """Forgets how much was resident at most until now; returns what is, in bytes."""
        for pid in self.pids():
            Path(f"/proc/{pid}/clear_refs").write_text("5")
        return self.peak()

    def peak(self) -> int:
        """How much was resident at most, in bytes."""
        peaks = [re.search(r"^VmHWM:\s+(\d+)", _read(f"/proc/{pid}/status"), re.M) for pid in self.pids()]
        return sum(int(peak[1]) * 1024 for peak in peaks if peak)

    def descriptors(self) -> int:
        return sum(len(_list(f"/proc/{pid}/fd")) for pid in self.pids())

    def switches(self) -> int:
        """Context switches of all its threads: each wake-up is one."""
        total = 0
        for pid in self.pids():
            for task in _list(f"/proc/{pid}/task"):
                status = _read(f"/proc/{pid}/task/{task}/status")
                total += sum(int(n) for n in re.findall(r"^(?:non)?voluntary_ctxt_switches:\s+(\d+)", status, re.M))
        return total

    def stop(self) -> None:
        self._child.terminate()
        try:
            self._child.wait(6)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _list(path: str) -> list[str]:
    try:
        return os.listdir(path)
    except (FileNotFoundError, ProcessLookupError):
        return []


class Measured:
    """What is measured: one process while it runs, or none."""

    process: Process | None = None

    def stop(self) -> None:
        if self.process:
            self.process.stop()
            self.process = None
