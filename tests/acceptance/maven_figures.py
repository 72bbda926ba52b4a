#!/usr/bin/env python3
"""Turns the dashboard into the acceptance run's result.

    maven_figures.py AS_OF_DATE OPPORTUNITIES IMPORT_SECONDS EVENTS MEMBERS_JSON TODAY_JSON \
        < DASHBOARD_JSON

Reads what `crmctl dashboard -o json --as-of DATE` printed, MEMBERS_JSON being the file with
`crmctl member list --all -o json` and TODAY_JSON today's dashboard, and prints one JSON object.
Adds up teams; decides nothing. A team that was not there yet has zeros.
"""
import json
import sys
from decimal import Decimal

FIGURES = ("open", "expected", "won", "won_amount", "lost")


def amount(moneys):
    """A sum in US dollars; any other currency would be a mistake of the import."""
    total = Decimal(0)
    for money in moneys:
        if money["currency_code"] != "USD":
            sys.exit("unexpected currency " + money["currency_code"])
        total += Decimal(int(money.get("units", 0)))
        total += Decimal(money.get("nanos", 0)) / 1_000_000_000
    return total


def team_of(tile, members):
    none = {"count": 0, "amounts": []}
    is_open, won, lost = (tile.get(key) or none for key in ("open", "won", "lost"))
    return {
        "leader": members[tile["leaders"][0]],
        "open": is_open["count"],
        "expected": amount(is_open["amounts"]),
        "won": won["count"],
        "won_amount": amount(won["amounts"]),
        "lost": lost["count"],
    }


def plain(figures):
    return {
        key: format(value, ".2f") if isinstance(value, Decimal) else value
        for key, value in figures.items()
    }


def main():
    if len(sys.argv) != 7:
        sys.exit(__doc__)
    day, opportunities, seconds, events, members_file, today_file = sys.argv[1:]
    with open(members_file, encoding="utf-8") as file:
        members = {member["name"]: member["display_name"] for member in json.load(file)}
    tiles = {tile["team"]: tile for tile in json.load(sys.stdin)}
    with open(today_file, encoding="utf-8") as file:
        today = json.load(file)
    teams = [
        team_of(tiles.get(tile["team"], {"leaders": tile["leaders"]}), members) for tile in today
    ]
    teams.sort(key=lambda team: team["leader"])
    counts = {key: sum(team[key] for team in teams) for key in ("open", "won", "lost")}
    amounts = {key: sum((team[key] for team in teams), Decimal(0)) for key in ("expected", "won_amount")}
    sums = {key: {**counts, **amounts}[key] for key in FIGURES}
    result = {"as_of": day, "opportunities": int(opportunities)}
    result.update(plain(sums))
    result["teams"] = [plain(team) for team in teams]
    result["import_seconds"] = round(float(seconds), 1)
    result["events"] = int(events)
    print(json.dumps(result, separators=(",", ":")))


if __name__ == "__main__":
    main()
