#!/usr/bin/env python3
"""What the money part of the acceptance run must find, computed from the CSV files alone.

    maven_money_expected.py DATA_DIR [AS_OF_DATE]

Prints one JSON object like the last line of maven_money.sh. Shares no code with crmd or crmctl on
purpose: it is the other opinion. Every won opportunity is an invoice and its payment on the close
date. Exact: whole cents and fractions, never floating point.
"""
import csv
import datetime
import json
import os
import sys
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

LAST_DAY = "2017-12-31"
CENTS = 100

# Marginal, in cents: up to each bound, lower-exclusive, at this rate.
LADDER = (
    (10_000 * CENTS, Fraction(5, 100)),
    (30_000 * CENTS, Fraction(7, 100)),
    (None, Fraction(10, 100)),
)
OVERRIDE = Fraction(2, 100)
MONTHLY_TARGET = 150_000 * CENTS
QUARTER_GOAL = 75_000 * CENTS
GOAL_YEAR = 2017


def rows(folder, name):
    with open(os.path.join(folder, name), newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def to_cents(text):
    cents = Decimal(text) * CENTS
    if cents != cents.to_integral_value():
        raise ValueError(f"{text} is finer than a cent")
    return int(cents)


def rounded(amount):
    """Half away from zero."""
    whole = abs(Fraction(amount))
    cents = (2 * whole.numerator + whole.denominator) // (2 * whole.denominator)
    return cents if amount >= 0 else -cents


def ladder(base):
    """What a base earns, exact."""
    earned, lower = Fraction(0), 0
    for upper, rate in LADDER:
        top = base if upper is None else min(base, upper)
        if top > lower:
            earned += (top - lower) * rate
        if upper is None or base <= upper:
            break
        lower = upper
    return earned


def quarter_of(day):
    """Year and quarter, from 1."""
    return day.year, (day.month - 1) // 3 + 1


def last_day_of(quarter):
    year, number = quarter
    first_after = datetime.date(year + number // 4, number % 4 * 3 + 1, 1)
    return first_after - datetime.timedelta(days=1)


def sales(folder, day):
    """(agent, day, cents) of what was won and paid by the end of the day."""
    found = []
    for row in rows(folder, "sales_pipeline.csv"):
        if row["deal_stage"] != "Won":
            continue
        closed = datetime.date.fromisoformat(row["close_date"])
        if closed <= day:
            found.append((row["sales_agent"], closed, to_cents(row["close_value"])))
    return found


def agent_figures(paid, day):
    """paid: (day, cents) of one agent."""
    months, quarters = defaultdict(int), defaultdict(int)
    for when, cents in paid:
        months[(when.year, when.month)] += cents
        quarters[quarter_of(when)] += cents
    reached = missed = 0
    for number in (1, 2, 3, 4):
        quarter = (GOAL_YEAR, number)
        if quarters[quarter] >= QUARTER_GOAL:
            reached += 1
        elif last_day_of(quarter) <= day:
            missed += 1
    return {
        "received": sum(cents for _, cents in paid),
        "commission": sum(rounded(ladder(base)) for base in months.values()),
        "reached": reached,
        "missed": missed,
    }


def manager_figures(paid):
    """paid: (day, cents) of one team."""
    months = defaultdict(int)
    for when, cents in paid:
        months[(when.year, when.month)] += cents
    return {
        "received": sum(cents for _, cents in paid),
        "override": sum(rounded(cents * OVERRIDE) for _, cents in paid),
        "months_on_target": sum(base >= MONTHLY_TARGET for base in months.values()),
    }


def plain(cents):
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // CENTS}.{abs(cents) % CENTS:02d}"


def by_received(named):
    """The most received first, then by name."""
    return sorted(named.items(), key=lambda item: (-item[1]["received"], item[0]))


def expected(folder, day):
    leaders = {row["sales_agent"]: row["manager"] for row in rows(folder, "sales_teams.csv")}
    paid_by_agent = {agent: [] for agent in leaders}
    paid_by_leader = {leader: [] for leader in leaders.values()}
    for agent, when, cents in sales(folder, day):
        paid_by_agent[agent].append((when, cents))
        paid_by_leader[leaders[agent]].append((when, cents))
    agents = {agent: agent_figures(paid, day) for agent, paid in paid_by_agent.items()}
    managers = {leader: manager_figures(paid) for leader, paid in paid_by_leader.items()}
    received = sum(figures["received"] for figures in agents.values())
    return {
        "as_of": day.isoformat(),
        "invoiced": plain(received),
        "received": plain(received),
        "commission": plain(sum(figures["commission"] for figures in agents.values())),
        "override": plain(sum(figures["override"] for figures in managers.values())),
        "goals_reached": sum(figures["reached"] for figures in agents.values()),
        "goals_missed": sum(figures["missed"] for figures in agents.values()),
        "agents": [
            {
                "agent": agent,
                "received": plain(figures["received"]),
                "commission": plain(figures["commission"]),
                "goals_reached": figures["reached"],
            }
            for agent, figures in by_received(agents)
        ],
        "managers": [
            {
                "leader": leader,
                "received": plain(figures["received"]),
                "override": plain(figures["override"]),
                "months_on_target": figures["months_on_target"],
            }
            for leader, figures in by_received(managers)
        ],
        "reconciled": True,
    }


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    day = datetime.date.fromisoformat(sys.argv[2] if len(sys.argv) == 3 else LAST_DAY)
    print(json.dumps(expected(sys.argv[1], day), separators=(",", ":")))


if __name__ == "__main__":
    main()
