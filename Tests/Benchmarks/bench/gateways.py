"""What stands between wallets and the node: the router's wallet gateway, its peers, and nothing at all."""

from pathlib import Path

from .process import Measured, Process
from .targets import find

NODE_PORT = 18081


class Gateway(Measured):
    """One target: `port` is where a wallet asks, `host` what it writes before the path."""

    name, port, host = "direct", NODE_PORT, ""
    path = "no proxy"
    asks_unlike = True  # whether calls of which no two are alike are measured
    joins_alike = False  # whether it may send one for several that are alike

    def start(self, core: int, folder: Path) -> None:
        pass


class Router(Gateway):
    name, port, path = "xmr-routed", 18989, "the wallet gateway"
    joins_alike = True

    def __init__(self, binary: Path) -> None:
        self.binary = binary

    def start(self, core: int, folder: Path) -> None:
        own = folder / "gateway"
        (own / "state").mkdir(mode=0o700, parents=True)
        configuration = own / "xmr-routed.toml"
        configuration.write_text(
            f"""network = "mainnet"

[[wallet]]
listen = "127.0.0.1:{self.port}"
[[wallet.node]]
address = "http://127.0.0.1:{NODE_PORT}"

[kill-switch]
guard = "off"

[control]
socket = "{own}/control.sock"
"""
        )
        configuration.chmod(0o600)
        command = [str(self.binary), "run", "--config", str(configuration)]
        self.process = Process(self.name, command, core, own / "log", {"STATE_DIRECTORY": str(own / "state")})


class HAProxy(Gateway):
    """As it comes: as many connections to the node as there are wallets."""

    name, port, path = "haproxy", 18990, "http mode"
    limit = ""

    def start(self, core: int, folder: Path) -> None:
        file = folder / f"haproxy-{self.port}.cfg"
        file.write_text(
            f"""global
    nbthread 1
    maxconn 1000
defaults
    mode http
    timeout client 60s
    timeout server 60s
    timeout connect 5s
    http-reuse always
listen wallet
    bind 127.0.0.1:{self.port}
    server node 127.0.0.1:{NODE_PORT}{self.limit}
"""
        )
        log = folder / f"haproxy-{self.port}.log"
        self.process = Process(self.name, [find("haproxy"), "-db", "-f", str(file)], core, log)


class HAProxyOfTwo(HAProxy):
    """With as many connections to the node as the router allows itself."""

    name, port, path = "haproxy, maxconn 2", 18992, "http mode, two connections to the node"
    limit = " maxconn 2"


class Nginx(Gateway):
    name, port, path = "nginx", 18991, "proxy_pass, upstream keep-alive"
    asks_unlike = False

    def start(self, core: int, folder: Path) -> None:
        file = folder / "nginx.conf"
        file.write_text(
            f"""daemon off; worker_processes 1; master_process off; pid {folder}/nginx.pid; error_log stderr error;
events {{ worker_connections 1000; }}
http {{
    access_log off; keepalive_requests 100000000; proxy_max_temp_file_size 0;
    client_body_temp_path {folder}/nginx-body; proxy_temp_path {folder}/nginx-proxy;
    fastcgi_temp_path {folder}/nginx-f; uwsgi_temp_path {folder}/nginx-u; scgi_temp_path {folder}/nginx-s;
    upstream node {{ server 127.0.0.1:{NODE_PORT}; keepalive 64; keepalive_requests 100000000; }}
    server {{
        listen 127.0.0.1:{self.port};
        location / {{ proxy_pass http://node; proxy_http_version 1.1; proxy_set_header Connection ""; }}
    }}
}}
"""
        )
        command = [find("nginx"), "-e", "stderr", "-c", str(file), "-p", str(folder)]
        self.process = Process(self.name, command, core, folder / "nginx.log")


class Privoxy(Gateway):
    name, port, path = "privoxy", 8118, "as a forward proxy, keep-alive"
    asks_unlike = False
    host = f"http://127.0.0.1:{NODE_PORT}"

    def start(self, core: int, folder: Path) -> None:
        file = folder / "privoxy.conf"
        file.write_text(
            f"""listen-address 127.0.0.1:{self.port}
toggle 0
keep-alive-timeout 60
tolerate-pipelining 1
connection-sharing 1
max-client-connections 512
socket-timeout 60
"""
        )
        self.process = Process(self.name, [find("privoxy"), "--no-daemon", str(file)], core, folder / "privoxy.log")
