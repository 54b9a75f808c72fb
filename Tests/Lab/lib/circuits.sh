# Which Tor circuit each stream took, by the control port's own events. Source, do not run.

streams_watch() {
  rm -f "$LAB/streams.log"
  start "$NODE_NS" streams python3 "$HERE/lib/torctl.py" "$TOR_CONTROL" "$TOR_COOKIE" streams
  within 10 grep -q listening "$LAB/streams.log" >/dev/null || { cat "$LAB/streams.log"; return 1; }
}

# Every stream of a client that was granted: TARGET CIRCUIT USER (`-` for none). Tor's own, which fetch its directory,
# have no client and so no protocol of one (CLIENT_PROTOCOL=UNKNOWN).
#
# Since 0.4.8 Tor joins two circuits to one exit into one way (conflux), which streams share whichever of the two they are
# reported on: CIRCUIT is the name of that pair, where there is one.
streams_seen() {
  awk '$2 == "CIRC" && match($0, /CONFLUX_ID=[0-9A-F]+/) { pair[$3] = substr($0, RSTART + 11, RLENGTH - 11) }
  $2 == "STREAM" && $4 == "SUCCEEDED" && !/CLIENT_PROTOCOL=UNKNOWN/ {
    user = "-"
    if (match($0, /SOCKS_USERNAME="[^"]*"/)) user = substr($0, RSTART + 16, RLENGTH - 17)
    print $6, $5 in pair ? pair[$5] : $5, user
  }' "$LAB/streams.log"
}

# streams_of TARGET-PATTERN FIELD: distinct values of a field (2 circuit, 3 user) of the streams to it.
streams_of() { streams_seen | awk -v p="$1" -v f="$2" '$1 ~ p {print $f}' | sort -u; }
