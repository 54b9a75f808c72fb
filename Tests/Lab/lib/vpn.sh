# A real tunnel: OpenVPN on tun, its server in the world, its client in the node's namespace. Source, do not run.
#
#   node  vpn0 10.8.0.2 fd08::2  ══ OpenVPN over UDP, on the cable ══  vpns 10.8.0.1 fd08::1  world
#
# The world answers for 203.0.113.x and 2001:db8:113::11 by the tunnel as well as by the cable: what leaves by the cable
# arrives too, and is seen there. The node's default route is the cable, so the tunnel is used only by who asks for it.

# The server's address is nobody else's: OpenVPN's client drops what goes to its server through the tunnel, and Tor's
# relays are at the world's other address.
VPN_SERVER=10.66.0.9
VPN_RULES="udp:$VPN_SERVER:1194"
# When the client is gone, the kernel tells the server so: to the server's address, of its own UDP.
VPN_GONE_RULES="$VPN_RULES icmp:$VPN_SERVER:0"
VPN_PEER6=2001:db8:113::11

VPN_WORDS=(openvpn --proto udp --port 1194 --dev-type tun --secret "$LAB/vpn.key" --cipher AES-256-CBC --verb 3
  --script-security 1)

vpn_server_up() {
  running vpn-server && return 0
  [ -f "$LAB/vpn.key" ] || openvpn --genkey secret "$LAB/vpn.key" >/dev/null || return 1
  ip -n "$WORLD_NS" -6 addr replace "$VPN_PEER6/128" dev lo
  ip -n "$WORLD_NS" addr replace "$VPN_SERVER/24" dev ve0
  rm -f "$LAB/vpn-server.log"
  start "$WORLD_NS" vpn-server "${VPN_WORDS[@]}" --dev vpns --local "$VPN_SERVER" --float --ping 5 \
    --ifconfig 10.8.0.1 10.8.0.2 --ifconfig-ipv6 fd08::1/64 fd08::2
  within 10 ip -n "$WORLD_NS" addr show dev vpns scope global >/dev/null
}

# vpn_client_up [ADDRESS [ADDRESS6]]: the client, until the tunnel carries.
vpn_client_up() {
  rm -f "$LAB/vpn-client.log"
  start "$NODE_NS" vpn-client "${VPN_WORDS[@]}" --dev vpn0 --remote "$VPN_SERVER" --nobind --ping 5 \
    --ifconfig "${1:-10.8.0.2}" 10.8.0.1 --ifconfig-ipv6 "${2:-fd08::2}/64" fd08::1
  within 10 grep -q 'Initialization Sequence Completed' "$LAB/vpn-client.log" || { tail -n 3 "$LAB/vpn-client.log"; return 1; }
  # IPv4 takes a bound socket's destination for a neighbour; IPv6 wants a route. Worse than the cable's.
  ip -n "$NODE_NS" -6 route replace default dev vpn0 metric 4096
}

vpn_client_down() {
  stop vpn-client
  ip -n "$NODE_NS" link del vpn0 2>/dev/null
  return 0
}

# The resolver inside the tunnel; each question is a line of $LAB/dns.seen: WHO NAME TYPE.
vpn_resolver_up() {
  : >"$LAB/dns.seen"
  start "$WORLD_NS" vpn-dns python3 "$HERE/lib/dns.py" "$LAB/dns.seen" 10.8.0.1 fd08::1
  within 5 grep -q ready "$LAB/vpn-dns.log"
}

# vpn_flood_up: peers that send without pause, at port 7000 of both families.
vpn_flood_up() {
  start "$WORLD_NS" vpn-flood python3 "$HERE/lib/flood.py" serve "$(PEER_ADDRESS 11)" "$VPN_PEER6"
  within 5 grep -q ready "$LAB/vpn-flood.log"
}

# vpn_load NAME: eight streams of both families through the router to them, under way; see $LAB/NAME.log.
vpn_load() {
  rm -f "$LAB/$1.log"
  as_words "$NODE_ID"
  start "$NODE_NS" "$1" "${AS[@]}" python3 "$HERE/lib/flood.py" load "$NODE_PROXY" \
    "$(PEER_ADDRESS 11):7000" "[$VPN_PEER6]:7000"
  within 20 grep -q '^open 8' "$LAB/$1.log" || { cat "$LAB/$1.log"; return 1; }
}
