"""monerod's own sync of a heavy chain from four peers, over the same Tor network: reported as it is."""

import os
import shutil
import subprocess
import time
from pathlib import Path

from .heavychain import PADDING, Monerod, make
from .rounds import Rounds, progress
from .sync import Straight
from .tornet import TorNetwork
from .world import Trouble, do

PEERS, PORT, RPC = 4, 18280, 18481
# Public addresses, since a node refuses others; of the documentation, and here of loopback.
ADDRESSES = [f"203.0.113.{21 + index}" for index in range(PEERS)]
PATIENCE_S = 120


def run(tor: TorNetwork, targets: list[Straight], rounds: Rounds, count: int, blocks: int, folder: Path) -> None:
    """Adds `count` rounds to what was measured."""
    cores = os.sched_getaffinity(0)
    do("ip", "route", "replace", "local", "203.0.113.0/24", "dev", "lo")
    progress("sync: a heavy chain is mined")
    chain = make(folder, cores, blocks)
    serving: list[Monerod] = []
    try:
        for index, address in enumerate(ADDRESSES):
            data = folder / f"serving{index}"
            subprocess.run(["cp", "-r", "--sparse=always", str(chain), str(data)], check=True)
            flags = ["--p2p-bind-ip", address, "--p2p-bind-port", str(PORT), "--out-peers", "0", "--in-peers", "64"]
            serving.append(Monerod(f"serving peer {index}", data, cores, RPC + 1 + index, flags))
        for target in targets:
            target.start(folder, tor.cookie)
        for number in range(count):
            for position in range(len(targets)):
                target = targets[(number + position) % len(targets)]
                progress(f"sync, monerod's own, round {number + 1} of {count}: {target.name}")
                got, seconds, circuits = _sync(tor, target, blocks, folder / "node")
                moved = got * PADDING / 1e6
                rounds.add(
                    target.name, real_mb_per_s=moved / seconds, real_blocks=got, real_s=seconds, real_circuits=circuits
                )
    finally:
        for target in targets:
            target.stop()
        for monerod in serving:
            monerod.stop()


def _sync(tor: TorNetwork, target: Straight, blocks: int, data: Path) -> tuple[int, float, int]:
    """How many blocks a new node gets, of all that there are, in how long from its first connection, at the most
    PATIENCE_S; and on how many circuits its peers were."""
    shutil.rmtree(data, ignore_errors=True)
    exclusive = [word for address in ADDRESSES for word in ("--add-exclusive-node", f"{address}:{PORT}")]
    flags = ["--p2p-bind-ip", "127.0.0.1", "--p2p-bind-port", "18279", "--proxy", f"127.0.0.1:{target.port}", *exclusive]
    node = Monerod("the node", data, os.sched_getaffinity(0), RPC, flags)
    try:
        deadline = time.monotonic() + PATIENCE_S
        began, circuits, height = None, 0, 0
        while height <= blocks and time.monotonic() < deadline:
            on = tor.circuits(PORT)
            if on and began is None:
                began = time.monotonic()
            circuits = max(circuits, on)
            height = node.height() or height
            time.sleep(0.1)
        if began is None or height < 2:
            raise Trouble(f"{target.name}: the node has no block after {PATIENCE_S} s")
        return height - 1, time.monotonic() - began, circuits
    finally:
        node.stop()
