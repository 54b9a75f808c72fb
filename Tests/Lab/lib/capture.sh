# What the cable between node and world carried. Source, do not run.

capture_start() { # NAME
  rm -f "$LAB/$1.pcap" "$LAB/tcpdump-$1.log"
  start "$WORLD_NS" "tcpdump-$1" tcpdump -i ve0 -p -n -U --immediate-mode -s 128 -Z root -w "$LAB/$1.pcap"
  within 10 grep -q 'listening on' "$LAB/tcpdump-$1.log" || { echo "tcpdump does not start"; return 1; }
}

capture_stop() { # NAME
  running "tcpdump-$1" || return 0
  sleep 0.3
  stop "tcpdump-$1"
}

# capture_packets NAME ARGUMENTS...: the table of what the node sent; fails if a packet is not allowed.
capture_packets() {
  local name=$1 mac
  shift
  mac=$(ip -n "$NODE_NS" -br link show ve0 | awk '{print $3}')
  python3 "$HERE/lib/packets.py" "$LAB/$name.pcap" "$mac" "$@"
}

# Fails unless the node sent to Tor's OR ports and nowhere else, and the capture missed nothing.
capture_only_tor() {
  local name=$1
  shift
  capture_complete "$name" && capture_packets "$name" --allow "tcp:$WORLD_ADDRESS:$OR_PORTS" "$@"
}

# Fails unless tcpdump wrote every packet that the kernel saw.
capture_complete() {
  local log=$LAB/tcpdump-$1.log wrote got
  wrote=$(sed -n 's/^\([0-9]*\) packets captured.*/\1/p' "$log")
  got=$(sed -n 's/^\([0-9]*\) packets received by filter.*/\1/p' "$log")
  [ -n "$wrote" ] && [ "$wrote" = "$got" ] && grep -q '^0 packets dropped' "$log" || { tail -n 3 "$log"; return 1; }
}

# capture_flags NAME "PROTOCOL ADDRESS PORT": the judge says no, for that; else it could not see a leak.
capture_flags() {
  local said
  if said=$(capture_only_tor "$1"); then
    echo "not flagged"
    return 1
  fi
  grep -q "$2 NOT ALLOWED" <<<"$said" || { echo "$said"; return 1; }
}
