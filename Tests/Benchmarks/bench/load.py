"""Builds the load generator and the upstream, and runs them."""

import json
import os
import subprocess
import time
from pathlib import Path

from .process import Process
from .targets import Target
from .world import PLAIN_PORT, SOCKS_PORT, Trouble

SOURCES = Path(__file__).resolve().parent.parent / "load"
# C, so that what measures shares no code with what is measured.
FLAGS = ["-std=c11", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Werror"]


class Load:
    def __init__(self, build: Path, core: int):
        self.core = core
        self._load, self._upstream = build / "load", build / "upstream"
        build.mkdir(parents=True, exist_ok=True)
        sources = sorted(SOURCES.glob("*.c"))
        _compile(self._upstream, [s for s in sources if s.stem == "upstream"])
        _compile(self._load, [s for s in sources if s.stem != "upstream"])

    def start_upstream(self, folder: Path) -> Process:
        log = folder / "upstream.log"
        upstream = Process("upstream", [str(self._upstream), str(SOCKS_PORT), str(PLAIN_PORT)], self.core, log)
        deadline = time.monotonic() + 5
        while "ready" not in log.read_text():
            upstream.check()
            if time.monotonic() > deadline:
                raise Trouble("the upstream does not get ready")
            time.sleep(0.01)
        return upstream

    def _arguments(self, mode: str, target: Target, options: dict[str, int | str], command: list[str]) -> list[str]:
        given = [text for name, value in options.items() for text in (f"--{name}", str(value))]
        behind = ["--", *command] if command else []
        return [str(self._load), *target.client, *given, mode, *behind]

    def begin(
        self,
        mode: str,
        target: Target,
        command: list[str] | None = None,
        environment: dict[str, str] | None = None,
        **options: int | str,
    ) -> subprocess.Popen:
        """`options` are the load generator's own, `environment` is added for the command that it runs.
        Its stdin and stdout are pipes."""
        return subprocess.Popen(
            self._arguments(mode, target, options, command or []),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **(environment or {})},
            preexec_fn=lambda: os.sched_setaffinity(0, {self.core}),
        )

    def finish(self, target: Target, running: subprocess.Popen) -> dict:
        """Ends its stdin and returns the last line it says. Raises when anything failed."""
        try:
            out, complaint = running.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            running.kill()
            raise Trouble(f"{target.name}: the load generator hangs") from None
        if target.process:
            target.process.check()
        if running.returncode:
            raise Trouble(f"{target.name}: {complaint.strip() or f'status {running.returncode}'}")
        return json.loads(out.splitlines()[-1])

    def run(
        self,
        mode: str,
        target: Target,
        command: list[str] | None = None,
        environment: dict[str, str] | None = None,
        **options: int | str,
    ) -> dict:
        return self.finish(target, self.begin(mode, target, command, environment, **options))

    def await_ready(self, target: Target) -> None:
        """Until one connection passes from end to end."""
        deadline = time.monotonic() + 30
        while True:
            try:
                self.run("connections", target)
                return
            except Trouble:
                if target.process:
                    target.process.check()
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)


def _compile(output: Path, sources: list[Path]) -> None:
    command = [os.environ.get("CC", "cc"), *FLAGS, "-o", str(output), *map(str, sources)]
    done = subprocess.run(command, text=True, capture_output=True)
    if done.returncode:
        raise Trouble(f"the load generator does not compile:\n{done.stderr}")
