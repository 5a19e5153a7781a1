"""The deck as whoever plays it sees it: what a scenario has ready, who would see what of it, and what the scenario brings by itself."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypedDict

from engine import commands
from engine.arguments import SaidText, Sentence, phrase, typed
from engine.commands import Refused
from engine.evidence.telling import said
from engine.firm.injects import CONDITIONS, Injects
from engine.levers import LEVERS
from engine.levers.shapes import fitting
from engine.market_time import Calendar
from engine.scenario.scenario import Scenario
from engine.scenario.wordings import reply_text

__all__ = ["CONDITIONS", "fault_of", "inject_preview", "ready_injects", "scenario_script"]


class _Empty(NamedTuple):
    """As much of a run as judging an inject needs: a scenario, a step, and nothing added yet."""

    scenario: Scenario
    now: int
    injects: Injects

    @property
    def calendar(self) -> Calendar:
        """The scenario's."""
        return self.scenario.calendar


def fault_of(scenario: Scenario, kind: str, args: Mapping[str, object], now: int | None = None) -> Sentence:
    """Why a run of the scenario that is at step `now` (where the week begins, unless told otherwise), and to which nothing was added, would
    refuse these arguments of `inject.play` or `persona.say`; "" where it would not."""
    sim: Any = _Empty(scenario, scenario.calendar.week if now is None else now, Injects())
    try:
        LEVERS[kind].check(sim, commands.clean_args(sim, LEVERS[kind], args))
    except Refused as refused:
        return refused.reason
    return ""


_Sender = TypedDict("_Sender", {"from": str})


class _Shown(_Sender):
    """A piece of an inject as a desk will see it."""

    what: str
    title: Sentence
    text: Sentence
    replies: list[Sentence]


class Preview(TypedDict):
    """Who will see what of an inject; `room` is the headline that everybody sees, or ""."""

    title: Sentence
    effect: Sentence
    talk_only: bool
    desks: dict[str, list[_Shown]]
    room: Sentence


class Ready(TypedDict):
    """An inject that a scenario has ready."""

    id: str
    kind: str
    title: Sentence
    takes: tuple[str, ...]
    minutes: int
    text: Sentence
    talk_only: bool
    desks: list[str]


class ScriptLine(TypedDict):
    """What a scenario brings by itself; what is not `sure` waits for conditions."""

    step: int
    at: Sentence
    text: Sentence
    sure: bool


def inject_preview(scenario: Scenario, given: Mapping[str, object]) -> Preview:
    """Who will see what of an inject whose arguments are good. What is filled in from the run stands in brackets."""
    texts, args = scenario.evidence, fitting("inject.play", given)
    text = texts.inject(args["card"])
    own = f"inject:{text.id}"
    values: dict[str, Any] = {"server": args["server"], "minutes": args["minutes"]}
    desks: dict[str, list[_Shown]] = {desk: [] for desk in args["desks"]}

    def words(name: str) -> SaidText:
        filled = {one: values.get(one, phrase(f"[{one.replace('_', ' ')}]")) for one in scenario.wording(name).names}
        return said(scenario.evidence.wordings, name, filled)

    def show(desk: str, what: str, sender: str, title: Sentence, body: Sentence, replies: Iterable[Sentence] = ()) -> None:
        desks[desk].append({"what": what, "from": sender, "title": title, "text": body, "replies": list(replies)})

    if text.text:
        values["text"] = typed(args) or words(f"{own}.text")
    for place, mail in enumerate(text.mail):
        for desk in mail.to(desks):
            show(desk, "mail", mail.sender, words(f"{own}.mail.{place}.subject"), words(f"{own}.mail.{place}.body"))
    for place, alert in enumerate(text.alert):
        for desk in alert.to(desks):
            show(desk, "alert", "", "", words(f"{own}.alert.{place}"))
    call = texts.call(text.rings) if text.rings else text.call
    if call is not None and call.desk in desks:
        opening = f"{own}.opening" if text.opening or text.call else f"call:{text.rings}.opening"
        show(call.desk, "call", call.caller, "", words(opening), (words(reply_text(reply.key)) for reply in call.replies))
    return {
        "title": words(f"{own}.title"),
        "effect": words(f"{own}.effect"),
        "talk_only": text.talk_only,
        "desks": desks,
        "room": words(f"{own}.headline") if text.headline else "",
    }


def ready_injects(scenario: Scenario) -> list[Ready]:
    """What a scenario has ready."""
    texts = scenario.evidence
    return [
        {
            "id": text.id,
            "kind": text.kind,
            "title": text.said("title"),
            "takes": text.takes,
            "minutes": text.minutes,
            "text": text.said("text") if text.text else "",
            "talk_only": text.talk_only,
            "desks": texts.reached(text),
        }
        for text in texts.injects
    ]


def scenario_script(scenario: Scenario, start: int) -> list[ScriptLine]:
    """What the scenario brings by itself from a step on, oldest first."""
    calendar = scenario.calendar
    cut, breakers, calm = (
        calendar.step_at(at)
        for at in (scenario.exchange.cut_until, scenario.market.breakers_from, scenario.market.breakers_to)
    )
    rows: list[tuple[int, Sentence, bool]] = [
        (0, phrase("The morning begins"), True),
        (calendar.open, phrase("Opening bell"), True),
        (breakers, phrase("Circuit breakers start"), True),
        (calendar.due, _due(scenario), True),
        (calendar.bell_end, phrase("Exchanges disconnect whatever is still sending"), True),
        (cut, phrase("A firm that was cut off may be let in again"), False),
        (calm, phrase("Circuit breakers end"), True),
        (calendar.close, phrase("The market closes"), True),
        (calendar.block, phrase("Banks bid for the block"), True),
    ]
    rows += [(step, phrase("Evening of {date}", date=calendar.dated(step)), True) for step in map(calendar.evening_step, range(len(calendar.before)))]
    rows += [
        (calendar.step_at(call.from_), phrase("{caller} may ring the {seat}", caller=call.caller, seat=call.desk), False)
        for call in scenario.evidence.calls
        if calendar.step_at(call.from_) != 0  # of a call that may come at any time there is nothing to say
    ]
    return [
        {"step": step, "at": calendar.when(step, 0, seconds=False), "text": text, "sure": sure}
        for step, text, sure in sorted(rows, key=lambda row: row[0])  # of one step in the order above
        if step >= start
    ]


def _due(scenario: Scenario) -> Sentence:
    named = "rlp" in scenario.told.behaviours
    return phrase("{program} must be live at 100 %", program=scenario.told.does("rlp")) if named else phrase("The new release must be live at 100 %")
