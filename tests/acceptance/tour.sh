#!/usr/bin/env bash
# Plays the README's tour on a fresh server, command by command as it is printed there, from a
# captured lead to the receipt of its commission, and fails with the first that does not work.
#   tests/acceptance/tour.sh
# Builds a release if there is none (other programs: CRMD=..., CRMCTL=...).
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
readonly here root

# shellcheck source=tests/acceptance/run_server.sh
. "$here/run_server.sh"

# The commands of the section, one a line; what they print, and the server's own lines, are left out.
commands() {
  sed -n '/^## One tour/,/^## Script it/s/^    //p' "$root/README.md" |
    sed -e ':join' -e '/\\$/{N;s/\\\n *//;b join' -e '}' |
    grep -E '^(crmctl|[a-z]+=)' | grep -v '^crmctl context'
}

crmctl() { ctl "$@"; }

build
start
played=0
while IFS= read -r command; do
  echo "\$ $command"
  # As a reader would: the commands share variables.
  eval "$command" </dev/null
  played=$((played + 1))
done < <(commands)

# What the story must have come to: 5 % of 1,000.00, and books that agree.
earned=$(crmctl -o json commission summary | python3 -c '
import json, sys
print(json.load(sys.stdin)["rows"][0]["earned"]["units"])')
reconciled=$(crmctl -o json audit reconcile | python3 -c '
import json, sys
print(json.load(sys.stdin)["reconciled"])')
echo "$played commands; earned $earned; reconciled $reconciled"
[ "$played" -ge 15 ] && [ "$earned" = 50 ] && [ "$reconciled" = True ]
