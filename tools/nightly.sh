#!/usr/bin/env bash
# Everything that takes longer than ./check may: each part runs, whatever the others say.
#   tools/nightly.sh [--minutes N] [--out DIR] [PART ...]
# N is for each fuzz target (default 5). PARTs, by default all of them:
#   fuzz        libFuzzer on every target; new inputs go to DIR/corpus/{target}
#   asan tsan   the whole test suite under the address and undefined-behaviour, the thread sanitizer
#   crash       kills the server 500 times
#   ordeal      power loss, device errors and corruption, 1000 of each
#   model       models, histories and replays
#   overload    10,000 connections, 1000 streams
# DIR (default build/nightly) keeps a log of each part, with its seeds. Ends with a summary, and
# with 1 when a part failed. What libFuzzer found is worth keeping: merge it into tests/fuzz/corpus
# as HACKING.md says.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1

usage() { sed -n '2,15s/^# \{0,1\}//p' "$0" >&2; exit 2; }

minutes=5
out=build/nightly
parts=()
while [ $# -gt 0 ]; do
  case "$1" in
    --minutes) minutes=${2:?--minutes wants a number}; shift ;;
    --out) out=${2:?--out wants a folder}; shift ;;
    fuzz | asan | tsan | crash | ordeal | model | overload) parts+=("$1") ;;
    *) usage ;;
  esac
  shift
done
[[ $minutes =~ ^[0-9]+$ ]] || usage
if [ "${#parts[@]}" = 0 ]; then parts=(fuzz asan tsan crash ordeal model overload); fi
mkdir -p "$out"

failed=()
summary=()

# Runs a command under a name; its output goes to the log of that name.
run() {
  local name=$1 began=$SECONDS verdict=passed
  shift
  printf '== %s\n' "$name"
  if ! "$@" >"$out/$name.log" 2>&1; then
    verdict=FAILED
    failed+=("$name")
    tail -n 30 "$out/$name.log"
  fi
  summary+=("$(printf '%-24s %-6s %6d s' "$name" "$verdict" $((SECONDS - began)))")
}

# Builds a preset's targets: all of them unless some are named.
build() {
  local preset=$1
  shift
  cmake --preset "$preset" && nice ninja -C "build/$preset" "$@"
}

suite() {
  build "$1" && ctest --preset "$1"
}

# A test of the dev build, with settings of its environment before its name.
long_form() {
  local settings=()
  while [[ $1 == *=* ]]; do settings+=("$1"); shift; done
  env "${settings[@]}" "build/dev/tests/$1" "${@:2}"
}

fuzz() {
  local name=$1
  mkdir -p "$out/corpus/$name" "$out/findings"
  # Sanitizers of clang cannot look into RocksDB's threads at exit; a leak there is not ours.
  "build/fuzz/tests/fuzz/${name}_fuzz" -max_total_time=$((60 * minutes)) -max_len=4096 -timeout=10 \
    -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$out/findings/$name-" \
    "$out/corpus/$name" "tests/fuzz/corpus/$name"
}

# What the long forms run.
declare -A programs=(
  [crash]=crash_test [ordeal]=ordeal_test [model]="eventstore_test scenarios_test"
  [overload]=overload_test
)

for part in "${parts[@]}"; do
  case "$part" in
    fuzz)
      run fuzz-build build fuzz fuzz_targets
      for folder in tests/fuzz/corpus/*/; do
        run "fuzz-$(basename "$folder")" fuzz "$(basename "$folder")"
      done
      ;;
    asan | tsan) run "$part" suite "$part" ;;
    *)
      read -ra targets <<<"${programs[$part]}"
      run "build-$part" build dev "${targets[@]}"
      case "$part" in
        crash) run crash long_form CRM_CRASH_ROUNDS=500 crash/crash_test ;;
        ordeal)
          run power-loss long_form CRM_POWER_LOSS_SEEDS=1000 eventstore/ordeal_test \
            --gtest_filter='*PowerLoss*'
          run device-errors long_form CRM_DEVICE_ERROR_SEEDS=1000 eventstore/ordeal_test \
            --gtest_filter='*Device*:*Disk*'
          run corruption long_form CRM_CORRUPTION_PLACES=1000 eventstore/ordeal_test \
            --gtest_filter='*Corruption*'
          ;;
        model)
          run model long_form CRM_MODEL_RUNS=1000 CRM_HISTORIES=200 eventstore/eventstore_test
          run replays long_form CRM_REPLAYS=50 scenarios/scenarios_test --gtest_filter='*Replay*'
          ;;
        overload)
          # Both ends of every connection are open files.
          ulimit -n 20000 || echo "too few open files for 10,000 connections" >&2
          run overload long_form CRM_OVERLOAD_CONNECTIONS=10000 CRM_OVERLOAD_STREAMS=1000 \
            CRM_OVERLOAD_CALLS=64 CRM_OVERLOAD_ACKNOWLEDGED=50000 overload/overload_test
          ;;
      esac
      ;;
  esac
done

printf '\n'
printf '%s\n' "${summary[@]}"
printf 'logs in %s\n' "$out"
[ "${#failed[@]}" = 0 ]
