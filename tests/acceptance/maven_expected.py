#!/usr/bin/env python3
"""What the acceptance run must find, computed from the CSV files alone.

    maven_expected.py DATA_DIR [AS_OF_DATE]

Prints one JSON object like the last line of maven.sh, without import_seconds and events. Shares no
code with crmd or crmctl on purpose: it is the other opinion.
"""
import csv
import datetime
import json
import os
import sys
from decimal import Decimal

PROSPECTING_SINCE = "2017-12-31"
LAST_DAY = "2017-12-31"
SPELLINGS = {"GTXPro": "GTX Pro"}


def rows(folder, name):
    with open(os.path.join(folder, name), newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def figures():
    return {"open": 0, "expected": Decimal(0), "won": 0, "won_amount": Decimal(0), "lost": 0}


def add(total, row, price, day):
    """Counts a row in the state it had at the end of the day."""
    stage = row["deal_stage"]
    opened = PROSPECTING_SINCE if stage == "Prospecting" else row["engage_date"]
    if opened > day:
        return
    if stage in ("Won", "Lost") and row["close_date"] <= day:
        if stage == "Won":
            total["won"] += 1
            total["won_amount"] += Decimal(row["close_value"])
        else:
            total["lost"] += 1
    else:
        total["open"] += 1
        total["expected"] += price


def plain(total):
    return {
        key: format(value, ".2f") if isinstance(value, Decimal) else value
        for key, value in total.items()
    }


def expected(folder, day):
    prices = {row["product"]: Decimal(row["sales_price"]) for row in rows(folder, "products.csv")}
    leaders = {row["sales_agent"]: row["manager"] for row in rows(folder, "sales_teams.csv")}
    pipeline = rows(folder, "sales_pipeline.csv")
    total = figures()
    teams = {leader: figures() for leader in sorted(set(leaders.values()))}
    for row in pipeline:
        price = prices[SPELLINGS.get(row["product"], row["product"])]
        add(total, row, price, day)
        add(teams[leaders[row["sales_agent"]]], row, price, day)
    result = {"as_of": day, "opportunities": len(pipeline)}
    result.update(plain(total))
    result["teams"] = [dict(leader=leader, **plain(team)) for leader, team in teams.items()]
    return result


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    day = sys.argv[2] if len(sys.argv) == 3 else LAST_DAY
    day = datetime.date.fromisoformat(day).isoformat()
    print(json.dumps(expected(sys.argv[1], day), separators=(",", ":")))


if __name__ == "__main__":
    main()
