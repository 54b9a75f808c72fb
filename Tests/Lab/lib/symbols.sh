# What a binary imports. Source, do not run.

# resolver_symbols FILE: prints the functions it imports that ask names; fails if it cannot be read.
resolver_symbols() {
  local all
  all=$(nm -D "$1") && grep -q ' U ' <<<"$all" || { echo "no imports can be read in $1"; return 1; }
  grep -E ' U (getaddrinfo|gethostby|gethostent|getnameinfo|res_|__res_|ns_init|dn_)' <<<"$all" || true
}

resolves() { [ -n "$(resolver_symbols "$1")" ]; }
resolves_nothing() {
  local found
  found=$(resolver_symbols "$1") || { echo "$found"; return 1; }
  echo "$found"
  [ -z "$found" ]
}
