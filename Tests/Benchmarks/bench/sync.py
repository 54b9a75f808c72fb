"""The part of block sync: 8 peers that send as fast as they can, over a private Tor network, through the router and
straight to Tor as monerod's `--proxy` asks it: SOCKS4 with an empty user id, which puts all peers on one circuit."""

import importlib.util
import os
import selectors
import socket
import struct
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from . import report
from .process import Measured, Process
from .rounds import Rounds, progress
from .tornet import CONTROL_PORT, SOCKS_PORT, TorNetwork
from .world import Trouble

PEERS, PEER_PORT = 8, 18180
# Each peer at an address of its own, which the exits answer for.
ADDRESSES = [f"192.168.77.{11 + index}" for index in range(PEERS)]
LEVIN = Path(__file__).resolve().parents[2] / "Lab/lib/levin.py"
TARGET = 4.0

# What stands in the table, in its order: the metric, its name and unit, digits after the point.
ROWS = [
    ("mb_per_s", "8 peers, MB/s", 2),
    ("slowest", "the slowest of them, MB/s", 2),
    ("circuits", "Tor circuits they are on", 0),
    ("first_s", "until all have sent, s", 1),
    ("real_mb_per_s", "monerod's own sync of 280 kB blocks, 4 peers, MB/s", 2),
    ("real_blocks", "blocks that came", 0),
    ("real_s", "in s from its first connection", 1),
    ("real_circuits", "Tor circuits its peers are on", 0),
]


@dataclass
class Plan:
    rounds: int
    warm_up_s: float
    window_s: float


class Straight(Measured):
    """Tor alone."""

    name, path, port = "Tor alone", "as monerod's --proxy asks it: SOCKS4, no user id", SOCKS_PORT

    def start(self, folder: Path, cookie: Path) -> None:
        pass


class Router(Straight):
    name, path, port = "xmr-routed", "SOCKS4, a Tor circuit for each peer", 18958

    def __init__(self, binary: Path) -> None:
        self.binary = binary

    def start(self, folder: Path, cookie: Path) -> None:
        own = folder / "sync"
        (own / "state").mkdir(mode=0o700, parents=True, exist_ok=True)
        configuration = own / "xmr-routed.toml"
        configuration.write_text(
            f"""network = "regtest"

[tor]
socks = "127.0.0.1:{SOCKS_PORT}"
control = "127.0.0.1:{CONTROL_PORT}"

[node]
proxy = "127.0.0.1:{self.port}"

[kill-switch]
guard = "off"

[control]
socket = "{own}/control.sock"
"""
        )
        configuration.chmod(0o600)
        command = [str(self.binary), "run", "--config", str(configuration)]
        environment = {"STATE_DIRECTORY": str(own / "state")}
        self.process = Process(self.name, command, os.sched_getaffinity(0), own / "log", environment)


class Peers:
    """The peers, in one process, and what a node asks of them."""

    def __init__(self, folder: Path) -> None:
        specification = importlib.util.spec_from_file_location("levin", LEVIN)
        self.levin = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(self.levin)
        # Blocks as a message is at the longest, and no pause between its pieces.
        options = ["--size", "99999999", "--piece", "65536", "--pause", "0"]
        command = [sys.executable, str(LEVIN), "serve", f"0.0.0.0:{PEER_PORT}", *options]
        self.process = Process("the peers", command, os.sched_getaffinity(0), folder / "peers.log")
        deadline = time.monotonic() + 10
        while "ready" not in self.process.log.read_text():
            self.process.check()
            if time.monotonic() > deadline:
                raise Trouble("the peers do not get ready")
            time.sleep(0.05)

    def dial(self, port: int, address: str) -> socket.socket:
        """A connection that was granted, had its handshake answered, and has asked for blocks."""
        levin = self.levin
        link = socket.create_connection(("127.0.0.1", port), timeout=60)
        code = levin.ask4(link, address, PEER_PORT)
        if code is not None:
            raise Trouble(f"a peer was refused: {code}")
        link.sendall(levin.handshake())
        levin.answer(link, 1001)
        link.sendall(levin.frame(2003, levin.MAGIC + levin.section(blocks=(10, levin.GENESIS)), 0))
        return link


def run(peers: Peers, tor: TorNetwork, targets: list[Straight], plan: Plan, folder: Path) -> Rounds:
    rounds = Rounds()
    try:
        for target in targets:
            target.start(folder, tor.cookie)
            _until_granted(peers, target)
        for number in range(plan.rounds):
            for position in range(len(targets)):
                target = targets[(number + position) % len(targets)]
                progress(f"sync, round {number + 1} of {plan.rounds}: {target.name}")
                _measure(peers, tor, target, plan, rounds)
                tor.check()
    finally:
        for target in targets:
            target.stop()
    return rounds


def _measure(peers: Peers, tor: TorNetwork, target: Straight, plan: Plan, rounds: Rounds) -> None:
    began = time.monotonic()
    links: list[socket.socket] = []
    try:
        for address in ADDRESSES:
            links.append(_dialled(peers, target, address))
        counts = [_Count() for _ in links]
        reading = selectors.DefaultSelector()
        for link, count in zip(links, counts):
            link.setblocking(False)
            reading.register(link, selectors.EVENT_READ, count)

        def read_until(done) -> None:
            while not done():
                for key, _ in reading.select(0.05):
                    key.data.read(key.fileobj)

        read_until(lambda: all(c.bytes for c in counts) or time.monotonic() > began + 90)
        if not all(c.bytes for c in counts):
            raise Trouble(f"{target.name}: a peer sends nothing")
        first = time.monotonic() - began
        start = time.monotonic() + plan.warm_up_s
        read_until(lambda: time.monotonic() >= start)
        before, start = [c.bytes for c in counts], time.monotonic()
        read_until(lambda: time.monotonic() >= start + plan.window_s)
        seconds = time.monotonic() - start
        moved = [c.bytes - b for c, b in zip(counts, before)]
        circuits = tor.circuits(PEER_PORT)
        if not circuits:
            raise Trouble("Tor does not say which circuits its streams are on")
    finally:
        for link in links:
            # With a reset: what is still on its way is nobody's, and must not be carried into the next round.
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            link.close()
    rounds.add(
        target.name, mb_per_s=sum(moved) / 1e6 / seconds, slowest=min(moved) / 1e6 / seconds, circuits=circuits, first_s=first
    )
    deadline = time.monotonic() + 30
    while tor.circuits(PEER_PORT) and time.monotonic() < deadline:
        time.sleep(0.2)


def _dialled(peers: Peers, target: Straight, address: str) -> socket.socket:
    try:
        return peers.dial(target.port, address)
    except (OSError, EOFError) as error:
        raise Trouble(f"{target.name}: a peer cannot be reached: {error or 'closed'}") from None


class _Count:
    """The bytes of one peer; an answer that has come whole is not the end of a round, as no round is so long."""

    def __init__(self) -> None:
        self.bytes = 0

    def read(self, link: socket.socket) -> None:
        try:
            part = link.recv(1 << 18)
        except OSError as error:
            raise Trouble(f"a stream broke while it was measured: {error}") from None
        if not part:
            raise Trouble("a stream ended while it was measured")
        self.bytes += len(part)


def _until_granted(peers: Peers, target: Straight) -> None:
    deadline = time.monotonic() + 60
    while True:
        if target.process:
            target.process.check()
        try:
            peers.dial(target.port, ADDRESSES[0]).close()
            return
        except (OSError, EOFError, Trouble) as error:
            if time.monotonic() > deadline:
                raise Trouble(f"{target.name} does not get ready: {error}") from None
            time.sleep(0.3)


def table(values: dict, paths: dict[str, str]) -> str:
    said = "".join(f"  {name}: {path}\n" for name, path in paths.items())
    return said + report.table_of(ROWS, values, list(paths), ())


def verdicts(values: dict) -> list[report.Verdict]:
    ours, theirs = values.get(Router.name, {}), values.get(Straight.name, {})
    return report.ratios([("mb_per_s", "8 peers over Tor, bytes/s", TARGET, True)], ours, theirs, Straight.name)
