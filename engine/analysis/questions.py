"""What a room may be asked about its own run: who had something, who needed it, and how long it took. From its ledger and its events."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypedDict

from engine.analysis.account import Account, Known
from engine.analysis.debrief import Decision, Log
from engine.analysis.ledger import Entry
from engine.arguments import Phrase, phrase
from engine.events import DESKS, Happened
from engine.firm.score import Claim, Score
from engine.levers import LEVERS
from engine.market_time import STEPS_PER_MINUTE
from engine.scenario.scenario import Scenario
from engine.scenario.wordings import cause_text

_LONG = STEPS_PER_MINUTE  # what took less is no question
_MOST = 6
_OPEN = 60 * STEPS_PER_MINUTE  # what never came to an end counts as so long


class Question(TypedDict):
    """A question of a run. `kind`: what about; `had`: the desk that had it, `needed`: those that needed it; `steps`: how long it took, which
    is how much the question matters within its kind; `at`: where it began."""

    kind: str
    text: Phrase
    had: str
    needed: list[str]
    steps: int
    at: int


def questions(log: Log, events: Sequence[Happened], ledger: Sequence[Entry], told: Account, score: Score) -> list[Question]:
    """What a run suggests, the longest first, one of a kind. `told`: its account."""
    decisions, over = log.decisions, told["ended"]["step"]
    wrong = {event.step for event, claim in _claims(events, score) if not claim["right"]}
    shared = [one for one in ledger if not (one.diagnosis and one.shared in wrong) and (over is None or one.shared < over)]
    found = [
        *_unseen(told["known"], log.since),
        *_kept(shared, decisions),
        *_unread(shared, decisions),
        *_idle(shared, decisions),
        *_words(log.scenario, events),
        *_sure(events, score),
        *_cut(told),
    ]
    best: dict[str, Question] = {}
    for one in found:
        if one["steps"] >= _LONG and (one["kind"] not in best or best[one["kind"]]["steps"] < one["steps"]):
            best[one["kind"]] = one
    return sorted(best.values(), key=lambda one: (-one["steps"], one["kind"]))[:_MOST]


def _claims(events: Iterable[Happened], score: Score) -> list[tuple[Happened, Claim]]:
    """Diagnoses, with whether they were right."""
    declared = [event for event in events if event.kind == "diagnosis.declared"]
    return list(zip(declared, score.get("claims", ()), strict=False))


def _unseen(known: Known | None, since: int) -> list[Question]:
    """The first sign lay on a screen."""
    if known is None or known["thing"] is None:
        return []
    desk, at, could = known["desk"], known["step"], max(known["step"], since)
    needed = [one for one in DESKS if one != desk]
    if known["noticed"] is None:
        text = phrase(
            "From {at} the {seat}'s screen had {thing}, and nobody took it for what it was. What would have made it stand out?",
            at=could, seat=desk, thing=known["thing"],
        )  # fmt: skip
        return [Question(kind="unseen", text=text, had=desk, needed=needed, steps=_OPEN, at=at)]
    waited = known["noticed"] - could
    text = phrase(
        "From {at} the {seat}'s screen had {thing}; {span} went by before somebody noticed. "
        "What else was there to look at, and who decides what rings a bell?",
        at=could, seat=desk, thing=known["thing"], span=waited,
    )  # fmt: skip
    return [Question(kind="unseen", text=text, had=desk, needed=needed, steps=waited, at=at)]


def _actor(entry: Entry, decisions: Sequence[Decision]) -> Decision | None:
    return next((one for one in decisions if one.number == entry.acted), None)


def _needs(entry: Entry, decisions: Sequence[Decision]) -> list[str]:
    """Who could do something with it: the desk that then did, else all others."""
    acted = _actor(entry, decisions)
    if acted and acted.commands[0].desk != entry.desk:
        return [acted.commands[0].desk]
    return [desk for desk in DESKS if desk != entry.desk]


def _kept(ledger: Sequence[Entry], decisions: Sequence[Decision]) -> list[Question]:
    """Seen, and not shared at once."""
    found: list[Question] = []
    for entry in ledger:
        needed = _needs(entry, decisions)
        text = phrase(
            'The {seat} had "{words}" at {at} and shared it {span} later. Who needed it, and what kept it there?',
            seat=entry.desk, words=entry.title, at=entry.seen, span=entry.shared - entry.seen,
        )  # fmt: skip
        found.append(Question(kind="kept", text=text, had=entry.desk, needed=needed, steps=entry.shared - entry.seen, at=entry.seen))
    return found


def _unread(ledger: Sequence[Entry], decisions: Sequence[Decision]) -> list[Question]:
    """Shared, and read late by the desk that needed it."""
    found: list[Question] = []
    for entry in ledger:
        for desk in _needs(entry, decisions):
            if desk in entry.read:
                text = phrase(
                    '"{words}" stood on the bridge from {at}; the {seat} opened it {span} later. How would that desk have known that it mattered?',
                    words=entry.title, at=entry.shared, seat=desk, span=entry.read[desk] - entry.shared,
                )  # fmt: skip
                late = entry.read[desk] - entry.shared
                found.append(Question(kind="unread", text=text, had=entry.desk, needed=[desk], steps=late, at=entry.shared))
    return found


def _idle(ledger: Sequence[Entry], decisions: Sequence[Decision]) -> list[Question]:
    """On the bridge, and nothing done about it for a while."""
    found: list[Question] = []
    for entry in ledger:
        acted = _actor(entry, decisions)
        if acted is not None and entry.shared >= 0:
            actor, waited = acted.commands[0].desk, acted.first - entry.shared
            text = phrase(
                'From {at} all three desks had "{words}"; the next decision came {span} later. What was missing: certainty, approval or a free hand?',
                at=entry.shared, words=entry.title, span=waited,
            )  # fmt: skip
            found.append(Question(kind="idle", text=text, had=entry.desk, needed=[actor], steps=waited, at=entry.shared))
    return found


class _Asked(NamedTuple):
    step: int
    desk: str


def _words(scenario: Scenario, events: Iterable[Happened]) -> list[Question]:
    """The risk manager's approval: asked for, and given or refused later."""
    asked: dict[str, _Asked] = {}
    found: list[Question] = []
    for event in events:
        data = event.data
        if event.kind == "word.asked":
            asked.setdefault(data["what"], _Asked(event.step, data["desk"]))
        elif event.kind in ("word.given", "word.refused") and data["what"] in asked:
            before = asked.pop(data["what"])
            text = phrase(
                'The {seat} asked for approval at {at} ("{lever}") and had an answer {span} later. Who could have settled that before the bell?',
                seat=before.desk, at=before.step, lever=LEVERS[data["what"]].word_for(scenario), span=event.step - before.step,
            )  # fmt: skip
            found.append(Question(kind="word", text=text, had=before.desk, needed=["risk"], steps=event.step - before.step, at=before.step))
    return found


def _sure(events: Iterable[Happened], score: Score) -> list[Question]:
    """A cause that was declared as almost certain, and was another."""
    found: list[Question] = []
    for event, claim in _claims(events, score):
        if claim["confidence"] == "certain" and not claim["right"]:
            desk = event.data["desk"]
            text = phrase(
                'At {at} the {seat} was almost certain: "{words}". What spoke against it then, and who could have said so?',
                at=event.step, seat=desk, words={"text": cause_text(event.data["cause"]), "values": {}},
            )  # fmt: skip
            needed = [one for one in DESKS if one != desk]
            found.append(Question(kind="sure", text=text, had=desk, needed=needed, steps=5 * STEPS_PER_MINUTE, at=event.step))
    return found


def _cut(told: Account) -> list[Question]:
    """The exchanges ended it."""
    at = told["ended"]["step"]
    if told["ended"]["how"] != "cut" or at is None:
        return []
    known = told["known"]
    since = at if known is None else known["noticed"] or known["step"]
    text = phrase("The exchanges ended it, at {at}. At which minute did anybody know enough to do it before them, and what did they wait for?", at=at)
    return [Question(kind="cut", text=text, had="", needed=[*DESKS], steps=max(at - since, STEPS_PER_MINUTE), at=at)]
