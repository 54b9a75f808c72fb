# A private I2P network of real i2pd routers: seven in the world, one in the node's namespace; nothing leaves. Source,
# do not run.
#
#   node  198.18.0.10 ══ cable ══▶ 198.18.0.11 to .15  world; .15 has the server tunnel ▶ monerod 203.0.113.12
#
# 198.18/15, since i2pd drops what comes from reserved networks whatever its configuration says, and knows this one not.
# It takes half a minute, so the runner starts it before the first test that says `# needs i2pd`.

I2P_DIR=$LAB/i2p
I2P_ID=4104
I2P_SOCKS=4447
I2P_SAM=7656
I2P_PORT=12000
I2P_WORLD=(1 2 3 4 5 6 7)
I2P_SERVER=5
# Those of the world who dial: their SOCKS port is I2P_SOCKS and their number. None is a floodfill: in so small a network
# no stream of one ever arrives, not even by i2pd alone.
I2P_DIALLERS=(4 6 7)
# Where the server tunnel leads.
I2P_TARGET=203.0.113.12

i2p_address() { echo "198.18.0.$((10 + $1))"; }

# The node's router is 0. It takes no connections from others: what it sends goes to the world's routers' port only.
i2p_conf() { # INDEX
  local flood=false published=true socks=false sam=false
  [ "$1" = 0 ] && published=false socks=true sam=true
  [[ " ${I2P_DIALLERS[*]} " != *" $1 "* ]] || socks=true
  [ "$1" != 0 ] && [ "$1" -le 3 ] && flood=true
  cat <<EOT
log = file
logfile = $I2P_DIR/r$1/i2pd.log
loglevel = warn
netid = 77
host = $(i2p_address "$1")
address4 = $(i2p_address "$1")
port = $I2P_PORT
nat = false
ipv4 = true
ipv6 = false
reservedrange = false
bandwidth = X
share = 100
floodfill = $flood
[ntcp2]
enabled = true
published = $published
port = $I2P_PORT
[ssu2]
enabled = false
[http]
enabled = false
[httpproxy]
enabled = false
[socksproxy]
enabled = $socks
address = 127.0.0.1
port = $((I2P_SOCKS + $1))
inbound.length = 1
outbound.length = 1
inbound.quantity = 4
outbound.quantity = 4
[sam]
enabled = $sam
address = 127.0.0.1
port = $I2P_SAM
[i2cp]
enabled = false
[upnp]
enabled = false
[nettime]
enabled = false
[reseed]
verify = false
urls =
yggurls =
zipfile = $I2P_DIR/seed.zip
threshold = 1
[addressbook]
subscriptions =
[exploratory]
inbound.length = 1
outbound.length = 1
inbound.quantity = 2
outbound.quantity = 2
EOT
}

i2p_start() { # INDEX
  local ns=$WORLD_NS
  [ "$1" != 0 ] || ns=$NODE_NS
  as_words "$I2P_ID"
  start "$ns" "i2pd-$1" "${AS[@]}" env HOME="$I2P_DIR" i2pd --datadir="$I2P_DIR/r$1" --conf="$I2P_DIR/r$1/i2pd.conf" \
    --tunconf="$I2P_DIR/r$1/tunnels.conf" --service
}

i2p_described() {
  local i
  for i in "${I2P_WORLD[@]}"; do [ -s "$I2P_DIR/r$i/router.info" ] || { echo "i2pd $i has written no router.info"; return 1; }; done
  [ -s "$I2P_DIR/r$I2P_SERVER/lab.dat" ] || { echo "the server tunnel has no keys"; return 1; }
}

# i2p_begin: makes the world's part and returns, before anything passes. Each router first writes what others must
# know of it, then all start from a seed of all.
i2p_begin() {
  local i names=()
  mkdir -p "$I2P_DIR"
  ip -n "$NODE_NS" addr replace "$(i2p_address 0)/32" dev ve0
  ip -n "$WORLD_NS" route replace "$(i2p_address 0)/32" dev ve0
  for i in 0 "${I2P_WORLD[@]}"; do
    [ "$i" = 0 ] || ip -n "$WORLD_NS" addr replace "$(i2p_address "$i")/32" dev lo
    mkdir -p "$I2P_DIR/r$i"
    i2p_conf "$i" >"$I2P_DIR/r$i/i2pd.conf"
    : >"$I2P_DIR/r$i/tunnels.conf"
  done
  # A lease set is published when an inbound tunnel comes while an outbound one exists: with many it surely is.
  cat >"$I2P_DIR/r$I2P_SERVER/tunnels.conf" <<EOT
[lab]
type = server
host = $I2P_TARGET
port = 18080
keys = lab.dat
inbound.length = 1
outbound.length = 1
inbound.quantity = 8
outbound.quantity = 4
EOT
  chown -R "$I2P_ID:$I2P_ID" "$I2P_DIR"
  for i in "${I2P_WORLD[@]}"; do
    i2p_start "$i"
    names+=("i2pd-$i")
  done
  within 20 i2p_described || return 1
  stop "${names[@]}"
  python3 "$HERE/lib/i2pseed.py" "$I2P_DIR" || return 1
  for i in "${I2P_WORLD[@]}"; do i2p_start "$i"; done
  echo made >"$I2P_DIR/begun"
}

# Where the server tunnel is found.
i2p_destination() { cat "$I2P_DIR/b32"; }

# i2p_client_up: the node's own i2pd, whatever a test did to it before, until its SOCKS port is open. It runs for a test
# of it only: its packets are on the cable.
i2p_listens() {
  in_ns "$NODE_NS" python3 -c "import socket
for port in ($I2P_SOCKS, $I2P_SAM): socket.create_connection(('127.0.0.1', port), 1)"
}
i2p_client_up() {
  within 60 test -s "$I2P_DIR/begun" >/dev/null || { echo "the I2P network did not begin: $(tail -n 3 "$LAB/i2p.log")"; return 1; }
  running i2pd-0 || i2p_start 0
  within 10 i2p_listens >/dev/null || { echo "the node's i2pd does not listen"; return 1; }
}

# Through i2pd alone, without a router of ours: the network is there.
i2p_passes() { dial_by "127.0.0.1:$I2P_SOCKS" "$(i2p_destination):18080" --socks5 --timeout "${1:-10}"; }

# i2p_dial NUMBER TARGET [ARGUMENTS...]: as somebody far off would, by an I2P router of the world's.
i2p_dial() {
  local number=$1
  shift
  as_words "$NODE_ID"
  in_ns "$WORLD_NS" timeout 90 "${AS[@]}" python3 "$HERE/lib/levin.py" dial "127.0.0.1:$((I2P_SOCKS + number))" "$@" --socks5
}
i2p_up() { i2p_client_up && within 90 i2p_passes; }
