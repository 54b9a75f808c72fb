#!/usr/bin/env python3
"""pulse.py: a thread on each CPU sleeps 10 ms at a time. One that wakes more than 30 ms late says when it should have, how
late it is and on which CPU: `UNIX-MS MS CPU`. For so long that CPU gave nobody his turn who had slept."""
import os
import threading
import time


def beat(cpu):
    os.sched_setaffinity(0, {cpu})  # of this thread
    while True:
        due = time.monotonic() + 0.01
        time.sleep(0.01)
        late = time.monotonic() - due
        if late > 0.03:
            print(f"{int((time.time() - late) * 1000)} {int(late * 1000)} {cpu}\n", end="", flush=True)


for cpu in os.sched_getaffinity(0):
    threading.Thread(target=beat, args=(cpu,)).start()
