# Everything a test needs. Source, do not run.
: "${LAB:?run the lab by Tests/Lab/run}" "${LAB_ID:?}" "${HERE:?}"
for part in report pulse processes namespaces tor monero capture circuits symbols router guard managed bridges box dante \
  i2p vpn wallet taps; do
  # shellcheck source=/dev/null
  . "$HERE/lib/$part.sh"
done

# What a test started goes when it ends, however it ends. Shared things (Tor, the world's peers) stay.
# A test's last line is `finish`; without it, it ended early and the runner says so.
OWN=()
FINISHED=
finish() { FINISHED=1; exit 0; }
test_end() {
  local name
  stop router node neighbour guard "${OWN[@]}"
  guard_clear
  for name in "$LAB"/tcpdump-*.pid; do [ ! -f "$name" ] || stop "$(basename "$name" .pid)"; done
  [ ! -d "$BOX" ] || box_down
  [ -n "$FINISHED" ] || exit 1
}
trap test_end EXIT
trap 'exit 143' TERM INT

# need COMMAND...: what the rest of the test rests on. When it fails the test fails here.
need() {
  local said
  if ! said=$("$@" 2>&1); then
    fail "set-up: $*" "$(printf '%s' "$said" | tail -n 4 | tr '\n' ';')"
    finish
  fi
}
