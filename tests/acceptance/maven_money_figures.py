#!/usr/bin/env python3
"""Turns what the views say into the result of the money run.

    maven_money_figures.py AS_OF_DATE FOLDER

FOLDER holds what crmctl printed as JSON, all as of that day: dashboard.json (with months),
summary.json (commissions), goals.json (the leaderboard), entries.json (the ledger), teams.json
(today's dashboard) and members.json. Prints one JSON object. Adds up rows; decides nothing but
whether the views agree with each other.
"""
import json
import os
import sys
from decimal import Decimal

AGENT, OVERRIDE = "COMMISSION_ROLE_AGENT", "COMMISSION_ROLE_OVERRIDE"


def amount(money):
    """In US dollars; any other currency would be a mistake of the import."""
    if not money:
        return Decimal(0)
    if money["currency_code"] != "USD":
        sys.exit("unexpected currency " + money["currency_code"])
    return Decimal(int(money.get("units", 0))) + Decimal(money.get("nanos", 0)) / 1_000_000_000


def total(rows, column):
    return sum((amount(row.get(column)) for row in rows), Decimal(0))


def plain(value):
    return format(value, ".2f")


def by_received(rows, name):
    """The most received first, then by name."""
    return sorted(rows, key=lambda row: (-row["received"], row[name]))


def agents_of(members, summary, goals):
    """Everybody who sells: an agent by role, whether or not anything was sold."""
    rows = []
    for member in members:
        if "roles/sales_agent" not in member["roles"]:
            continue
        earned = [
            row for row in summary if row["agent"] == member["name"] and row["role"] == AGENT
        ]
        reached = [
            goal
            for goal in goals
            if goal["member"] == member["name"] and goal["state"] == "GOAL_STATE_REACHED"
        ]
        rows.append(
            {
                "agent": member["display_name"],
                "received": total(earned, "received"),
                "commission": total(earned, "earned"),
                "goals_reached": len(reached),
            }
        )
    return by_received(rows, "agent")


def managers_of(names, teams, tiles, summary):
    rows = []
    for team in teams:
        leader = team["leaders"][0]
        months = tiles.get(team["team"], {}).get("months", [])
        overrides = [
            row for row in summary if row["agent"] == leader and row["role"] == OVERRIDE
        ]
        rows.append(
            {
                "leader": names[leader],
                "received": total(months, "received"),
                "override": total(overrides, "earned"),
                "months_on_target": tiles.get(team["team"], {}).get("months_on_target", 0),
            }
        )
    return by_received(rows, "leader")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    day, folder = sys.argv[1:]

    def load(name):
        with open(os.path.join(folder, name + ".json"), encoding="utf-8") as file:
            return json.load(file)

    members, goals, entries = load("members"), load("goals"), load("entries")
    summary = load("summary")["rows"]
    tiles = {tile["team"]: tile for tile in load("dashboard")}
    names = {member["name"]: member["display_name"] for member in members}
    agents = agents_of(members, summary, goals)
    managers = managers_of(names, load("teams"), tiles, summary)
    months = [month for tile in tiles.values() for month in tile.get("months", [])]
    invoiced, received = total(months, "issued_net"), total(months, "received")
    commission = sum((row["commission"] for row in agents), Decimal(0))
    override = sum((row["override"] for row in managers), Decimal(0))
    # Three views, each of its own making, must say the same.
    reconciled = (
        received == sum((row["received"] for row in agents), Decimal(0))
        and received == sum((row["received"] for row in managers), Decimal(0))
        and commission == total([e for e in entries if e["role"] == AGENT], "amount")
        and override == total([e for e in entries if e["role"] == OVERRIDE], "amount")
    )
    states = [goal["state"] for goal in goals]
    for row in agents + managers:
        for key, value in row.items():
            row[key] = plain(value) if isinstance(value, Decimal) else value
    result = {
        "as_of": day,
        "invoiced": plain(invoiced),
        "received": plain(received),
        "commission": plain(commission),
        "override": plain(override),
        "goals_reached": states.count("GOAL_STATE_REACHED"),
        "goals_missed": states.count("GOAL_STATE_MISSED"),
        "agents": agents,
        "managers": managers,
        "reconciled": reconciled,
    }
    print(json.dumps(result, separators=(",", ":")))


if __name__ == "__main__":
    main()
