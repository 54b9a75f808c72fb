# The router's own user: its proxies and tunnels, nothing else; and when the router dies and its tunnel goes, not even
# the kernel's resets leave by another way. A test of its own, run beside another (see `beside`).
. "$HERE/lib/all.sh"
. "$HERE/lib/matrix.sh"
beside_begin
OWN=(guard load vpn-client vpn-server vpn-dns vpn-flood)
ROUTER_FLAGS=(--guard-socket "$GUARD_SOCKET")
export GUARD_MODE=required HOLD=2s EGRESSES='[vpn.lab]
interface = "vpn0"
resolver = "10.8.0.1"' ROUTES='clearnet = "vpn.lab"'
need vpn_server_up
need vpn_resolver_up
need vpn_flood_up
need vpn_client_up
router_new
need guard_up
need router_start
need router_wait protected 20

# tries USER: TCP and UDP of both families past everything; where they end is for the capture to say.
tries() {
  as_words "$1"
  in_ns "$NODE_NS" timeout 10 "${AS[@]}" python3 -c '
import socket
for to in (("203.0.113.11", 7000), ("2001:db8:113::11", 7000), ("10.66.0.1", 53)):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        link = socket.socket(socket.AF_INET6 if ":" in to[0] else socket.AF_INET, kind)
        link.settimeout(0.3)
        try:
            link.connect(to)
            link.send(b"past the tunnel")
        except OSError:
            pass'
}
need capture_start past
tries "$ROUTER_ID"
capture_stop past
claim "the router's user reaches nothing beside its tunnel" capture_only past "$VPN_RULES"
need capture_start control
tries "$FREE_ID"
capture_stop control
claim "the same by another user is seen" capture_flags control "udp 203.0.113.11 7000" "$VPN_RULES"

# lost TEXT COMMAND...: under load the router dies and the tunnel goes; peers send on for a while.
lost() {
  local text=$1 name=lost$RANDOM
  shift
  if ! running router; then
    vpn_client_down
    need vpn_client_up
    need router_start
    need router_wait protected 20
  fi
  need vpn_load load
  need capture_start "$name"
  # Some of the load is to be seen: a server that is told of the end of its client at once sends little more.
  need within 10 capture_packets "$name" --allow "$VPN_RULES" --want 100
  "$@" >>"$LAB/lost.log" 2>&1
  sleep 1.5
  capture_stop "$name"
  stop load
  claim "$text: 0 packets by any other way" capture_only "$name" "$VPN_GONE_RULES" --want 50
}
killed() { kill_now router; sleep 0.5; ip -n "$NODE_NS" link del vpn0; }
tunnel_first() { ip -n "$NODE_NS" link del vpn0; kill_now router; }
openvpn_too() { kill_now router; kill_now vpn-client; }
lost "SIGKILL of the router, then its tunnel deleted" killed
lost "the tunnel deleted, then SIGKILL of the router" tunnel_first
lost "SIGKILL of the router and of OpenVPN" openvpn_too
lost "the same again" openvpn_too
stop router
guard_stop
claim "the guard takes its table away" guard --remove
finish
