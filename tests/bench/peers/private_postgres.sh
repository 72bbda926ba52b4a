# shellcheck shell=bash disable=SC2034
# Sourced by the peers: PostgreSQL 15 of this script's own, durable as it is by default, reached by a
# socket in a folder that goes away with the script.
#
#   PEER_FOLDER       where its data go: the disk that is measured (/var/tmp)
#   PEER_EVENT_BYTES  size of an event's data (200)
#   PEER_CALLERS      connections that write at a time (64)
#   PEER_SECONDS      length of a round (5)
#   PEER_ROUNDS       rounds, of which the median counts (3)
set -euo pipefail

readonly callers=${PEER_CALLERS:-64} seconds=${PEER_SECONDS:-5} rounds=${PEER_ROUNDS:-3}
readonly event_bytes=${PEER_EVENT_BYTES:-200}
readonly streams=4000  # of one category, each written by one caller at a time, as crm_bench does
readonly postgres=/usr/lib/postgresql/15/bin
peers=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly peers
work=$(mktemp -d "${PEER_FOLDER:-/var/tmp}/peer_XXXXXX")
readonly work

# What initdb and the server refuse to do as root.
as_owner() {
  if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

clean_up() {
  if [ -e "$work/data/postmaster.pid" ]; then
    as_owner "$postgres/pg_ctl" stop -D "$work/data" -m immediate -s || true
  fi
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# Debian's package would make and start a cluster for everybody on this machine.
install_postgres() {
  [ -x "$postgres/postgres" ] && [ -x "$postgres/pgbench" ] && return
  local wish=/etc/postgresql-common/createcluster.d/crm_peers.conf
  mkdir -p "${wish%/*}"
  echo "create_main_cluster = false" >"$wish"
  local failed=0
  "$peers/../../../tools/packages.sh" peers || failed=1
  rm -f "$wish"
  return "$failed"
}

# Runs npm in $work for the packages given, which go away with it.
install_packages() {
  echo '{"private": true, "type": "module"}' >"$work/package.json"
  (cd "$work" && npm install --no-progress --no-audit --no-fund --loglevel=error "$@" >/dev/null)
}

start_postgres() {
  if [ "$(id -u)" = 0 ]; then chown postgres "$work"; fi
  # Its owner may have no way into where the script was called.
  cd "$work"
  as_owner "$postgres/initdb" -D "$work/data" -U postgres -A trust -E UTF8 >/dev/null
  as_owner "$postgres/pg_ctl" start -D "$work/data" -w -s -l "$work/log" -o \
    "-c listen_addresses='' -c unix_socket_directories='$work' -c max_connections=200 -c fsync=on" ||
    { cat "$work/log" >&2; return 1; }
  export PGHOST=$work PGUSER=postgres
}

# The middle one of the numbers on standard input, one a line.
median() { sort -n | awk '{ at[NR] = $1 } END { print at[int((NR + 1) / 2)] }'; }

# Prints what was measured as one line of JSON: $1 the peer, $2 its version, then a rate a round.
report() {
  local peer=$1 of=$2
  shift 2
  printf '{"peer": "%s", "version": "%s", "postgresql": "%s", "fsync": "%s", ' \
    "$peer" "$of" "$(psql -tAc 'show server_version' | cut -d' ' -f1)" "$(psql -tAc 'show fsync')"
  printf '"callers": %s, "event_bytes": %s, "events_per_s": %s}\n' \
    "$callers" "$event_bytes" "$(printf '%s\n' "$@" | median)"
}
