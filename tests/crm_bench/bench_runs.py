"""Runs crm_bench on a tiny log and checks that it says every figure it promises."""

import json
import os
import subprocess
import sys

RATIOS = {
    "asof_cold_s_per_million", "asof_warm_ms", "board_vs_echo", "bulk_events_per_s", "bulk_vs_raw",
    "commands_vs_echo", "dashboard_vs_echo", "hot_stream_vs_many", "lag_p99_ms",
    "one_caller_over_echo_in_fdatasyncs", "rebuild_events_per_s", "replay_events_per_s",
    "replay_vs_echo",
}


def main():
    command = [os.environ["CRM_BENCH"], "--json", "--events", "2000", "--opportunities", "200",
               "--rounds", "1", "--slice-ms", "150"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=100)
    if run.returncode != 0:
        sys.exit(f"crm_bench failed with {run.returncode}: {run.stderr}")
    ratios = json.loads(run.stdout)["ratios"]
    if set(ratios) != RATIOS:
        sys.exit(f"other figures than promised: {sorted(set(ratios) ^ RATIOS)}")
    wrong = {name: value for name, value in ratios.items() if not value > 0}
    if wrong:
        sys.exit(f"nothing was measured: {wrong}")


if __name__ == "__main__":
    main()
