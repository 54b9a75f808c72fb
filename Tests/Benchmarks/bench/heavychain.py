"""A regtest chain whose sync is bound by its bytes: blocks of 280 kB, which cost a node no more than empty ones.

What makes a block heavy is its miner transaction, whose `extra` may hold anything: a transaction with as many inputs or
outputs would have its proofs verified, and the node's CPU would be the limit. 300 kB is what a block may weigh without a
penalty.
"""

import json
import time
import urllib.request
from pathlib import Path

from .process import Process
from .targets import find
from .world import Trouble

PADDING = 280_000
# A wallet of the lab's.
ADDRESS = "48MqBX44YA4Cq5LsayHXt4QrByowHYp9gE7Z5FcRaotRADJbFSsP4cLPSYQFZsCcEy17p1Y62ANmYWqz8UoNDkgQSmdUNad"
FLAGS = [
    *("--regtest", "--keep-fakechain", "--fixed-difficulty", "1", "--no-igd", "--check-updates", "disabled"),
    *("--disable-dns-checkpoints", "--no-zmq", "--non-interactive", "--disable-rpc-ban", "--hide-my-port"),
    *("--rpc-ssl", "disabled", "--db-sync-mode", "fastest:async:1000", "--max-connections-per-ip", "64"),
    *("--limit-rate-up", "1000000", "--limit-rate-down", "1000000", "--log-level", "0"),
]


class Monerod:
    def __init__(self, name: str, data: Path, cores: set[int], rpc_port: int, flags: list[str]) -> None:
        self.rpc_port = rpc_port
        data.mkdir(parents=True, exist_ok=True)
        own = ["--data-dir", str(data), "--log-file", str(data / "log"), "--rpc-bind-port", str(rpc_port)]
        environment = {"HOME": str(data)}
        command = [find("monerod"), *FLAGS, *own, *flags]
        self.process = Process(name, command, cores, data.parent / f"{data.name}.log", environment)
        deadline = time.monotonic() + 60
        while self.height() is None:
            self.process.check()
            if time.monotonic() > deadline:
                raise Trouble(f"{name} does not answer")
            time.sleep(0.2)

    def ask(self, path: str, **parameters) -> dict:
        request = urllib.request.Request(f"http://127.0.0.1:{self.rpc_port}/{path}", json.dumps(parameters).encode())
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def call(self, method: str, parameters: dict | list) -> dict:
        answer = self.ask("json_rpc", jsonrpc="2.0", id="0", method=method, params=parameters)
        if "error" in answer:
            raise Trouble(f"{method}: {answer['error']}")
        return answer["result"]

    def height(self) -> int | None:
        try:
            return self.ask("get_height").get("height")
        except OSError:
            return None

    def stop(self) -> None:
        self.process.stop()


def make(folder: Path, cores: set[int], blocks: int) -> Path:
    """The data directory of a chain of so many heavy blocks."""
    data = folder / "heavy"
    monerod = Monerod("the miner", data, cores, 18480, ["--offline", "--p2p-bind-ip", "127.0.0.1", "--p2p-bind-port", "18479"])
    try:
        for _ in range(blocks):
            template = monerod.call("get_block_template", {"wallet_address": ADDRESS, "reserve_size": 1})
            monerod.call("submit_block", [heavier(bytes.fromhex(template["blocktemplate_blob"])).hex()])
        if monerod.height() != blocks + 1:
            raise Trouble(f"the heavy chain has {monerod.height()} blocks")
        monerod.ask("save_bc")
    finally:
        monerod.stop()
    return data


def heavier(block: bytes) -> bytes:
    """The same block with a longer `extra` in its miner transaction.

    block: version, version, time (numbers), 32 bytes, 4 bytes; the miner transaction: version, unlock time, 1 input of
    type ff with a height, outputs (an amount, a type, 32 bytes of key, and a byte of tag with type 3), extra (its length,
    its bytes), type 0; the number of further transactions, and their hashes.
    """
    at = 0

    def number() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = block[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    for _ in range(3):
        number()
    at += 36
    number(), number()
    if number() != 1 or block[at] != 0xFF:
        raise Trouble("a block template of another form")
    at += 1
    number()
    for _ in range(number()):
        number()
        at += 34 if block[at] == 3 else 33
    place = at
    length = number()
    extra = block[at : at + length]
    return block[:place] + varint(length + PADDING) + extra + bytes(PADDING) + block[at + length :]


def varint(value: int) -> bytes:
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])
