"""`manage.py rehearse SCENARIO`: autopilots play a morning in the terminal, at full speed, and the story is told."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

import engine

DEFAULT = "competent"
MONEY = (("total", "loss, dollars"), ("trading", "trading"), ("halting", "halting"), ("client_harm", "client harm"), ("penalties", "penalties"))
SINCE = "they play from here on, history before (default 08:00): a clock, a date such as '30 Jul 18:00', or deployment for the week"
HELP_LEVELS = ("2012", "assisted", "guided")


class Command(BaseCommand):
    """Play a scenario without people: who did what when, and the score beside history's on the same market."""

    help = "Let autopilots play a scenario and print the story and the score beside history's."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        names = ", ".join(engine.AUTOPILOTS)
        parser.add_argument("scenario", help="a scenario's id, such as knight-2012")
        seats = f"who plays which desk: {names} (default: {DEFAULT} at every desk)"
        parser.add_argument("--seats", default="", metavar="DESK=AUTOPILOT,...", help=seats)
        parser.add_argument("--seed", type=int, help="draws orders, the stale server, the market (default: the scenario's own)")
        parser.add_argument("--noise", type=int, help="redraws the market's noise alone")
        parser.add_argument("--from", dest="since", default="08:00", metavar="HH:MM", help=SINCE)
        parser.add_argument("--until", default="19:00", metavar="HH:MM", help="where to stop (default: the end of the day)")
        parser.add_argument("--help-level", default="2012", choices=HELP_LEVELS, help="how much the desks are shown (default: as in 2012)")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            scenario = engine.load_scenario(options["scenario"])
        except engine.ScenarioError as error:
            raise CommandError(str(error), returncode=2) from None
        seed = scenario.default_seed if options["seed"] is None else options["seed"]
        if min(seed, options["noise"] or 0) < 0:
            raise CommandError("--seed and --noise: expected 0 or more", returncode=2)
        seats = seats_of(options["seats"])
        since, until = _moment("--from", options["since"]), _moment("--until", options["until"])
        if since >= until:
            raise CommandError(f"--until is {options['until']}: expected a time after --from, which is {options['since']}", returncode=2)
        engine.warm(None, scenario.id)
        found = engine.rehearsed(
            scenario, seed, seats, noise=options["noise"], since=since, until=until, help_level=options["help_level"]
        )  # fmt: skip
        self.stdout.write(json.dumps(found)) if options["json"] else self._report(found)

    def _report(self, found: dict[str, Any]) -> None:
        say = self.stdout.write
        seats = ", ".join(f"{desk} {name}" for desk, name in found["seats"].items())
        say(f"{found['scenario']}, seed {found['seed']}, noise {found['noise']}, help {found['help']}: {seats}\n")
        for line in found["story"]:
            say(f"  {line['at'][:5]}  {line['desk'].capitalize():<10}{line['text']}")
        say("")
        say(f"{'':<22}{'this run':>16}{'history':>16}")
        score, ghost = found["score"], found["ghost"]["score"]
        for key, label in MONEY:
            say(f"{label:<22}{score[key]:>16,.0f}{ghost[key]:>16,.0f}")
        say(f"{'firm survives':<22}{'yes' if score['survives'] else 'no':>16}{'yes' if ghost['survives'] else 'no':>16}")
        for key, label in (("notice", "noticed"), ("diagnose", "diagnosed"), ("contain", "contained")):
            times = [moments[key]["text"] for moments in (found["minutes"], found["ghost"]["minutes"])]
            say(f"{label:<22}{times[0]:>16}{times[1]:>16}")
        share = found["share_avoided"]
        part = "" if share is None else f", {share:.1%} of history's"
        say(f"\nlosses avoided: {found['avoided_usd']:,} dollars{part}; grade {found['grade']}")
        gaps = ", ".join(f"{desk} {row['longest_gap_s']:g} s" for desk, row in found["busy"].items())
        say(f"longest wait for something worth doing: {gaps}")


def seats_of(text: str) -> dict[str, str]:
    """Desk -> autopilot of "deployer=history,operator=novice"; desks that are not named are competent. Raises CommandError."""
    seats = dict.fromkeys(engine.DESKS, DEFAULT)
    named = [pair.strip() for pair in text.split(",") if pair.strip()]
    for pair in named:
        desk, sign, name = pair.partition("=")
        if not sign or desk not in engine.DESKS or name not in engine.AUTOPILOTS:
            expected = f"expected DESK=AUTOPILOT, desks {', '.join(engine.DESKS)}, autopilots {', '.join(engine.AUTOPILOTS)}"
            raise CommandError(f"--seats: {pair!r}: {expected}", returncode=2)
        if sum(other.startswith(f"{desk}=") for other in named) > 1:
            raise CommandError(f"--seats: {desk} is named twice: expected each desk once", returncode=2)
        seats[desk] = name
    return seats


def _moment(option: str, text: str) -> int:
    if text == "deployment":
        return engine.WEEK
    try:
        step = engine.step_at(text)
    except ValueError as error:
        raise CommandError(f"{option}: {error}", returncode=2) from None
    return min(step if step < engine.CLOSE else max(step, engine.BLOCK), engine.END)
