# How long this machine stood still (pulse.py, from the beginning of a run). Source, do not run.
#
# What is promised in milliseconds is kept within a few; only a machine that gives nobody his turn for a second breaks such a
# promise, and that says nothing of the router.

# awake FROM TO: how many ms passed between these times (Unix ms), but for those in which the CPU that stood still for longest
# did so.
awake() {
  awk -v from="$1" -v to="$2" '{
    end = $1 + $2 < to ? $1 + $2 : to
    begin = $1 > from ? $1 : from
    if (end > begin) still[$3] += end - begin
  }
  END {
    for (cpu in still) if (still[cpu] > most) most = still[cpu]
    printf "%d\n", to - from - most
  }' "$LAB/pulse.log"
}

# soon MS FROM TO: it took no longer than that while the machine was awake.
soon() {
  local passed=$(($3 - $2)) took
  took=$(awake "$2" "$3")
  echo "after $passed ms$([ "$took" = "$passed" ] || echo ", of which the machine was awake for $took")"
  [ "$took" -le "$1" ]
}
