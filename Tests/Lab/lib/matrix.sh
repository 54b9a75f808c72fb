# The matrix: everything that a confined user can try, beside the same by another user, through states. Source, do not run.
#
#   matrix_up                     starts what tries, what listens, what captures
#   cell NAME SECONDS [WORDS]     this state, looked at for so long from now
#   matrix_judge                  a claim for each cell
#
# See matrix/kinds.py for what is tried, and matrix/judge.py for what makes a cell good.

FREE_ID=4108
MATRIX=$HERE/matrix
# Prefix of all names of this matrix: a second one in the same test has another.
MX=matrix

# What it starts, for OWN.
matrix_names() { echo "$MX"-{world,echo-world,echo-here,echo-in,echo-out,storm-node,storm-free,old-node,old-free}; }

# free_words: sets AS to the words of the other user, confined by nothing.
free_words() { as_words "$FREE_ID"; }

# matrix_net: what both namespaces need beside the cable.
matrix_net() {
  local host ns
  in_ns "$NODE_NS" sysctl -qw net.ipv4.ping_group_range="0 2147483647" net.ipv4.tcp_syncookies=1 net.ipv4.tcp_fastopen=1
  # As NetworkManager sets it: a Multipath TCP stream may take further paths.
  for ns in "$NODE_NS" "$WORLD_NS"; do ip -n "$ns" mptcp limits set subflow 8 add_addr_accepted 8 2>/dev/null; done
  ip -n "$WORLD_NS" -6 route replace local 2001:db8:113::/48 dev lo
  for host in 101 201; do
    ip -n "$WORLD_NS" addr replace "169.254.7.$host/32" dev ve0
    ip -n "$WORLD_NS" addr replace "fe80::1:$host/64" dev ve0 nodad
  done
}

# matrix_up [FILTER]: all of it but the old flows. What the filter (of tcpdump) leaves out is nobody's that is meant.
matrix_up() {
  local mac
  rm -rf "${LAB:?}/$MX" "${LAB:?}/$MX"[-.]*
  install -d -m 755 "$LAB/$MX"
  : >"$LAB/$MX.cells"
  matrix_net || return 1
  mac=$(ip -n "$NODE_NS" -br link show ve0 | awk '{print $3}')
  capture_start "$MX" "$WORLD_NS" ve0 "ether src $mac and not tcp port 22022 and not tcp port 22023${1:+ and $1}" || return 1
  start "$WORLD_NS" "$MX-world" python3 "$MATRIX/world.py" "$LAB/$MX"
  start "$WORLD_NS" "$MX-echo-world" python3 "$MATRIX/echo.py" serve 22023
  free_words
  start "$NODE_NS" "$MX-echo-here" "${AS[@]}" python3 "$MATRIX/echo.py" serve 22022
  sleep 0.5
  start "$WORLD_NS" "$MX-echo-in" python3 "$MATRIX/echo.py" run 22022 10.66.0.2 fd66::2
  start "$NODE_NS" "$MX-echo-out" "${AS[@]}" python3 "$MATRIX/echo.py" run 22023 "$WORLD_ADDRESS" fd66::1
  start "$NODE_NS" "$MX-storm-free" "${AS[@]}" env RES_OPTIONS="timeout:1 attempts:1" python3 "$MATRIX/storm.py" free 4
}

# The confined user's own storm, 20 rounds a second: begun by itself, since without a guard it does leave.
storm_up() {
  as_words "$NODE_ID"
  start "$NODE_NS" "$MX-storm-node" "${AS[@]}" env RES_OPTIONS="timeout:1 attempts:1" python3 "$MATRIX/storm.py" node "${1:-20}"
  within 5 grep -q '{"' "$LAB/$MX-storm-node.log" >/dev/null
}

# cell NAME SECONDS [WORDS]: the state is reached now, and is looked at for so long at least (matrix/await.py).
cell() { cell_since "$(now_ms)" "$1" "${3:--}" "$2"; }

# cell_since MS NAME [WORDS [SECONDS]]: a state that began then and ends when it is so old (1 s), and has been tried.
cell_since() {
  python3 "$MATRIX/await.py" "$LAB" "$MX" "$1" "${4:-1}" "${3:--}"
  echo "$1 $(now_ms) ${3:--} $2" >>"$LAB/$MX.cells"
}

# old_open [KIND,...]: flows of both users in every state of life (matrix/old.py), open from now on.
old_open() {
  local role
  stop "$MX-old-node" "$MX-old-free"
  rm -f "$LAB/$MX"/{go,die} "$LAB/$MX-old-"*.log
  : >"$LAB/$MX/come"
  as_words "$NODE_ID"
  start "$NODE_NS" "$MX-old-node" "${AS[@]}" python3 "$MATRIX/old.py" node "$LAB/$MX" "$@"
  free_words
  start "$NODE_NS" "$MX-old-free" "${AS[@]}" python3 "$MATRIX/old.py" free "$LAB/$MX" "$@"
  for role in node free; do
    within 10 grep -q open "$LAB/$MX-old-$role.log" >/dev/null || { echo "older flows of $role do not stand"; cat "$LAB/$MX-old-$role.log"; return 1; }
  done
  rm "$LAB/$MX/come"
}

# old_die: some of their processes are killed before the guard comes.
old_die() { : >"$LAB/$MX/die"; sleep 0.3; }
# old_use: all of them are used from now on.
old_use() { : >"$LAB/$MX/go"; }

# old_end: none of them is left, at neither end; what comes after speaks of flows of its own.
old_end() {
  stop "$MX-old-node" "$MX-old-free"
  : >"$LAB/$MX/end"
  sleep 0.5
  rm "$LAB/$MX/end"
}

# matrix_judge [--allow RULE]...
matrix_judge() {
  local mac
  mac=$(ip -n "$NODE_NS" -br link show ve0 | awk '{print $3}')
  capture_stop "$MX"
  claim "the capture missed nothing" capture_complete "$MX"
  python3 "$MATRIX/judge.py" "$LAB" "$MX" "$mac" "$@" || fail "the matrix is judged" "see $LAB/$MX.err"
}

# beside NAME SCRIPT: runs matrix/SCRIPT in two namespaces of its own; its claims are told by `beside_told NAME`. Stop
# it by NAME.
beside() {
  mkdir "$LAB/$1" && chmod 711 "$LAB/$1"
  LAB=$LAB/$1 LAB_ID=$LAB_ID${1:0:1} setsid bash -u "$MATRIX/$2" >"$LAB/$1.out" 2>"$LAB/$1.err" </dev/null &
  echo $! >"$LAB/$1.pid"
}

# In the script itself: what the runner does for a test.
beside_begin() {
  trap '(test_end); namespaces_down' EXIT
  need namespaces_up
  need namespaces_sealed
}

# beside_told NAME: waits for its end, 90 s at most, and prints what it claims.
beside_told() {
  within 90 beside_ended "$1" >/dev/null || fail "the test beside this one" "it does not end"
  cat "$LAB/$1.out"
  grep -q '^ok' "$LAB/$1.out" || fail "the test beside this one" "$(tail -n 3 "$LAB/$1.err" | tr '\n' ';')"
}
beside_ended() { ! kill -0 "$(cat "$LAB/$1.pid")" 2>/dev/null; }
