# The router under test. Source, do not run.
#
# One router at a time, as on a box: its own user, no privileges, in the node's namespace. The guard is off here,
# so the best state is `unguarded`, unless GUARD_MODE=required (see guard.sh).

NODE_PROXY=127.0.0.1:18950
ROUTER_DIR=$LAB/router
ROUTER_SOCKET=$ROUTER_DIR/control.sock

# router_new [PEERS-LINE...]: a fresh configuration and state. HOLD changes a default; TOR_TABLE what [tor] holds,
# EGRESSES all tables of egresses; ROUTES, LISTENERS and KILL_SWITCH are further lines of [route], [node] and
# [kill-switch]; WALLETS is all tables of [[wallet]].
router_new() {
  local tor='[tor]
socks = "127.0.0.1:'$TOR_SOCKS'"
control = "127.0.0.1:'$TOR_CONTROL'"'
  [ -z "${TOR_TABLE:-}" ] || tor="[tor]
$TOR_TABLE"
  rm -rf "$ROUTER_DIR"
  mkdir "$ROUTER_DIR" "$ROUTER_DIR/state"
  chmod 700 "$ROUTER_DIR/state"
  {
    cat <<EOT
network = "regtest"

${EGRESSES-$tor}

[route]
hold = "${HOLD:-5s}"
${ROUTES:-}

[node]
user = "lab-node"
proxy = "$NODE_PROXY"
tor-proxy = "127.0.0.1:18951"
${LISTENERS:-}

[node.peers]
EOT
    [ $# = 0 ] || printf '%s\n' "$@"
    cat <<EOT

${WALLETS:-}

[kill-switch]
guard = "${GUARD_MODE:-off}"
${KILL_SWITCH:-}

[control]
socket = "$ROUTER_SOCKET"
EOT
  } >"$ROUTER_DIR/xmr-routed.toml"
  chown -R "$ROUTER_ID:$ROUTER_ID" "$ROUTER_DIR"
  : >"$LAB/router.log"
}

# router_secret NAME TEXT: a file beside the configuration that is the router's alone.
router_secret() {
  echo "$2" >"$ROUTER_DIR/$1"
  chown "$ROUTER_ID:$ROUTER_ID" "$ROUTER_DIR/$1"
  chmod 600 "$ROUTER_DIR/$1"
}

# router_words: sets ROUTER to the words that run the program as its user with the state of this test.
router_words() {
  as_words "$ROUTER_ID"
  ROUTER=("${AS[@]}" env HOME="$ROUTER_DIR" STATE_DIRECTORY="$ROUTER_DIR/state")
}

# Further words of `run`.
ROUTER_FLAGS=()

# router_start [PREFIX...]: starts it (behind the PREFIX words, for strace) and waits until it answers.
router_start() {
  router_words
  start "$NODE_NS" router "${ROUTER[@]}" "$@" "$XMR_ROUTED" run --config "$ROUTER_DIR/xmr-routed.toml" \
    "${ROUTER_FLAGS[@]}"
  within 15 router_answers >/dev/null || { echo "the router does not answer: $(tail -n 3 "$LAB/router.log")"; return 1; }
}

router_up() { router_start && router_wait unguarded 45; }

# router VERB ARGUMENTS...: a client command, as the router's own user.
router() {
  local verb=$1
  shift
  router_words
  in_ns "$NODE_NS" timeout 90 "${ROUTER[@]}" "$XMR_ROUTED" "$verb" --socket "$ROUTER_SOCKET" "$@"
}

# Locks where no router runs: the guard is asked.
router_lock_alone() { router lock --guard-socket "$GUARD_SOCKET"; }

router_answers() {
  local code=0
  router status --json >/dev/null 2>&1 || code=$?
  [ "$code" -lt 4 ]
}

# router_wait STATE SECONDS
router_wait() { router wait --for "$1" --timeout "$2" || { echo "waited $2 s for $1: $(router_says)"; return 1; }; }

# status PYTHON-EXPRESSION over `s`, the status document.
status() { router status --json 2>/dev/null | python3 -c "import json, sys; s = json.load(sys.stdin); print($1)"; }

router_says() { status 's["state"] + ": " + s["reason"]' 2>/dev/null || echo "no status"; }

# state_is STATE...: any of them.
state_is() {
  local now want
  now=$(status 's["state"]') || { echo "no status"; return 1; }
  for want in "$@"; do [ "$now" != "$want" ] || return 0; done
  router_says
  return 1
}

# The reason is a sentence: some words, one line, and it names what is asked for.
reason_says() {
  local reason
  reason=$(status 's["reason"]') || return 1
  echo "reason: $reason"
  [ "$(wc -w <<<"$reason")" -ge 4 ] && grep -qi -- "$1" <<<"$reason"
}

# egress_is NAME STATE [WORDS]: the state of one egress, and what its detail says.
egress_is() {
  local said
  said=$(status "next(e['state'] + ': ' + (e['detail'] or '') for e in s['egress'] if e['name'] == '$1')") || return 1
  echo "$1 is $said"
  grep -qi -- "^$2: .*${3:-}" <<<"$said"
}

# dial_by PROXY TARGET [ARGUMENTS...]: as the node would.
dial_by() {
  as_words "$NODE_ID"
  in_ns "$NODE_NS" timeout 90 "${AS[@]}" python3 "$HERE/lib/levin.py" dial "$@"
}

dial() { dial_by "$NODE_PROXY" "$@"; }

# A peer's answer came back through the router.
passes() { dial "$@" --timeout 30; }

# No stream is granted (what it says is kept for the reader).
nothing_granted() {
  local said
  said=$(dial "$@")
  echo "$said"
  ! grep -q granted <<<"$said"
}

# Refused within 1 s, not held. Of three tries one is enough: who holds streams holds each, and who is on a busy machine is
# not slow three times. None of them is granted.
refused_at_once() {
  local said try
  for try in 1 2 3; do
    said=$(dial "$@" --timeout 10)
    echo "try $try: $said"
    ! grep -q granted <<<"$said" || return 1
    ! awk '$2 != "timeout" && $1 < 1000 {good = 1} END {exit !good}' <<<"$said" || return 0
  done
  return 1
}

# tells_nothing_of NEEDLE...: the log, the status, the metrics and the events (events_watch) hold none of them.
events_watch() {
  router_words
  rm -f "$LAB/events.log"
  start "$NODE_NS" events "${ROUTER[@]}" "$XMR_ROUTED" events --json --socket "$ROUTER_SOCKET"
}

tells_nothing_of() {
  local needle told
  told=$(router status --json) || [ $? -lt 4 ] || { echo "no status"; return 1; }
  told+=$(router status; router metrics; cat "$LAB/router.log" "$LAB/events.log")
  for needle in "$@"; do ! grep -F -- "$needle" <<<"$told" || return 1; done
}

# hold_stream NAME TARGET [ARGUMENTS...]: a stream that stays open in the background; see $LAB/NAME.log.
hold_stream() {
  local name=$1
  shift
  stop "$name"
  rm -f "$LAB/$name.log"
  as_words "$NODE_ID"
  start "$NODE_NS" "$name" "${AS[@]}" python3 "$HERE/lib/levin.py" dial "$NODE_PROXY" "$@" --timeout 30 --hold 90
  within 40 grep -q answered "$LAB/$name.log" || { echo "no stream: $(cat "$LAB/$name.log")"; return 1; }
}

stream_cut() { grep -q ' cut$' "$LAB/$1.log" || { echo "the stream is still open"; return 1; }; }

# When it was cut, in Unix ms.
stream_cut_at() { awk '$2 == "cut" {print $1}' "$LAB/$1.log"; }

# cut_within SECONDS NAME SINCE: it was cut no later than so long after that time (Unix ms).
cut_within() {
  within 10 stream_cut "$2" >/dev/null || { echo "the stream is still open"; return 1; }
  printf 'cut '
  soon $(($1 * 1000)) "$3" "$(stream_cut_at "$2")"
}
