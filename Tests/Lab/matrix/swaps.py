#!/usr/bin/env python3
"""How often the kernel's ruleset changes.

  swaps.py generation                                       its generation (NFT_MSG_GETGEN of nf_tables.h): one more with
                                                            each change that the kernel has taken
  swaps.py reload PID CONFIGURATION FIRST SECOND SECONDS    has the guard of this process change its ruleset for so long:
                                                            the file, which holds FIRST, is replaced by SECOND, then by
                                                            FIRST and so on, and each time SIGHUP. Prints how many
                                                            changes it made, and the longest time for one.
"""
import os
import signal
import socket
import struct
import sys
import time

NETLINK_NETFILTER, NFT_MSG_GETGEN, NFNL_SUBSYS_NFTABLES, NFTA_GEN_ID = 12, 16, 10, 1
netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)


def generation():
    netlink.send(struct.pack("=IHHIIBBH", 20, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETGEN, 1, 1, 0, 0, 0, 0))
    data, at = netlink.recv(8192), 20
    while at < len(data):
        size, kind = struct.unpack("=HH", data[at : at + 4])
        if kind == NFTA_GEN_ID:
            return struct.unpack("!I", data[at + 4 : at + 8])[0]
        at += (size + 3) & ~3
    sys.exit("the kernel tells no generation")


if sys.argv[1] == "generation":
    print(generation())
    sys.exit()
pid, configuration, seconds = int(sys.argv[2]), sys.argv[3], float(sys.argv[6])
files = [open(f).read() for f in sys.argv[4:6]]
owner = os.stat(configuration)
begun, longest, swaps = time.time(), 0, 0
while time.time() - begun < seconds or swaps % 2:
    before = generation()
    with open(configuration + ".next", "w") as f:
        f.write(files[(swaps + 1) % 2])
    os.chown(configuration + ".next", owner.st_uid, owner.st_gid)
    os.rename(configuration + ".next", configuration)
    at = time.time()
    os.kill(pid, signal.SIGHUP)
    while generation() == before:
        if time.time() - at > 5:
            sys.exit(f"swap {swaps + 1}: the ruleset did not change within 5 s")
        time.sleep(0.0002)
    longest = max(longest, time.time() - at)
    swaps += 1
print(f"{swaps} changes in {time.time() - begun:.1f} s, the longest {longest * 1000:.0f} ms")
