# shellcheck shell=bash disable=SC2154
# What the acceptance runs share: a fresh server of a release, and crmctl to talk to it. To be
# sourced by a script that has set `here`, `root` and `data`. Programs: CRMD=..., CRMCTL=...;
# without them a release is built if there is none.

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

# import_file FILE MAPPING [OPTION...]: a mapping below this folder; nothing may be rejected.
import_file() {
  local file=$1 mapping=$2
  shift 2
  echo "importing $file" >&2
  ctl import "$data/$file" --mapping "$here/$mapping.toml" "$@" -o json
}

# compare FOUND EXPECTED_FILE: fails and says where two JSON objects differ.
compare() {
  python3 - "$1" "$2" <<'COMPARE'
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
}
