"""The projector's picture of an exercise, composed from its teams' runs.

The loss counter's mode is applied here, before anything leaves the server: live, two market minutes late, or hidden until the end.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

import orjson
import structlog
from django.utils.translation import gettext

import engine
from game.control.standings import ABREAST_STEPS, rank
from game.live.control import in_words, state_of
from game.live.losses import Curve, at, series
from game.live.loudspeaker import Cards, to_json
from game.live.words import UNKNOWN, Reader, reader_of
from game.models import Exercise, Run

log = structlog.get_logger(__name__)
Cardset = dict[str, dict[str, Any]]
DELAY_STEPS = 2 * engine.STEPS_PER_MINUTE
HEARD = 240  # losses between two full minutes
PASSED_ON = ("tiles", "headlines", "bell")  # of the first team's market


@dataclass
class Side:
    """One team's run as it was last heard of."""

    run_id: int
    name: str
    curve: Curve = field(default_factory=list)
    step: int = 0
    cards: dict[str, Any] = field(default_factory=dict)
    stands: str = ""  # why it does not move while the others do
    reader: Reader = UNKNOWN
    heard: deque[list[int]] = field(default_factory=lambda: deque(maxlen=HEARD))  # [step, loss] since the curve's last minute

    @classmethod
    def of(cls, run: Run) -> "Side":
        """What the rows know, until the run itself is heard."""
        side = cls(run.pk, run.team.name, run.curve, run.step, reader=reader_of(run))
        side.rows(run)
        return side

    def rows(self, run: Run) -> None:
        """Take in what only the rows know: its name, and whether it stands alone."""
        self.name = run.team.name
        told = "fault" if run.state == "failed" else run.state_told[0]
        self.stands = told if run.team.exercise.state == "running" and told in ("paused", "ended", "fault") else ""

    def hear(self, step: int, cards: Cards) -> None:
        """Take in a message."""
        self.step = max(self.step, step)
        for name, (_, text) in cards.items():
            try:
                card = orjson.loads(self.reader.card(text))
                if name == "minutes":
                    self.curve = card["points"]
                else:
                    self.cards[name] = card
            except (ValueError, KeyError, TypeError) as problem:  # the card stays as it was, the others and the other teams' go on
                log.error("a card could not be read", run=self.run_id, card=name, problem=str(problem))
        if "loss" in cards:
            self.heard.append([self.step, self.loss])

    @property
    def loss(self) -> int:
        """Now, in dollars."""
        if "loss" in self.cards:
            return int(self.cards["loss"]["loss_usd"])
        return self.curve[-1][1] if self.curve else 0

    def loss_at(self, step: int) -> int:
        """At a step a little ago, between what was heard then."""
        if step >= self.step:
            return self.loss
        since = self.heard[0][0] if self.heard else self.step
        return at([*(point for point in self.curve if point[0] < since), *self.heard, [self.step, self.loss]], step)


def mode_of(exercise: Exercise) -> str:
    """How the loss is shown now: everything when it is over."""
    return "live" if exercise.state == "ended" else exercise.loss_counter


def compose(exercise: Exercise, sides: list[Side], ghost: Curve | None, more: Cardset | None = None) -> Cardset:
    """The cards of the projector. `more`: those that only the rows know (wall.py). While the end is being revealed there, no loss is anywhere
    else; with its last picture all are.
    """
    step = _furthest(exercise, sides)
    if exercise.kept_secret:
        ghost = None  # what history lost tells which morning it is
    furthest = max(sides, key=lambda side: side.step, default=None)
    state = in_words(state_of(exercise, step))
    cards: dict[str, dict[str, Any]] = {"state": {key: state[key] for key in ("state", "speed", "reason", "planning")}}
    cards["clock"] = (furthest.cards.get("clock") if furthest else None) or _clock(exercise.calendar, step)
    for name in PASSED_ON:
        if sides and name in sides[0].cards:
            cards[name] = sides[0].cards[name]
    end = (more or {}).get("reveal", {})
    mode = "hidden" if end.get("on") and end["step"] != "photo" else mode_of(exercise)
    frozen = None if end.get("on") else exercise.frozen
    return cards | (more or {}) | (frozen or losses(exercise, sides, ghost, mode))


def losses(exercise: Exercise, sides: list[Side], ghost: Curve | None, mode: str, *, whole_minutes: bool = False) -> Cardset:
    """The cards that hold losses: board and curve. `whole_minutes`: as they stood at the last full minute, for a picture that is kept."""
    step = _furthest(exercise, sides)
    cutoff = _abreast(sides, step) if mode == "live" else step - DELAY_STEPS
    if mode != "live" or whole_minutes:
        cutoff = _minute(cutoff)
    return {
        "board": _board(exercise, mode, cutoff, sides, ghost, now=mode == "live" and not whole_minutes),
        "curve": curve_until(exercise.calendar, exercise.calendar.open - 1 if mode == "hidden" else cutoff, sides, ghost),
    }


def _furthest(exercise: Exercise, sides: list[Side]) -> int:
    return max((side.step for side in sides), default=exercise.start_step)


def _abreast(sides: list[Side], furthest: int) -> int:
    """The moment at which teams are held against each other: runs of an exercise are a few seconds apart, and whoever did the same is to
    read the same. Nobody waits for a team that stands or lags.
    """
    return min((side.step for side in sides if not side.stands and side.step >= furthest - ABREAST_STEPS), default=furthest)


def curve_until(calendar: engine.Calendar, until: int, sides: list[Side], ghost: Curve | None, every: int = 1) -> dict[str, Any]:
    """The card of the loss every so many minutes, up to a step: a team's ends where it is, history's at the step."""
    until = min(until, calendar.close)

    def loss(curve: Curve, step: int) -> list[int]:
        return series(calendar, curve, step)[::every]

    return {
        "from": calendar.hm(calendar.open),
        "every_s": 60 * every,
        "history": loss(ghost, until) if ghost else [],
        "teams": [{"name": side.name, "loss": loss(side.curve, min(until, side.step))} for side in sides],
    }


def _board(exercise: Exercise, mode: str, cutoff: int, sides: list[Side], ghost: Curve | None, *, now: bool) -> dict[str, Any]:
    """Every team against history at one moment, best first; one that is not so far yet where it is."""
    hidden, calendar = mode == "hidden", exercise.calendar
    teams = []
    for side in sides:
        loss = side.loss_at(cutoff) if now else at(side.curve, cutoff)
        then = None if ghost is None else at(ghost, min(cutoff, side.step))
        shown = {"loss_usd": loss, "avoided_usd": None if then is None else then - loss}
        behind = calendar.hm(side.step) if not side.stands and 0 < side.step < cutoff - ABREAST_STEPS else ""
        who = {"name": side.name, "step": min(cutoff, side.step), "stands": side.stands, "behind": behind}
        teams.append(who | (dict.fromkeys(shown) if hidden else shown))
    return {
        "as_of": calendar.hm(cutoff) if cutoff > 0 else "",
        "mode": mode,
        "teams": [{key: value for key, value in team.items() if key != "step"} for team in rank(teams, near=now and exercise.state != "ended")],
        "history_usd": None if hidden or ghost is None else at(ghost, cutoff),
        "frozen": None,
    }


def _clock(calendar: engine.Calendar, step: int) -> dict[str, Any]:
    """The clock before the first frame."""
    phase = calendar.phase(step)
    label = gettext(engine.PHASES[phase])
    is_open = calendar.open <= step < calendar.close
    return {"step": step, "date": calendar.date(step), "clock": calendar.clock(step), "phase": phase, "phase_label": label, "open": is_open}


def _minute(step: int) -> int:
    return max(0, step) // engine.STEPS_PER_MINUTE * engine.STEPS_PER_MINUTE


class Board:
    """Composed cards with versions: what changed since it was composed last."""

    def __init__(self) -> None:
        self._last: dict[str, dict[str, Any]] = {}
        self.cards: Cards = {}

    def update(self, step: int, composed: dict[str, dict[str, Any]]) -> Cards:
        """The cards that differ from before, with new versions."""
        changed: Cards = {}
        for name, content in composed.items():
            if self._last.get(name) != content:
                version = max(step, self.cards.get(name, (-1, ""))[0] + 1)
                changed[name] = (version, to_json(content))
        self._last = composed
        self.cards.update(changed)
        return changed

    def again(self, name: str) -> Cards:
        """A card as it is, with a new version; nothing where there is no such card yet."""
        if name not in self.cards:
            return {}
        version, text = self.cards[name]
        self.cards[name] = (version + 1, text)
        return {name: self.cards[name]}
