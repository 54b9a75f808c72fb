# What a binary imports. Source, do not run.

# resolves FILE: prints the resolver's functions it imports; fails if there are none.
resolves() { nm -D "$1" | grep -E ' U (getaddrinfo|getaddrinfo_a|gethostby|res_|__res_|ns_init|getnameinfo|gethostent|dn_)'; }
