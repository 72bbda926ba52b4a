#!/usr/bin/env bash
# Imports the Maven CRM data set into a fresh server and prints what the server says about it.
#   tests/acceptance/maven.sh DATA_DIR [AS_OF_DATE]
# Builds a release if there is none (other programs: CRMD=..., CRMCTL=...), starts a server on a
# scratch directory, imports the files with crmctl import, and prints as its last line one JSON
# object with the figures at the end of AS_OF_DATE (default 2017-12-31), read over gRPC.
# With CHECK=1 it also compares them with maven_expected.py and fails when they differ.
set -euo pipefail

usage() { sed -n '3,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
if [ $# -lt 1 ] || [ $# -gt 2 ]; then usage; fi

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
data=$(cd "$1" && pwd)
as_of=${2:-2017-12-31}
readonly here root data as_of
if [ "$(date -d "$as_of" +%F 2>/dev/null)" != "$as_of" ]; then usage; fi

crmd=${CRMD:-$root/build/release/bin/crmd}
crmctl=${CRMCTL:-$root/build/release/bin/crmctl}
readonly crmd crmctl

scratch=$(mktemp -d)
server=
# The server's own figures are read before this; nothing is printed after the result.
finish() {
  local code=$?
  trap - EXIT
  if [ -n "$server" ]; then
    kill -TERM "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  if [ "$code" -ne 0 ] && [ -s "$scratch/crmd.log" ]; then tail -n 20 "$scratch/crmd.log" >&2; fi
  rm -rf "$scratch"
  exit "$code"
}
trap finish EXIT

build() {
  if [ -x "$crmd" ] && [ -x "$crmctl" ]; then return; fi
  echo "building a release" >&2
  "$root/tools/packages.sh" build acceptance
  (cd "$root" && CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1 cmake --preset release &&
    nice cmake --build --preset release --target crmd crmctl) >"$scratch/build.log" 2>&1 ||
    { tail -n 30 "$scratch/build.log" >&2; exit 1; }
}

start() {
  local anywhere=127.0.0.1:0 port
  "$crmd" --data-dir "$scratch/data" --listen "$anywhere" --admin-listen "$anywhere" \
    --metrics-listen "$anywhere" --bootstrap-token-file "$scratch/token" \
    --bootstrap-effective-time 2016-10-01T00:00:00Z --bootstrap-currency USD \
    --bootstrap-time-zone UTC >"$scratch/crmd.log" 2>&1 &
  server=$!
  # The line that says it serves names the port it was given.
  port=$(sed -n '/ serving port=/{s/.* port=\([0-9]*\).*/\1/p;q}' \
    < <(tail -n +1 --pid="$server" -F "$scratch/crmd.log" 2>/dev/null))
  target=127.0.0.1:$port
  CRMCTL_CONFIG=/dev/null "$crmctl" --target "$target" health --wait --service crm.ready \
    >/dev/null
}

ctl() {
  CRMCTL_CONFIG=/dev/null "$crmctl" --target "$target" --token-file "$scratch/token" \
    --deadline 60s "$@"
}

# import_file FILE MAPPING [OPTION...]: nothing may be rejected.
import_file() {
  local file=$1 mapping=$2
  shift 2
  echo "importing $file" >&2
  ctl import "$data/$file" --mapping "$here/maven/$mapping.toml" "$@" -o json
}

import_all() {
  import_file sales_teams.csv organization
  import_file accounts.csv customers
  import_file accounts.csv customer_parents
  import_file sales_pipeline.csv opportunities --lookup "products=$data/products.csv" \
    --lookup "agents=$data/sales_teams.csv"
}

# Rows that are in, whatever the day: opportunities in the log, not lines of a file.
count_opportunities() {
  ctl events count --type OpportunityOpened -o json |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["count"])'
}

count_events() {
  ctl events count -o json | python3 -c 'import json, sys; print(json.load(sys.stdin)["count"])'
}

build
start
began=$(date +%s.%N)
import_all >&2
seconds=$(python3 -c "print($(date +%s.%N) - $began)")
ctl member list --all -o json >"$scratch/members.json"
ctl dashboard -o json >"$scratch/teams.json"
ctl dashboard --as-of "$as_of" -o json >"$scratch/dashboard.json"
result=$("$here/maven_figures.py" "$as_of" "$(count_opportunities)" "$seconds" "$(count_events)" \
  "$scratch/members.json" "$scratch/teams.json" <"$scratch/dashboard.json")
if [ -n "${CHECK:-}" ]; then
  "$here/maven_expected.py" "$data" "$as_of" >"$scratch/expected.json"
  python3 - "$result" "$scratch/expected.json" <<'COMPARE'
import json
import sys
found = json.loads(sys.argv[1])
with open(sys.argv[2], encoding="utf-8") as file:
    expected = json.load(file)
wrong = [key for key in expected if found[key] != expected[key]]
for key in wrong:
    print(f"{key}: found {found[key]}, expected {expected[key]}", file=sys.stderr)
sys.exit(1 if wrong else 0)
COMPARE
fi
echo "$result"
