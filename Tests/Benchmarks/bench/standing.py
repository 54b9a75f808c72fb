"""What is measured once: idle relays, lock, start, memory and size."""

import json
import shutil
import time
from pathlib import Path

from .load import Load
from .process import Process
from .targets import Router, Target
from .world import Trouble, do

WARM_UP = 64  # relays opened and closed before, so that code paged in does not count as a relay's memory


def idle(
    load: Load, targets: list[Target], twin: Router | None, folder: Path, core: int, settle: float, window: float
) -> dict:
    """Holds idle relays through each target at the same time, and watches for `window` seconds.

    The router's wake-ups are compared with those of a twin that runs beside it with no relay at all.
    """
    results: dict[str, dict] = {}
    holding = {}
    try:
        for target in [*targets, *([twin] if twin else [])]:
            target.start(core, folder)
            load.await_ready(target)
        for target in targets:
            process = _process(target)
            load.run("connections", target, count=WARM_UP)
            load.run("stream", target, count=8, milliseconds=50)
            time.sleep(0.5)
            memory, descriptors = process.memory(), process.descriptors()
            holder = load.begin("hold", target, count=target.idle_relays)
            holding[target.name] = holder
            line = holder.stdout.readline()
            if not line or json.loads(line)["holding"] != target.idle_relays:
                load.finish(target, holder)
                raise Trouble(f"{target.name}: could not hold {target.idle_relays} relays")
            results[target.name] = {"relays": target.idle_relays, "before": memory, "descriptors_before": descriptors}
        time.sleep(settle)
        everyone = [*targets, *([twin] if twin else [])]
        before = {t.name: (_process(t).switches(), _process(t).cpu_ns()) for t in everyone}
        time.sleep(window)
        after = {t.name: (_process(t).switches(), _process(t).cpu_ns()) for t in everyone}
        for target in targets:
            r, n = results[target.name], target.idle_relays
            memory = _process(target).memory()
            start = r.pop("before")
            r["anonymous_per_relay"] = (memory.anonymous - start.anonymous) / n
            r["resident_per_relay"] = (memory.resident - start.resident) / n
            r["descriptors_per_relay"] = (_process(target).descriptors() - r.pop("descriptors_before")) / n
            r["wakeups"] = after[target.name][0] - before[target.name][0]
            r["cpu_us"] = (after[target.name][1] - before[target.name][1]) / 1e3
        if twin:
            router = results[targets[0].name]
            router["wakeups_without_relays"] = after[twin.name][0] - before[twin.name][0]
            router["cpu_us_without_relays"] = (after[twin.name][1] - before[twin.name][1]) / 1e3
            router["anonymous_idle"] = _process(twin).memory().anonymous
            router["resident_idle"] = _process(twin).memory().resident
        for target in targets:
            load.finish(target, holding.pop(target.name))
    finally:
        for holder in holding.values():
            holder.kill()
            holder.wait()
        for target in [*targets, *([twin] if twin else [])]:
            target.stop()
    return results


def lock(load: Load, router: Router, folder: Path, cores: tuple[int, int], relays: int) -> dict:
    router.start(cores[0], folder)
    try:
        load.await_ready(router)
        # An operator's command runs where there is room.
        return load.run("lock", router, router.lock_command(), count=relays, cores=f"{cores[0]},{cores[1]}")
    finally:
        router.stop()


def start(load: Load, router: Router, folder: Path, core: int, times: int) -> dict:
    command, environment = router.prepare(folder / "start")
    return load.run("start", router, command, environment, count=times, cores=core)


def size(binary: Path, folder: Path) -> dict:
    """Of a stripped copy; and whether Swift's runtime is in it or beside it."""
    copy = folder / "stripped"
    shutil.copy(binary, copy)
    do("strip", str(copy))
    return {"stripped_bytes": copy.stat().st_size, "static": "libswiftCore" not in do("readelf", "-d", str(copy))}


def _process(target: Target) -> Process:
    if not target.process:
        raise Trouble(f"{target.name} does not run")
    target.process.check()
    return target.process
