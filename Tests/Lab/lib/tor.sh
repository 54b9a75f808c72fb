# A private Tor network in the world, a client in the node's namespace, one onion host in the world: real tor,
# nothing leaves. Source, do not run.
#
# Three directory authorities, which relay as well but are hardly ever chosen; two exits, and five relays that are none;
# tests add exits of their own. A circuit needs three different relays and an onion service a fourth, and each Tor keeps to
# a guard and to four relays behind it (vanguards-lite). About 5 s for keys and 10 s until the client is up.

TOR_DIR=$LAB/tor
TOR_SOCKS=9050
# The same, and it tells of onion services why they cannot be reached.
TOR_SOCKS_TELLING=9052
TOR_CONTROL=9051
TOR_COOKIE=$TOR_DIR/client/cookie
# Those that are none of the authorities.
TOR_RELAYS=(exit3 exit4 relay9 relay10 relay11 relay12 relay13)
OR_PORTS=5100-5113

or_port() { echo $((5100 + $1)); }
dir_port() { echo $((5200 + $1)); }

torrc_common() { # NAME
  cat <<EOT
TestingTorNetwork 1
PathsNeededToBuildCircuits 0.67
TestingDirAuthVoteExit *
TestingDirAuthVoteHSDir *
TestingDirAuthVoteGuard *
V3AuthNIntervalsValid 2
TestingMinExitFlagThreshold 0
DataDirectory $TOR_DIR/$1
Nickname $1
ShutdownWaitLength 0
Log notice file $TOR_DIR/$1/notice.log
SafeLogging 0
LogTimeGranularity 1
ClientUseIPv6 0
AvoidDiskWrites 1
NumCPUs 1
CookieAuthentication 1
CookieAuthFile $TOR_DIR/$1/cookie
CookieAuthFileGroupReadable 1
$(cat "$TOR_DIR/authorities")
EOT
}

torrc_relay() { # INDEX
  cat <<EOT
Address $WORLD_ADDRESS
OutboundBindAddress $WORLD_ADDRESS
ORPort $WORLD_ADDRESS:$(or_port "$1") IPv4Only
SocksPort 0
AssumeReachable 1
ContactInfo lab@example.invalid
ExitRelay 1
ExitPolicyRejectPrivate 0
ExitPolicy reject *:18089,accept *:*
EOT
}

# Tor learns from a hundred circuits how soon to give one up: 37 ms, in a network without distances. On a busy machine one
# takes longer, thrice; then the service gives a client up, who waits for minutes. Between relays of the world that is
# seconds.
torrc_authority() { # INDEX
  cat <<EOT
DirPort $WORLD_ADDRESS:$(dir_port "$1")
AuthoritativeDirectory 1
V3AuthoritativeDirectory 1
TestingV3AuthInitialVotingInterval 5
TestingV3AuthInitialVoteDelay 2
TestingV3AuthInitialDistDelay 2
V3AuthVotingInterval 10
V3AuthVoteDelay 2
V3AuthDistDelay 2
ConsensusParams cbtmintimeout=2000
V3BandwidthsFile $TOR_DIR/bandwidths
EOT
}

# One authority's keys, and the line by which all others know it.
tor_authority_keys() { # INDEX
  local name=auth$1 keys=$TOR_DIR/auth$1/keys fingerprint identity
  mkdir "$TOR_DIR/$name" "$keys" && chmod 700 "$TOR_DIR/$name" "$keys"
  echo lab | tor-gencert --create-identity-key --passphrase-fd 0 -m 12 -a "$WORLD_ADDRESS:$(dir_port "$1")" \
    -i "$keys/authority_identity_key" -s "$keys/authority_signing_key" -c "$keys/authority_certificate" \
    >"$TOR_DIR/$name.keys.log" 2>&1 || return 1
  fingerprint=$(in_ns "$WORLD_NS" tor --quiet --list-fingerprint --DataDirectory "$TOR_DIR/$name" --Nickname "$name" \
    --ORPort "$WORLD_ADDRESS:$(or_port "$1")" --Address "$WORLD_ADDRESS" --AssumeReachable 1 --SocksPort 0 \
    -f /dev/null --ignore-missing-torrc --defaults-torrc /dev/null --TestingTorNetwork 1 --DirAuthority \
    "x orport=1 v3ident=0000000000000000000000000000000000000000 127.0.0.1:1 0000000000000000000000000000000000000000" |
    awk '{$1 = ""; gsub(/ /, ""); print}')
  identity=$(awk '/^fingerprint/ {print $2}' "$keys/authority_certificate")
  [ -n "$fingerprint" ] && [ -n "$identity" ] || return 1
  echo "DirAuthority $name orport=$(or_port "$1") no-v2 v3ident=$identity $WORLD_ADDRESS:$(dir_port "$1") $fingerprint" \
    >"$TOR_DIR/$name.line"
}

tor_start() { # NAMESPACE NAME
  as_words "$TOR_ID"
  start "$1" "tor-$2" "${AS[@]}" tor -f "$TOR_DIR/$2.torrc" --defaults-torrc /dev/null
}

# The consensus has all relays as quick as each other. By what they tell of themselves one alone counts at first: it is
# everybody's guard and everybody's rendezvous point, no relay extends a circuit back to where it came from, and a client
# tries that anew each second, for ten. (Authorities are not measured.)
tor_bandwidths() {
  local name
  {
    date +%s
    for name in "${TOR_RELAYS[@]}"; do
      within 15 test -s "$TOR_DIR/$name/fingerprint" >/dev/null || { echo "$name did not start" >&2; return 1; }
      awk '{print "node_id=$" $2 " bw=1000"}' "$TOR_DIR/$name/fingerprint"
    done
  } >"$TOR_DIR/bandwidths.new" && chown "$TOR_ID:$TOR_ID" "$TOR_DIR/bandwidths.new" && mv "$TOR_DIR/bandwidths.new" "$TOR_DIR/bandwidths"
}

tor_up() {
  local i name
  mkdir -p "$TOR_DIR"
  : >"$TOR_DIR/authorities"
  local makers=()
  for i in 0 1 2; do
    tor_authority_keys "$i" &
    makers+=($!)
  done
  for i in "${makers[@]}"; do wait "$i" || { echo "Tor's keys could not be made: see $TOR_DIR/auth*.keys.log"; return 1; }; done
  cat "$TOR_DIR"/auth?.line >"$TOR_DIR/authorities"
  for i in 0 1 2; do { torrc_common "auth$i"; torrc_relay "$i"; torrc_authority "$i"; } >"$TOR_DIR/auth$i.torrc"; done
  for i in 3 4; do { torrc_common "exit$i"; torrc_relay "$i"; } >"$TOR_DIR/exit$i.torrc"; done
  for i in 9 10 11 12 13; do
    { torrc_common "relay$i"; torrc_relay "$i" | sed 's/^ExitRelay 1/ExitRelay 0/'; } >"$TOR_DIR/relay$i.torrc"
  done
  {
    torrc_common client
    echo "SocksPort 127.0.0.1:$TOR_SOCKS"
    echo "SocksPort 127.0.0.1:$TOR_SOCKS_TELLING ExtendedErrors"
    echo "SocksPort unix:$TOR_DIR/client/socks GroupWritable RelaxDirModeCheck"
    echo "ControlPort 127.0.0.1:$TOR_CONTROL"
    echo "ControlSocket unix:$TOR_DIR/client/control GroupWritable RelaxDirModeCheck"
    echo "DataDirectoryGroupReadable 1"
    echo "ConnectionPadding 0"
  } >"$TOR_DIR/client.torrc"
  {
    torrc_common host
    echo "SocksPort 0"
    echo "ControlPort 127.0.0.1:$TOR_CONTROL"
  } >"$TOR_DIR/host.torrc"
  for name in "${TOR_RELAYS[@]}" host client; do mkdir "$TOR_DIR/$name" && chmod 700 "$TOR_DIR/$name"; done
  # The router reads the cookie and reaches the sockets by Tor's group.
  chmod 750 "$TOR_DIR/client"
  chown -R "$TOR_ID:$TOR_ID" "$TOR_DIR"
  for name in auth0 auth1 auth2 "${TOR_RELAYS[@]}" host; do tor_start "$WORLD_NS" "$name"; done
  tor_start "$NODE_NS" client
  tor_bandwidths || return 1
  tor_ready 90
}

# torctl NAME ARGUMENTS...: the control port of `client` or of `host`.
torctl() {
  local name=$1 ns=$NODE_NS
  shift
  [ "$name" = client ] || ns=$WORLD_NS
  in_ns "$ns" timeout 90 python3 "$HERE/lib/torctl.py" "$TOR_CONTROL" "$TOR_DIR/$name/cookie" "$@"
}

tor_at_100() { [ "$(torctl "$1" progress 2>/dev/null)" = 100 ] || { tail -n 1 "$TOR_DIR/$1/notice.log"; return 1; }; }
# The first consensus may name the authorities alone, or not measure all. A Tor that starts by it finds no path to an onion
# service ("Failed to find node for hop #2") until the next one, 10 s later.
tor_whole() {
  local known
  known=$(torctl client send "GETINFO ns/all" | grep -c '^w Bandwidth=1000')
  [ "$known" -ge "${#TOR_RELAYS[@]}" ] || { echo "the consensus measures $known of ${#TOR_RELAYS[@]} relays"; return 1; }
}
tor_ready() { within "$1" tor_at_100 client && within 60 tor_whole && within 30 tor_at_100 host; }

# The node's own tor, whatever a test did to it before.
tor_client_up() {
  running tor-client || tor_start "$NODE_NS" client
  signal CONT tor-client
  within 60 tor_at_100 client >/dev/null || { echo "the node's tor is not ready"; return 1; }
}

# onion_for NAME TARGET: the onion address (made once a run) whose port 18080 leads to TARGET in the world.
# Another one where Tor has not published it within a minute: what it chose as introduction points may not answer.
onion_for() {
  local try
  for try in 1 2 3; do
    if [ -s "$LAB/onion-$1" ] || torctl host onion 18080 "$2" >"$LAB/onion-$1"; then cat "$LAB/onion-$1"; return; fi
  done
  tail -n 4 "$TOR_DIR/host/notice.log"
  return 1
}

# tor_far MILLISECONDS: from now on every packet between two Tors, and their client, takes so long: each hop, each way.
tor_far() {
  start "$WORLD_NS" delay python3 "$HERE/lib/delay.py" "$1"
  within 5 grep -q ready "$LAB/delay.log" >/dev/null || { cat "$LAB/delay.log"; return 1; }
  start "$NODE_NS" delay-client python3 "$HERE/lib/delay.py" "$1"
  within 5 grep -q ready "$LAB/delay-client.log" >/dev/null || { cat "$LAB/delay-client.log"; return 1; }
  tor_delays -A
}

tor_near() {
  tor_delays -D
  stop delay delay-client
}

# By iptables, whose queue more kernels have than nftables' own.
tor_delays() {
  local ns end
  for ns in "$WORLD_NS" "$NODE_NS"; do
    for end in --dport --sport; do
      in_ns "$ns" iptables "$1" INPUT -p tcp $end "${OR_PORTS/-/:}" -j NFQUEUE --queue-num 0 --queue-bypass || return 1
    done
  done
}
