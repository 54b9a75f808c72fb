#!/usr/bin/env python3
"""swaps.py PID CONFIGURATION FIRST SECOND TIMES: has the guard of this process change its ruleset so often: the file is
replaced by FIRST, then by SECOND and so on, and each time SIGHUP. Every change is one that the kernel has taken: its
ruleset has another generation (NFT_MSG_GETGEN of nf_tables.h). Prints how many, and how long they took.
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


pid, configuration, times = int(sys.argv[1]), sys.argv[2], int(sys.argv[5])
files = [open(f).read() for f in sys.argv[3:5]]
owner = os.stat(configuration)
begun, longest = time.time(), 0
for i in range(times):
    before = generation()
    with open(configuration + ".next", "w") as f:
        f.write(files[i % 2])
    os.chown(configuration + ".next", owner.st_uid, owner.st_gid)
    os.rename(configuration + ".next", configuration)
    at = time.time()
    os.kill(pid, signal.SIGHUP)
    while generation() == before:
        if time.time() - at > 5:
            sys.exit(f"swap {i + 1}: the ruleset did not change within 5 s")
        time.sleep(0.0002)
    longest = max(longest, time.time() - at)
took = time.time() - begun
print(f"{times} swaps in {took:.1f} s, the longest {longest * 1000:.0f} ms")
