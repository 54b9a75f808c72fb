# Somebody far away, who comes by onion: a Tor of his own in the world. Source, do not run.

FAR_SOCKS=9060
# The same, and it tells of onion services why they cannot be reached.
FAR_SOCKS_TELLING=9062
FAR_CONTROL=9061

far_ctl() { in_ns "$WORLD_NS" timeout 60 python3 "$HERE/lib/torctl.py" "$FAR_CONTROL" "$TOR_DIR/far/cookie" "$@"; }
far_at_100() { [ "$(far_ctl progress 2>/dev/null)" = 100 ] || { tail -n 1 "$TOR_DIR/far/notice.log"; return 1; }; }

far_tor_up() {
  {
    torrc_common far
    echo "SocksPort 127.0.0.1:$FAR_SOCKS"
    echo "SocksPort 127.0.0.1:$FAR_SOCKS_TELLING ExtendedErrors"
    echo "ControlPort 127.0.0.1:$FAR_CONTROL"
  } >"$TOR_DIR/far.torrc"
  mkdir "$TOR_DIR/far"
  chmod 700 "$TOR_DIR/far"
  chown -R "$TOR_ID:$TOR_ID" "$TOR_DIR/far" "$TOR_DIR/far.torrc"
  tor_start "$WORLD_NS" far
  within 60 far_at_100 >/dev/null || { echo "the far tor is not ready"; return 1; }
}

# far_dial PROXYPORT TARGET [ARGUMENTS...]: a peer of a few lines, by that Tor.
far_dial() {
  local proxy=$1
  shift
  in_ns "$WORLD_NS" timeout 60 python3 "$HERE/lib/levin.py" dial "127.0.0.1:$proxy" "$@"
}

# Its answer came back. Each try has an identity of its own, so that no circuit of an earlier one is waited for.
far_reaches() { far_dial "$FAR_SOCKS" "$1" --timeout "${2:-8}" --user "try-$RANDOM$RANDOM:x" --payload "${3:-levin}"; }

# The same, by the newest descriptor that the directory has, as who comes anew has it. Who knew the service before it was
# killed asks at its old introduction points first, and a relay may acknowledge there what nobody receives any more: his
# Tor then waits for as long as he does.
far_reaches_anew() {
  far_ctl send "HSFETCH ${1%.onion*}" >/dev/null || return 1
  sleep 0.3
  far_reaches "$1" 3
}

# far_one_of SECONDS COMMAND...: begun once a second, each beside those before: one of them succeeds within that time. One try
# whose rendezvous is unlucky takes five seconds, and tells nothing of who tries at the same time. When that was, in Unix ms,
# is in $LAB/far-answered.
far_one_of() {
  local end=$(($(now_ms) + $1 * 1000)) tries=()
  shift
  : >"$LAB/far-answered"
  : >"$LAB/far-tries.log"
  while [ "$(now_ms)" -lt "$end" ] && [ ! -s "$LAB/far-answered" ]; do
    { "$@" && now_ms >>"$LAB/far-answered"; } >>"$LAB/far-tries.log" 2>&1 &
    tries+=($!)
    within 1 test -s "$LAB/far-answered" >/dev/null
  done
  wait "${tries[@]}"
  cat "$LAB/far-tries.log"
  [ -s "$LAB/far-answered" ] && [ "$(head -n 1 "$LAB/far-answered")" -le "$end" ]
}

# far_hold NAME TARGET: a stream that stays open in the background; see $LAB/NAME.log.
far_hold() {
  stop "$1"
  rm -f "$LAB/$1.log"
  start "$WORLD_NS" "$1" python3 "$HERE/lib/levin.py" dial "127.0.0.1:$FAR_SOCKS" "$2" --timeout 30 --hold 90
  within 40 grep -q answered "$LAB/$1.log" || { echo "no stream: $(cat "$LAB/$1.log")"; return 1; }
}

# x25519_pair: a new key: its private half in base64 as Tor's clients take it, and its public half in base32.
x25519_pair() {
  openssl genpkey -algorithm X25519 -outform DER >"$LAB/x25519.der" || return 1
  openssl pkey -inform DER -in "$LAB/x25519.der" -pubout -outform DER >"$LAB/x25519.pub" || return 1
  python3 - "$LAB/x25519.der" "$LAB/x25519.pub" <<'EOT'
import base64, sys
private, public = (open(path, "rb").read()[-32:] for path in sys.argv[1:])
print(base64.b64encode(private).decode(), base64.b32encode(public).decode().rstrip("="))
EOT
}

# What status says of a published service: inbound NAME FIELD.
inbound() { status "next((i['$2'] for i in s['inbound'] if i['name'] == '$1'), None)"; }
is_published() { [ "$(inbound "$1" published)" = True ] || { status 's["inbound"]'; router_says; return 1; }; }
is_not_published() { [ "$(inbound "$1" published)" = False ] || { status 's["inbound"]'; return 1; }; }
# That of before is in $p2p.
same_address() { [ "$(inbound tor.p2p address)" = "$p2p" ] || { status 's["inbound"]'; return 1; }; }
