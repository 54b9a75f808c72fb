# Real programs that know of no proxy: monerod on mainnet without a flag, and a wallet whose node has a name. A test of
# its own, run beside another (see `beside`): it takes a minute and hardly any work.
. "$HERE/lib/all.sh"
. "$HERE/lib/matrix.sh"
beside_begin
OWN=(guard bare wallet control)
WALLET_RPC=18090
export GUARD_MODE=required LISTENERS='local-ports = [18081]' KILL_SWITCH='
[[kill-switch.confine]]
user = "lab-wallet"
listeners = []'
router_new
need guard_up
install -d -m 700 -o "$NODE_ID" -g "$NODE_ID" "$LAB/bare"
install -d -m 700 -o "$WALLET_ID" -g "$WALLET_ID" "$LAB/wallet"

need capture_start confined
# Twice a second a datagram of a user who is not confined: the capture sees, all the time.
free_words
start "$NODE_NS" control "${AS[@]}" python3 -c '
import socket, time
while True:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"control", ("203.0.113.201", 9))
    time.sleep(0.5)'
began=$(now_ms)
as_words "$NODE_ID"
start "$NODE_NS" bare "${AS[@]}" env HOME="$LAB/bare" monerod --non-interactive --data-dir "$LAB/bare" --log-level 1
as_words "$WALLET_ID"
start "$NODE_NS" wallet "${AS[@]}" env HOME="$LAB/wallet" monero-wallet-rpc --non-interactive --rpc-bind-port "$WALLET_RPC" \
  --disable-rpc-login --wallet-dir "$LAB/wallet" --daemon-address node.example:18081 --log-file "$LAB/wallet/log"
# wallet_rpc METHOD PARAMETERS
wallet_rpc() { rpc "$NODE_NS" "$WALLET_RPC" json_rpc '{"jsonrpc": "2.0", "id": "0", "method": "'"$1"'", "params": '"$2"'}'; }
wallet_answers() { wallet_rpc get_version '{}' | grep -q result; }
need within 30 wallet_answers
wallet_rpc create_wallet '{"filename": "w", "language": "English"}' >>"$LAB/wallet.log"
asks() {
  wallet_rpc validate_address '{"address": "donate.getmonero.org", "any_net_type": true, "allow_openalias": true}'
  wallet_rpc transfer '{"destinations": [{"amount": 1, "address": "donate.getmonero.org"}]}'
  wallet_rpc refresh '{}'
}
while [ $(($(now_ms) - began)) -lt 60000 ]; do
  asks >>"$LAB/wallet.log"
  sleep 3
done
claim "monerod ran all the time, 60 s, listening as it does by itself" node_at 1
claim "and so did the wallet" running wallet
told() { # USER LINE-PATTERN...
  local user=$1 all want
  shift
  all=$(stopped "$user") || return 1
  for want in "$@"; do grep -qE "^$want [1-9]" <<<"$all" || { echo "no $want in: $(tr '\n' ',' <<<"$all")"; return 1; }; done
}
claim "the ledger names what monerod tried: DNS and peers" told lab-node "udp 53" "tcp 53" "tcp 18080"
note "monerod: $(stopped lab-node | tr '\n' ',')"
claim "and what the wallet tried: the names of its node and of a payee" told lab-wallet "udp 53" "tcp 53"
note "wallet: $(stopped lab-wallet | tr '\n' ',')"
stop bare wallet
capture_stop confined
stop control
claim "0 packets of either, with the other user's seen" capture_only confined "udp:203.0.113.201:9" --want 100
guard_stop
claim "the guard takes its table away" guard --remove
finish
