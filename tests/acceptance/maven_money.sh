#!/usr/bin/env bash
# Plays the Maven CRM data set from proposal to commission on a fresh server, and prints what its
# views say about the money.
#   tests/acceptance/maven_money.sh DATA_DIR [AS_OF_DATE]
# Builds a release if there is none (other programs: CRMD=..., CRMCTL=...), starts a server on a
# scratch directory, imports the files with crmctl import - every won opportunity becomes a
# proposal, an invoice and its payment on the close date - and prints as its last line one JSON
# object with the figures at the end of AS_OF_DATE (default 2017-12-31), read over gRPC.
# With CHECK=1 it also compares them with maven_money_expected.py and fails when they differ.
set -euo pipefail

usage() { sed -n '4,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
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
  import_file sales_teams.csv maven_money/terms
  import_file products.csv maven_money/products
  import_file accounts.csv maven/customers
  import_file sales_pipeline.csv maven_money/sales --lookup "products=$data/products.csv" \
    --lookup "agents=$data/sales_teams.csv"
}

# Months from October 2016, when everything begins, to the day asked for, both included; at least one.
months() {
  local year month
  year=$(date -d "$as_of" +%Y)
  month=$(date -d "$as_of" +%-m)
  local count=$(((year - 2016) * 12 + month - 10 + 1))
  echo $((count < 1 ? 1 : count))
}

# ask NAME COMMAND...: what it prints as JSON, as of the day.
ask() {
  local name=$1
  shift
  ctl "$@" --as-of "$as_of" -o json >"$scratch/$name.json"
}

build
start
import_all >&2
ctl member list --all -o json >"$scratch/members.json"
ctl dashboard -o json >"$scratch/teams.json"
ask dashboard dashboard --months "$(months)"
ask summary commission summary
ask entries commission list --all
ask goals goal leaderboard --all
result=$("$here/maven_money_figures.py" "$as_of" "$scratch")
if [ -n "${CHECK:-}" ]; then
  "$here/maven_money_expected.py" "$data" "$as_of" >"$scratch/expected.json"
  compare "$result" "$scratch/expected.json"
fi
echo "$result"
