#!/usr/bin/env bash
# shellcheck disable=SC1091,SC2154
# emmett-postgresql on PostgreSQL 15: durable events a second, each an appendToStream of its own
# (emmett.mjs). One line of JSON. private_postgres.sh says what can be set.
source "$(dirname "$0")/private_postgres.sh"

readonly version=0.42.0

install_postgres
install_packages "@event-driven-io/emmett@$version" "@event-driven-io/emmett-postgresql@$version" \
  "@event-driven-io/pongo@0.16.11"
start_postgres
# Beside its packages, where Node looks for them.
cp "$peers/emmett.mjs" "$work/emmett.mjs"
mapfile -t rates < <(node "$work/emmett.mjs" "$callers" "$streams" "$event_bytes" "$seconds" "$rounds")
[ "${#rates[@]}" = "$rounds" ]
report emmett-postgresql "$version" "${rates[@]}"
