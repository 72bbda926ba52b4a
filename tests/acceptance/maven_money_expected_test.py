#!/usr/bin/env python3
"""The arithmetic of maven_money_expected.py, on figures worked by hand and on tiny made-up files."""
import datetime
import os
import tempfile
import unittest
from fractions import Fraction

import maven_money_expected as money

TEAMS = """sales_agent,manager,regional_office
Ann Lee,Zoe Boss,East
Bob Ray,Zoe Boss,East
Eve Fox,Max Head,West
"""
HEADER = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"
# In no order of dates on purpose.
PIPELINE = HEADER + """3,Ann Lee,P,K,Won,2017-01-02,2017-02-10,25000
1,Ann Lee,P,K,Won,2017-01-02,2017-01-20,8000
2,Ann Lee,P,K,Won,2017-01-02,2017-01-05,4000
4,Ann Lee,P,K,Lost,2017-01-02,2017-01-06,0
5,Ann Lee,P,K,Engaging,2017-01-02,,
6,Bob Ray,P,K,Won,2017-01-02,2017-03-31,150000
7,Eve Fox,P,K,Won,2016-12-01,2016-12-31,80000
8,Ann Lee,P,K,Won,2017-01-02,2017-02-28,62999.99
9,Ann Lee,P,K,Won,2017-01-02,2017-04-01,0.01
"""


def ladder_of(dollars):
    return money.rounded(money.ladder(money.to_cents(dollars)))


class ArithmeticTest(unittest.TestCase):
    def test_t1_the_ladder_at_its_boundaries(self):
        for base, earned in (
            ("0.01", 0),
            ("10000.00", 500_00),
            ("10000.01", 500_00),
            ("25000.00", 1_550_00),
            ("30000.00", 1_900_00),
            ("30000.01", 1_900_00),
            ("45000.00", 3_400_00),
        ):
            self.assertEqual(ladder_of(base), earned, base)
        self.assertEqual(money.ladder(1), Fraction(5, 100))
        self.assertEqual(money.ladder(0), 0)

    def test_rounds_half_away_from_zero(self):
        for amount, cents in (
            (Fraction(1, 2), 1),
            (Fraction(-1, 2), -1),
            (Fraction(49, 100), 0),
            (Fraction(3, 2), 2),
            (7, 7),
        ):
            self.assertEqual(money.rounded(amount), cents)

    def test_cents_are_whole(self):
        self.assertEqual(money.to_cents("62999.99"), 6_299_999)
        with self.assertRaises(ValueError):
            money.to_cents("0.001")

    def test_quarters_end_on_their_last_days(self):
        self.assertEqual(
            [money.last_day_of((2017, number)).isoformat() for number in (1, 2, 3, 4)],
            ["2017-03-31", "2017-06-30", "2017-09-30", "2017-12-31"],
        )
        self.assertEqual(money.quarter_of(datetime.date(2017, 3, 31)), (2017, 1))
        self.assertEqual(money.quarter_of(datetime.date(2017, 4, 1)), (2017, 2))

    def test_plain_amounts(self):
        self.assertEqual(money.plain(5), "0.05")
        self.assertEqual(money.plain(-123_450), "-1234.50")


class FilesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        for name, text in (("sales_teams.csv", TEAMS), ("sales_pipeline.csv", PIPELINE)):
            with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
                file.write(text)

    def figures(self, day):
        return money.expected(self.folder, datetime.date.fromisoformat(day))

    def agent(self, day, name):
        return next(row for row in self.figures(day)["agents"] if row["agent"] == name)

    def leader(self, day, name):
        return next(row for row in self.figures(day)["managers"] if row["leader"] == name)

    def test_the_ladder_begins_anew_every_month(self):
        # January 12,000: 500 + 140; February 87,999.99: 500 + 1,400 + 5,799.999.
        self.assertEqual(self.agent("2017-01-31", "Ann Lee")["commission"], "640.00")
        self.assertEqual(self.agent("2017-02-28", "Ann Lee")["commission"], "8340.00")
        self.assertEqual(self.agent("2017-01-19", "Ann Lee")["commission"], "200.00")

    def test_a_day_counts_to_its_end(self):
        self.assertEqual(self.figures("2017-01-04")["received"], "80000.00")
        self.assertEqual(self.figures("2017-01-05")["received"], "84000.00")
        self.assertEqual(self.figures("2016-12-30")["received"], "0.00")

    def test_goals_are_reached_at_once_and_missed_at_the_end(self):
        # 99,999.99 by the end of February; it passes 75,000 on the 28th.
        self.assertEqual(self.agent("2017-02-27", "Ann Lee")["goals_reached"], 0)
        self.assertEqual(self.agent("2017-02-28", "Ann Lee")["goals_reached"], 1)
        before, after = self.figures("2017-03-30"), self.figures("2017-03-31")
        self.assertEqual((before["goals_reached"], before["goals_missed"]), (1, 0))
        self.assertEqual((after["goals_reached"], after["goals_missed"]), (2, 1), "Eve sold in 2016")
        last = self.figures("2017-12-31")
        self.assertEqual((last["goals_reached"], last["goals_missed"]), (2, 10))

    def test_leaders_are_paid_of_every_payment(self):
        row = self.leader("2017-12-31", "Zoe Boss")
        self.assertEqual(row["received"], "250000.00")
        # 2 % of each payment, rounded by itself: 1,259.9998 and 0.0002 among them.
        self.assertEqual(row["override"], "5000.00")
        self.assertEqual(row["months_on_target"], 1, "exactly 150,000 in March")
        self.assertEqual(self.leader("2017-12-31", "Max Head")["months_on_target"], 0)

    def test_everybody_is_listed_the_most_received_first(self):
        found = self.figures("2017-12-31")
        self.assertEqual(
            [row["agent"] for row in found["agents"]], ["Bob Ray", "Ann Lee", "Eve Fox"]
        )
        self.assertEqual([row["leader"] for row in found["managers"]], ["Zoe Boss", "Max Head"])
        nobody = self.figures("2016-01-01")
        self.assertEqual(
            [row["agent"] for row in nobody["agents"]], ["Ann Lee", "Bob Ray", "Eve Fox"]
        )
        self.assertEqual(nobody["commission"], "0.00")

    def test_sums_are_those_of_the_rows(self):
        found = self.figures("2017-12-31")
        total = sum(money.to_cents(row["commission"]) for row in found["agents"])
        self.assertEqual(found["commission"], money.plain(total))
        total = sum(money.to_cents(row["override"]) for row in found["managers"])
        self.assertEqual(found["override"], money.plain(total))
        self.assertEqual(found["invoiced"], found["received"])
        self.assertIs(found["reconciled"], True)


if __name__ == "__main__":
    unittest.main()
