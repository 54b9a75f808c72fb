"""Whom the node asks for in these tests."""

# Of a documentation network: public to the router, and nowhere.
PEER = "203.0.113.7"
NAME = b"peer.example.net"
ONION = b"2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion"
I2P = b"udhdrtrhjgfmuyp7pw5yoqhwoxxoxxuhfw5x2mhzqrbqgbqafoxa.b32.i2p"
# None of which an operator may be told, unless he wants it.
TRACES = ["203.0.113.", "2001:db8:", "peer.example", "2gzyxa5ihm", "udhdrtrhj"]
