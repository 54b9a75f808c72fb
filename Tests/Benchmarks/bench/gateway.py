"""The wallet's part: the gateway beside haproxy, nginx and privoxy, all in front of one node on loopback."""

import json
import os
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from . import profile, report
from .gateways import NODE_PORT, Gateway, HAProxy, HAProxyOfTwo, Router
from .process import Process
from .rounds import Rounds, awake, progress
from .targets import find
from .world import Trouble

CONNECTIONS = 32
SOURCES = Path(__file__).resolve().parent.parent / "load/http"
FLAGS = ["-std=c11", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Werror"]
# As monero-wallet-rpc 0.18 sends it. The identifier is another one in each call: a key, the clock and a signature of it.
IDENTIFIER = 208
BODY = """{
  "id": "0",
  "jsonrpc": "2.0",
  "method": "hard_fork_info",
  "params": {
    "client": "IDENTIFIER",
    "version": VERSION
  }
}""".replace("\n", "\r\n")

# What stands in the table, in its order: the metric, its name and unit, digits after the point.
ROWS = [
    ("requests_per_s", "short calls/s, 32 connections", 0),
    ("cpu_us_per_request", "CPU us per call", 1),
    ("p99_us", "p99 us", 0),
    ("asked", "the node's calls per call", 2),
    ("idle", "proxy's core idle", 2),
    ("unlike_requests_per_s", "no two calls alike, calls/s", 0),
    ("unlike_cpu_us_per_request", "CPU us per call", 1),
    ("unlike_p99_us", "p99 us", 0),
    ("unlike_asked", "the node's calls per call", 2),
    ("unlike_idle", "proxy's core idle", 2),
    ("post_p50_us", "one wallet's POST in two writes, p50 us", 1),
    ("added_p50_us", "added p50 us", 1),
    ("added_p99_us", "added p99 us", 1),
    ("mb_per_s", "100 MB answer, MB/s", 0),
    ("cpu_ms", "CPU ms", 0),
    ("grown_mb", "memory grown, MB", 2),
]
# Against haproxy: the metric, its name, the bound and whether it is a floor.
SHORT = [
    ("requests_per_s", "short calls/s", 1.0, True),
    ("cpu_us_per_request", "CPU per call", 1.0, False),
    ("p99_us", "p99 of short calls", 1.0, False),
]
LONG = [("mb_per_s", "throughput, 100 MB answer", 0.9, True)]


@dataclass
class Plan:
    rounds: int
    calls_ms: int
    posts_ms: int


class Wallets:
    """What asks: wrk, and a wallet of ours; and the node that answers them."""

    def __init__(self, build: Path, folder: Path, core: int):
        self.core, self.folder = core, folder
        build.mkdir(parents=True, exist_ok=True)
        for program in ("node", "wallet"):
            made = [os.environ.get("CC", "cc"), *FLAGS, "-o", str(build / f"http-{program}"), str(SOURCES / f"{program}.c")]
            done = subprocess.run(made, text=True, capture_output=True)
            if done.returncode:
                raise Trouble(done.stderr)
        self._wallet = build / "http-wallet"
        self._script = folder / "call.lua"
        self.log = folder / "node.log"
        self.node = Process("the node", [str(build / "http-node"), str(NODE_PORT)], core, self.log)
        _until("the node does not get ready", lambda: "ready" in self.log.read_text())

    def _run(self, what: str, *command: str) -> str:
        done = subprocess.run(
            command, text=True, capture_output=True, timeout=120, preexec_fn=lambda: os.sched_setaffinity(0, {self.core})
        )
        if done.returncode:
            raise Trouble(f"{what}: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout

    def own(self, target: Gateway, *what: str) -> dict:
        return json.loads(self._run(f"{target.name}, {what[0]}", str(self._wallet), str(target.port), target.host, *what))

    def answered(self) -> int:
        return int(self._run("the node's count", "curl", "-s", f"http://127.0.0.1:{NODE_PORT}/count"))

    def calls(self, target: Gateway, milliseconds: int, unlike: bool = False) -> dict:
        """wrk's short calls: those of wallets that poll, alike but for the identifier, or each another one."""
        before = self.answered()
        requests, us, p99 = self._wrk(target, milliseconds, unlike)
        answered = self.answered() - before
        # At the end each connection may have a call under way, and a prober may have asked something. Only who joins
        # calls that are alike has fewer answered than there were.
        fewest = 1 if target.joins_alike and not unlike else requests - 2
        if not fewest <= answered <= requests + CONNECTIONS + 20:
            raise Trouble(f"{target.name}: {requests} calls, the node answered {answered}")
        return {"requests": requests, "seconds": us / 1e6, "p99_us": p99, "asked": min(1, answered / requests)}

    def _wrk(self, target: Gateway, milliseconds: int, unlike: bool) -> tuple[int, int, int]:
        self._script.write_text(
            f"""local calls, last = {{}}, 0
function init()
  wrk.headers["Content-Type"] = "application/json; charset=utf-8"
  math.randomseed(18)
  for call = 1, 1024 do
    local digits = {{}}
    for place = 1, {IDENTIFIER} do digits[place] = string.format("%x", math.random(0, 15)) end
    local body = string.gsub([==[{BODY}]==], "IDENTIFIER", table.concat(digits))
    body = string.gsub(body, "VERSION", {"1000 + call" if unlike else "10"})
    calls[call] = wrk.format("POST", "{target.host}/json_rpc", nil, body)
  end
end
function request()
  last = last % #calls + 1
  return calls[last]
end
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("%d %d %d %d\\n", summary.requests, summary.duration, latency:percentile(99),
    e.connect + e.read + e.write + e.status + e.timeout))
end
"""
        )
        said = self._run(
            f"{target.name}, wrk",
            *(find("wrk"), "-t", "1", "-c", str(CONNECTIONS), "-d", f"{max(1, round(milliseconds / 1000))}s"),
            *("-s", str(self._script), f"http://127.0.0.1:{target.port}"),
        )
        requests, us, p99, errors = map(int, said.strip().splitlines()[-1].split())
        if errors or not requests:
            raise Trouble(f"{target.name}: {requests} calls, {errors} failed")
        return requests, us, p99

    def witness(self, target: Gateway) -> None:
        """One wallet that looks at the age of each answer among those of wrk: none is older than its question."""
        with ThreadPoolExecutor() as pool:
            crowd = pool.submit(self._wrk, target, 2000, False)
            time.sleep(0.5)
            self.own(target, "posts", "1000")
            crowd.result()


def _until(complaint: str, condition) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        if time.monotonic() > deadline:
            raise Trouble(complaint)
        time.sleep(0.05)


def _ready(wallets: Wallets, target: Gateway) -> None:
    last = ""

    def answers() -> bool:
        nonlocal last
        if target.process:
            target.process.check()
        try:
            wallets.own(target, "posts", "20")
            return True
        except Trouble as trouble:
            last = str(trouble)
            return False

    try:
        _until("", answers)
    except Trouble:
        raise Trouble(f"{target.name} does not get ready: {last}") from None


def run(wallets: Wallets, targets: list[Gateway], plan: Plan, cores: tuple[int, int], folder: Path) -> Rounds:
    rounds = Rounds()
    try:
        for target in targets:
            target.start(cores[0], folder)
            _ready(wallets, target)
            wallets.own(target, "blocks")
            wallets.witness(target)
        for number in range(plan.rounds):
            for position in range(len(targets)):
                target = targets[(number + position) % len(targets)]
                progress(f"wallet round {number + 1} of {plan.rounds}: {target.name}")
                _measure(wallets, target, plan, rounds, cores)
    finally:
        for target in targets:
            target.stop()
    wallets.node.check()
    complaints = wallets.log.read_text().replace("ready\n", "", 1).strip()
    wallets.node.stop()
    if complaints:
        raise Trouble(f"the node complained:\n{complaints[:2000]}")
    direct = rounds.values["direct"]
    for target in targets[1:]:
        values = rounds.values[target.name]
        for p in ("p50", "p99"):
            pairs = zip(values[f"post_{p}_us"], direct[f"post_{p}_us"], strict=True)
            values[f"added_{p}_us"] = [through - without for through, without in pairs]
    return rounds


def profiled(wallets: Wallets, router: Router, folder: Path, output: Path, core: int) -> str:
    router.start(core, folder)
    try:
        _ready(wallets, router)
        wallets.calls(router, 1000)
        return profile.of(
            router.process.pid,
            "call",
            lambda: wallets.calls(router, 4000),
            lambda: wallets.calls(router, 1000)["requests"],
            output,
        )
    finally:
        router.stop()
        wallets.node.stop()


def _measure(wallets: Wallets, target: Gateway, plan: Plan, rounds: Rounds, cores: tuple[int, int]) -> None:
    process = target.process

    def cpu() -> int:
        return process.settled_cpu_ns() if process else 0

    for prefix, unlike in (("", False), ("unlike_", True)) if target.asks_unlike else (("", False),):
        before, idle = cpu(), _idle_s(cores[0])
        result = wallets.calls(target, plan.calls_ms, unlike)
        idle = _idle_s(cores[0]) - idle
        used = cpu() - before
        values = {
            "requests_per_s": result["requests"] / result["seconds"],
            "cpu_us_per_request": used / 1e3 / result["requests"],
            "p99_us": result["p99_us"],
            "asked": result["asked"],
            "idle": min(1, idle / result["seconds"]),
        }
        rounds.add(target.name, **{prefix + metric: value for metric, value in values.items()})
    with awake(cores):
        result = wallets.own(target, "posts", str(plan.posts_ms))
    rounds.add(target.name, post_p50_us=result["p50_us"], post_p99_us=result["p99_us"])
    before, memory = cpu(), process.peak_from_now() if process else 0
    result = wallets.own(target, "blocks")
    rounds.add(
        target.name,
        mb_per_s=result["bytes"] / 1e6 / result["seconds"],
        cpu_ms=(cpu() - before) / 1e6,
        grown_mb=(process.peak() - memory) / 1e6 if process else 0,
    )


def _idle_s(core: int) -> float:
    found = re.search(rf"^cpu{core} (?:\d+ ){{3}}(\d+) (\d+)", Path("/proc/stat").read_text(), re.M)
    if not found:
        raise Trouble(f"/proc/stat has no cpu{core}")
    return (int(found[1]) + int(found[2])) / 100


def table(rounds: dict, names: list[str]) -> str:
    of_proxies = [metric for metric, _, _ in ROWS if metric.startswith("added") or "cpu" in metric or "idle" in metric]
    return report.table_of(ROWS, rounds, names, ("grown_mb", *of_proxies))


def verdicts(rounds: dict, router: str = "xmr-routed") -> list[report.Verdict]:
    ours, free, alike = (rounds.get(name, {}) for name in (router, HAProxy.name, HAProxyOfTwo.name))
    found = report.ratios(SHORT + LONG, ours, free, HAProxy.name)
    unlike = [("unlike_" + metric, f"{label}, no two alike", bound, floor) for metric, label, bound, floor in SHORT]
    for wanted, theirs, beside in (
        (unlike, free, HAProxy.name),
        (SHORT, alike, HAProxyOfTwo.name),
        (unlike, alike, HAProxyOfTwo.name),
    ):
        for verdict in report.ratios(wanted, ours, theirs, ""):
            if verdict.word != report.SKIPPED:
                found.append(replace(verdict, word=report.REPORTED, target=f"beside {beside}: no target"))
    for metric, label, bound, unit, target in (
        ("added_p50_us", "added to a wallet's POST, p50", 1000, "us", "<= 1 ms over direct"),
        ("grown_mb", "memory grown by a 100 MB answer", 8, "MB", "<= 8 MB"),
    ):
        values = ours.get(metric)
        middle = max(values) if values and metric == "grown_mb" else median(values) if values else 0
        word = report.SKIPPED if not values else report.PASS if middle <= bound else report.MISS
        found.append(report.Verdict(label, word, f"{middle:.2f} {unit}" if values else "", target))
    return found
