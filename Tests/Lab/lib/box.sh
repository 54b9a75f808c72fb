# A real systemd with a root of its own: process 1 of its own namespaces, on a throw-away overlay of this machine's
# root, with loopback and no other network. Source, do not run.
#
# Nothing that is done in it reaches this machine. What it changed of the root can be listed below /mnt in it.
# BOX_ROOT=FOLDER takes another root instead, such as a fresh Debian by mmdebstrap.

BOX=$LAB/box
BOX_CGROUP=/sys/fs/cgroup/unified
[ -d "$BOX_CGROUP" ] || BOX_CGROUP=/sys/fs/cgroup
BOX_CGROUP=$BOX_CGROUP/xmr-routed-box-$LAB_ID

# in_box COMMAND...: as its root, for at most 60 s, or BOX_PATIENCE.
in_box() {
  local pid
  pid=$(cat "$BOX/init") || return 1
  timeout "${BOX_PATIENCE:-60}" nsenter -t "$pid" -m -p -n -i -u -C -- \
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 "$@"
}

# in_box_as USER COMMAND...: as this user, with the user's groups.
in_box_as() {
  local user=$1
  shift
  in_box setpriv --reuid "$user" --regid "$user" --init-groups -- "$@"
}

# box_up: starts it. Fails where this machine has no overlay, or no cgroups of version 2.
box_up() {
  rm -rf "$BOX"
  mkdir -p "$BOX/root" "$BOX/changed" && mkdir "$BOX_CGROUP" || { echo "no cgroup can be made"; return 1; }
  : >"$BOX/console"
  # Its cgroup is entered here: `ip netns exec` hides them.
  (echo "$BASHPID" >"$BOX_CGROUP/cgroup.procs" && start "$NODE_NS" box bash "$HERE/lib/box-init" "$BOX")
  within 30 box_started >/dev/null || { tail -n 5 "$LAB/box.log" "$BOX/console"; return 1; }
}

# Its process 1 is the only child of what `unshare --fork` became.
box_started() {
  local outer
  outer=$(program_of box) || return 1
  pgrep -P "$outer" >"$BOX/init" || return 1
  [ "$(cat "/proc/$(cat "$BOX/init")/comm")" = systemd ] && [ "$(in_box systemctl is-active lab.target)" = active ]
}

box_down() {
  # With its process 1 all others of it end.
  [ ! -s "$BOX/init" ] || kill -9 "$(cat "$BOX/init")" 2>/dev/null
  stop box
  find "$BOX_CGROUP" -depth -type d -exec rmdir {} \; 2>/dev/null
  rm -rf "$BOX"
}
