# Two network namespaces joined by one cable, with no way out. Source, do not run.
#
#   node  10.66.0.2 fd66::2  ===ve0===  ve0  world  10.66.0.1 fd66::1, 203.0.113.0/24 on its loopback
#
# The world is the node's default gateway and forwards nothing. It answers for the documentation addresses
# 203.0.113.x, so a packet that went there without Tor would arrive, and be seen on the cable.

WORLD_ADDRESS=10.66.0.1
NODE_NS=xl${LAB_ID}n
WORLD_NS=xl${LAB_ID}w

in_ns() {
  local ns=$1
  shift
  ip netns exec "$ns" "$@"
}

namespaces_up() {
  local ns
  for ns in "$NODE_NS" "$WORLD_NS"; do
    ip netns add "$ns" && ip -n "$ns" link set lo up || return 1
  done
  ip -n "$NODE_NS" link add ve0 type veth peer name ve0 netns "$WORLD_NS" || return 1
  in_ns "$WORLD_NS" sysctl -qw net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0
  ip -n "$WORLD_NS" addr add "$WORLD_ADDRESS/24" dev ve0
  ip -n "$WORLD_NS" addr add fd66::1/64 dev ve0 nodad
  ip -n "$NODE_NS" addr add 10.66.0.2/24 dev ve0
  ip -n "$NODE_NS" addr add fd66::2/64 dev ve0 nodad
  ip -n "$WORLD_NS" link set ve0 up
  ip -n "$NODE_NS" link set ve0 up
  ip -n "$NODE_NS" route add default via "$WORLD_ADDRESS"
  ip -n "$NODE_NS" -6 route add default via fd66::1
  # A local route: every address of it is the world's own.
  ip -n "$WORLD_NS" route add local 203.0.113.0/24 dev lo
  namespaces_files
}

# Users and a resolver that exist in the node's namespace only (`ip netns exec` lays these over /etc). The
# resolver is the world's address: a name that is asked leaves on the cable, where the capture sees it.
namespaces_files() {
  local etc=/etc/netns/$NODE_NS
  mkdir -p "$etc" || return 1
  echo "nameserver $WORLD_ADDRESS" >"$etc/resolv.conf"
  printf 'passwd: files\ngroup: files\nhosts: files dns\n' >"$etc/nsswitch.conf"
  {
    cat /etc/passwd
    local user
    for user in "${LAB_USERS[@]}"; do echo "${user%:*}:x:${user#*:}:${user#*:}::/nonexistent:/usr/sbin/nologin"; done
    # Whom the documentation's examples run the node as.
    grep -q '^monero:' /etc/passwd || echo "monero:x:4109:4109::/nonexistent:/usr/sbin/nologin"
  } >"$etc/passwd"
  {
    cat /etc/group
    for user in "${LAB_USERS[@]}"; do echo "${user%:*}:x:${user#*:}:"; done
  } >"$etc/group"
}

# Fails unless every device of both namespaces is loopback or our cable.
namespaces_sealed() {
  local ns other
  for ns in "$NODE_NS" "$WORLD_NS"; do
    other=$(ip -n "$ns" -o -d link show | awk '!/ lo:/ && !/veth/ {print $2}')
    [ -z "$other" ] || { echo "$ns has $other"; return 1; }
  done
}

namespaces_down() {
  local ns pids
  for ns in "$NODE_NS" "$WORLD_NS"; do
    [ -e "/run/netns/$ns" ] || continue
    # Whatever is still in a namespace of ours was started by us.
    pids=$(ip netns pids "$ns")
    # shellcheck disable=SC2086 # one word a process
    [ -z "$pids" ] || kill -9 $pids 2>/dev/null
    ip netns del "$ns"
  done
  rm -rf "/etc/netns/$NODE_NS" "/etc/netns/$WORLD_NS"
  rmdir /etc/netns 2>/dev/null || true
}
