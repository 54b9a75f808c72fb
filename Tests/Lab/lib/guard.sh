# The guard under test. Source, do not run.
#
# One guard at a time, in the node's namespace: a user of its own with CAP_NET_ADMIN and nothing else, of the router's
# group, with the router's configuration (`router_new`; GUARD_MODE=required and KILL_SWITCH are for its [kill-switch]).

GUARD_DIR=$LAB/guard
GUARD_SOCKET=$GUARD_DIR/guard.sock
GUARD_TABLE="inet xmr_routed"

# guard_words [FLAG...]: sets GUARD to the words that run the guard with these flags. GUARD_CONFIG is another
# configuration.
guard_words() {
  install -d -m 755 -o "$GUARD_ID" -g "$ROUTER_ID" "$GUARD_DIR"
  GUARD=(setpriv --reuid "$GUARD_ID" --regid "$ROUTER_ID" --clear-groups --no-new-privs
    --bounding-set "-all,+net_admin" --inh-caps "-all,+net_admin" --ambient-caps "-all,+net_admin"
    "$XMR_ROUTED" guard --config "${GUARD_CONFIG:-$ROUTER_DIR/xmr-routed.toml}" --router-user lab-router
    --guard-socket "$GUARD_SOCKET" "$@")
}

# guard_start [FLAG...]: starts it and waits until it speaks.
guard_start() {
  guard_words "$@"
  : >"$LAB/guard.log"
  start "$NODE_NS" guard "${GUARD[@]}"
  within 15 heartbeat True >/dev/null || { echo "the guard does not speak: $(tail -n 3 "$LAB/guard.log")"; return 1; }
}

# guard_up [FLAG...]: starts it and waits until it has proven that the kernel holds the ruleset.
guard_up() { guard_start "$@" && within 10 guard_proven >/dev/null || { guard_proven; return 1; }; }

# guard_stop: ends it in order. What it put into the kernel stays there.
guard_stop() { stop guard; }

# guard FLAG...: `guard --once`, `--print` and `--remove`, which end by themselves.
guard() {
  guard_words "$@"
  in_ns "$NODE_NS" timeout 20 "${GUARD[@]}"
}

# heartbeat PYTHON-EXPRESSION over `h`, the guard's heartbeat of now.
heartbeat() {
  timeout 5 python3 -c '
import json, socket, sys
s = socket.socket(socket.AF_UNIX)
s.settimeout(3)
s.connect(sys.argv[1])
h = json.loads(s.makefile().readline())
print(eval(sys.argv[2]))' "$GUARD_SOCKET" "$1"
}

# What the kernel holds was read back, and is what it should hold.
guard_proven() {
  local said
  said=$(heartbeat 'h["problem"] or "proven"') || { echo "no heartbeat"; return 1; }
  echo "$said"
  [ "$said" = proven ]
}

# guard_problem_says WORDS: it is not proven, in a sentence with these words.
guard_problem_says() {
  local said
  said=$(heartbeat 'h["problem"] or "proven"') || { echo "no heartbeat"; return 1; }
  echo "problem: $said"
  [ "$said" != proven ] && grep -qi -- "$1" <<<"$said"
}

# stopped USER: what this user tried and the guard stopped, one a line: PROTOCOL PORT PACKETS.
stopped() {
  heartbeat '"\n".join("%s %s %s" % (s["protocol"], s["port"], s["packets"]) for u in h["users"] if u["name"] == "'"$1"'" for s in u["stopped"])'
}

# nft ARGUMENTS...: in the node's namespace, as somebody who is not the guard.
nft_in() { in_ns "$NODE_NS" nft "$@"; }

# The table as nft shows it; fails where there is none.
# shellcheck disable=SC2086 # two words
guard_table() { nft_in list table $GUARD_TABLE; }

# Takes away what a guard that has ended left in the kernel.
# shellcheck disable=SC2086 # two words
guard_clear() { nft_in delete table $GUARD_TABLE 2>/dev/null || true; }
