"""The world a run is made in: a network namespace with nothing but loopback, and process ids of its own.

Nothing measured here can reach the network, and whatever was started ends with the run, however it ends.
"""

import atexit
import os
import resource
import subprocess
import sys
from pathlib import Path

INSIDE = "XMR_ROUTED_BENCH_INSIDE"
DESCRIPTORS = 20_000

SOCKS_PORT = 1080  # the upstream, as a SOCKS5 server
PLAIN_PORT = 18080  # the upstream, as the destination itself
DESTINATION = f"192.168.77.1:{PLAIN_PORT}"  # what clients ask for; the upstream answers there, too
REDIRECTED = f"192.168.77.2:{PLAIN_PORT}"  # what is redirected to redsocks
REDSOCKS_PORT = 12345


class Trouble(Exception):
    """What keeps a run from being true; it ends the run."""


def enter() -> None:
    """Starts this program again inside the namespaces, once."""
    if os.environ.get(INSIDE):
        os.environ.pop(INSIDE)
        _furnish()
        return
    command = ["unshare", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
    if os.geteuid() != 0:
        command += ["--user", "--map-root-user"]
    os.environ[INSIDE] = "1"
    os.execvp(command[0], command + [sys.executable, *sys.argv])


def _furnish() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, max(hard, DESCRIPTORS)))
    except (ValueError, PermissionError) as error:
        raise Trouble(f"{DESCRIPTORS} descriptors are needed, the limit is {hard}: raise it with ulimit -Hn") from error
    do("ip", "link", "set", "lo", "up")
    do("ip", "route", "add", "local", "192.168.77.0/24", "dev", "lo")
    # Ports for the whole run: a closed connection keeps its own for a minute. The listeners' are kept free.
    _sysctl("net/ipv4/ip_local_port_range", "1024 65535")
    # privoxy, tor and monerod do not get theirs while a closed connection has it.
    listeners = f"{SOCKS_PORT}-1089,8118,{REDSOCKS_PORT},{PLAIN_PORT}-18081,18950-18959,18989-18992"
    listeners += ",5100-5299,9050-9051,18180-18499"  # those of the sync's part
    _sysctl("net/ipv4/ip_local_reserved_ports", listeners)
    _sysctl("net/ipv4/tcp_max_tw_buckets", "500000")
    # The same on every machine, and no pacing: loopback loses nothing, so only the timers would differ.
    _sysctl("net/ipv4/tcp_congestion_control", "reno")
    # The redirect brings connection tracking with it: for every target's flows alike, as on a box with a firewall.
    do(
        "nft",
        "-f",
        "-",
        text=f"""table ip benchmark {{
            chain output {{
                type nat hook output priority -100
                policy accept
                ip daddr {REDIRECTED.split(":")[0]} tcp dport {PLAIN_PORT} redirect to :{REDSOCKS_PORT}
            }}
        }}""",
    )
    # Else the table of tracked connections fills up in a long run, and a full one drops packets.
    _sysctl("net/netfilter/nf_conntrack_tcp_timeout_time_wait", "10")


def do(*command: str, text: str | None = None) -> str:
    """Runs a command with `text` as its input, and returns what it says. Raises when it fails."""
    done = subprocess.run(command, input=text, text=True, capture_output=True)
    if done.returncode:
        raise Trouble(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def _sysctl(name: str, value: str) -> None:
    try:
        Path("/proc/sys", name).write_text(value)
    except OSError as error:
        raise Trouble(f"sysctl {name} = {value}: {error.strerror}") from error


def before_all_others() -> None:
    """Runs what is measured, and what measures, at the highest of the ordinary priorities, until the run ends."""
    group = Path("/proc/self/autogroup")
    try:
        os.setpriority(os.PRIO_PROCESS, 0, -20)
        # Where sessions share the machine as groups, a priority counts only within one: raise the session's, too.
        if group.exists():
            before = group.read_text().split()[-1]
            group.write_text("-20")
            atexit.register(group.write_text, before)
    except PermissionError as error:
        raise Trouble("--urgent needs root") from error


def two_cores() -> tuple[int, int]:
    """One core for the proxy under test, one for the load and the upstream."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        raise Trouble("two cores are needed: one for the proxy, one for the load")
    return cores[0], cores[1]
