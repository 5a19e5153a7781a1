"""`manage.py slices SCENARIO`: every barrier of the week closed alone, with history's play otherwise, and what the day then costs."""

import json
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError

import engine


class Command(BaseCommand):
    """Print the table of the slices, each closed alone, and the arithmetic of the week's hands."""

    help = "Close each barrier of the week alone and print what the day then costs, in hands and dollars."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("scenario", help="a scenario's id, such as knight-2012")
        parser.add_argument("--seed", type=int, help="draws orders, the stale server, the market (default: the scenario's own)")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            scenario = engine.load_scenario(options["scenario"])
        except engine.ScenarioError as error:
            raise CommandError(str(error), returncode=2) from None
        seed = scenario.default_seed if options["seed"] is None else options["seed"]
        if seed < 0:
            raise CommandError("--seed: expected 0 or more", returncode=2)
        engine.warm(None, scenario.id)
        rows, supply = engine.alone_table(scenario, seed), engine.week_supply(scenario)
        if options["json"]:
            self.stdout.write(json.dumps({"scenario": scenario.id, "seed": seed, "slices": rows, "week": supply}))
            return
        for line in (*table_lines(rows), "", *supply_lines(supply)):
            self.stdout.write(line)


def table_lines(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The table as Markdown."""
    lines = ["| closed alone | hands, min | price | loss | of history's avoided | loss with its hole |", "|---|---|--:|--:|--:|--:|"]
    for row in rows:
        hands = ", ".join(f"{desk[0].upper()} {minutes}" for desk, minutes in row["hands_min"].items() if minutes) or "none in the week"
        price, loss = engine.dollars(row["price_usd"]), engine.dollars(row["loss_usd"])
        hole = "" if row["hole_usd"] is None else engine.dollars(row["hole_usd"])
        lines.append(f"| {row['label']} | {hands} | {price} | {loss} | {row['saved']:.1%} | {hole} |")
    return lines


def supply_lines(supply: dict[str, dict[str, int]]) -> list[str]:
    """Hand-minutes of the week by desk, and the part of what is optional that fits."""
    head = "| hand-minutes of the week | there are | copying and restarting the fleet | everything else once, each control tested |"
    lines = [head, "|---|--:|--:|--:|"]
    lines += [f"| {desk} | {row['supply']:,} | {row['needed']:,} | {row['optional']:,} |" for desk, row in supply.items()]
    supplied, needed, optional = (sum(row[key] for row in supply.values()) for key in ("supply", "needed", "optional"))
    lines.append(f"| all | {supplied:,} | {needed:,} | {optional:,} |")
    return [*lines, "", f"With all hands busy {(supplied - needed) / optional:.0%} of what is optional fits."]
