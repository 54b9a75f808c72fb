# Bridges in the world, started by the test that needs them. Source, do not run.

PLAIN_BRIDGE=5120
OBFS4_BRIDGE=5122

# bridge_start NAME ORPORT LINE...: a bridge that no directory knows.
bridge_start() {
  local name=$1 port=$2
  shift 2
  {
    torrc_common "$name"
    torrc_relay 0 | sed "s/:$(or_port 0)/:$port/; s/^ExitRelay 1/ExitRelay 0/; /^ExitPolicy/d"
    printf '%s\n' "BridgeRelay 1" "PublishServerDescriptor 0" "$@"
  } >"$TOR_DIR/$name.torrc"
  mkdir -p "$TOR_DIR/$name" && chmod 700 "$TOR_DIR/$name" && chown "$TOR_ID:$TOR_ID" "$TOR_DIR/$name"
  tor_start "$WORLD_NS" "$name"
  within 40 grep -q 'Bootstrapped 100%' "$TOR_DIR/$name/notice.log" >/dev/null || { tail -n 3 "$TOR_DIR/$name/notice.log"; return 1; }
}

bridge_fingerprint() { awk '{print $2}' "$TOR_DIR/$1/fingerprint"; }

# The torrc lines of who uses them.
plain_bridge_line() { echo "Bridge $WORLD_ADDRESS:$PLAIN_BRIDGE $(bridge_fingerprint bridge)"; }
obfs4_bridge_line() {
  sed -n "s/^Bridge obfs4 .* \(cert=.*\)/Bridge obfs4 $WORLD_ADDRESS:$OBFS4_BRIDGE $(bridge_fingerprint obfs4) \1/p" \
    "$TOR_DIR/obfs4/pt_state/obfs4_bridgeline.txt"
}
