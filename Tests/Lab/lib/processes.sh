# Processes with a bounded life, known by their pid. Source, do not run.

# Users of the lab, NAME:ID. The node, the router, Tor, the guard and the wallet are five
# users, as they are on a real box.
LAB_USERS=(lab-node:4101 lab-tor:4102 lab-router:4103 lab-guard:4104 lab-wallet:4111)
NODE_ID=4101
TOR_ID=4102
ROUTER_ID=4103
GUARD_ID=4104
WALLET_ID=4111

# as_words USERID: sets AS to the words that run a command as that user, without privileges. The router's user
# is in Tor's group, for its cookie and sockets.
as_words() {
  local id=$1
  AS=(setpriv --reuid "$id" --regid "$id" --clear-groups --no-new-privs)
  [ "$id" != "$ROUTER_ID" ] || AS=(setpriv --reuid "$id" --regid "$id" --groups "$TOR_ID" --no-new-privs)
}

# as_node COMMAND...: in the node's namespace, as its user, for at most 20 s.
as_node() {
  as_words "$NODE_ID"
  in_ns "$NODE_NS" timeout 20 "${AS[@]}" "$@"
}

# Seconds that a process has: longer than any run, for Tor's network is started once.
LAB_TTL=${LAB_TTL:-3600}

# start NAMESPACE NAME COMMAND...: in the background; log to $LAB/NAME.log, pid to $LAB/NAME.pid.
start() {
  local ns=$1 name=$2
  shift 2
  ip netns exec "$ns" setsid timeout -k 2 "$LAB_TTL" "$@" >>"$LAB/$name.log" 2>&1 </dev/null &
  echo $! >"$LAB/$name.pid"
  disown
}

# The started program itself: `timeout` is its parent. Prints its pid.
program_of() {
  local pid
  [ -f "$LAB/$1.pid" ] || return 1
  pid=$(pgrep -P "$(cat "$LAB/$1.pid")") || return 1
  echo "$pid" | head -n 1
}

running() { program_of "$1" >/dev/null; }

# signal SIGNAL NAME
signal() {
  local pid
  pid=$(program_of "$2") || { echo "$2 is not running"; return 1; }
  kill "-$1" "$pid"
}

# stop NAME...: asks all to end, waits up to 5 s, then ends them.
stop() {
  local name pid
  for name in "$@"; do [ ! -f "$LAB/$name.pid" ] || kill "$(cat "$LAB/$name.pid")" 2>/dev/null; done
  for name in "$@"; do
    [ -f "$LAB/$name.pid" ] || continue
    pid=$(cat "$LAB/$name.pid")
    for _ in $(seq 25); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.2
    done
    # `start` made it the leader of a session, so this group is only it and its children.
    kill -9 -- "-$pid" 2>/dev/null
    rm -f "$LAB/$name.pid"
  done
  return 0
}

# kill_now NAME: SIGKILL, as a crash would be.
kill_now() {
  local pid
  [ -f "$LAB/$1.pid" ] || return 1
  pid=$(cat "$LAB/$1.pid")
  kill -9 -- "-$pid" 2>/dev/null
  for _ in $(seq 25); do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  rm -f "$LAB/$1.pid"
}
