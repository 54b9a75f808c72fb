"""What is compared: the router, its peers, and the line without any proxy."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from .process import Measured, Process
from .world import DESCRIPTORS, DESTINATION, PLAIN_PORT, REDIRECTED, REDSOCKS_PORT, SOCKS_PORT, Trouble


@dataclass
class Target(Measured):
    name: str
    path: str  # in words: how the bytes go
    client: list[str]  # the load generator's arguments
    idle_relays: int  # how many it is asked to hold: each within its own limits
    connections_only = False  # nothing else is measured of it

    def start(self, core: int, folder: Path) -> None:
        """Starts it anew, on one core, with everything it writes inside `folder`."""


class Direct(Target):
    def __init__(self) -> None:
        super().__init__("direct", "no proxy", ["--connect", f"127.0.0.1:{PLAIN_PORT}"], 0)


class Router(Target):
    """Twins differ in their ports, so that two can run side by side."""

    node_user = None

    def __init__(self, binary: Path, twin: int = 0, relays: int = 9000) -> None:
        self.binary, self.twin = binary, twin
        self.address = f"127.0.0.1:{18950 + twin}"
        client = ["--via", "socks4", "--connect", self.address, "--destination", DESTINATION]
        super().__init__("xmr-routed" if not twin else "xmr-routed's twin", "SOCKS4, chained to SOCKS5", client, relays)

    def prepare(self, folder: Path) -> tuple[list[str], dict[str, str]]:
        """Writes its configuration and an empty state; returns the command and the environment."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        state = folder / "state"
        shutil.rmtree(state, ignore_errors=True)
        state.mkdir(mode=0o700)
        self.socket = folder / "control.sock"
        user = f'user = "{self.node_user}"' if self.node_user else ""
        configuration = folder / "xmr-routed.toml"
        configuration.write_text(
            f"""network = "mainnet"

[proxy.upstream]
socks = "127.0.1.{1 + self.twin}:{SOCKS_PORT}"

[route]
clearnet = "proxy.upstream"
private = true  # the destination is an address of this namespace

[node]
{user}
proxy = "{self.address}"

[kill-switch]
guard = "off"

[control]
socket = "{self.socket}"
"""
        )
        configuration.chmod(0o600)
        environment = {"STATE_DIRECTORY": str(state)}
        return [str(self.binary), "run", "--config", str(configuration)], environment

    def start(self, core: int, folder: Path) -> None:
        command, environment = self.prepare(folder / self.name.replace("'", "").replace(" ", "-"))
        self.process = Process(self.name, command, core, folder / "xmr-routed.log", environment)

    def lock_command(self) -> list[str]:
        return [str(self.binary), "lock", "--socket", str(self.socket)]


class AskingRouter(Router):
    """The same with `node.user`, so that it asks the kernel for the user of each client."""

    node_user, node_id = "daemon", 1
    connections_only = True

    def __init__(self, binary: Path) -> None:
        super().__init__(binary, twin=2)
        self.name = "xmr-routed, asking"
        # Without root there is one user only, who is then a stranger to it: that costs more.
        if any(int(first) <= self.node_id < int(first) + int(count) for first, _, count in _user_map()):
            self.client = [*self.client, "--user", str(self.node_id)]


def _user_map() -> list[list[str]]:
    return [line.split() for line in Path("/proc/self/uid_map").read_text().splitlines()]


class Redsocks(Target):
    def __init__(self) -> None:
        # Six descriptors a relay: 20,000 are enough for 3,331.
        super().__init__("redsocks", "redirect, chained to SOCKS5", ["--connect", REDIRECTED], 3000)

    def start(self, core: int, folder: Path) -> None:
        file = folder / "redsocks.conf"
        file.write_text(
            f"""base {{
    log_debug = off; log_info = off; log = "file:{folder}/redsocks-own.log";
    daemon = off; redirector = iptables; rlimit_nofile = {DESCRIPTORS}; redsocks_conn_max = 3300;
}}
redsocks {{
    local_ip = 127.0.0.1; local_port = {REDSOCKS_PORT}; listenq = 4096; splice = true;
    ip = 127.0.2.1; port = {SOCKS_PORT}; type = socks5;
}}
"""
        )
        self.process = Process(self.name, [find("redsocks"), "-c", str(file)], core, folder / "redsocks.log")


class Microsocks(Target):
    """1.0.3 cannot chain: it is spared the upstream's SOCKS handshake, which flatters it."""

    def __init__(self) -> None:
        client = ["--via", "socks5", "--connect", "127.0.0.1:1081", "--destination", DESTINATION]
        super().__init__("microsocks", "SOCKS5, dials itself (cannot chain)", client, 3000)

    def start(self, core: int, folder: Path) -> None:
        command = [find("microsocks"), "-i", "127.0.0.1", "-p", "1081"]
        # It writes a line for each connection, and this version cannot be told not to.
        self.process = Process(self.name, command, core, Path("/dev/null"))


class Dante(Target):
    def __init__(self) -> None:
        client = ["--via", "socks4", "--connect", "127.0.0.1:1082", "--destination", DESTINATION]
        super().__init__("dante", "SOCKS4, chained to SOCKS5", client, 500)

    def start(self, core: int, folder: Path) -> None:
        file = folder / "danted.conf"
        file.write_text(
            f"""logoutput: {folder}/danted-own.log
internal: 127.0.0.1 port = 1082
external: 127.0.0.1
clientmethod: none
socksmethod: none
user.privileged: root
user.unprivileged: root
client pass {{ from: 127.0.0.0/8 to: 127.0.0.0/8 }}
socks pass {{ from: 127.0.0.0/8 to: 0.0.0.0/0 }}
route {{
    from: 0.0.0.0/0 to: 0.0.0.0/0 via: 127.0.3.1 port = {SOCKS_PORT}
    proxyprotocol: socks_v5
    command: connect
    method: none
}}
"""
        )
        self.process = Process(self.name, [find("danted"), "-f", str(file)], core, folder / "danted.log")


def find(program: str) -> str:
    found = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not found:
        package = {"danted": "dante-server"}.get(program, program)
        raise Trouble(f"{program} is not installed: apt install {package}")
    return found
