"""The report's drawings, as vectors: the loss curve with pins, and the three lanes of who knew what when."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext

import engine
from game.debrief.report.paper import EDGE, LABEL, SMALL, WIDE, Paper, colors
from game.debrief.report.words import MINUS, short

MINUTE = engine.STEPS_PER_MINUTE
SERIES = ("s1", "s3", "s2", "s5", "s4", "s7")
AXIS = 15.0  # mm for the labels at the left
ENDS = 25.0  # mm for those at the right
Curve = Sequence[Sequence[float]]  # [[step, loss in dollars], ...]
Points = list[tuple[float, float]]  # (step, loss in dollars)
Scale = Callable[[float], float]


def loss_curve(
    paper: Paper,
    teams: Sequence[tuple[str, Curve]],
    history: Curve,
    pins: Sequence[tuple[int, int]] = (),
    others: Sequence[tuple[str, Curve]] = (),
    high: float = 66,
) -> None:
    """Losses from the bell on: teams solid, history dashed, other courses dotted. `pins`: (number, step) of decisions, on the first team's
    line. Down is money lost.
    """
    opens = paper.calendar.open
    lines = [(name, _from_bell(opens, curve)) for name, curve in teams]
    ends = [points[-1][0] for _, points in lines if points]
    if not ends:
        paper.paragraph(gettext("The market was not played past the opening bell, so there is no curve of losses."))
        return
    until = max(max(ends), opens + 16 * MINUTE)
    past = _until(_from_bell(opens, history), until)
    dotted = [(name, _until(_from_bell(opens, curve), until)) for name, curve in others]
    rows = _pin_rows([(number, step) for number, step in pins if opens <= step <= until], until - opens)
    paper.room(high + 8)
    top, left = paper.get_y() + (len(set(rows.values())) * 4.6 + 1.5 if rows else 1), EDGE + AXIS
    bottom, right = paper.get_y() + high, EDGE + WIDE - ENDS
    most = max([1e5, *(loss for _, points in [*lines, ("", past), *dotted] for _, loss in points)]) * 1.06

    def x(step: float) -> float:
        return left + (step - opens) / (until - opens) * (right - left)

    def y(loss: float) -> float:
        return top + min(1.0, max(0.0, loss / most)) * (bottom - top)

    _axes(paper, x, y, most, until, (left, right, bottom))
    drawn = _strokes(paper.past, lines, past, dotted)
    for stroke in drawn:
        paper.ink(stroke.color, stroke.width, stroke.dash)
        paper.polyline([(x(step), y(loss)) for step, loss in stroke.points])
    paper.ink("line")
    _end_labels(paper, [(x(one.points[-1][0]), y(one.points[-1][1]), one.name, one.color) for one in drawn], right, bottom)
    for (number, step), row in rows.items():
        _pin(paper, number, x(step), paper.get_y() + 2.2 + row * 4.6, y(_loss_at(lines[0][1], step)))
    paper.set_xy(EDGE, bottom + 6)


class _Stroke(NamedTuple):
    """A curve as it is drawn; width and dash in millimetres, dash 0: solid."""

    points: Points
    color: str
    width: float
    dash: float
    name: str


def _strokes(then: str, lines: Sequence[tuple[str, Points]], past: Points, dotted: Sequence[tuple[str, Points]]) -> list[_Stroke]:
    """What the chart draws, from the back to the front."""
    drawn = [_Stroke(points, "s6", 0.35, 0.35, name) for name, points in dotted if points]
    if past:
        drawn.append(_Stroke(past, "s6", 0.45, 1.4, then))
    wide = 0.75 if len(lines) < 4 else 0.5
    drawn += [_Stroke(points, SERIES[place % len(SERIES)], wide, 0, name) for place, (name, points) in enumerate(lines) if points]
    return drawn


def _from_bell(opens: int, curve: Curve) -> Points:
    return [(step, max(0.0, loss)) for step, loss in curve if step >= opens]


def _until(points: Points, until: float) -> Points:
    return [point for point in points if point[0] <= until]


def _loss_at(points: Sequence[tuple[float, float]], step: float) -> float:
    return next((loss for at, loss in points if at >= step), points[-1][1])


def _pin_rows(pins: Sequence[tuple[int, int]], wide: float) -> dict[tuple[int, int], int]:
    """Which of the rows above the curve a pin stands in: the first in which it does not cover another."""
    apart, rows, ends = wide * 4.6 / (WIDE - AXIS - ENDS), {}, [float("-inf")] * 4
    for number, step in pins:
        row = next((row for row, end in enumerate(ends) if step - end >= apart), 3)
        rows[(number, step)], ends[row] = row, step
    return rows


def _axes(paper: Paper, x: Scale, y: Scale, most: float, until: float, box: tuple[float, float, float]) -> None:
    left, right, bottom = box
    opens = paper.calendar.open
    start = paper.get_y()
    unit = next(unit for unit in _round_numbers() if most / unit <= 5.5)
    for number in range(int(most / unit) + 1):
        usd = number * unit
        paper.ink("line", 0.15)
        paper.line(left, y(usd), right, y(usd))
        text = f"{MINUS}${short(usd).replace('.0 ', ' ')}" if usd else "0"
        paper.at(EDGE, y(usd) - 1.6, text, LABEL, "text-3", width=AXIS - 2, align="R")
    every = next(every for every in (5, 10, 15, 30, 60, 120) if (until - opens) / MINUTE / every <= 9) * MINUTE
    for step in range(opens, int(until) + 1, every):
        paper.at(x(step) - 6, bottom + 1, paper.calendar.hm(step), LABEL, "text-3", width=12, align="C")
    paper.set_xy(EDGE, start)


def _round_numbers() -> Sequence[float]:
    return [digit * 10**power for power in range(4, 11) for digit in (1, 2, 5)]


def _end_labels(paper: Paper, labels: list[tuple[float, float, str, str]], right: float, bottom: float) -> None:
    """A name at the end of each line, pushed apart where they would overlap."""
    start, labels = paper.get_y(), sorted(labels, key=lambda label: label[1])
    places = [label[1] for label in labels]
    for place in range(1, len(places)):
        places[place] = max(places[place], places[place - 1] + 3.2)
    over = max(0.0, places[-1] - bottom)
    for (x, _, name, color), y in zip(labels, places, strict=True):
        paper.at(min(x, right) + 1.5, y - over - 1.65, name, SMALL, color, bold=True, width=EDGE + WIDE - min(x, right) - 1.5)
    paper.set_xy(EDGE, start)


def _pin(paper: Paper, number: int, x: float, y: float, foot: float) -> None:
    start = paper.get_y()
    paper.ink("text-3", 0.15, 0.5)
    paper.line(x, y + 2, x, foot)
    paper.ink("text", 0.25)
    paper.set_fill_color(255, 255, 255)
    paper.circle(x, y, 2.05, style="DF")
    paper.at(x - 2.5, y - 1.5, str(number), LABEL - 0.5, "text", bold=True, width=5, align="C")
    paper.set_fill_color(18, 26, 38)
    paper.circle(x, foot, 0.55, style="F")
    paper.set_xy(EDGE, start)


def bars(paper: Paper, rows: Sequence[tuple[str, int]], x: float, y: float, wide: float, most: int) -> float:
    """A bar a row, with its number at the end; where the last one ends."""
    names = wide * 0.62
    for label, count in rows:
        paper.at(x, y, label, SMALL, "text", width=names - 2)
        paper.set_fill_color(*colors()["surface-3"])
        paper.rect(x + names, y + 1.1, wide - names - 7, 1.7, style="F")
        paper.set_fill_color(*colors()["accent"])
        if count:
            paper.rect(x + names, y + 1.1, (wide - names - 7) * min(1.0, count / most), 1.7, style="F")
        paper.at(x + wide - 6, y, str(count), SMALL, "text-2", width=6, align="R")
        y += 4.4
    return y


ROLES = {"deployer": "role-deployer", "operator": "role-operator", "risk": "role-risk"}
LANE, NAMES = 10.5, 22.0  # mm a lane is high, and its name is wide


def lanes(paper: Paper, entries: Sequence[dict[str, Any]]) -> None:
    """From seen (ring) to shared (dot) to read (arrow) to acted on (square), a lane a desk. Evenings before the day stand in the table."""
    day = [entry for entry in entries if entry["seen"] >= 0]
    if not day:
        return
    steps: list[int] = []
    for e in day:
        steps += [e["seen"], e["shared"], *e["read"].values()]
        steps += [] if e["acted"] is None else [e["acted"]]
    first, last = min(steps), max(max(steps), min(steps) + 4 * MINUTE)
    paper.room(3 * LANE + 12)
    top, left, right = paper.get_y(), EDGE + NAMES, EDGE + WIDE - 4

    def x(step: float) -> float:
        return left + (step - first) / (last - first) * (right - left)

    middle = {desk: top + (place + 0.5) * LANE for place, desk in enumerate(engine.DESKS)}
    for desk, y in middle.items():
        paper.ink("line", 0.25)
        paper.line(left, y, right, y)
        paper.at(EDGE, y - 1.8, paper.desks[desk], SMALL, ROLES[desk], bold=True, width=NAMES - 2)
    for entry in day:
        _entry(paper, entry, x, middle)
    for part in range(5):
        step = first + (last - first) * part / 4
        paper.at(x(step) - 7, top + 3 * LANE + 0.5, paper.calendar.hm(int(step)), LABEL, "text-3", width=14, align="C")
    paper.set_xy(EDGE, top + 3 * LANE + 5.5)
    paper.put(gettext("ring: seen    dot: shared    arrow: read by    square: the next decision"), LABEL, "text-3")
    paper.ln(6)


def _entry(paper: Paper, entry: dict[str, Any], x: Scale, middle: dict[str, float]) -> None:
    color, y, shared = ROLES[entry["desk"]], middle[entry["desk"]], x(entry["shared"])
    red, green, blue = colors()[color]
    paper.ink(color, 1.0)
    paper.line(x(entry["seen"]), y, shared, y)
    paper.ink(color, 0.25)
    for desk, step in entry["read"].items():
        end, way = middle[desk], 1 if middle[desk] > y else -1
        paper.line(shared, y, x(step), end - way * 1.6)
        paper.set_fill_color(red, green, blue)
        paper.polygon([(x(step) - 0.9, end - way * 1.8), (x(step) + 0.9, end - way * 1.8), (x(step), end)], style="F")
    paper.ink(color, 0.4)
    paper.set_fill_color(255, 255, 255)
    paper.circle(x(entry["seen"]), y, 1.1, style="DF")
    paper.set_fill_color(red, green, blue)
    paper.circle(shared, y, 1.1, style="DF")
    if entry["acted"] is not None and entry["acted"] >= 0:
        paper.ink("text", 0.35)
        paper.rect(x(entry["acted"]) - 0.9, middle[entry["actor"]] - 0.9, 1.8, 1.8)
