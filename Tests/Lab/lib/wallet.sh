# Real wallets, and nodes for them. Source, do not run.
#
#  wallet-rpc, wallet-cli ─▶ router's wallet.0 ─▶ Tor ─▶ onion or exit ─▶ tap 203.0.113.4x ─▶ monerod, regtest
#  lab-wallet                                               nodetap.py: tells what came, lies when it is told to
#
# The fixture is a chain of 160 blocks, all mined to the wallet `miner`, and two wallets' keys without a password:
# `miner` and `friend`, who has nothing. About 100 of its outputs can be spent at once, and a ring takes 16.

WALLET_LISTEN=127.0.0.1:18989
WALLET_FRIEND=48MqBX44YA4Cq5LsayHXt4QrByowHYp9gE7Z5FcRaotRADJbFSsP4cLPSYQFZsCcEy17p1Y62ANmYWqz8UoNDkgQSmdUNad
WALLET_MINER=43L6MCrCdbNezhEQP8YHEK3XLswzX7NsKZnbyUhvBFwdPfyaCkM4CEQKwJ1YVqgoJiLdJrSKFG8HkPgZ7XUVw6fTDfgrfSF
# A wallet's line as README has it.
WALLET_FLAGS=(--untrusted-daemon --daemon-ssl disabled --no-dns)

# wallet_fixture: unpacked once a run.
wallet_fixture() {
  [ -d "$LAB/fixture" ] || { mkdir "$LAB/fixture" && tar -C "$LAB/fixture" -xJf "$HERE/fixtures/wallet.tar.xz"; }
}

# wallet_monerod NAMESPACE NAME ADDRESS P2PPORT RPCPORT FLAGS...: a monerod with the fixture's chain; the unrestricted RPC for the lab, and
# as most nodes of wallets have it a restricted one at RPCPORT + 500.
wallet_monerod() {
  local ns=$1 name=$2 address=$3 p2p=$4 rpc=$5
  shift 5
  wallet_fixture || return 1
  rm -rf "${LAB:?}/$name"
  mkdir -p "$LAB/$name"
  cp -r --sparse=always "$LAB/fixture/chain/fake" "$LAB/$name/" || return 1
  monerod_start "$ns" "$name" "$address" "$p2p" "$rpc" --rpc-restricted-bind-port $((rpc + 500)) "$@" || return 1
  at_height "$ns" "$rpc" 160 >/dev/null
}

# wallet_chain: the world's monerod behind the taps. Only offline does it mine when asked to.
WALLET_CHAIN_RPC=19040
wallet_chain() { running chain || wallet_monerod "$WORLD_NS" chain 127.0.0.1 19940 $WALLET_CHAIN_RPC --offline; }

# wallet_mine COUNT [ADDRESS] [NAMESPACE RPCPORT]
wallet_mine() {
  local said
  said=$(in_ns "${3:-$WORLD_NS}" curl -s --max-time 30 -H 'Content-Type: application/json' \
    "http://127.0.0.1:${4:-$WALLET_CHAIN_RPC}/json_rpc" -d '{"jsonrpc": "2.0", "id": "0", "method": "generateblocks",
    "params": {"amount_of_blocks": '"$1"', "wallet_address": "'"${2:-$WALLET_MINER}"'"}}')
  grep -q '"status": "OK"' <<<"$said" || { echo "$said"; return 1; }
}

# wallet_up NAME DAEMON-ADDRESS [FLAG...]: a wallet-rpc of its own user with the fixture's wallets in a folder of its own, in the
# node's namespace or in WALLET_NS.
WALLET_RPC=18500
wallet_up() {
  local name=$1 daemon=$2
  shift 2
  wallet_fixture || return 1
  rm -rf "${LAB:?}/$name"
  mkdir "$LAB/$name"
  cp "$LAB/fixture/wallets"/*.keys "$LAB/$name/"
  chown -R "$WALLET_ID:$WALLET_ID" "$LAB/$name"
  wallet_again "$name" "$daemon" "$@"
}

# wallet_again: the same once more, with the wallets as they were left.
wallet_again() {
  local name=$1 daemon=$2
  shift 2
  as_words "$WALLET_ID"
  start "${WALLET_NS:-$NODE_NS}" "$name" "${AS[@]}" env HOME="$LAB/$name" monero-wallet-rpc --wallet-dir "$LAB/$name" \
    --rpc-bind-port "${WALLET_PORT:-$WALLET_RPC}" --disable-rpc-login --rpc-ssl disabled --daemon-address "$daemon" \
    --log-level 0 --log-file "$LAB/$name/own.log" "$@"
  within 30 wallet get_version >/dev/null || { tail -n 4 "$LAB/$name.log"; return 1; }
}

# wallet_cli COMMAND...: what monero-wallet-cli says to one command, with README's line and the fixture's `friend`.
wallet_cli() {
  wallet_fixture || return 1
  [ -d "$LAB/cli" ] || { mkdir "$LAB/cli" && cp "$LAB/fixture/wallets/friend.keys" "$LAB/cli/" && chown -R "$WALLET_ID:$WALLET_ID" "$LAB/cli"; }
  as_words "$WALLET_ID"
  in_ns "$NODE_NS" timeout 120 "${AS[@]}" env HOME="$LAB/cli" TERM=dumb monero-wallet-cli --wallet-file "$LAB/cli/friend" --password '' \
    --log-file "$LAB/cli/own.log" --daemon-address "http://$WALLET_LISTEN" "${WALLET_FLAGS[@]}" "$@" </dev/null
}

# wallet METHOD [PARAMS]: what the wallet answers, and a failure where that is an error.
wallet() {
  local said
  said=$(in_ns "${WALLET_NS:-$NODE_NS}" curl -s --max-time "${WALLET_PATIENCE:-60}" "http://127.0.0.1:${WALLET_PORT:-$WALLET_RPC}/json_rpc" \
    -d '{"jsonrpc": "2.0", "id": "0", "method": "'"$1"'", "params": '"${2:-{\}}"'}') || { echo "no answer of wallet-rpc"; return 1; }
  echo "$said"
  ! grep -q '"error": {' <<<"$said"
}

wallet_open() { wallet open_wallet '{"filename": "'"$1"'", "password": ""}'; }

# wallet_sends [ATOMIC] [ADDRESS]
wallet_sends() {
  wallet transfer '{"destinations": [{"amount": '"${1:-1000000000}"', "address": "'"${2:-$WALLET_FRIEND}"'"}], "get_tx_hex": true}'
}

# wallet_busy METHOD [PARAMS]: it says that the daemon is busy.
wallet_busy() {
  local said
  said=$(wallet "$@") && { echo "$said"; return 1; }
  echo "$said"
  grep -qi 'busy' <<<"$said"
}

# wallet_field NAME: of the answer at standard input.
wallet_field() { sed -n 's/.*"'"$1"'": *"\{0,1\}\([^",]*\).*/\1/p' | head -n 1; }

wallet_balance_is() { # FIELD VALUE
  local now
  now=$(wallet get_balance | wallet_field "$1")
  echo "$1 is $now"
  [ "$now" = "$2" ]
}

# ask PATH BODY [CURL-ARGUMENT...]: the gateway, as the wallet's user.
ask() {
  local path=$1 body=$2
  shift 2
  as_words "$WALLET_ID"
  in_ns "$NODE_NS" timeout 90 "${AS[@]}" curl -s --max-time 80 -H 'Content-Type: application/json' --data-binary "$body" "$@" \
    "http://$WALLET_LISTEN/$path"
}

# wallet_table LISTEN NODE-LINES...: a [[wallet]] with these nodes, each the lines of its table; WALLET_CHOICES is further lines of
# its own.
wallet_table() {
  local node
  printf '[[wallet]]\nlisten = "%s"\n%s\n' "$1" "${WALLET_CHOICES:-}"
  shift
  for node in "$@"; do printf '[[wallet.node]]\n%s\n' "$node"; done
}

# Such lines: of an onion, and of a tap NAME that speaks TLS at ADDRESS:PORT.
node_onion() { echo "address = \"http://$1:18080\""; }
node_tls() { printf 'address = "https://%s"\nfingerprint = "sha256:%s"\n' "$2" "$(tap_fingerprint "$1")"; }

# wallet_sends_beside NAME [ARGUMENTS of wallet_sends]: in the background; its answer is in $LAB/NAME.sent at its end.
wallet_sends_beside() {
  local name=$1
  shift
  rm -f "$LAB/$name.sent"
  { wallet_sends "$@"; mv "$LAB/$name.sending" "$LAB/$name.sent"; } >"$LAB/$name.sending" 2>&1 &
}
sent() { [ -s "$LAB/$1.sent" ] || { echo "it waits still"; return 1; }; cat "$LAB/$1.sent"; }
sent_well() { sent "$1" && grep -q '"tx_hash"' "$LAB/$1.sent"; }
sent_busy() { sent "$1" && grep -qi busy "$LAB/$1.sent"; }

# sets_shown TAP...: for how many sets of outputs these were asked. One that is asked for again has the same bytes.
sets_shown() { tap 'print(len(hashes("/get_outs.bin"))) or True' "$@" | head -n 1; }

# of_all_sets COUNT TAP... -- COMMAND...: the command forgets what the taps saw, makes a transfer and sees it through; once more
# where the wallet could make it of fewer sets.
of_all_sets() {
  local count=$1 taps=() try
  shift
  while [ "$1" != -- ]; do taps+=("$1") && shift; done
  shift
  for try in 1 2 3; do
    "$@" || return 1
    [ "$(sets_shown "${taps[@]}")" -lt "$count" ] || return 0
  done
  echo "$try transfers were made of fewer sets than $count"
  return 1
}

# nodes_test [OPTION...]: every node is probed once.
nodes_test() {
  router_words
  in_ns "$NODE_NS" timeout 120 "${ROUTER[@]}" "$XMR_ROUTED" nodes test --socket "$ROUTER_SOCKET" "$@"
}

# node_named NAME: status names it, by a threat or as not ready.
node_named() {
  local said
  said=$(status '"\n".join([t for t in s["threats"] if "'"$1"'" in t] + [n["name"] + " " + n["state"] for n in s["wallet"]["nodes"] if n["name"] == "'"$1"'" and n["state"] != "ready"])')
  [ -n "$said" ] || { echo "not named: $(status 's["wallet"], s["threats"]')"; return 1; }
  echo "$said"
}

nodes_ready() {
  status 's["wallet"]["nodes"], s["threats"]'
  [ "$(status 'all(n["state"] == "ready" for n in s["wallet"]["nodes"])')" = True ]
}
