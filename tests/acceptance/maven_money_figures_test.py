#!/usr/bin/env python3
"""What maven_money_figures.py makes of answers, on made-up ones."""
import copy
import json
import os
import subprocess
import sys
import tempfile
import unittest

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "maven_money_figures.py")


def usd(units, nanos=0):
    return {"currency_code": "USD", "units": str(units), "nanos": nanos}


AGENT, OVERRIDE = "COMMISSION_ROLE_AGENT", "COMMISSION_ROLE_OVERRIDE"
ANSWERS = {
    "members": [
        {"name": "members/a", "display_name": "Ann", "roles": ["roles/sales_agent"]},
        {"name": "members/b", "display_name": "Bob", "roles": ["roles/sales_agent"]},
        {"name": "members/z", "display_name": "Zoe", "roles": ["roles/sales_manager"]},
    ],
    "teams": [{"team": "teams/n", "leaders": ["members/z"]}],
    "dashboard": [
        {
            "team": "teams/n",
            "leaders": ["members/z"],
            "months": [
                {"issued_net": usd(60), "received": usd(60)},
                {"issued_net": usd(40), "received": usd(40)},
            ],
            "months_on_target": 1,
        }
    ],
    "summary": {
        "rows": [
            {"agent": "members/b", "role": AGENT, "received": usd(100), "earned": usd(5, 10_000_000)},
            {"agent": "members/z", "role": OVERRIDE, "received": usd(100), "earned": usd(2)},
        ]
    },
    "entries": [
        {"role": AGENT, "amount": usd(6)},
        {"role": AGENT, "amount": {"currency_code": "USD", "units": "0", "nanos": -990_000_000}},
        {"role": OVERRIDE, "amount": usd(2)},
    ],
    "goals": [
        {"member": "members/b", "state": "GOAL_STATE_REACHED"},
        {"member": "members/a", "state": "GOAL_STATE_MISSED"},
        {"member": "members/a", "state": "GOAL_STATE_OPEN"},
    ],
}


def run(answers):
    with tempfile.TemporaryDirectory() as folder:
        for name, rows in answers.items():
            with open(os.path.join(folder, name + ".json"), "w", encoding="utf-8") as file:
                json.dump(rows, file)
        return subprocess.run(
            [sys.executable, SCRIPT, "2017-12-31", folder], capture_output=True, text=True
        )


class FiguresTest(unittest.TestCase):
    def figures(self, **changes):
        answers = copy.deepcopy(ANSWERS)
        answers.update(changes)
        done = run(answers)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_adds_up_what_the_views_say(self):
        found = self.figures()
        self.assertEqual(
            found,
            {
                "as_of": "2017-12-31",
                "invoiced": "100.00",
                "received": "100.00",
                "commission": "5.01",
                "override": "2.00",
                "goals_reached": 1,
                "goals_missed": 1,
                "agents": [
                    {"agent": "Bob", "received": "100.00", "commission": "5.01", "goals_reached": 1},
                    {"agent": "Ann", "received": "0.00", "commission": "0.00", "goals_reached": 0},
                ],
                "managers": [
                    {"leader": "Zoe", "received": "100.00", "override": "2.00",
                     "months_on_target": 1},
                ],
                "reconciled": True,
            },
        )

    def test_views_that_disagree_are_not_reconciled(self):
        self.assertFalse(self.figures(entries=[])["reconciled"])
        tile = copy.deepcopy(ANSWERS["dashboard"])
        tile[0]["months"].pop()
        self.assertFalse(self.figures(dashboard=tile)["reconciled"])

    def test_a_team_that_was_not_there_yet_has_zeros(self):
        found = self.figures(dashboard=[], summary={"rows": []}, entries=[], goals=[])
        self.assertEqual(found["managers"][0]["received"], "0.00")
        self.assertTrue(found["reconciled"])

    def test_another_currency_is_a_mistake(self):
        entries = [{"role": AGENT, "amount": {"currency_code": "EUR", "units": "1"}}]
        answers = dict(ANSWERS, entries=entries)
        done = run(answers)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("EUR", done.stderr)


if __name__ == "__main__":
    unittest.main()
