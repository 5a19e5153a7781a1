"""The account of a run in three sentences: what was wrong and where, when it could first have been known, what was done and what that came to.

It is made from the run's own events and score. Sentences are held by their English and what fills them; `Who` in them is whom they speak to
("" for "you"): see `voiced`.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypedDict

from engine.analysis.debrief import Log
from engine.analysis.story import Line, Teller
from engine.arguments import Phrase, SaidText, Sentence, msgid, phrase
from engine.commands import servers_of
from engine.events import DESKS, Happened
from engine.firm.score import Score
from engine.market.faults import Fault, draw_fault, fault_said
from engine.market_time import STEPS_PER_SECOND
from engine.scenario.epilogue_texts import FaultSigns
from engine.scenario.scenario import Scenario

_AT_ONCE = 5 * STEPS_PER_SECOND  # what the day sees of itself it sees every five seconds
_HARMLESS = ("mirror", "market-wide")
_MENDS = 60  # lines of at least this weight are deeds that change what is traded
_STOPS = 84


class Known(TypedDict):
    """When it could first have been known: the step, whose screen it was, and what stood there (None: nothing had, when somebody noticed); and
    the step at which it was noticed, by whom."""

    step: int
    desk: str
    thing: Phrase | None
    noticed: int | None
    noticed_by: str  # a desk
    assistant: bool


class Ended(TypedDict):
    """How what ran away ended: "deed", "cut" (by the exchanges), "never" (it did not run), "running" (it did not end); and at which step."""

    how: str
    step: int | None


class Account(TypedDict):
    """What is told of a run on the first screen of its result."""

    sentences: list[Sentence]
    known: Known | None
    ended: Ended


class _Sign(NamedTuple):
    """A sign of the fault on a screen."""

    step: int
    desk: str
    kind: str  # of its event
    text: str  # its id
    said: Sentence
    caller: str


@dataclass
class _Heard:
    """What an account is made from, gathered in one walk over a run's events."""

    scenario: Scenario
    fault: Fault
    told: FaultSigns
    lines: list[Line] = field(default_factory=list)  # of its desks, by time
    signs: list[_Sign] = field(default_factory=list)
    checked: tuple[int, str, Sentence] | None = None  # step, desk and lever's label of the first check that showed it
    noticed: tuple[int, str, bool] | None = None  # step, desk, and whether an assistant did
    cut: int | None = None
    accepted: bool = False  # the cut was the firm's own choice
    mended_in_week: bool = False


def _heard(scenario: Scenario, seed: int, events: Iterable[Happened], assistants: Collection[int] = ()) -> _Heard:
    """Walk over a run's events, in order. `assistants`: places in the log of the commands that autopilots gave."""
    fault = draw_fault(scenario, seed)
    found = _Heard(scenario, fault, scenario.epilogue.of(fault.text.id) or FaultSigns(id=fault.text.id, brief=fault.text.story))
    teller, seq = Teller(scenario), 0
    for event in events:
        teller.hear(event)
        data = event.data
        if event.kind == "command.applied":
            seq = data["seq"]
        elif event.kind == "symptom.noticed" and found.noticed is None:
            found.noticed = (event.step, data["desk"], seq in assistants)
        elif event.kind == "lever.finished" and found.checked is None:
            found.checked = _check(found, event)
        elif event.kind == "exchange.disconnected" and found.cut is None:
            found.cut = event.step
        elif event.kind == "call.answered" and "cut_off" in scenario.evidence.acts.get(data["reply"], ()):
            found.accepted = True
        elif event.kind == "week.closed":
            found.mended_in_week = fault.mechanism == "stale-release" and data["slices"].get("arrived") == "closed"
        else:
            found.signs += _sign(found.told, event)
    found.lines = sorted((line for line in teller.lines if line.desk in DESKS), key=lambda line: (line.step, line.weight, line.desk))
    found.accepted |= any(line.kind == "exchange.accept" for line in found.lines)
    return found


def _sign(told: FaultSigns, event: Happened) -> list[_Sign]:
    """What shows the fault on a screen, unasked."""
    data: Mapping[str, Any] = event.data
    said = data.get({"mail.arrived": "subject", "call.rang": "opening", "alert.raised": "text"}.get(event.kind, ""))
    if isinstance(said, dict) and said.get("text") in told.signs and event.audience:
        text: SaidText = {"text": said["text"], "values": said["values"]}
        return [_Sign(event.step, event.audience[0], event.kind, text["text"], text, data.get("caller", ""))]
    return []


def _check(found: _Heard, event: Happened) -> tuple[int, str, Sentence] | None:
    """The answer of a check that shows the fault: of a server that it sits on, or of all."""
    kind, servers = event.data["command"], servers_of(event.data["args"])
    if kind not in found.told.checks or (servers and not set(servers) & set(found.fault.servers)):
        return None
    return event.step, next(iter(event.audience), found.scenario.kinds[kind].desks[0]), found.scenario.kinds[kind].named(found.scenario)


def account(log: Log, events: Iterable[Happened], score: Score, assistants: Collection[int] = ()) -> Account:
    """The account of a run, from its events in order. `assistants`: places in the log of the commands that autopilots gave."""
    run = _heard(log.scenario, log.seed, events, assistants)
    known, ended = _known(run), _ended(run, score)
    return {"sentences": [_fault(run), _could_know(run, known, log.since), _came_to(run, score, ended)], "known": known, "ended": ended}


def localised(scenario: Scenario, seed: int, events: Iterable[Happened]) -> int | None:
    """The step of the first check that showed the fault where it sits, or None."""
    found = _heard(scenario, seed, events).checked
    return found[0] if found else None


def voiced(sentence: Any, who: str) -> Any:
    """A sentence of an account, told to somebody else than who is meant."""
    values: dict[str, Any] = sentence["values"]
    filled = {name: voiced(value, who) if isinstance(value, dict) and "say" in value else value for name, value in values.items()}
    return {**sentence, "values": filled | ({"Who": who} if "Who" in filled else {})}


# -- what was wrong


def _fault(run: _Heard) -> Sentence:
    told = fault_said(run.scenario, run.fault, "brief")
    return phrase("{brief} The week put that right before the day began.", brief=told) if run.mended_in_week else told


# -- when it could have been known


def _known(run: _Heard) -> Known | None:
    """The first sign on a screen, the first check that showed it, or the moment it was noticed: whatever came first."""
    found: list[tuple[int, str, Phrase | None]] = []
    if run.signs:
        first = min(run.signs, key=lambda one: one.step)
        found.append((first.step, first.desk, _thing(first, sum(one.text == first.text for one in run.signs))))
    if run.checked:
        found.append((run.checked[0], run.checked[1], phrase('the answer to "{lever}"', lever=run.checked[2])))
    if run.noticed:
        found.append((run.noticed[0], run.noticed[1], None))
    if not found:
        return None
    step, desk, thing = min(found, key=lambda one: one[0])
    noticed, by, assistant = run.noticed or (None, "", False)
    return {"step": step, "desk": desk, "thing": thing, "noticed": noticed, "noticed_by": by, "assistant": assistant}


def _thing(sign: _Sign, count: int) -> Phrase:
    if sign.kind == "call.rang":
        return phrase("a call from {caller}", caller=sign.caller)
    if sign.kind == "alert.raised":
        return phrase('the alert "{words}"', words=sign.said)
    if count > 1:
        return phrase('the first of {count} mails, "{words}"', count=count, words=sign.said)
    return phrase('the mail "{words}"', words=sign.said)


def _could_know(run: _Heard, known: Known | None, since: int) -> Phrase:
    if known is None:
        return phrase("No screen showed it unasked, and nobody found it.")
    at, desk, thing = known["step"], known["desk"], known["thing"]
    if thing is None:
        return phrase("{Who} noticed it at {at}, at the {seat}'s desk, before any screen had shown it unasked.", Who="", at=at, seat=desk)
    say = msgid("{Who} could first have known at {at}, from the {seat}'s screen: {thing}")
    if at < since:
        say = msgid("{Who} could have known from the start: the {seat}'s screen had shown {thing} since {at}")
    first = phrase(say, Who="", at=at, seat=desk, thing=thing)
    return phrase("{first}; {then}.", first=first, then=_then(run, known, max(at, since)))


def _then(run: _Heard, known: Known, could: int) -> Phrase:
    """What became of the first sign."""
    step, by = known["noticed"], known["noticed_by"]
    if step is None:
        if run.checked and run.checked[0] >= known["step"]:
            return phrase("a check showed it {span} later", span=max(0, run.checked[0] - could))
        return phrase("nobody opened or shared a sign of it")
    if step - could <= _AT_ONCE:
        return phrase("the assistant there saw it at once") if known["assistant"] else phrase("it was noticed at once")
    if known["assistant"]:
        return phrase("the assistant at the {seat}'s desk noticed it {span} later", seat=by, span=step - could)
    return phrase("the {seat} noticed it {span} later", seat=by, span=step - could)


# -- what was done


def _ended(run: _Heard, score: Score) -> Ended:
    # a score of an older version has less in it
    if score.get("runaway") == "never":
        return {"how": "never", "step": None}
    at = score.get("contained_at")
    if at is None:
        return {"how": "running", "step": None}
    step = run.scenario.calendar.step_at(at)
    if run.cut is not None and abs(step - run.cut) <= _AT_ONCE:
        return {"how": "cut", "step": run.cut}
    return {"how": "deed", "step": step}


def _came_to(run: _Heard, score: Score, ended: Ended) -> Phrase:
    cost, opens = round(score["total"]), run.scenario.calendar.open
    if ended["how"] == "running":
        return phrase("Nothing that was done ended it, and the day cost {cost}.", cost=cost)
    if ended["how"] == "cut":
        if run.accepted:
            ended_it = msgid("At {at} the {seat} let the exchanges cut the firm off, which ended it, and the day cost {cost}.")
            return phrase(ended_it, at=ended["step"], seat="risk", cost=cost)
        return phrase("It ran until the exchanges cut the firm off at {at}, and the day cost {cost}.", at=ended["step"], cost=cost)
    if ended["how"] == "deed" and ended["step"] is not None:
        line = _heaviest(run.scenario, run.lines, ended["step"] - 12 * _AT_ONCE, ended["step"])
        if line:
            return phrase("At {at} the {seat} {deed}, which ended it, and the day cost {cost}.", **_deed(line), cost=cost)
        return phrase("It ended at {at}, and the day cost {cost}.", at=ended["step"], cost=cost)
    if run.fault.mechanism in _HARMLESS:
        line = _heaviest(run.scenario, run.lines, 0, run.scenario.calendar.close, least=_STOPS)
        if line:
            return phrase("At {at} the {seat} {deed}, for which there was no need, and the day cost {cost}.", **_deed(line), cost=cost)
        return phrase("The firm stayed open, and the day cost {cost}.", cost=cost)
    begun = run.fault.onset.step if run.fault.onset else 0
    before = None if run.fault.onset else _heaviest(run.scenario, run.lines, 0, opens - 1, least=_MENDS)
    if before:
        return phrase("At {at} the {seat} {deed}, before the bell; nothing ran away, and the day cost {cost}.", **_deed(before), cost=cost)
    line = _heaviest(run.scenario, run.lines, begun, run.scenario.calendar.close, least=_MENDS)
    if line:
        return phrase("At {at} the {seat} {deed}, and the day cost {cost}.", **_deed(line), cost=cost)
    if run.mended_in_week:
        return phrase("Nothing ran away, and the day cost {cost}.", cost=cost)
    return phrase("Nothing was done about it, and the day cost {cost}.", cost=cost)


def _heaviest(scenario: Scenario, lines: list[Line], since: int, until: int, least: int = 0) -> Line | None:
    """The deed of a desk that mattered most in that time, of two alike the later."""
    found = [line for line in lines if since <= line.step <= until and line.weight >= least and _is_deed(scenario, line.kind)]
    return max(found, key=lambda line: (line.weight, line.step), default=None)


def _is_deed(scenario: Scenario, kind: str) -> bool:
    lever = scenario.kinds.get(kind)
    return lever is not None and not lever.informs and not lever.talk


def _deed(line: Line) -> dict[str, object]:
    return {"at": line.step, "seat": line.desk, "deed": line.text}
