"""`manage.py replay SCENARIO`: run a day without people and print the record beside it."""

import csv
import json
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError

import engine
from game.spoken import tell

BAR = 40
TAPE_COLUMNS = ("step", "symbol", "side", "price", "qty", "parent", "server", "maker", "maker_is_ours")


class Command(BaseCommand):
    """Print the record beside the run, each row with its source, then the minute path."""

    help = "Run a scenario with a playbook and print the record beside the run."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("scenario", help="a scenario's id, such as knight-2012")
        parser.add_argument("--seed", type=int, help="draws orders, the stale server, the market (default: the scenario's own)")
        parser.add_argument("--noise", type=int, help="redraws the market's noise alone")
        parser.add_argument("--playbook", default="history", help="a playbook's name, or a TOML file (default: history)")
        parser.add_argument("--instant", action="store_true", help="levers take no time and no hands, controls count as built (for calibration)")
        parser.add_argument("--until", help="HH:MM at which to stop (default: the end of the bell, 10:15; 18:30 plays the unwind too)")
        parser.add_argument("--tape", type=Path, metavar="FILE", help="write every execution to FILE, .csv or .npz")
        parser.add_argument("--threads", type=int, default=2, choices=(1, 2, 3, 4, 8), help="the result is the same with any number")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            scenario = engine.load_scenario(options["scenario"])
            seed = scenario.default_seed if options["seed"] is None else options["seed"]
            commands = engine.playbook(scenario, options["playbook"], seed)
            until = min(_until(scenario.calendar, options["until"]), scenario.calendar.block)
        except (engine.ScenarioError, engine.PlaybookError) as error:
            raise CommandError(str(error), returncode=2) from None
        except ValueError as error:
            raise CommandError(f"--until: {error}", returncode=2) from None
        if min(seed, options["noise"] or 0) < 0:
            raise CommandError("--seed and --noise: expected 0 or more", returncode=2)
        tape = options["tape"]
        if tape is not None:
            self._check_tape(tape)
        calendar = scenario.calendar
        if until >= calendar.close:
            until = calendar.end
        engine.warm(None if options["json"] else self._say_compiling, scenario.id)
        wall, cpu = time.perf_counter(), time.process_time()
        sim = engine.replay(
            scenario,
            seed,
            commands,
            engine.Moment.before(until, commands),
            noise=options["noise"],
            start=calendar.week if any(command.step < 0 for command in commands) else 0,
            instant=options["instant"],
            threads=options["threads"],
            tape=tape is not None,
            progress=None if options["json"] else self._progress(calendar, until),
        )
        found = engine.record(sim, playbook=options["playbook"], wall_s=time.perf_counter() - wall, cpu_s=time.process_time() - cpu)
        if tape is not None:
            self._write_tape(tape, sim, scenario)
        if options["json"]:
            self.stdout.write(json.dumps(found))
            return
        self._report(found, self._refused(sim))

    def _check_tape(self, path: Path) -> None:
        if path.suffix not in (".csv", ".npz"):
            raise CommandError(f"--tape {path}: expected a file that ends in .csv or .npz", returncode=2)
        try:
            path.touch()
        except OSError as error:
            raise CommandError(f"--tape {path}: cannot be written: {error.strerror}", returncode=2) from None

    def _progress(self, calendar: engine.Calendar, until: int) -> Any:
        """A bar on standard error, where there is a terminal to see it."""

        def show(step: int) -> None:
            if sys.stderr.isatty():
                done = BAR * max(min(step, until), 0) // max(until, 1)
                self.stderr.write(f"\r{calendar.clock(min(step, until))} [{'#' * done}{'.' * (BAR - done)}]", ending="\n" if step >= until else "")
                self.stderr.flush()

        return show

    def _say_compiling(self, part: str) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\rcompiling {part} (once) ...".ljust(BAR + 12), ending="")

    def _write_tape(self, path: Path, sim: engine.Simulation, scenario: engine.Scenario) -> None:
        """All executions; prices in dollars in the csv, in ticks with their size in the npz."""
        rows = sim.tape_rows()
        tick_hc = np.asarray(sim.machine.symbols["tick_hc"])
        if path.suffix == ".npz":
            np.savez_compressed(path, symbols=np.array(scenario.names), tick_hc=tick_hc, **{name: rows[name] for name in TAPE_COLUMNS})
            return
        names = scenario.names
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(("clock", *TAPE_COLUMNS))
            for row in rows:
                price = int(row["price"]) * int(tick_hc[row["symbol"]]) / 10_000
                side = "buy" if row["side"] > 0 else "sell"
                rest = (row["qty"], row["parent"], row["server"], row["maker"], row["maker_is_ours"])
                writer.writerow((scenario.calendar.clock(int(row["step"]), ms=True), row["step"], names[row["symbol"]], side, f"{price:.4f}", *rest))

    def _refused(self, sim: engine.Simulation) -> list[str]:
        refused = [event for event in sim.take_events() if event.kind == "command.refused"]
        return [
            f"{sim.calendar.clock(event.step)} {event.audience[0]}: {event.data['command']}: {tell(sim.scenario, event.data['reason'])}"
            for event in refused
        ]

    def _report(self, found: engine.Record, refused: list[str]) -> None:
        say = self.stdout.write
        say(f"{found['scenario']}, seed {found['seed']}, noise {found['noise']}, playbook {found['playbook']}, rules {found['rules']}")
        say(f"{found['executions']:,} executions, {found['messages']:,} messages in {found['wall_s']:.2f} s ({found['cpu_s']:.2f} s of CPU)")
        say(f"digest {found['digest']}")
        for line in refused:
            say(f"refused: {line}")
        say(f"\n{'measure':<48}{'record':>16}{'run':>16}{'off':>8}  source")
        for row in engine.beside_history(found):
            off = "" if row["deviation"] is None else f"{row['deviation']:+.1%}"
            say(f"{row['what']:<48}{row['history']:>16,.0f}{row['run']:>16,.0f}{off:>8}  {row['source']}")
        say("\nloss, dollars: " + ", ".join(f"{key.replace('_', ' ')} {value:,.0f}" for key, value in found["loss"].items()))
        say(f"\n{'clock':<7}{'bad':>4}{'parents':>9}{'executions':>12}{'shares':>13}{'gross $M':>10}{'mid $M':>9}{'reverted':>10}{'if sold':>9}")
        for minute in found["minute_path"]:
            money = (minute["gross_usd"], minute["mid_mark"], minute["reverted_mark"], -minute["liquidation_loss"])
            gross, *marks = (value / 1e6 for value in money)
            say(
                f"{minute['clock']:<7}{minute['bad_servers']:>4}{minute['runaway_parents']:>9}{minute['executions']:>12,}{minute['shares']:>13,}{gross:>10,.0f}"
                + "".join(f"{value:>+{width}.1f}" for value, width in zip(marks, (9, 10, 9), strict=True))
            )


def _until(calendar: engine.Calendar, typed: str | None) -> int:
    """The step at which to stop. Raises ValueError."""
    return calendar.bell_end if typed is None else calendar.step_at(typed)
