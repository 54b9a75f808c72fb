#!/usr/bin/env python3
"""i2pseed.py DIR: of the routers below DIR a reseed file, DIR/seed.zip, and the server tunnel's name, DIR/b32.

A hash is of the identity: 387 bytes and as many more as its last two say (the certificate).
"""
import base64
import glob
import hashlib
import sys
import zipfile


def identity_hash(data):
    return hashlib.sha256(data[: 387 + int.from_bytes(data[385:387], "big")]).digest()


def read(path):
    with open(path, "rb") as f:
        return f.read()


directory = sys.argv[1]
with zipfile.ZipFile(directory + "/seed.zip", "w", zipfile.ZIP_DEFLATED) as seed:
    for path in sorted(glob.glob(directory + "/r*/router.info")):
        info = read(path)
        seed.writestr("routerInfo-" + base64.b64encode(identity_hash(info), b"-~").decode() + ".dat", info)
(keys,) = glob.glob(directory + "/r*/lab.dat")
with open(directory + "/b32", "w") as out:
    out.write(base64.b32encode(identity_hash(read(keys))).decode().lower().rstrip("=") + ".b32.i2p\n")
