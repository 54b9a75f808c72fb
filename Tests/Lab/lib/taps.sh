# Men in the middle in front of nodes (nodetap.py): what they saw, and what they are told to do. Source, do not run.

# tap_up NAME ADDRESS:PORT NODE-PORT [tls]: in the world, or in the namespace TAP_NS. Its process is tap-NAME.
tap_up() {
  [ -z "${4:-}" ] || tap_certificate "$1" || return 1
  rm -f "$LAB/tap-$1.jsonl" "$LAB/tap-$1.mode"
  tap_again "$@"
}

# tap_again: the same once more; what it saw stays.
tap_again() {
  local files=()
  [ -z "${4:-}" ] || files=("$LAB/tap-$1.crt" "$LAB/tap-$1.key")
  rm -f "$LAB/tap-$1.log"
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

# tap EXPRESSION NAME...: a Python expression over what these taps saw (see tapped.py). Fails where it is false; prints it.
tap() {
  local expression=$1 name files=()
  shift
  for name in "$@"; do files+=("$LAB/tap-$name.jsonl"); done
  python3 "$HERE/lib/tapped.py" "$expression" "${files[@]}"
}

# tapped_clean NAME...: claims that nothing which these nodes saw tells one wallet from another.
tapped_clean() {
  claim "the nodes saw requests" tap 'len(requests) > 10' "$@"
  claim "in one form of head, with a Content-Type for JSON and for nothing else" tap 'not other_forms()' "$@"
  claim "the same names in the same order for each call" tap 'not varied_calls()' "$@"
  claim "no identifier of a wallet" tap 'not holding("client")' "$@"
  claim "no time of a node's, which could be a cookie" tap 'not holding("pool_info_since")' "$@"
  claim "no call that a wallet does not need" tap 'not needless()' "$@"
  claim "every body is read whole" tap 'not [r for r in requests if "problem" in r]' "$@"
  claim "each transaction on a connection of its own" tap 'not beside("/sendrawtransaction")' "$@"
  claim "outputs on connections of their own" tap 'not beside("/get_outs.bin", "/get_output_distribution.bin")' "$@"
}
