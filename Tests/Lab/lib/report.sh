# What a test says: one line per claim, `ok`, `FAIL` or `skip` with why. Source, do not run.

ok() { printf 'ok    %s\n' "$1"; }
fail() { printf 'FAIL  %s: %s\n' "$1" "${2:-no reason given}"; }
skip() { printf 'skip  %s: %s\n' "$1" "${2:-no reason given}"; }
note() { printf '      %s\n' "$*"; }

# claim TEXT COMMAND...: the claim holds if the command succeeds; the last lines it printed say why not.
claim() {
  local text=$1 said
  shift
  if said=$("$@" 2>&1); then
    ok "$text"
  else
    fail "$text" "$(printf '%s' "$said" | tail -n 6 | tr '\n' ';' | cut -c1-600)"
    return 1
  fi
}

# claim_not TEXT COMMAND...: the claim holds if the command fails.
claim_not() {
  local text=$1 said
  shift
  if said=$("$@" 2>&1); then
    fail "$text" "$(printf '%s' "$said" | tail -n 6 | tr '\n' ';' | cut -c1-600)"
    return 1
  else
    ok "$text"
  fi
}

now_ms() { date +%s%3N; }

# within SECONDS COMMAND...: tries until it succeeds; fails after that time with what it last said. The last try is one that
# began after that time: one that took long and failed tells of the time at which it began.
within() {
  local end=$(($(now_ms) + $1 * 1000)) said at
  shift
  while :; do
    at=$(now_ms)
    if said=$("$@" 2>&1); then
      printf '%s\n' "$said"
      return 0
    fi
    if [ "$at" -ge "$end" ]; then
      printf '%s\n' "$said"
      return 1
    fi
    sleep 0.2
  done
}

# for_all SECONDS COMMAND...: succeeds if the command succeeds every time for so long.
for_all() {
  local end=$(($(now_ms) + $1 * 1000))
  shift
  while [ "$(now_ms)" -lt "$end" ]; do
    "$@" || return 1
    sleep 0.2
  done
}
