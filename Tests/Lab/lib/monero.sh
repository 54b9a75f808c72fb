# Real monerods on regtest. Source, do not run.

MONEROD_FLAGS=(--regtest --keep-fakechain --fixed-difficulty 1 --no-igd --check-updates disabled
  --disable-dns-checkpoints --no-zmq --non-interactive --disable-rpc-ban --hide-my-port --rpc-ssl disabled
  --db-sync-mode fastest:async:1000 --prep-blocks-threads 2 --max-concurrency 2 --max-connections-per-ip 64
  --log-level 0 --max-log-file-size 20000000 --max-log-files 1)

# rpc NAMESPACE PORT PATH [JSON]; RPC_LOGIN: the NAME:PASSWORD that the node asks for.
rpc() { in_ns "$1" curl -s --max-time 5 ${RPC_LOGIN:+--digest -u "$RPC_LOGIN"} -H 'Content-Type: application/json' "http://127.0.0.1:$2/$3" ${4:+-d "$4"}; }

height() { rpc "$1" "$2" get_height | sed -n 's/.*"height": *\([0-9]*\).*/\1/p'; }

at_height() { # NAMESPACE PORT HEIGHT
  local h
  h=$(height "$1" "$2")
  [ "${h:-0}" -ge "$3" ] || { echo "at height ${h:-unknown}, wanted $3"; return 1; }
  echo "$h"
}

# monerod_start NAMESPACE NAME ADDRESS P2PPORT RPCPORT FLAGS...: waits until its RPC answers.
monerod_start() {
  local ns=$1 name=$2 address=$3 p2p=$4 rpc=$5
  shift 5
  mkdir -p "$LAB/$name"
  chown -R "$NODE_ID:$NODE_ID" "$LAB/$name"
  as_words "$NODE_ID"
  start "$ns" "$name" "${AS[@]}" env HOME="$LAB/$name" monerod "${MONEROD_FLAGS[@]}" --data-dir "$LAB/$name" \
    --log-file "$LAB/$name/monerod.log" --p2p-bind-ip "$address" --p2p-bind-port "$p2p" \
    --rpc-bind-ip 127.0.0.1 --rpc-bind-port "$rpc" "$@"
  within 40 at_height "$ns" "$rpc" 1 >/dev/null || { tail -n 4 "$LAB/$name.log"; return 1; }
}

# Peers of the world, started once a run, each with the 500 blocks of the fixture (made by `monerod --regtest
# --offline --fixed-difficulty 1` and its generateblocks). On the addresses a node dials them by.
PEER_ADDRESS() { echo "203.0.113.$1"; }

peer_up() { # NUMBER
  local name=peer$1
  running "$name" && return 0
  mkdir -p "$LAB/$name"
  tar -C "$LAB/$name" -xJf "$HERE/fixtures/chain500.tar.xz" || return 1
  monerod_start "$WORLD_NS" "$name" "$(PEER_ADDRESS "$1")" 18080 $((19000 + $1)) --out-peers 0 --in-peers 64 || return 1
  at_height "$WORLD_NS" $((19000 + $1)) 501 >/dev/null
}

# The node under test: its public peers through PROXY, only those that the further flags name.
NODE_RPC=18081
node_start() { # NAME PROXY FLAGS...
  local name=$1 proxy=$2
  shift 2
  rm -rf "${LAB:?}/$name"
  monerod_start "$NODE_NS" "$name" 127.0.0.1 18080 "$NODE_RPC" --proxy "$proxy" --in-peers 8 "$@"
}

node_at() { at_height "$NODE_NS" "$NODE_RPC" "$1"; }

# The node's connections, one a line: ADDRESS DIRECTION HEIGHT STATE.
node_connections() {
  rpc "$NODE_NS" "$NODE_RPC" json_rpc '{"jsonrpc": "2.0", "id": "0", "method": "get_connections"}' | python3 -c '
import json, sys
for c in json.load(sys.stdin)["result"].get("connections", []):
    print(c["address"], "in" if c["incoming"] else "out", c["height"], c["state"])'
}

# With the handshake done: before it monerod has the connection in its list, and sends no transaction by it. One that is told to
# relay in that time (some 40 ms over Tor) finds "no available connections", and does not try again for minutes.
node_connected() { # ADDRESS...
  local address now
  now=$(node_connections)
  for address in "$@"; do grep "^$address out" <<<"$now" | grep -qv before_handshake || { echo "connected to: $now"; return 1; }; done
}

# peer_list NAMESPACE RPCPORT: the addresses of a monerod's white and gray lists, one a line.
peer_list() {
  rpc "$1" "$2" get_peer_list '{"public_only": false, "include_blocked": true}' | python3 -c '
import ipaddress, json, sys
lists = json.load(sys.stdin)
for p in lists.get("white_list", []) + lists.get("gray_list", []):
    host = p["host"] if not p.get("ip") else str(ipaddress.IPv4Address(p["ip"].to_bytes(4, "little")))
    print(host + ":" + str(p["port"]))'
}

lists() { # NAMESPACE RPCPORT ADDRESS
  local all
  all=$(peer_list "$1" "$2")
  grep -qF -- "$3" <<<"$all" || { echo "lists: $all"; return 1; }
}

lists_not() { # NAMESPACE RPCPORT PATTERN
  local all
  all=$(peer_list "$1" "$2") || { echo "no list"; return 1; }
  ! grep -E -- "$3" <<<"$all"
}
