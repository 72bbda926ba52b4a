#!/usr/bin/env bash
# shellcheck disable=SC1091,SC2154
# message-db on PostgreSQL 15: durable events a second of one category, each by a call of its
# write_message from pgbench, which is as cheap a client as there is. One line of JSON.
# private_postgres.sh says what can be set.
source "$(dirname "$0")/private_postgres.sh"

readonly version=1.3.1
# The tables lie in a schema that its functions expect on the path.
export PGOPTIONS='-c client_min_messages=warning -c search_path=message_store,public'

install_postgres
install_packages "@eventide/message-db@$version"
start_postgres
PGOPTIONS='-c client_min_messages=warning' \
  bash "$work/node_modules/@eventide/message-db/database/install.sh" >"$work/install" 2>&1 ||
  { cat "$work/install" >&2; exit 1; }

data=$(printf '{"stage": "%*s"}' $((event_bytes - 13)) "" | tr ' ' x | sed 's/:x/: /')
cat >"$work/write.sql" <<SQL
\set own random(0, $((streams / callers - 1)))
\set stream :client_id * $((streams / callers)) + :own
SELECT write_message(gen_random_uuid()::varchar, 'opportunity-' || :stream, 'StageMoved', '$data'::jsonb);
SQL

run() {
  "$postgres/pgbench" -n -M prepared -f "$work/write.sql" -c "$callers" -j 2 -T "$1" message_store 2>&1
}

run 2 >/dev/null  # warms it up: the streams are there
rates=()
for ((round = 0; round < rounds; ++round)); do
  rate=$(run "$seconds" | sed -nE 's/^tps = ([0-9]+).*/\1/p')
  rates+=("${rate:?pgbench said no rate}")
done
report message-db "$version" "${rates[@]}"
