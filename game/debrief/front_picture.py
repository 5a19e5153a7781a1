"""The start page's picture: what traded in every stock while history was played, and how the loss grew. See `manage.py keep_history`."""

from pathlib import Path

from django.conf import settings

import engine
from game.debrief import kept_history

RECORD_MINUTES = 45
UNTIL_MINUTES = 50  # what it looks like when it is over
LEVELS = {"low": 0.25, "mid": 0.55, "high": 0.8}  # of what the stock's busiest minutes trade
BUSIEST = 3  # so many minutes are passed over, so that one block does not dim all the others


def file_of(scenario_id: str) -> Path:
    """Where the picture of a scenario is kept."""
    return Path(settings.BASE_DIR) / "static" / "img" / f"{scenario_id}.svg"


def drawn(scenario: engine.Scenario) -> str:
    """Play history on the default seed, and draw it: a row a stock, a unit a minute from the open, stocks in the order in which they caught
    fire; one path a level, in whatever colour the page gives it.
    """
    first = scenario.calendar.open
    until = first + UNTIL_MINUTES * engine.STEPS_PER_MINUTE
    run = engine.play(scenario, kept_history.PLAYBOOK, scenario.default_seed, until=until)
    rows = [_shares_of_peak(row) for row in run.sim.gauges.traded[:, 1 : UNTIL_MINUTES + 1].tolist()]
    rows.sort(key=lambda row: (next((i for i, x in enumerate(row) if x > LEVELS["mid"]), UNTIL_MINUTES), -sum(row)))
    lines = [f'<path id="{name}" d="{_runs(rows, name)}"/>' for name in LEVELS]
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *lines, "</svg>", ""])


def _shares_of_peak(traded: list[int]) -> list[float]:
    peak = max(sorted(traded)[-BUSIEST], 1)
    return [shares / peak for shares in traded]


def _runs(rows: list[list[float]], name: str) -> str:
    """The minutes of one level, as horizontal strokes."""
    found = []
    for y, row in enumerate(rows):
        levels = [max((one for one in LEVELS if x >= LEVELS[one]), key=lambda one: LEVELS[one], default="") for x in row]
        starts = [i for i, one in enumerate(levels) if one == name and (i == 0 or levels[i - 1] != name)]
        for start in starts:
            end = next((i for i in range(start, len(levels)) if levels[i] != name), len(levels))
            found.append(f"M{start} {y}.5h{end - start}")
    return "".join(found)


def keep(scenario: engine.Scenario) -> Path:
    """Draw it, and keep it beside the code."""
    path = file_of(scenario.id)
    path.write_text(drawn(scenario), encoding="utf-8")
    return path


def losses(scenario: engine.Scenario) -> list[int]:
    """History's loss in whole dollars at every minute of the picture, from the open; empty where history or the picture is not kept."""
    return losses_of(scenario) if file_of(scenario.id).is_file() else []


def losses_of(scenario: engine.Scenario) -> list[int]:
    """The same, whether or not there is a picture."""
    one = kept_history.kept().get(scenario.id)
    if one is None:
        return []
    first, last = scenario.calendar.open, scenario.calendar.open + UNTIL_MINUTES * engine.STEPS_PER_MINUTE
    return [round(usd) for step, usd in one["curve"] if first <= step <= last]


WIDE, HIGH = 48, 16  # of an outline, in whole units


def outline(scenario: engine.Scenario) -> str:
    """History's loss over the minutes of the picture as points of a polyline, "x,y x,y", its highest at the top; empty where none is kept or
    nothing was lost."""
    usd = losses_of(scenario)[::2]
    most = max(usd, default=0)
    if most <= 0:
        return ""
    return " ".join(f"{WIDE * x // (len(usd) - 1)},{HIGH - HIGH * max(y, 0) // most}" for x, y in enumerate(usd))
