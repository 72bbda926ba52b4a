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

# shellcheck source=tests/acceptance/run_server.sh
. "$here/run_server.sh"

import_all() {
  import_file sales_teams.csv maven/organization
  import_file accounts.csv maven/customers
  import_file accounts.csv maven/customer_parents
  import_file sales_pipeline.csv maven/opportunities --lookup "products=$data/products.csv" \
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
  compare "$result" "$scratch/expected.json"
fi
echo "$result"
