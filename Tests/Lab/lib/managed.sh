# A Tor that the router starts, in the lab's network. Source, do not run.

MANAGED_DIR=$ROUTER_DIR/state/tor

# What makes a Tor a client of the lab's network, one option a line.
network_lines() {
  echo "TestingTorNetwork 1"
  echo "PathsNeededToBuildCircuits 0.67"
  cat "$TOR_DIR/authorities"
}

# managed_table [LINE...]: a [tor] table for a managed Tor with these further lines in its torrc.
managed_table() {
  echo "managed = true"
  echo "torrc = ["
  { network_lines; [ $# = 0 ] || printf '%s\n' "$@"; } | sed 's/\\/\\\\/g; s/"/\\"/g; s/.*/  "&",/'
  echo "]"
}

# The managed Tor's pid: the child of the router that is a tor and does not only look at its torrc. With
# MANAGED_PROGRAM=i2pd the managed i2pd's.
managed_pid() {
  local router pid
  router=$(program_of router) || return 1
  for pid in $(pgrep -P "$router" -x "${MANAGED_PROGRAM:-tor}"); do
    grep -qz -- --verify-config "/proc/$pid/cmdline" || { echo "$pid"; return 0; }
  done
  echo "the router has no ${MANAGED_PROGRAM:-tor}"
  return 1
}

# gone_after PID SINCE: waits until the process is gone (or a zombie), prints how many ms after SINCE that was.
gone_after() {
  local n
  for n in $(seq 400); do
    # A zombie is gone: whoever it fell to has not looked yet.
    if ! [ -e "/proc/$1" ] || grep -q '^State:[[:space:]]*Z' "/proc/$1/status" 2>/dev/null; then
      echo $(($(now_ms) - $2))
      return 0
    fi
    sleep 0.01
  done
  echo "still there after 4 s"
  return 1
}

# child_gone_with_router PID SIGNAL LIMIT: ends the router so, and this child of it must be gone within LIMIT ms. Adds to
# $LAB/gone how many it took. Signalled and waited for in one process: a shell's forks took hundreds of ms beside other labs.
child_gone_with_router() {
  local router said at took
  router=$(program_of router) || return 1
  said=$(python3 -c '
import os, select, signal, sys, time
watched = select.poll()
watched.register(os.pidfd_open(int(sys.argv[1])), select.POLLIN)
at = time.time()
os.kill(int(sys.argv[2]), signal.Signals["SIG" + sys.argv[3]])
gone = watched.poll(4000)
print(int(at * 1000), int((time.time() - at) * 1000))
raise SystemExit(not gone)' "$1" "$router" "$2") || { echo "the router's child is still there after 4 s"; return 1; }
  read -r at took <<<"$said"
  echo "$took" >>"$LAB/gone"
  printf 'it is gone '
  soon "$3" "$at" $((at + took))
}

# gone_with_router SIGNAL LIMIT: the same of its tor, or i2pd.
gone_with_router() {
  local pid
  pid=$(within 5 managed_pid) || { echo "$pid"; return 1; }
  child_gone_with_router "$pid" "$@"
}

# listens PATTERN: what a program whose name matches listens on, TCP and UDP.
listens() { in_ns "$NODE_NS" ss -Hlnptu | grep -E "\"$1\"" || true; }

# bootstrapped_ms LOG SINCE: how many ms after SINCE (Unix ms) a tor's log says that it has built its first circuit.
bootstrapped_ms() {
  local at
  at=$(sed -n 's/^\(.*\) \[notice\] Bootstrapped 100%.*/\1/p' "$1" | tail -n 1)
  [ -n "$at" ] || { echo "not yet: $(tail -n 1 "$1")"; return 1; }
  echo $(($(date -d "$at" +%s%3N) - $2))
}
