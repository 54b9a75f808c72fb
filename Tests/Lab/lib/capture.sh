# What the cable between node and world carried. Source, do not run.

# capture_start NAME [NAMESPACE DEVICE FILTER...]: the cable, or another device.
capture_start() {
  local name=$1 ns=${2:-$WORLD_NS} device=${3:-ve0} try
  for try in 1 2 3 4 5; do
    rm -f "$LAB/$name.pcap" "$LAB/$name.whole" "$LAB/tcpdump-$name.log"
    start "$ns" "tcpdump-$name" tcpdump -i "$device" -p -n -U --immediate-mode -s 192 -Z root -w "$LAB/$name.pcap" "${@:4}"
    within 10 grep -q 'listening on' "$LAB/tcpdump-$name.log" || { echo "tcpdump does not start"; return 1; }
    # What came before the kernel had the filter was received, and never written where the filter does not mean it.
    [ $# -gt 3 ] || return 0
    if within 3 capture_caught_up "$name" >/dev/null; then rm "$LAB/$name.whole" && return; fi
    stop "tcpdump-$name"
  done
  echo "tcpdump misses packets from its start"
  return 1
}

# capture_caught_up NAME: tcpdump has written all that the kernel saw up to now: what it has not when it is told to end, it
# leaves. On loopback the kernel sees each packet twice.
capture_caught_up() {
  local log=$LAB/tcpdump-$1.log before said
  before=$(wc -l <"$log")
  signal USR1 "tcpdump-$1" || return 1
  sleep 0.2
  # Not what it said before.
  [ "$(wc -l <"$log")" -gt "$before" ] || return 1
  said=$(tail -n 1 "$log")
  echo "$said"
  [[ $said =~ ^tcpdump:\ ([0-9]+)\ packets?\ captured,\ ([0-9]+)\ packets?\ received ]] || return 1
  [ "${BASH_REMATCH[2]}" = "${BASH_REMATCH[1]}" ] || [ "${BASH_REMATCH[2]}" = $((BASH_REMATCH[1] * 2)) ] || return 1
  echo "$said" >"$LAB/$1.whole"
}

capture_stop() { # NAME
  running "tcpdump-$1" || return 0
  rm -f "$LAB/$1.whole"
  within 10 capture_caught_up "$1" >/dev/null
  stop "tcpdump-$1"
}

# capture_packets NAME ARGUMENTS...: the table of what the node sent; fails if a packet is not allowed.
capture_packets() {
  local name=$1 mac
  shift
  mac=$(ip -n "$NODE_NS" -br link show ve0 | awk '{print $3}')
  python3 "$HERE/lib/packets.py" "$LAB/$name.pcap" "$mac" "$@"
}

# capture_only NAME "RULE..." ARGUMENTS...: fails unless the node sent where the rules (as packets.py has them) say and
# nowhere else, and the capture missed nothing.
capture_only() {
  local name=$1 rule rules=()
  for rule in $2; do rules+=(--allow "$rule"); done
  shift 2
  capture_complete "$name" && capture_packets "$name" "${rules[@]}" "$@"
}

TOR_RULE=tcp:$WORLD_ADDRESS:$OR_PORTS
capture_only_tor() { capture_only "$1" "$TOR_RULE" "${@:2}"; }

# Fails unless tcpdump had written every packet that the kernel saw when it was asked before its end. One that comes while it ends
# is counted, and not written.
capture_complete() {
  local log=$LAB/tcpdump-$1.log
  [ -s "$LAB/$1.whole" ] && grep -q '^0 packets dropped' "$log" || { tail -n 3 "$log"; return 1; }
}

# capture_flags NAME "PROTOCOL ADDRESS PORT" ["RULE..."]: the judge says no, for that; else it could not see a leak.
# The rules are Tor's unless others are given.
capture_flags() {
  local said
  if said=$(capture_only "$1" "${3:-$TOR_RULE}"); then
    echo "not flagged"
    return 1
  fi
  grep -q "$2 NOT ALLOWED" <<<"$said" || { echo "$said"; return 1; }
}

# capture_control NAME "RULE...": the judge of these rules is shown a packet past the router, and must say no.
capture_control() {
  local peer
  peer=$(PEER_ADDRESS 11)
  capture_start "$1" || return 1
  as_node python3 "$HERE/lib/levin.py" peers "$peer:18080" >/dev/null 2>&1
  capture_stop "$1"
  capture_flags "$1" "tcp $peer 18080" "$2"
}

# capture_holds NAME PATTERN: some packet of it has these bytes (a Perl expression over bytes).
capture_holds() { LC_ALL=C grep -aqP -- "$2" "$LAB/$1.pcap"; }
