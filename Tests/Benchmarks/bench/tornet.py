"""A private Tor network on loopback, every hop of it 20 ms away, each way: real Tors, and nothing leaves.

Three directory authorities that relay in the middle as well, two guards and four exits without a limit, and one client.
The delay is added where a packet arrives, to all that goes between two Tors.
"""

import os
import re
import socket
import subprocess
import time
from pathlib import Path

from .process import Process
from .targets import find
from .world import Trouble, do

SOCKS_PORT, CONTROL_PORT = 9050, 9051
HOP_MS = 20
OR_PORTS, DIR_PORTS = 5100, 5200
AUTHORITIES, GUARDS, EXITS = ("auth0", "auth1", "auth2"), ("guard0", "guard1"), ("exit0", "exit1", "exit2", "exit3")
RELAYS = (*AUTHORITIES, *GUARDS, *EXITS)
SOURCE = Path(__file__).resolve().parent.parent / "load/far/delay.c"
FLAGS = ["-std=c11", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Werror"]


class TorNetwork:
    def __init__(self, build: Path, folder: Path):
        self.folder = folder / "tor"
        self.folder.mkdir(mode=0o700)
        self._processes: list[Process] = []
        self._delay = build / "delay"
        made = [os.environ.get("CC", "cc"), *FLAGS, "-o", str(self._delay), str(SOURCE)]
        done = subprocess.run(made, text=True, capture_output=True)
        if done.returncode:
            raise Trouble(done.stderr)
        self._cores = os.sched_getaffinity(0)

    def start(self) -> None:
        lines = [self._authority_keys(index) for index in range(len(AUTHORITIES))]
        authorities = "\n".join(lines)
        for name in (*RELAYS, "client"):
            (self.folder / name).mkdir(mode=0o700, exist_ok=True)
            (self.folder / f"{name}.torrc").write_text(self._torrc(name, authorities))
            self._run(name, [find("tor"), "-f", f"{self.folder}/{name}.torrc", "--defaults-torrc", "/dev/null"])
        self._await(120, "Tor does not bootstrap", lambda: "PROGRESS=100 " in self.ask("GETINFO status/bootstrap-phase"))
        # Each relay is known to the client.
        for name in RELAYS:
            self._await(60, f"{name} is not in the consensus", lambda name=name: self.ask(f"GETINFO md/name/{name}"))
        delay = self._run("delay", [str(self._delay), "0", str(HOP_MS)])
        self._await(5, "packets cannot be delayed", lambda: "ready" in delay.log.read_text())
        for end in ("--dport", "--sport"):
            rule = ["-p", "tcp", end, f"{OR_PORTS}:{OR_PORTS + 99}", "-j", "NFQUEUE", "--queue-num", "0"]
            do(find("iptables"), "-A", "INPUT", *rule)

    def stop(self) -> None:
        for end in ("--dport", "--sport"):
            rule = ["-p", "tcp", end, f"{OR_PORTS}:{OR_PORTS + 99}", "-j", "NFQUEUE", "--queue-num", "0"]
            subprocess.run([find("iptables"), "-D", "INPUT", *rule], capture_output=True)
        for process in reversed(self._processes):
            process.stop()
        self._processes = []

    @property
    def cookie(self) -> Path:
        return self.folder / "client/cookie"

    def check(self) -> None:
        for process in self._processes:
            process.check()

    def ask(self, line: str) -> str:
        """The control port's reply; empty where there is none yet, or an error."""
        try:
            with socket.create_connection(("127.0.0.1", CONTROL_PORT), timeout=10) as link:
                link.sendall(f"AUTHENTICATE {self.cookie.read_bytes().hex()}\r\n{line}\r\nQUIT\r\n".encode())
                reply = b""
                while part := link.recv(65536):
                    reply += part
        except (OSError, FileNotFoundError):
            return ""
        text = reply.decode("latin1").removeprefix("250 OK\r\n")
        return text if text.startswith("250") else ""

    def circuits(self, port: int) -> int:
        """How many circuits the open streams to this port are on."""
        found = re.findall(rf"^(?:250[-+]stream-status=)?\d+ SUCCEEDED (\d+) \S+:{port}\s*$", self.ask("GETINFO stream-status"), re.M)
        return len(set(found))

    def _run(self, name: str, command: list[str]) -> Process:
        process = Process(name, command, self._cores, self.folder / f"{name}.log")
        self._processes.append(process)
        return process

    def _await(self, seconds: float, complaint: str, condition) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            self.check()
            if time.monotonic() > deadline:
                raise Trouble(complaint)
            time.sleep(0.2)

    def _authority_keys(self, index: int) -> str:
        """One authority's keys, and the line by which all others know it."""
        name, keys = AUTHORITIES[index], self.folder / AUTHORITIES[index] / "keys"
        keys.mkdir(mode=0o700, parents=True)
        keys.parent.chmod(0o700)
        address = f"127.0.0.1:{DIR_PORTS + index}"
        certificate = keys / "authority_certificate"
        command = [find("tor-gencert"), "--create-identity-key", "--passphrase-fd", "0", "-m", "12", "-a", address]
        command += ["-i", str(keys / "authority_identity_key"), "-s", str(keys / "authority_signing_key")]
        do(*command, "-c", str(certificate), text="bench\n")
        identity = re.search(r"^fingerprint (\w+)", certificate.read_text(), re.M)
        zeros = "0" * 40
        said = do(
            *(find("tor"), "--quiet", "--list-fingerprint", "--DataDirectory", str(keys.parent), "--Nickname", name),
            *("--ORPort", f"127.0.0.1:{OR_PORTS + index}", "--Address", "127.0.0.1", "--AssumeReachable", "1"),
            *("--SocksPort", "0", "-f", "/dev/null", "--ignore-missing-torrc", "--defaults-torrc", "/dev/null"),
            *("--TestingTorNetwork", "1", "--DirAuthority", f"x orport=1 v3ident={zeros} 127.0.0.1:1 {zeros}"),
        )
        fingerprint = "".join(said.split()[1:])
        if not identity or not fingerprint:
            raise Trouble(f"Tor makes no keys: {said}")
        return f"DirAuthority {name} orport={OR_PORTS + index} no-v2 v3ident={identity[1]} {address} {fingerprint}"

    def _torrc(self, name: str, authorities: str) -> str:
        text = f"""TestingTorNetwork 1
PathsNeededToBuildCircuits 0.67
TestingDirAuthVoteExit *
TestingDirAuthVoteGuard *
TestingDirAuthVoteHSDir *
V3AuthNIntervalsValid 2
TestingMinExitFlagThreshold 0
DataDirectory {self.folder}/{name}
Nickname {name}
ShutdownWaitLength 0
Log notice file {self.folder}/{name}/notice.log
ClientUseIPv6 0
AvoidDiskWrites 1
NumCPUs 1
{authorities}
"""
        if name == "client":
            # As in the world outside a guard is a guard and an exit an exit; and padding would be counted as work.
            return text + f"""SocksPort 127.0.0.1:{SOCKS_PORT}
ControlPort 127.0.0.1:{CONTROL_PORT}
CookieAuthentication 1
CookieAuthFile {self.cookie}
EntryNodes {",".join(GUARDS)}
MiddleNodes {",".join(AUTHORITIES)}
ConnectionPadding 0
"""
        index = RELAYS.index(name)
        text += f"""Address 127.0.0.1
OutboundBindAddress 127.0.0.1
ORPort 127.0.0.1:{OR_PORTS + index} IPv4Only
SocksPort 0
AssumeReachable 1
ContactInfo bench@example.invalid
ExitRelay {1 if name in EXITS else 0}
ExitPolicyRejectPrivate 0
ExitPolicy {"accept" if name in EXITS else "reject"} *:*
"""
        if name in AUTHORITIES:
            text += f"""DirPort 127.0.0.1:{DIR_PORTS + index}
AuthoritativeDirectory 1
V3AuthoritativeDirectory 1
TestingV3AuthInitialVotingInterval 5
TestingV3AuthInitialVoteDelay 2
TestingV3AuthInitialDistDelay 2
V3AuthVotingInterval 10
V3AuthVoteDelay 2
V3AuthDistDelay 2
"""
        return text
