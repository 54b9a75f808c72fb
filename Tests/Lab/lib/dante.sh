# Real SOCKS5 proxies in the world, dante with a user and a password. Source, do not run.
#
# Two: `near` on the cable's address, `far` on one that a Tor exit or another proxy must reach. Each has a user of its
# own; dante knows them by the system's passwords, which `ip netns exec` lays over /etc in the world alone.

DANTE_ID=4105
DANTE_PORT=1080

dante_address() { [ "$1" = near ] && echo "$WORLD_ADDRESS" || echo 203.0.113.20; }
dante_user() { echo "lab-$1"; }
dante_password() { echo "$1-secret"; }

# A hash by perl, which Debian always has. The file is dante's own to read: it runs without privileges.
dante_files() {
  local etc=/etc/netns/$WORLD_NS name
  [ -s "$etc/shadow" ] && return 0
  mkdir -p "$etc" || return 1
  cp /etc/passwd "$etc/passwd"
  for name in near far; do
    echo "$(dante_user $name):x:$DANTE_ID:$DANTE_ID::/nonexistent:/usr/sbin/nologin" >>"$etc/passwd"
    # shellcheck disable=SC2016 # perl's variables
    echo "$(dante_user $name):$(perl -e 'print crypt($ARGV[0], q($6$lab$))' "$(dante_password $name)"):19000:0:99999:7:::"
  done >"$LAB/shadow" || return 1
  install -o "$DANTE_ID" -m 400 "$LAB/shadow" "$etc/shadow"
}

# dante_start NAME: and waits until it listens.
dante_start() {
  local name=$1 address
  address=$(dante_address "$name")
  dante_files || { echo "dante's users cannot be made"; return 1; }
  cat >"$LAB/dante-$name.conf" <<EOT
logoutput: stderr
internal: $address port = $DANTE_PORT
external: $address
user.privileged: $(dante_user near)
user.unprivileged: $(dante_user near)
socksmethod: username
clientmethod: none
client pass {
  from: 0.0.0.0/0 to: 0.0.0.0/0
}
socks pass {
  from: 0.0.0.0/0 to: 0.0.0.0/0
  command: connect
  user: $(dante_user "$name")
}
EOT
  [ "$name" = near ] || ip -n "$WORLD_NS" addr replace "$address/32" dev lo
  as_words "$DANTE_ID"
  start "$WORLD_NS" "dante-$name" "${AS[@]}" danted -f "$LAB/dante-$name.conf"
  within 10 in_ns "$WORLD_NS" python3 -c "import socket; socket.create_connection(('$address', $DANTE_PORT), 1)" >/dev/null ||
    { echo "dante does not listen: $(tail -n 3 "$LAB/dante-$name.log")"; return 1; }
}

dante_up() { running "dante-$1" || dante_start "$1"; }

# dante_proxy NAME: the lines of its `[proxy]` table.
dante_proxy() {
  cat <<EOT
socks = "$(dante_address "$1"):$DANTE_PORT"
username = "$(dante_user "$1")"
password-file = "$1.pass"
EOT
}
