# The installed package, asked in its box. Source, do not run.

SERVICE=xmr-routed.service
CONFIGURATION=/etc/xmr-routed/xmr-routed.toml
STATE=/var/lib/xmr-routed
unit() { in_box systemctl show --value -p "$1" "$SERVICE"; }
is_active() { [ "$(unit ActiveState)" = active ] || { in_box journalctl -u "$SERVICE" -n 8 --no-pager -o cat; return 1; }; }
processes() { in_box sh -c 'cat /proc/[0-9]*/comm' | grep -cx xmr-routed; }
ask() { in_box_as "$1" xmr-routed "${@:2}"; }
# Whoever may ask has an answer: a state, not 4.
answered() { local code=0; ask "$1" status || code=$?; [ $code -lt 4 ]; }
not_allowed() { local said code=0; said=$(ask "$1" "${@:3}" 2>&1) || code=$?; echo "$said (exit status $code)"; [ $code = "$2" ]; }
boxed() { in_box xmr-routed status --json | python3 -c "import json, sys; s = json.load(sys.stdin); sys.exit(not ($1))"; }
locked() { boxed 's["kill_switch"]["locked"] and s["state"] == "blocked"'; }
owned() { local now; now=$(in_box stat -c '%a %U:%G' "$1"); echo "$1: $now"; [ "$now" = "$2" ]; }
# A further user's canary, as the operator enables it.
canary_enabled() { in_box systemctl enable --quiet --now xmr-routed-canary@lab-operator.timer && in_box systemctl enable --quiet xmr-routed-canary@lab-operator.service; }
# A timer that was not stopped stays in systemd's list, as one that has failed.
canaries() { in_box systemctl list-units --state=active,activating,failed --plain --no-legend 'xmr-routed-canary@*.timer' | grep .; }
no_table() { local now; now=$(in_box nft list tables); echo "$now"; [ -z "$now" ]; }
