#!/usr/bin/env python3
"""await.py FOLDER NAME SINCE SECONDS WORDS: waits until a cell that began at SINCE (Unix ms) is so old, and its controls
have been tried: a new connection of the other user each way, the kernel's own answer, a round of both storms. On a busy
machine this takes longer. 20 s at most: then the judge says what is missing.
"""
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from judge import between, lines

folder, name, since, seconds, words = sys.argv[1:6]
since, now = int(since), lambda: int(time.time() * 1000)


def grown(suffix, *counts):
    log = between(lines(os.path.join(folder, f"{name}-{suffix}.log")), since, now())
    return all(log[c] >= 2 for c in counts)


def is_full():
    if not (grown("echo-in", "new") and grown("echo-out", "new") and grown("world", "closed")):
        return False
    if "quiet" in words:
        return True
    wanted = ["udp4"] if "few" in words else ["udp4", "packet", "lookup"]
    return grown("storm-free", *wanted) and ("few" in words or grown("storm-node", *wanted))


while now() - since < float(seconds) * 1000 or not is_full() and now() - since < 20000:
    time.sleep(0.05)
# What was tried last is on its way.
time.sleep(0.1)
