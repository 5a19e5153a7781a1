"""The deck as whoever plays it sees it: what a scenario has ready, who would see what of it, and what the scenario brings by itself."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypedDict

from engine import commands
from engine.commands import Refused
from engine.firm.injects import CONDITIONS, Injects
from engine.levers import LEVERS
from engine.levers.shapes import fitting
from engine.market_time import Calendar
from engine.scenario.scenario import Scenario

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


def fault_of(scenario: Scenario, kind: str, args: Mapping[str, object], now: int | None = None) -> str:
    """Why a run of the scenario that is at step `now` (where the week begins, unless told otherwise), and to which nothing was added, would
    refuse these arguments of `inject.play` or `persona.say`; "" where it would not."""
    sim: Any = _Empty(scenario, scenario.calendar.week if now is None else now, Injects())
    try:
        LEVERS[kind].check(sim, commands.clean_args(sim, LEVERS[kind], args))
    except Refused as refused:
        return str(refused)
    return ""


class _Named(dict[str, object]):
    """Placeholders that stand for themselves."""

    def __missing__(self, name: str) -> str:
        return f"[{name.replace('_', ' ')}]"


_Sender = TypedDict("_Sender", {"from": str})


class _Shown(_Sender):
    """A piece of an inject as a desk will see it."""

    what: str
    title: str
    text: str
    replies: list[str]


class Preview(TypedDict):
    """Who will see what of an inject; `room` is the headline that everybody sees, or ""."""

    title: str
    effect: str
    talk_only: bool
    desks: dict[str, list[_Shown]]
    room: str


class Ready(TypedDict):
    """An inject that a scenario has ready."""

    id: str
    kind: str
    title: str
    effect: str
    takes: tuple[str, ...]
    minutes: int
    text: str
    talk_only: bool
    desks: list[str]


class ScriptLine(TypedDict):
    """What a scenario brings by itself; what is not `sure` waits for conditions."""

    step: int
    at: str
    text: str
    sure: bool


def inject_preview(scenario: Scenario, given: Mapping[str, object]) -> Preview:
    """Who will see what of an inject whose arguments are good. What is filled in from the run stands in brackets."""
    texts, args = scenario.evidence, fitting("inject.play", given)
    text = texts.inject(args["card"])
    words = _Named({"server": args["server"], "minutes": args["minutes"]})
    words["text"] = args["text"] or text.text.format_map(words)
    desks: dict[str, list[_Shown]] = {desk: [] for desk in args["desks"]}

    def show(desk: str, what: str, sender: str, title: str, said: str, replies: Iterable[str] = ()) -> None:
        row: _Shown = {"what": what, "from": sender, "title": title.format_map(words), "text": said.format_map(words), "replies": list(replies)}
        desks[desk].append(row)

    for mail in text.mail:
        for desk in mail.to(desks):
            show(desk, "mail", mail.sender, mail.subject, mail.body)
    for alert in text.alert:
        for desk in alert.to(desks):
            show(desk, "alert", "", "", alert.text)
    call = texts.call(text.rings) if text.rings else text.call
    if call is not None and call.desk in desks:
        show(call.desk, "call", call.caller, "", text.opening or call.opening, (reply.text for reply in call.replies))
    effect, room = text.effect.format_map(words), (text.headline or "").format_map(words)
    return {"title": text.title, "effect": effect, "talk_only": text.talk_only, "desks": desks, "room": room}


def ready_injects(scenario: Scenario) -> list[Ready]:
    """What a scenario has ready."""
    texts = scenario.evidence
    return [
        {
            "id": text.id,
            "kind": text.kind,
            "title": text.title,
            "effect": text.effect,
            "takes": text.takes,
            "minutes": text.minutes,
            "text": text.text,
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
    rows = [(0, "The morning begins", True), (calendar.open, "Opening bell", True), (breakers, "Circuit breakers start", True)]
    program = scenario.told.behaviours.get("rlp", "The new release")
    rows += [(calendar.due, f"{program} must be live at 100 %", True), (calendar.bell_end, "Exchanges disconnect whatever is still sending", True)]
    rows += [(cut, "A firm that was cut off may be let in again", False), (calm, "Circuit breakers end", True)]
    rows += [(calendar.close, "The market closes", True), (calendar.block, "Banks bid for the block", True)]
    evenings = enumerate(calendar.evenings)
    rows += [(calendar.evening_step(evening), f"Evening of {name}", True) for evening, name in evenings]
    rows += [
        (calendar.step_at(call.from_), f"{call.caller} may ring the {scenario.told.title(call.desk)}", False)
        for call in scenario.evidence.calls
        if calendar.step_at(call.from_) != 0  # of a call that may come at any time there is nothing to say
    ]
    return [
        {"step": step, "at": calendar.told(step, 0, seconds=False), "text": text, "sure": sure}
        for step, text, sure in sorted(rows)
        if step >= start
    ]
