"""The deck as whoever plays it sees it: what a scenario has ready, who would see what of it, and what the scenario brings by itself."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from engine import commands
from engine.bridge import NAMES
from engine.commands import LEVERS, Refused
from engine.injects import CONDITIONS, Deck
from engine.market_time import BELL_END, BLOCK, BREAKERS_FROM, BREAKERS_TO, CLOSE, EVENING_STEPS, EVENINGS, OPEN, WEEK, step_at, told
from engine.scenario import Scenario

__all__ = ["CONDITIONS", "fault_of", "inject_preview", "ready_injects", "scenario_script"]


class _Empty(NamedTuple):
    """As much of a run as judging an inject needs: a scenario, a step, and nothing added yet."""

    scenario: Scenario
    now: int
    deck: Deck


def fault_of(scenario: Scenario, kind: str, args: dict[str, Any], now: int = WEEK) -> str:
    """Why a run of the scenario that is at step `now`, and to which nothing was added, would refuse these arguments of `inject.play` or
    `persona.say`; "" where it would not."""
    sim: Any = _Empty(scenario, now, Deck())
    try:
        LEVERS[kind].check(sim, commands.clean_args(sim, LEVERS[kind], args))
    except Refused as refused:
        return str(refused)
    return ""


class _Named(dict[str, object]):
    """Placeholders that stand for themselves."""

    def __missing__(self, name: str) -> str:
        return f"[{name.replace('_', ' ')}]"


def inject_preview(scenario: Scenario, args: dict[str, Any]) -> dict[str, Any]:
    """Who will see what of an inject whose arguments are good: {title, effect, talk_only, desks: {desk: [{what, from, title, text,
    replies}]}, room}. What is filled in from the run stands in brackets; `room` is the headline that everybody sees, or ""."""
    texts = scenario.evidence
    text = texts.inject(args["card"])
    words: Any = _Named(text.fill_in(args, _Named()))
    desks: dict[str, list[dict[str, Any]]] = {desk: [] for desk in args["desks"]}

    def show(desk: str, what: str, sender: str, title: str, said: str, replies: Iterable[str] = ()) -> None:
        row = {"what": what, "from": sender, "title": title.format_map(words), "text": said.format_map(words), "replies": list(replies)}
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


def ready_injects(scenario: Scenario) -> list[dict[str, Any]]:
    """What a scenario has ready: rows {id, kind, title, effect, takes, minutes, text, desks, talk_only}."""
    texts = scenario.evidence
    names = ("id", "kind", "title", "effect", "takes", "minutes", "text", "talk_only")
    return [{**{name: getattr(text, name) for name in names}, "desks": texts.reached(text)} for text in texts.injects]


def scenario_script(scenario: Scenario, start: int) -> list[dict[str, Any]]:
    """What the scenario brings by itself from a step on, oldest first: rows {step, at, text, sure}. What is not sure waits for conditions."""
    cut = step_at(scenario.exchange.cut_until)
    rows = [(0, "The morning begins", True), (OPEN, "Opening bell", True), (BREAKERS_FROM, "Circuit breakers start", True)]
    rows += [(step_at("10:00"), "RLP must be live at 100 %", True), (BELL_END, "Exchanges disconnect whatever is still sending", True)]
    rows += [(cut, "A firm that was cut off may be let in again", False), (BREAKERS_TO, "Circuit breakers end", True)]
    rows += [(CLOSE, "The market closes", True), (BLOCK, "Banks bid for the block", True)]
    rows += [(WEEK + evening * EVENING_STEPS, f"Evening of {name}", True) for evening, name in enumerate(EVENINGS)]
    rows += [
        (step_at(call.from_), f"{call.caller} may ring the {NAMES[call.desk]}", False)
        for call in scenario.evidence.calls
        if "from_" in call.model_fields_set
    ]
    return [{"step": step, "at": told(step, 0, seconds=False), "text": text, "sure": sure} for step, text, sure in sorted(rows) if step >= start]
