"""A finished run that is looked at again: stretches of a desk's frames, as its screen was sent them then.

A worker of the queue `replay` makes a stretch (debrief_tasks.send_frames) and leaves it in the broker for a while: everybody who looks at the same
moment in the same language is given the same one, and a web process builds nothing.
"""

import time
from dataclasses import replace
from typing import Any

import structlog
from django.utils.translation import gettext

import engine
from game.live import claims, senders
from game.live.broker import BROKER_GONE, client
from game.live.loudspeaker import to_json
from game.live.senders import QueueGone
from game.live.words import Reader, reader_of
from game.models import Run, branching, contents
from game.models.branching import Fork
from game.models.run_log import log_of
from game.rules import DESKS, RuleBroken
from game.spoken import spoken, tell

log = structlog.get_logger(__name__)
RATES = (1, 2, 5, 10, 30, 60)  # times real time; four frames a second, so a rate is also the steps from frame to frame
FRAMES = 16  # a stretch: four seconds of looking
KEPT_S = 120
WAIT_S, LOOK_S = 4.0, 0.015  # a request waits so long for its stretch, and looks so often
ASKED_S = 10  # one that no worker has made by then is sent for again


def key(run: Run, desk: str, first: int, rate: int) -> str:
    """Where a stretch lies. A run that was taken up again, or is read by other rules, has others; and so has each language."""
    return f"ob:reel:{run.team.exercise.code}:{run.pk}:{run.epoch}:{run.step}:{engine.RULES}:{spoken().code}:{desk}:{first}:{rate}"


def refusal(run: Run) -> str:
    """Why a run cannot be looked at again, or ""."""
    if run.state != "ended":
        return gettext("A run can be replayed when it has ended.")
    needs = contents.needs(run)
    return gettext("It cannot be replayed. %(needs)s") % {"needs": needs} if needs else ""


def send_for(run: Run, desk: str, first: int, rate: int) -> str | None:
    """A stretch that is there; else None, and a worker is sent for unless that was done a moment ago. Raises RuleBroken."""
    name = key(run, desk, first, rate)
    try:
        found = client().get(name)
        if found is None and claims.claim(f"{name}:asked", ASKED_S):
            senders.send_frames(run.pk, desk, first, rate, spoken().code, within_s=ASKED_S)
    except (*BROKER_GONE, QueueGone) as problem:
        log.warning("a stretch could not be sent for", run=run.pk, problem=str(problem))
        raise RuleBroken(gettext("The broker is unavailable. Retrying.")) from None
    return None if found is None else str(found)


def stretch(run: Run, desk: str, first: int, rate: int) -> str:
    """The text of a stretch, as soon as a worker has made it; one frame where `rate` is 0. Raises RuleBroken when none comes."""
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until:
        found = send_for(run, desk, first, rate)
        if found is not None:
            return found
        time.sleep(LOOK_S)
    raise RuleBroken(gettext("The server is busy. This moment is loading."))


def make(reel: engine.Reel, desk: str, help_level: str, first: int, rate: int) -> str:
    """A stretch, in words: {frames: [[step, {card: content}], ...], until}. The first frame holds every card, the others those that changed."""
    frames: list[str] = []
    before: dict[str, str] = {}
    reader = Reader(reel.log.scenario, spoken())
    for step, sight in reel.sights(desk, help_level, first, max(rate, 1), FRAMES if rate else 1):
        cards = {name: to_json(content) for name, content in sight.items()}
        changed = ",".join(f"{to_json(name)}:{reader.card(text)}" for name, text in cards.items() if before.get(name) != text)
        frames.append(f"[{step},{{{changed}}}]")
        before = cards
    return f'{{"frames":[{",".join(frames)}],"until":{reel.log.until.step}}}'


def keep(run: Run, desk: str, first: int, rate: int, text: str) -> None:
    """Leave a stretch for whoever waits."""
    client().set(key(run, desk, first, rate), text, ex=KEPT_S)
    claims.drop(f"{key(run, desk, first, rate)}:asked")


def about(run: Run) -> dict[str, Any]:
    """What the page's scrubber is drawn from: where the run begins and ends, its phases as long as they take to play, its loss beside
    history's, and the moments to jump to.
    """
    ghost, fork = run.team.exercise.ghost, branching.of(run.team.exercise)
    found = log_of(run)
    until = found.until.step
    if fork:
        found = replace(found, since=fork.since)  # what was played in the source is looked at as well
    return {
        "from": found.since,
        "until": until,
        "phases": _phases(found.scenario.calendar, found.since, until),
        "rates": list(RATES),
        "frames": FRAMES,
        "loss": run.curve,
        "history": [point for point in (ghost.curve if ghost else []) if point[0] <= until],
        "pins": _pins(run, found, fork),
    }


def _phases(calendar: engine.Calendar, first: int, until: int) -> list[list[Any]]:
    """[from, to, label, times real time] of every phase of the run, evenings apart."""
    edges = [*map(calendar.evening_step, range(len(calendar.evenings))), 0, *calendar.moments]
    rows = []
    for begin, end in zip(edges, edges[1:], strict=False):
        begin, end = max(begin, first), min(end, until)
        if begin < end and begin != calendar.close:
            phase = calendar.phase(begin)
            label = tell(None, calendar.dated(begin)) if begin < 0 else gettext(engine.PHASES[phase])
            rows.append([begin, end, label, engine.SPEEDS[phase]])
    return rows


def _pins(run: Run, found: engine.Log, fork: Fork | None) -> list[dict[str, Any]]:
    """Decisions and what happened, by time: {step, at, desk, text, kind, of}. `of`: the exercise that it was inherited from, or ""."""
    decisions = [(one.first, one.commands[0].desk, engine.decision_words(found.scenario, one), "decision") for one in found.decisions]
    taken = {(step, desk) for step, desk, *_ in decisions}
    happened = [
        (line.step, line.desk, line.text, "moment")
        for line in engine.moments(run.happened, found.scenario)
        if (line.step, line.desk) not in taken and found.since <= line.step <= found.until.step
    ]
    rows = sorted([*decisions, *happened], key=lambda row: row[:2])
    reader, start, told = reader_of(run), run.team.exercise.start_step, found.scenario.calendar.told
    return [
        {"step": step, "at": told(step, 0), "desk": desk, "text": reader.line(text), "kind": kind, "of": fork.code if fork and step < start else ""}
        for step, desk, text, kind in rows
    ]


def moment(text: str, run: Run) -> int:
    """The step that an address names (09:34:00, 27 Jul 18:30 or a step's number), within the run; its most telling one where it names none."""
    found, fork = log_of(run), branching.of(run.team.exercise)
    since = fork.since if fork else found.since
    try:
        step = found.scenario.calendar.step_at(text[:20])
    except ValueError:
        step = max(found.since, min(found.scenario.calendar.open, found.until.step))
    return max(since, min(step, found.until.step))


def desk_named(name: str) -> str:
    """The desk of an address, the risk manager's where it names none."""
    return name if name in DESKS else "risk"
