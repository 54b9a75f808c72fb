#!/usr/bin/env python3
"""tapped.py EXPRESSION FILE...: a Python expression over what nodetap.py wrote down. Prints its value; status 1 where that
is false."""
import json
import os
import sys

seen = []
for file in sys.argv[2:]:
    name = os.path.basename(file).removeprefix("tap-").removesuffix(".jsonl")
    if os.path.exists(file):
        with open(file) as lines:
            seen += [{"tap": name, **json.loads(line)} for line in lines if line.strip()]
seen.sort(key=lambda each: each["ms"])
requests = [each for each in seen if each["event"] == "request"]


def calls(*names):
    return [each for each in requests if each["call"] in names]


def form(request):
    """A request's form: the words of its head without what depends on its body."""
    return " | ".join(
        [request["line"].split()[0] + " " + request["line"].split()[-1], *(h.split(":")[0] for h in request["headers"])]
    )


def hashes(*names):
    return {each["sha"] for each in calls(*names)}


value = eval(sys.argv[1])
print(value if not isinstance(value, (set, list, tuple)) else "\n".join(map(str, value)))
sys.exit(0 if value else 1)
