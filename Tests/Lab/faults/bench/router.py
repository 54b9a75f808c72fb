"""The real binary in a directory of its own, as a user without privileges."""

import json
import os
import signal
import subprocess

from bench.control import Control, Events, until

# Nobody else has this number: files of others stay closed to the router, and its own to others.
USER = 4211
TEST_NET = "203.0.113"  # a documentation network: public to the router, and nowhere


def configuration(directory, **parts):
    """A file that routes all of the node's clear traffic to one proxy. Each part replaces or adds."""
    p = {
        "network": '"mainnet"',
        "proxies": "",
        "route": 'clearnet = "proxy.up"',
        "hold": "5s",
        "private": "false",
        "node": "",
        "guard": '"off"',
        "tables": "",
        "socket": f"{directory}/control.sock",
    } | parts
    proxies = p["proxies"] or f'[proxy.up]\nsocks = "127.0.0.1:{p["proxy"]}"\n'
    return (
        f'network = {p["network"]}\n{proxies}\n[route]\n{p["route"]}\nhold = "{p["hold"]}"\nprivate = {p["private"]}\n'
        f'[node]\nproxy = "127.0.0.1:{p["listen"]}"\n{p["node"]}\n'
        f'[kill-switch]\nguard = {p["guard"]}\n[control]\nsocket = "{p["socket"]}"\n{p["tables"]}'
    )


class Router:
    """Made by `Case.router`. `port` is its `node.proxy`."""

    def __init__(self, binary, directory, port, user=USER, descriptors=None, environment=(), **parts):
        self.binary, self.directory, self.port, self.user = binary, directory, port, user
        self.descriptors, self.environment, self.parts = descriptors, dict(environment), {"listen": port} | parts
        self.config, self.socket = f"{directory}/xmr-routed.toml", f"{directory}/control.sock"
        self.state, self.log = f"{directory}/state", f"{directory}/log"
        self.process = self.control = self.events = None
        self.baseline, self.baseline_ready = None, 0
        os.mkdir(directory, 0o755)
        os.mkdir(self.state, 0o700)
        os.chown(directory, user, user)
        os.chown(self.state, user, user)
        self.write()

    def write(self, **parts):
        """Writes the configuration anew with these changes."""
        self.parts |= parts
        with open(self.config, "w") as file:
            file.write(self.parts.get("text") or configuration(self.directory, **self.parts))

    @property
    def variables(self):
        return {"PATH": "/usr/bin:/bin", "STATE_DIRECTORY": self.state, "HOME": self.directory} | self.environment

    def spawn(self):
        """Starts it, and waits for nothing."""
        words = [self.binary, "run", "--config", self.config]
        if self.descriptors:
            words = ["prlimit", f"--nofile={self.descriptors}:{self.descriptors}"] + words
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.variables,
                user=self.user,
                group=self.user,
                extra_groups=[],
                cwd="/",
            )

    def start(self, ready="unguarded"):
        """Starts it and waits until it answers, and is as it should be."""
        self.spawn()
        until(lambda: self.process.poll() is not None or self.answers(), 20, 0.01)
        if self.process.poll() is not None or not self.control:
            raise AssertionError(f"the router did not start: {self.said()[-400:]}")
        self.events = Events(self.socket)
        if ready and not until(lambda: self.status()["state"] == ready):
            raise AssertionError(f"not {ready}: {self.status()['reason']}")
        self.baseline = self.descriptors_open()
        self.baseline_ready = self.proven()
        return self

    def proven(self):
        """How many egresses are ready. To each the connection of its last probe is kept open."""
        return sum(egress["state"] == "ready" for egress in self.status()["egress"])

    def answers(self):
        try:
            self.control = Control(self.socket)
            return True
        except OSError:
            return False

    def exit_code(self, timeout=15):
        """Starts it, and gives the code with which it ends."""
        self.spawn()
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            return "still running"

    def said(self):
        with open(self.log, errors="replace") as log:
            return log.read()

    def status(self):
        return json.loads(self.control.ask("GET", "/v1/status")[1])

    def listener(self, name="node.proxy"):
        return next(listener for listener in self.status()["listeners"] if listener["name"] == name)

    def refused(self, name="node.proxy"):
        return self.listener(name)["refused"]

    def egress(self, name="proxy.up"):
        return next(egress for egress in self.status()["egress"] if egress["name"] == name)

    def verb(self, name):
        """The status code and the document that answer an operator's verb."""
        code, body = self.control.ask("POST", f"/v1/{name}")
        return code, json.loads(body)

    def command(self, *words, user=None, group=None, environment=(), timeout=30):
        """Runs a client command; its exit code and all that it says."""
        user = self.user if user is None else user
        done = subprocess.run(
            [self.binary, words[0], "--socket", self.socket, *words[1:]],
            env=self.variables | dict(environment),
            user=user,
            group=user if group is None else group,
            extra_groups=[],
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        return done.returncode, done.stdout + done.stderr

    def everything_told(self):
        """All that an operator can see."""
        return "\n".join(
            [
                self.said(),
                json.dumps(self.status()),
                self.control.ask("GET", "/metrics")[1].decode(),
                json.dumps(self.events.seen),
            ]
        )

    def signal(self, number):
        self.process.send_signal(number)

    def descriptors_open(self):
        """How many descriptors it has; pipes, of which it keeps a few, apart."""
        directory, others, pipes = f"/proc/{self.process.pid}/fd", 0, 0
        for name in os.listdir(directory):
            try:
                kind = os.readlink(f"{directory}/{name}")
            except OSError:
                continue
            if kind.startswith("pipe:"):
                pipes += 1
            else:
                others += 1
        return others, pipes

    def settled(self, timeout=10):
        """Whether its descriptors are back where they were; "" or what they are. A probe of its own may be open."""

        def back():
            others, pipes = self.descriptors_open()
            kept = max(0, self.proven() - self.baseline_ready)
            return others <= self.baseline[0] + kept and pipes <= self.baseline[1] + 128

        if until(back, timeout):
            return ""
        return f"(others, pipes) were {self.baseline}, are {self.descriptors_open()}; {self.status()['listeners']}"

    def cpu_seconds(self):
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def anonymous_kib(self):
        with open(f"/proc/{self.process.pid}/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("RssAnon:"))

    def disconnect(self):
        for link in (self.control, self.events):
            if link:
                link.close()
        self.control = self.events = None

    def stop(self):
        """Ends it as a service manager would; its exit code."""
        self.disconnect()
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                return self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
        return self.process.poll() if self.process else None

    def kill(self):
        self.disconnect()
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
