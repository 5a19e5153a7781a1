"""What a run shows of a scenario's learning objectives: each has its occasions in the log, and of each occasion it is told whether the objective
was met. It is about the work: an occasion has a desk and a lever, and never a person.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypedDict, cast

from engine.analysis.debrief import Log
from engine.analysis.ledger import Entry
from engine.arguments import Phrase, Sentence, phrase
from engine.commands import servers_of
from engine.events import DESKS, Happened
from engine.firm.score import Score
from engine.market_time import STEPS_PER_MINUTE
from engine.scenario.objective_texts import Objective

_COMPARED = ("checksum.run", "fleet.review", "automation.deploy")  # as the lessons of the epilogue have it
_TOLD = ("say", "pin", "diagnosis")  # what people put on the bridge
_READ = ("pin.read", "call.answered")  # evidence that reaches a desk without a lever of its own
_OF_A_SERVER = ("checksum", "config", "data", "log", "look")  # what a check shows
_TO_COMPARE = 60 * STEPS_PER_MINUTE
_SHOWN = 8  # occasions that are told one by one, those that were not met first


class Occasion(TypedDict):
    """One time at which the objective was at stake: the step and the desk ("": all of them together), whether it was met, and a sentence of it."""

    step: int
    desk: str
    met: bool
    said: Phrase


class Assessed(TypedDict):
    """One objective of a run. `outcome`: "met" (every time), "partly", "not-seen", or "no-occasion"; `met` of `occasions`; `desks`: the same of
    each desk that had one, as [met, of]; `shown`: occasions, by time."""

    id: str
    title: str
    text: str
    outcome: str
    met: int
    occasions: int
    desks: dict[str, list[int]]
    shown: list[Occasion]


class _Deed(NamedTuple):
    """A command of a desk that was carried out, or refused for want of approval."""

    step: int
    seq: int
    desk: str
    kind: str
    servers: tuple[int, ...]
    approved: bool | None  # whether approval stood; None: it needed none


@dataclass
class _Run:
    """What the checks ask about, gathered in one walk over a run's events."""

    log: Log
    score: Score
    entries: Sequence[Entry]  # evidence that people shared
    deeds: list[_Deed] = field(default_factory=list)
    done: list[_Deed] = field(default_factory=list)  # when they took effect
    looks: list[tuple[int, str]] = field(default_factory=list)  # step and desk of evidence that was opened or read
    flag: list[tuple[int, bool]] = field(default_factory=list)  # from a step on, whether it was cleared
    declared: list[tuple[int, str] | None] = field(default_factory=list)  # step and desk; None: an assistant's
    noticed: tuple[int, str] | None = None
    said: list[int] = field(default_factory=list)  # steps at which something was put on the bridge
    own_pins: set[tuple[int, str]] = field(default_factory=set)  # step and desk of what no assistant put there

    def lever(self, kind: str) -> Sentence:
        """What a lever is called."""
        return self.log.scenario.kinds[kind].named(self.log.scenario)


Found = Iterator[Occasion]


def objectives(
    log: Log, events: Iterable[Happened], entries: Sequence[Entry], score: Score, assistants: Collection[int] = ()
) -> list[Assessed]:
    """The scenario's objectives, in its order, as the run shows them. `entries`: its ledger; `assistants`: places in the log of the commands that
    autopilots gave, which are nobody's."""
    asked = log.scenario.objectives.objective
    if not asked:
        return []
    run = _heard(_Run(log, score, entries), events, frozenset(assistants))
    run.entries = [one for one in entries if one.shared >= log.since and not one.diagnosis and (one.shared, one.desk) in run.own_pins]
    return [_assessed(one, [found for found in _CHECKS[one.check](run, one) if found["desk"] in ("", *one.desks)]) for one in asked]


def _assessed(one: Objective, found: list[Occasion]) -> Assessed:
    met = sum(occasion["met"] for occasion in found)
    desks = {
        desk: [sum(occasion["met"] for occasion in own), len(own)]
        for desk in DESKS
        if (own := [occasion for occasion in found if occasion["desk"] == desk])
    }
    outcome = "no-occasion" if not found else "met" if met == len(found) else "partly" if met else "not-seen"
    chosen = sorted(found, key=lambda occasion: (occasion["met"], occasion["step"]))[:_SHOWN]
    shown = sorted(chosen, key=lambda occasion: (occasion["step"], occasion["desk"]))
    return Assessed(
        id=one.id, title=one.title, text=one.text, outcome=outcome, met=met, occasions=len(found), desks=desks, shown=shown
    )


def _heard(run: _Run, events: Iterable[Happened], assistants: frozenset[int]) -> _Run:
    """Walk over a run's events, in order."""
    kinds, approved, last = run.log.scenario.kinds, set[str](), 0
    for event in events:
        data: Any = event.data
        if event.kind in ("command.applied", "command.refused", "lever.finished"):
            last, lever = data["seq"], kinds.get(data["command"])
            own = event.audience and event.audience[0] in DESKS and event.step >= run.log.since and last not in assistants
            if event.kind == "lever.finished" and lever and (lever.shows or data["command"] in _COMPARED):
                run.looks += [(event.step, desk) for desk in event.audience]
            if event.kind == "lever.finished" and data["command"] in ("flag.clear", "flag.set"):
                run.flag.append((event.step, data["command"] == "flag.clear"))
            if lever is None or not own:
                continue
            if event.kind == "lever.finished":
                run.done.append(_deed(event, None))
            elif event.kind == "command.applied":
                run.deeds.append(_deed(event, True if lever.word and data["command"] in approved else None))
            elif isinstance(data["reason"], dict) and "so_far" in data["reason"].get("values", {}):
                run.deeds.append(_deed(event, False))
        elif event.kind in ("word.given", "word.refused"):
            (approved.add if event.kind == "word.given" else approved.discard)(data["what"])
        elif event.kind in _READ and event.audience:
            run.looks.append((event.step, data.get("desk") or event.audience[0]))
        elif event.kind == "diagnosis.declared":
            run.declared.append(None if last in assistants else (event.step, data["desk"]))
        elif event.kind == "bridge.posted" and data["posted"] in _TOLD and last not in assistants:
            run.said.append(event.step)
            run.own_pins.add((event.step, data["desk"]))
        elif event.kind == "symptom.noticed" and run.noticed is None and last not in assistants:
            run.noticed = (event.step, data["desk"])
    return run


def _deed(event: Happened, approved: bool | None) -> _Deed:
    data: Any = event.data
    return _Deed(event.step, data["seq"], event.audience[0], data["command"], tuple(servers_of(data.get("args", {}))), approved)


def _occasion(step: int, desk: str, met: bool, said: Phrase) -> Occasion:
    """An occasion; its sentence may name the desk and the moment."""
    return Occasion(step=step, desk=desk, met=met, said={**said, "values": {"at": step, "seat": desk, **said["values"]}})


def _steps(one: Objective) -> int:
    return round(cast("float", one.within_min) * STEPS_PER_MINUTE)


# -- the checks


def _looked(run: _Run, one: Objective) -> Found:
    """Evidence was opened or read before a lever that can hurt."""
    kinds = run.log.scenario.kinds
    chosen = one.levers or tuple(kind for kind, lever in kinds.items() if lever.dangerous or lever.writes)
    for deed in run.deeds:
        if deed.kind not in chosen or deed.step < 0 or deed.approved is False:
            continue
        lever, last = run.lever(deed.kind), max((step for step, desk in run.looks if desk == deed.desk and step <= deed.step), default=None)
        if last is not None and deed.step - last <= _steps(one):
            said = phrase("{at}, {seat}: {lever}. Since evidence was last opened or read: {span}.", lever=lever, span=deed.step - last)
            yield _occasion(deed.step, deed.desk, True, said)
        else:
            minutes = f"{one.within_min:g}"
            said = phrase("{at}, {seat}: {lever}, with no evidence opened or read in the {minutes} minutes before.", lever=lever, minutes=minutes)
            yield _occasion(deed.step, deed.desk, False, said)


def _word(run: _Run, one: Objective) -> Found:
    """Approval stood when a lever that needs it was tried."""
    for deed in run.deeds:
        if deed.approved is None or (one.levers and deed.kind not in one.levers) or deed.step < 0:
            continue
        said = phrase(
            "{at}, {seat}: {lever}, with approval." if deed.approved else "{at}, {seat}: {lever} was tried before it was approved.",
            lever=run.lever(deed.kind),
        )
        yield _occasion(deed.step, deed.desk, deed.approved, said)


def _mended(run: _Run, one: Objective) -> Found:
    """A server was looked at after it was last mended: a copy and its restart are one mend."""
    kinds, every = run.log.scenario.kinds, tuple(range(1, run.log.scenario.fleet.servers + 1))
    chosen = one.levers or tuple(kind for kind, lever in kinds.items() if lever.writes or kind == "server.start")
    checks = [deed for deed in run.done if kinds[deed.kind].shows in _OF_A_SERVER or deed.kind == "fleet.review"]
    last = {n: deed for deed in run.done if deed.kind in chosen and deed.step >= 0 for n in deed.servers or every}
    for deed in dict.fromkeys(last.values()):
        servers = [n for n in deed.servers or every if last[n] is deed]
        seen = [min((one.step for one in checks if n in (one.servers or every) and one.step >= deed.step), default=None) for n in servers]
        in_time = [step for step in seen if step is not None and step - deed.step <= _steps(one)]
        lever, hosts = run.lever(deed.kind), ", ".join(run.log.scenario.fleet.name.format(n=n) for n in servers)
        if len(in_time) == len(servers):
            said = phrase("{at}, {seat}: {lever} ({hosts}). Until it was checked: {span}.", lever=lever, hosts=hosts, span=max(in_time) - deed.step)
        else:
            minutes = f"{one.within_min:g}"
            said = phrase("{at}, {seat}: {lever} ({hosts}), with no check in the {minutes} minutes after.", lever=lever, hosts=hosts, minutes=minutes)
        yield _occasion(deed.step, deed.desk, len(in_time) == len(servers), said)


def _compared(run: _Run, one: Objective) -> Found:
    """Every server was compared with the record before the bell."""
    opened, fleet = run.log.scenario.calendar.open, run.log.scenario.fleet
    checks = [deed for deed in run.done if deed.kind in _COMPARED and deed.step < opened]
    in_time = run.log.since <= opened - _TO_COMPARE  # whoever sat down later had no time for it
    for n in range(1, fleet.servers + 1) if in_time else ():
        by = [deed for deed in checks if not deed.servers or n in deed.servers]
        if by:
            yield _occasion(by[-1].step, by[-1].desk, True, phrase("{at}, {seat}: {host} was compared with the record.", host=n))
        else:
            yield _occasion(opened, "", False, phrase("{host} was not compared with the record before the bell.", host=n))


def _rolled_back(run: _Run, one: Objective) -> Found:
    """What the flag means to the older release was settled before going back to it."""
    for deed in run.deeds:
        if deed.kind not in (one.levers or ("release.rollback",)) or deed.step < 0 or deed.approved is False:
            continue
        lever = run.lever(deed.kind)
        cleared = next((off for step, off in reversed(run.flag) if step <= deed.step), False)
        rehearsed = any(before.kind == "rollback.rehearse" and before.step <= deed.step for before in run.done)
        if cleared:
            said = phrase("{at}, {seat}: {lever}, with the flag cleared.", lever=lever)
        elif rehearsed:
            said = phrase("{at}, {seat}: {lever}, after a rehearsal.", lever=lever)
        else:
            said = phrase("{at}, {seat}: {lever}, with the flag on the orders and no rehearsal before.", lever=lever)
        yield _occasion(deed.step, deed.desk, cleared or rehearsed, said)


def _done_before(run: _Run, one: Objective) -> Found:
    """One lever before the first of another."""
    first = next((deed for deed in run.deeds if deed.kind in one.before and deed.approved is not False), None)
    if first is None:
        return
    before = [deed for deed in run.done if deed.kind in one.levers and deed.step <= first.step]
    lever = run.lever(first.kind)
    if before:
        said = phrase("{at}, {seat}: {lever}. Done before it: {other}.", lever=lever, other=run.lever(before[-1].kind))
    else:
        said = phrase("{at}, {seat}: {lever}. Not done before it: {other}.", lever=lever, other=run.lever(one.levers[0]))
    yield _occasion(first.step, first.desk, bool(before), said)


def _shared(run: _Run, one: Objective) -> Found:
    """From seen to the bridge: the first sign, and whatever was shared."""
    if run.noticed and run.noticed[0] >= run.log.since:
        step, desk = run.noticed
        told = min((said for said in run.said if said >= step), default=None)
        if told is None:
            said = phrase("{at}, {seat}: the first sign was seen, and nothing was put on the bridge after it.")
        else:
            said = phrase("{at}, {seat}: the first sign was seen. Until something was put on the bridge: {span}.", span=told - step)
        yield _occasion(step, desk, told is not None and told - step <= _steps(one), said)
    for entry in run.entries:
        waited = entry.shared - entry.seen
        said = phrase('{at}, {seat}: "{words}" was seen. Until it was shared: {span}.', words=entry.title, span=waited)
        yield _occasion(entry.seen, entry.desk, waited <= _steps(one), said)


def _read(run: _Run, one: Objective) -> Found:
    """From the bridge to another desk's eyes."""
    for entry in run.entries:
        read = min((step for desk, step in entry.read.items() if desk != entry.desk), default=None)
        if read is None:
            said = phrase('{at}, {seat}: "{words}" was shared, and no other desk opened it.', words=entry.title)
        else:
            said = phrase('{at}, {seat}: "{words}" was shared. Until another desk read it: {span}.', words=entry.title, span=read - entry.shared)
        yield _occasion(entry.shared, entry.desk, read is not None and read - entry.shared <= _steps(one), said)


def _right(run: _Run, one: Objective) -> Found:
    """A cause that was declared was the right one."""
    for deed, claim in zip(run.declared, run.score.get("claims", ()), strict=False):
        if deed is not None and deed[0] >= run.log.since:
            right = claim["right"]
            words = phrase("{at}, {seat}: the declared cause and place were right.")
            yield _occasion(*deed, right, words if right else phrase("{at}, {seat}: it was another cause or place than was declared."))


def _contained(run: _Run, one: Objective) -> Found:
    """From noticed, by one desk, to contained, by all."""
    if run.noticed is None or run.score.get("runaway") == "never":
        return
    step, desk = run.noticed
    ended = run.score.get("contained_at")
    if not ended:
        yield _occasion(step, "", False, phrase("{at}, {seat}: a sign was noticed, and it was not contained.", seat=desk))
        return
    waited = max(0, run.log.scenario.calendar.step_at(ended) - step)
    said = phrase("{at}, {seat}: a sign was noticed. Until it was contained: {span}.", seat=desk, span=waited)
    yield _occasion(step, "", waited <= _steps(one), said)


_CHECKS: dict[str, Callable[[_Run, Objective], Found]] = {
    "looked-before-acting": _looked,
    "word-before-acting": _word,
    "checked-after-mending": _mended,
    "compared-before-open": _compared,
    "flag-before-rolling-back": _rolled_back,
    "done-before": _done_before,
    "shared-in-time": _shared,
    "read-in-time": _read,
    "right-cause": _right,
    "contained-in-time": _contained,
}
