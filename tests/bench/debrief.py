"""What a debrief costs: seconds to the first answer and to all of them, of a morning of twenty decisions, with 1, 2 and 4 workers; and how
long two of them take for it while the run goes on, from 11:30 of the market on. To the close that is three minutes at the usual speed.

The run is of beginners at all three desks, and of some more levers that they would not have found. It is a rehearsal put into rows as if a clock
had played it; its courses are run by real workers on the queue of the lab, and asked for as the page does.
"""

import time
from dataclasses import replace
from typing import Any

import engine
from engine.analysis.rehearsal import submit
from tests import days
from tests.bench.stage import stage
from tests.builders import eventually, finished_run

WORKERS = (1, 2, 4)
UNTIL = "11:30"
FIRST_LOOK_S, LOOK_S = 0.1, 1.0  # until there is a first answer, and then: the page asks every other second
BEAT_S = 2.0  # game/settings.py: how often a run that goes on is begun with
BESIDES = (
    ("08:30", "risk", "rate.set", {"per_second": 3_000}),
    ("09:31", "risk", "rate.set", {"per_second": 2_000}),
    ("09:35", "risk", "collar.set", {"percent": 9}),
    ("09:37", "deployer", "flag.clear", {}),
    ("09:40", "risk", "clients.route_away", {}),
    ("09:57", "risk", "limit.set", {"gross_usd": 6_000_000_000}),
    ("10:02", "deployer", "flag.set", {}),
    ("10:12", "risk", "clients.recall", {}),
    ("10:20", "risk", "exchange.bust", {}),
)
LIMITS_S = {"first": 3, "all": 60}
PATIENCE_S = 300.0


def run(args: Any = None) -> dict[str, Any]:
    """Seconds by number of workers, and how many decisions and courses there are."""
    with stage() as world:
        morning = played()
        found: dict[str, Any] = {"limits_s": LIMITS_S, "decisions": 0, "courses": 0}
        for count in WORKERS:
            names = [f"lab-{count}-{number}" for number in range(count)]
            for name in names:
                world._celery(name, "-Q", "lab", "-c", "1")
            for name in names:
                eventually(lambda name=name: "ready." in world.log(name), 60, f"{name} is ready")
            found[f"workers_{count}"] = _measure(finished_run(morning), found)
            if count == 2:
                found["while_it_goes_on_s"] = _ahead(finished_run(morning))
            for name in names:
                world.kill(name)
        return found


def _ahead(row: Any) -> float:
    """Seconds until all is there of a run that goes on, begun with as the beat does it."""
    from game.debrief import counterfactuals
    from game.models import Exercise, Run
    from game.models.run_log import log_of

    Exercise.objects.filter(pk=row.team.exercise.pk).update(state="running")
    Run.objects.filter(pk=row.pk).update(state="running")
    log, started = log_of(row), time.monotonic()
    while any(key not in counterfactuals.rows_of(row) for key in counterfactuals.counterfactuals_of(log, counterfactuals.rows_of(row))):
        counterfactuals.begin_ahead()
        time.sleep(BEAT_S)
    Run.objects.filter(pk=row.pk).update(state="ended")
    return round(time.monotonic() - started, 1)


def played() -> engine.Rehearsal:
    """The morning."""
    ahead = [engine.Command(0, days.step_at(at), desk, kind, args) for at, desk, kind, args in BESIDES]

    def more(run: engine.Rehearsal) -> None:
        while ahead and ahead[0].step <= run.sim.now:
            submit(run, replace(ahead.pop(0), seq=len(run.commands) + 1, step=run.sim.now))

    return engine.rehearse(engine.load_scenario("knight-2012"), 79, dict.fromkeys(engine.DESKS, "novice"), until=days.step_at(UNTIL), before=more)


def _measure(row: Any, found: dict[str, Any]) -> dict[str, float]:
    from game.debrief import counterfactuals

    started, first = time.monotonic(), 0.0
    while (wall := time.monotonic() - started) < PATIENCE_S:
        told = counterfactuals.known_so_far(row)
        if told["done"] and not first:
            first = wall
        if told["complete"] and told["same"] is not None:
            found |= {"decisions": len(told["decisions"]), "courses": told["of"], "same": told["same"]}
            return {"first_s": round(first, 1), "all_s": round(wall, 1)}
        time.sleep(LOOK_S if first else FIRST_LOOK_S)
    raise RuntimeError(f"not within {PATIENCE_S:g} s")

