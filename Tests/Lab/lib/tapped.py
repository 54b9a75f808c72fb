#!/usr/bin/env python3
"""tapped.py EXPRESSION FILE...: a Python expression over what nodetap.py wrote down: over `seen`, all of it in its order,
`requests` and what is defined below. Prints its value; status 1 where that is false. What a question finds is printed, too.
"""
import json
import os
import sys

# What a wallet needs of a node, and what is asked for as a probe.
NEEDED = """/getheight /getinfo /getblocks.bin /getblocks_by_height.bin /gethashes.bin /get_o_indexes.bin /get_outs.bin
/get_output_distribution.bin /gettransactions /get_transaction_pool_hashes.bin /sendrawtransaction get_info get_version
hard_fork_info get_fee_estimate getblockcount on_getblockhash getlastblockheader getblockheaderbyheight
getblockheadersrange get_txpool_backlog""".split()
# A request's head as wallet2 writes it, by the form of its body.
FORM = {"storage": "POST HTTP/1.1 | Host | Content-Length"}
FORM["json"] = FORM["storage"] + " | Content-Type: application/json; charset=utf-8"

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


def hashes(*names):
    return {each["sha"] for each in calls(*names)}


def form(request):
    """A request's form: the words of its head without what depends on its body and on its node. Content-Type is said whole:
    what it says of the body's form tells one program from another."""
    words = request["line"].split()
    heads = (h if h.lower().startswith("content-type:") else h.split(":")[0] for h in request["headers"])
    return " | ".join([f"{words[0]} {words[-1]}", *heads])


def found(what):
    for each in what:
        print("found:", each)
    return what


def other_forms():
    """Heads that are not the one for their body's form, which every body has."""
    return found({(r["form"], form(r)) for r in requests if form(r) != FORM.get(r["form"])})


def varied_calls():
    """Calls whose bodies have other names, or another order, from one time to the next: but the first sync's."""
    forms = {}
    for r in requests:
        if r["call"] != "/getblocks.bin":
            forms.setdefault(r["call"], set()).add((form(r), str(r["keys"])))
    return found([(call, kinds) for call, kinds in forms.items() if len(kinds) > 1])


def holding(name):
    return found([(r["call"], r["keys"]) for r in requests if any(name in key for key in r["keys"])])


def needless():
    return found({r["call"] for r in requests} - set(NEEDED))


def beside(*names):
    """What else was asked by connections that carried these."""
    own = {(r["tap"], r["conn"]) for r in calls(*names)}
    return found({r["call"] for r in requests if (r["tap"], r["conn"]) in own} - set(names))


value = eval(sys.argv[1])
print(value if not isinstance(value, (set, list, tuple)) else "\n".join(map(str, value)))
sys.exit(0 if value else 1)
