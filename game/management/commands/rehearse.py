"""`manage.py rehearse SCENARIO`: autopilots play a morning in the terminal, at full speed, and the story is told; with `--seeds` many
mornings on all cores, and the balance is printed; with `--playbooks` whatever somebody wrote down beforehand takes the autopilots' place.
"""

import json
import re
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from django.core.management.base import BaseCommand, CommandError

import engine
from game import __version__
from game.management.cores import on_all_cores

S = TypeVar("S")
T = TypeVar("T")

DEFAULT = "competent"
MONEY = (("total", "loss, dollars"), ("trading", "trading"), ("halting", "halting"), ("client_harm", "client harm"), ("penalties", "penalties"))
SINCE = "they play from here on, history before (default 08:00): a clock, a date such as '30 Jul 18:00', or deployment for the week"
HELP_LEVELS = ("2012", "assisted", "guided")
UNWIND = "how the position is got out of: played to the evening, or by formula at 11:30 (default: formula with --seeds or --playbooks, else play)"
SEEDS = "rehearse seeds 1 to N, or A to B, each line-up of autopilots (or that of --seats) beside history"
MOST_SEEDS = 1000
BUNDLE = "write the run as an evidence bundle, for `manage.py verify`: a run of one seed, up to where it was played"
PLAYBOOKS = "play every playbook (*.toml) of a folder alone, on the default seed or those of --seeds; commands that are refused are skipped"
MOSTLY = 0.5  # a playbook of which more is skipped was not played
WAITS = "how long each desk of competent and of novice teams (or those of --seats) waits for something new, on seeds 1 to 10 (or --seeds), to 10:15"
_A_SHARE = 8  # into so many parts the habits are dealt, one to a core
WAITS_SEEDS, PLACES = "10", 6  # so many stretches are named
MATRIX = "every fault of the deck against every answer that ships with it (playbooks answer-*), on the default seed or those of --seeds"
LIVE = "with what a game has and history had not: duties before the bell, and a second act"
HABITS = "one thing done whatever happens, beside competent; with --from deployment after a week that novices have left behind"


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
        parser.add_argument("--from", dest="since", metavar="HH:MM", help=SINCE)
        parser.add_argument("--until", metavar="HH:MM", help="where to stop (default: the end of the day)")
        parser.add_argument("--help-level", default="2012", choices=HELP_LEVELS, help="how much the desks are shown (default: as in 2012)")
        parser.add_argument("--seeds", metavar="N or A-B", help=SEEDS)
        parser.add_argument("--habits", action="store_true", help=HABITS)
        parser.add_argument("--waits", action="store_true", help=WAITS)
        parser.add_argument("--live", action="store_true", help=LIVE)
        parser.add_argument("--playbooks", type=Path, metavar="FOLDER", help=PLAYBOOKS)
        parser.add_argument("--matrix", action="store_true", help=MATRIX)
        parser.add_argument("--unwind", choices=("play", "formula"), help=UNWIND)
        parser.add_argument("--bundle", type=Path, metavar="FILE", help=BUNDLE)
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
        many = options["seeds"] is not None or options["playbooks"] is not None
        formula = (options["unwind"] or ("formula" if many else "play")) == "formula"
        calendar = scenario.calendar
        last = calendar.bell_end if options["waits"] else calendar.horizon if formula else calendar.end
        begins, ends = options["since"] or calendar.hm(0), options["until"] or calendar.hm(last)
        since, until = _moment(calendar, "--from", begins), _moment(calendar, "--until", ends)
        if since >= until:
            raise CommandError(f"--until is {ends}: expected a time after --from, which is {begins}", returncode=2)
        bundle: Path | None = options["bundle"]
        if bundle is not None:
            self._check_bundle(bundle, options)
        engine.warm(None, scenario.id)
        if options["playbooks"] is not None:
            self._playbooks(scenario, options, until)
            return
        if options["matrix"]:
            self._matrix(scenario, options)
            return
        if options["habits"]:
            self._habits(scenario, options, seed, "novice" if since < 0 else engine.BEFORE)
            return
        if options["waits"]:
            self._waits(scenario, options, {"since": since, "until": until, "help_level": options["help_level"]}, seats)
            return
        if options["seeds"] is not None:
            self._many(scenario, options, {"since": since, "until": until, "help_level": options["help_level"], "live": options["live"]}, seats)
            return
        kept: list[bytes] = []
        note = f"rehearsed with {', '.join(f'{desk} {name}' for desk, name in seats.items())}"
        found = engine.rehearsed(
            scenario, seed, seats, noise=options["noise"], since=since, until=until, help_level=options["help_level"], formula=formula,
            live=options["live"],
            ended=lambda run: kept.append(engine.pack(engine.rehearsed_bundle(run, since, (note,), __version__))),
        )  # fmt: skip
        if bundle is not None:
            bundle.write_bytes(kept[0])
        self.stdout.write(json.dumps(found)) if options["json"] else self._report(found)

    def _check_bundle(self, path: Path, options: dict[str, Any]) -> None:
        if options["habits"] or options["waits"] or options["playbooks"] is not None or options["seeds"] is not None:
            raise CommandError("--bundle: expected without --seeds, --habits, --waits and --playbooks: a bundle holds one run", returncode=2)
        try:
            path.touch()
        except OSError as error:
            raise CommandError(f"--bundle {path}: cannot be written: {error.strerror}", returncode=2) from None

    def _many(self, scenario: engine.Scenario, options: dict[str, Any], how: dict[str, Any], seats: dict[str, str]) -> None:
        seeds = seeds_of(options)
        line_ups = {"as given": seats} if options["seats"] else engine.LINE_UPS
        found: dict[str, list[engine.SeedOutcome]] = {name: [] for name in line_ups}
        for rows in self._counted(seeds, partial(_one_seed, scenario_id=scenario.id, line_ups=line_ups, how=how)):
            for name, row in rows.items():
                found[name].append(row)
        table = {
            "scenario": scenario.id,
            "from": options["since"] or scenario.calendar.hm(0),
            "until": scenario.calendar.clock(how["until"]),
            "help": how["help_level"],
            "first_seed": seeds[0],
            "seeds": len(seeds),
            "line_ups": [{"name": name, "seats": line_ups[name], **engine.summary(rows)} for name, rows in found.items()],
        }
        self.stdout.write(json.dumps(table)) if options["json"] else self._table(table)

    def _waits(self, scenario: engine.Scenario, options: dict[str, Any], how: dict[str, Any], seats: dict[str, str]) -> None:
        """How long each desk waits, a row a line-up and desk: over all seeds, and where it waits too long."""
        seeds = seeds_of(options | {"seeds": options["seeds"] or WAITS_SEEDS})
        line_ups = {"as given": seats} if options["seats"] else {name: engine.LINE_UPS[name] for name in ("all competent", "all novice")}
        made = self._counted(seeds, partial(_waits_on_seed, scenario_id=scenario.id, line_ups=line_ups, how=how))
        by_seed = dict(zip(seeds, made, strict=True))
        if options["json"]:
            rows = [{"seed": seed, "line_up": name, **desks} for seed, found in by_seed.items() for name, desks in found.items()]
            self.stdout.write(json.dumps({"scenario": scenario.id, "until": scenario.calendar.clock(how["until"]), "rows": rows}))
            return
        span = " to ".join(scenario.calendar.clock(how[key]) for key in ("since", "until"))
        self.stdout.write(f"{scenario.id} from {span}, {_said(seeds)}; waits for something new in wall time, too long from {engine.LONG_S:g} s\n")
        heads = f"{'longest, s':>11}{'waits':>7}{'too long':>9}{'of all':>8}{'of time':>9}"
        self.stdout.write(f"{'':<28}{heads}  the longest; where those too long are (how often)")
        for name in line_ups:
            for desk in engine.DESKS:
                self.stdout.write(_waits_told(f"{name}, {desk}", {seed: found[name][desk] for seed, found in by_seed.items()}))

    def _counted(self, tasks: Sequence[S], work: Callable[[S], T], called: str = "seeds") -> Iterator[T]:
        """What `work` makes of every task, in their order; whoever waits sees how many there are."""
        for count, made in enumerate(on_all_cores(tasks, work), 1):
            self.stderr.write(f"\r{count} of {len(tasks)} {called}", ending="\n" if count == len(tasks) else "")
            self.stderr.flush()
            yield made

    def _playbooks(self, scenario: engine.Scenario, options: dict[str, Any], until: int) -> None:
        folder: Path = options["playbooks"]
        files = sorted(folder.glob("*.toml"))
        if not files:
            raise CommandError(f"--playbooks {folder}: expected a folder with playbooks (*.toml) in it", returncode=2)
        others = {
            "--seats": options["seats"],
            "--habits": options["habits"],
            "--waits": options["waits"],
            "--from": options["since"],
            "--noise": options["noise"] is not None,
            "--help-level": options["help_level"] != "2012",
            "--unwind play": options["unwind"] == "play",
        }
        if given := [name for name, value in others.items() if value]:
            raise CommandError(f"--playbooks: expected without {given[0]}: a playbook says who does what and when, the seed the rest", returncode=2)
        seeds = seeds_of(options) if options["seeds"] is not None else [scenario.default_seed if options["seed"] is None else options["seed"]]
        try:
            for file in files:
                engine.playbook(scenario, str(file), seeds[0])  # what is wrong with one is said before the others are played
        except engine.PlaybookError as error:
            raise CommandError(str(error), returncode=2) from None
        work = partial(_playbooks_of_seed, scenario_id=scenario.id, files=files, until=until)
        rows = [row for made in self._counted(seeds, work) for row in made]
        if options["json"]:
            self.stdout.write(json.dumps({"scenario": scenario.id, "until": scenario.calendar.clock(until), "rows": rows}))
            return
        found = []
        for file in files:
            mine = [row for row in rows if row["playbook"] == file.stem]
            skipped = sum(row["refused"] for row in mine) / max(sum(row["given"] for row in mine), 1)
            found.append((file.stem, skipped, sum(row["service_kept"] for row in mine) / len(mine), engine.summary(mine)))
        found.sort(key=lambda one: (one[1] > MOSTLY, -one[3]["grade"]["mean"], one[0]))
        self.stdout.write(f"{scenario.id} until {scenario.calendar.clock(until)}, {_said(seeds)}; loss in $M\n")
        self.stdout.write(f"{'':<36}{'loss':>9}{'grade':>8}{'least':>8}{'most':>8}{'service':>9}{'skipped':>9}")
        for name, skipped, service, summary in found:
            loss, grades = summary["loss_usd"]["mean"] / 1e6, summary["grade"]
            figures = f"{loss:>9.2f}{grades['mean']:>8}{grades['least']:>8}{grades['most']:>8}"
            self.stdout.write(f"{name:<36.36}{figures}{service:>9.1%}{skipped:>9.0%}")

    def _matrix(self, scenario: engine.Scenario, options: dict[str, Any]) -> None:
        """Answers by faults: mean grade over the seeds."""
        faults, columns = [fault.id for fault in scenario.faults.fault], engine.answers(scenario)
        if not columns:
            raise CommandError(f"--matrix: {scenario.id} ships no answers: expected a scenario with playbooks answer-*", returncode=2)
        seeds = seeds_of(options) if options["seeds"] is not None else [scenario.default_seed if options["seed"] is None else options["seed"]]
        tasks = [(fault, seed) for fault in faults for seed in seeds]
        rows = [cell for made in self._counted(tasks, partial(_cells_of, scenario_id=scenario.id), "mornings") for cell in made]
        if options["json"]:
            self.stdout.write(json.dumps({"scenario": scenario.id, "rows": [asdict(cell) for cell in rows]}))
            return
        self.stdout.write(f"{scenario.id}, {_said(seeds)}: mean grade of an answer given three minutes after the bell\n")
        self.stdout.write(f"{'':<20}" + "".join(f"{name:>13}" for name in columns))
        for fault in faults:
            grades = [[cell.grade for cell in rows if (cell.fault, cell.answer) == (fault, name)] for name in columns]
            self.stdout.write(f"{fault:<20}" + "".join(f"{sum(row) / len(row):>13.0f}" for row in grades))

    def _habits(self, scenario: engine.Scenario, options: dict[str, Any], seed: int, week: str) -> None:
        """One row a habit, in the order of their file, then competent."""
        names = [*(habit.id for habit in engine.habits_for(scenario, week)), "competent"]
        shares = [names[place::_A_SHARE] for place in range(_A_SHARE)]
        made = self._counted(shares, partial(_habits_of, scenario_id=scenario.id, seed=seed, week=week), "parts")
        outcomes = {name: row for part in made for name, row in part.items()}
        found = {name: outcomes[name] for name in names}
        if options["json"]:
            self.stdout.write(json.dumps(found))
            return
        self.stdout.write(f"{scenario.id}, {_said([seed])}, after a week of {week}; loss in $M\n")
        self.stdout.write(f"{'':<70}{'loss':>9}{'ghost':>9}{'grade':>8}{'service':>9}{'skipped':>9}")
        for row in found.values():
            figures = f"{row['loss_usd'] / 1e6:>9.2f}{row['ghost_usd'] / 1e6:>9.2f}{row['grade']:>8}{row['service_kept']:>9.1%}"
            self.stdout.write(f"{row['label']:<70}{figures}{row['refused'] / max(row['given'], 1):>9.0%}")

    def _table(self, table: dict[str, Any]) -> None:
        say = self.stdout.write
        seeds = _said(range(table["first_seed"], table["first_seed"] + table["seeds"]))
        say(f"{table['scenario']} from {table['from']} to {table['until']}, help {table['help']}, {seeds}; loss in $M\n")
        heads = ("least", "p10", "median", "p90", "most")
        say(f"{'':<22}" + "".join(f"{head:>9}" for head in (*heads, "mean")) + f"{'grade p10':>11}{'median':>8}{'p90':>7}{'95 % avoided':>14}")
        for line_up in table["line_ups"]:
            loss, grades, most = line_up["loss_usd"], line_up["grade"], line_up["most_avoided"]
            figures = "".join(f"{loss[head] / 1e6:>9.2f}" for head in (*heads, "mean"))
            share = "-" if most is None else f"{most:.0%}"
            say(f"{line_up['name']:<22}{figures}{grades['p10']:>11}{grades['median']:>8}{grades['p90']:>7}{share:>14}")

    def _report(self, found: Mapping[str, Any]) -> None:
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
        longest = ((desk, row["longest"]) for desk, row in found["waits"].items())
        waits = ", ".join(f"{desk} {wait['wall_s']:g} s from {wait['from']}" for desk, wait in longest)
        say(f"longest wait for something new: {waits}")


def _one_seed(seed: int, scenario_id: str, line_ups: dict[str, dict[str, str]], how: dict[str, Any]) -> dict[str, engine.SeedOutcome]:
    return engine.outcomes(engine.load_scenario(scenario_id), seed, line_ups, **how)


def _waits_on_seed(seed: int, scenario_id: str, line_ups: dict[str, dict[str, str]], how: dict[str, Any]) -> dict[str, dict[str, engine.Waits]]:
    return engine.waits_on_seed(engine.load_scenario(scenario_id), seed, line_ups, **how)


def _waits_told(name: str, found: Mapping[int, engine.Waits]) -> str:
    """A desk's waits over seeds: the longest with its seed, how many there are and how many of them are too long, and at which clocks."""
    seed, longest = max(((seed, row["longest"]) for seed, row in found.items()), key=lambda one: one[1]["wall_s"])
    many, whole = sum(row["waits"] for row in found.values()), sum(row["wall_s"] for row in found.values())
    long = [wait for row in found.values() for wait in row["long"]]
    places = Counter(f"{wait['from'][-8:-3]}-{wait['to'][-8:-3]}" for wait in long)
    where = ", ".join(f"{place} ({count})" for place, count in places.most_common(PLACES))
    figures = f"{longest['wall_s']:>11.1f}{many:>7}{len(long):>9}{len(long) / many:>8.1%}{sum(wait['wall_s'] for wait in long) / whole:>9.1%}"
    return f"{name:<28}{figures}  {longest['from']} to {longest['to']} on seed {seed}{'; ' if where else ''}{where}"


def _playbooks_of_seed(seed: int, scenario_id: str, files: list[Path], until: int) -> list[engine.PlaybookOutcome]:
    return engine.playbook_outcomes(engine.load_scenario(scenario_id), seed, files, until=until)


def _habits_of(names: list[str], scenario_id: str, seed: int, week: str) -> dict[str, engine.HabitOutcome]:
    return engine.habits_beside(engine.load_scenario(scenario_id), seed, week, only=names)


def _cells_of(task: tuple[str, int], scenario_id: str) -> list[engine.Answered]:
    return engine.cells(engine.load_scenario(scenario_id), *task)


def _said(seeds: Sequence[int]) -> str:
    return f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {seeds[0]} to {seeds[-1]}"


def seeds_of(options: dict[str, Any]) -> range:
    """The seeds of "40" (1 to 40) or of "41-50". Raises CommandError."""
    text = options["seeds"]
    if options["seed"] is not None or options["noise"] is not None:
        raise CommandError("--seeds: expected without --seed and --noise: the seeds draw the noise too", returncode=2)
    match = re.fullmatch(r"(?:(\d{1,9})-)?(\d{1,9})", text, re.ASCII)
    first, last = (int(match[1] or 1), int(match[2])) if match else (0, -1)
    if not 1 <= last - first + 1 <= MOST_SEEDS:
        raise CommandError(f"--seeds: {text}: expected 1 to {MOST_SEEDS}, or so many of them as a range such as 41-50", returncode=2)
    return range(first, last + 1)


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


def _moment(calendar: engine.Calendar, option: str, text: str) -> int:
    if text == "deployment":
        return calendar.week
    try:
        step = calendar.step_at(text)
    except ValueError as error:
        raise CommandError(f"{option}: {error}", returncode=2) from None
    return min(step if step < calendar.close else max(step, calendar.block), calendar.end)
