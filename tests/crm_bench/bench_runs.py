"""Runs crm_bench on tiny logs and checks that it says every figure it promises.

How large they are is not a test, and the peers are scripts of this test's own.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

QUICK = {
    "asof_cold_s_per_million", "asof_warm_ms", "board_vs_echo", "bulk_events_per_s", "bulk_vs_raw",
    "commands_vs_echo", "dashboard_vs_echo", "hot_stream_vs_many", "lag_p99_ms",
    "one_caller_over_echo_in_fdatasyncs", "rebuild_events_per_s", "replay_events_per_s",
    # Beside those the table asks for: its other halves.
    "rebuild_vs_bare", "replay_vs_echo",
}
FULL = QUICK | {"bytes_per_event", "growth_min_ratio", "open_s", "rss_mb", "vs_emmett",
                "vs_message_db"}
# Of every kind of call, when all come at a time.
KINDS = ("board", "dashboard", "delivery", "get", "list", "move")


def run(*arguments):
    command = [os.environ["CRM_BENCH"], "--json", "--events", "1500", "--opportunities", "100",
               "--rounds", "1", "--slice-ms", "100", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100)
    if done.returncode != 0:
        sys.exit(f"crm_bench failed with {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)


def check_names(ratios, promised):
    if set(ratios) != promised:
        sys.exit(f"other figures than promised: {sorted(set(ratios) ^ promised)}")
    wrong = {name: value for name, value in ratios.items() if not value > 0}
    if wrong:
        sys.exit(f"nothing was measured: {wrong}")


def check_full(report):
    check_names(report["ratios"], FULL)
    check_names(report["large"]["ratios"], QUICK)
    measured = report["measured"]
    expected = {f"{mix}_{kind}_p99_us" for mix in ("mixed_closed", "mixed_open") for kind in KINDS}
    if missing := expected - set(measured):
        sys.exit(f"percentiles are missing: {sorted(missing)}")
    if measured["events"] < 3000:
        sys.exit(f"the log did not grow: {measured['events']} events")
    ours = measured["commands_per_s"]
    if abs(report["ratios"]["vs_message_db"] - ours / 1000) > 0.01:
        sys.exit("message-db was compared with something else than the commands")


def main():
    with tempfile.TemporaryDirectory() as folder:
        for script, rate in ("message_db.sh", 1000), ("emmett.sh", 500):
            path = pathlib.Path(folder, script)
            path.write_text(f"#!/bin/sh\necho '{{\"events_per_s\": {rate}}}'\n")
            path.chmod(0o755)
        check_full(run("--suite", "full", "--growth-events", "3000", "--peers", folder))
    check_names(run("--only", "commands")["ratios"],
                {"bulk_events_per_s", "bulk_vs_raw", "commands_vs_echo", "hot_stream_vs_many"})


if __name__ == "__main__":
    main()
