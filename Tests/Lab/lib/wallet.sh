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

# wallet_monerod NAMESPACE NAME RPCPORT FLAGS...: a monerod with the fixture's chain; the unrestricted RPC for the lab, and
# as most nodes of wallets have it a restricted one at RPCPORT + 500.
wallet_monerod() {
  local ns=$1 name=$2 rpc=$3
  shift 3
  wallet_fixture || return 1
  rm -rf "${LAB:?}/$name"
  mkdir -p "$LAB/$name"
  cp -r --sparse=always "$LAB/fixture/chain/fake" "$LAB/$name/" || return 1
  monerod_start "$ns" "$name" 127.0.0.1 $((rpc + 1000)) "$rpc" --rpc-restricted-bind-port $((rpc + 500)) "$@" || return 1
  at_height "$ns" "$rpc" 160 >/dev/null
}

# wallet_chain: the world's monerod behind the taps. Only offline does it mine when asked to.
WALLET_CHAIN_RPC=19040
wallet_chain() { running chain || wallet_monerod "$WORLD_NS" chain $WALLET_CHAIN_RPC --offline; }

# wallet_mine COUNT [ADDRESS] [NAMESPACE RPCPORT]
wallet_mine() {
  local said
  said=$(in_ns "${3:-$WORLD_NS}" curl -s --max-time 30 -H 'Content-Type: application/json' \
    "http://127.0.0.1:${4:-$WALLET_CHAIN_RPC}/json_rpc" -d '{"jsonrpc": "2.0", "id": "0", "method": "generateblocks",
    "params": {"amount_of_blocks": '"$1"', "wallet_address": "'"${2:-$WALLET_MINER}"'"}}')
  grep -q '"status": "OK"' <<<"$said" || { echo "$said"; return 1; }
}

# tap_up NAME ADDRESS:PORT NODE-PORT [tls]: in the world, or in the namespace TAP_NS.
tap_up() {
  local files=()
  [ -z "${4:-}" ] || { tap_certificate "$1" && files=("$LAB/tap-$1.crt" "$LAB/tap-$1.key"); } || return 1
  rm -f "$LAB/tap-$1.jsonl" "$LAB/tap-$1.mode" "$LAB/tap-$1.log"
  start "${TAP_NS:-$WORLD_NS}" "tap-$1" python3 "$HERE/lib/nodetap.py" "$2" "$3" "$LAB/tap-$1.jsonl" "$LAB/tap-$1.mode" \
    "${files[@]}"
  within 10 grep -q ready "$LAB/tap-$1.log" >/dev/null || { cat "$LAB/tap-$1.log"; return 1; }
}

tap_certificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3 -subj "/CN=node.example" \
    -keyout "$LAB/tap-$1.key" -out "$LAB/tap-$1.crt" 2>"$LAB/tap-$1.openssl" || { cat "$LAB/tap-$1.openssl"; return 1; }
}

# The SHA-256 of its certificate, in hex.
tap_fingerprint() { openssl x509 -in "$LAB/tap-$1.crt" -outform DER | sha256sum | cut -d ' ' -f 1; }

# tap_does NAME [LINE...]: what it does from the next answer on (see nodetap.py); nothing: it is honest.
tap_does() {
  local file=$LAB/tap-$1.mode
  shift
  printf '%s\n' "$@" >"$file.new" && mv "$file.new" "$file"
}

# taps_forget NAME...: what was seen so far.
taps_forget() { local name; for name in "$@"; do : >"$LAB/tap-$name.jsonl"; done; }

# tap EXPRESSION NAME...: a Python expression over `seen`, all that these taps saw in its order, and `requests` and
# `calls(CALL...)` of it. Fails where it is false; prints it.
tap() {
  local expression=$1 name files=()
  shift
  for name in "$@"; do files+=("$LAB/tap-$name.jsonl"); done
  python3 "$HERE/lib/tapped.py" "$expression" "${files[@]}"
}

# wallet_up NAME DAEMON-ADDRESS [FLAG...]: a wallet-rpc of its own user with the fixture's wallets in a folder of its own.
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
  start "$NODE_NS" "$name" "${AS[@]}" env HOME="$LAB/$name" monero-wallet-rpc --wallet-dir "$LAB/$name" \
    --rpc-bind-port "${WALLET_PORT:-$WALLET_RPC}" --disable-rpc-login --rpc-ssl disabled --daemon-address "$daemon" \
    --log-level 0 --log-file "$LAB/$name/own.log" "$@"
  within 30 wallet get_version >/dev/null || { tail -n 4 "$LAB/$name.log"; return 1; }
}

# wallet METHOD [PARAMS]: what the wallet answers, and a failure where that is an error.
wallet() {
  local said
  said=$(in_ns "$NODE_NS" curl -s --max-time "${WALLET_PATIENCE:-60}" "http://127.0.0.1:${WALLET_PORT:-$WALLET_RPC}/json_rpc" \
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
