"""The lists in which a desk's screen offers its levers: on an evening all of them by headings, on the day those that no card has. And what
assistants at other desks can be asked for.

The words are the levers' own (`engine/commands.py`): a new one comes under its heading, or under "Other" where it names none.
"""

from collections.abc import Iterable

from engine.arguments import Sentence, judged, msgid, phrase
from engine.commands import Lever, Wish, worded
from engine.events import DESKS
from engine.levers import LEVERS
from engine.market_time import Calendar
from engine.scenario.scenario import Scenario
from engine.sights import cards
from engine.sights.cards import Menu, Offered

_CHOSEN = ("broker", "exchange", "symbols", "text")  # arguments that a screen asks for, beside servers
_ON_SCREEN = {name: f"{{{name}}}" for name in ("server", *_CHOSEN)}  # in words they stand for themselves, until something is chosen
# Headings in their order; any other comes behind them.
HEADINGS = {
    "deployer": (msgid("Servers"), msgid("Look twice"), msgid("Build")),
    "operator": (msgid("Look and drill"), msgid("Build"), msgid("Set")),
    "risk": (msgid("By phone"), msgid("Build"), msgid("Agree"), msgid("Set")),
}


def menu(calendar: Calendar, desk: str, levers: Iterable[Lever], *, evening: bool) -> list[Menu]:
    """[{title, rows: [{kind, says}]}, ...] of those levers; on the day there is one list at most, and its title is ""."""
    titles: dict[str, list[Offered]] = {title: [] for title in HEADINGS[desk]} if evening else {}
    for found in sorted(levers, key=lambda lever: lever.rank):
        title = found.group_for(desk) if evening else ""
        if title if evening else not found.card:
            titles.setdefault(title, []).append({"kind": found.kind, "says": calendar.phrase(found.help) if found.help else ""})
    return [{"title": phrase(title) if title else "", "rows": rows} for title, rows in titles.items() if rows]


def wishes(scenario: Scenario) -> dict[str, cards.Wishes]:
    """What the assistant at each desk can be asked for, whatever it sees: the scenario alone decides."""

    def of(desk: str) -> cards.Wishes:
        return {"evening": _wishes(scenario, desk, evening=True), "day": _wishes(scenario, desk, evening=False)}

    return {desk: of(desk) for desk in DESKS}


def _wishes(scenario: Scenario, desk: str, *, evening: bool) -> list[cards.Wish]:
    """Of one desk; on an evening in the order of its headings."""
    found: list[tuple[int, int, cards.Wish]] = []
    for kind, lever in scenario.kinds.items():
        if desk not in lever.desks or (evening and not lever.talk and scenario.levers[kind].evening is None):
            continue
        for wish in (*lever.wished, *_duties(scenario, desk, lever), *_approvals(scenario, lever)):
            row = _wish(scenario, desk, kind, wish)
            if row and wish.desk in ("", desk) and (wish.when == "evening") is evening:
                title = wish.group or lever.group_for(desk)
                place = HEADINGS[desk].index(title) if evening and title in HEADINGS[desk] else len(HEADINGS[desk])
                found.append((place, lever.rank if wish.rank is None else wish.rank, row))
    return [row for _, _, row in sorted(found, key=lambda one: one[:2])]


def _duties(scenario: Scenario, desk: str, lever: Lever) -> list[Wish]:
    """What is due before the bell at a desk, each by its name."""
    mine = [duty for duty in scenario.duty if duty.desk == desk] if "duty" in lever.args else []
    return [Wish(duty.said(), {"duty": duty.id}, when="day", rank=9) for duty in mine]


def _approvals(scenario: Scenario, lever: Lever) -> list[Wish]:
    """Approval of each lever that needs it."""
    if lever.kind != "authorise.give":
        return []
    named = {kind: LEVERS[kind].word_for(scenario) for kind in worded()}
    return [Wish(phrase("Approve: {lever}", lever=label), {"what": kind}, when="day", rank=14) for kind, label in named.items()]


def _wish(scenario: Scenario, desk: str, kind: str, wish: Wish) -> cards.Wish | None:
    """A wish in a scenario's words; None where it is about a release, brokers or exchanges that the scenario has not."""
    lever, fleet = scenario.kinds[kind], scenario.fleet
    clean = next((release.name for release in fleet.release if release.build is not None), "")
    title = scenario.told.title(desk)
    names = {"desk": title[:1].upper() + title[1:], "system": scenario.told.system, "target": fleet.target, "clean": clean}

    def filled(value: object) -> object:
        for name, word in names.items():
            value = value.replace(f"{{{name}}}", word) if isinstance(value, str) else value
        return value

    args = {name: filled(value) for name, value in wish.args.items()}
    chosen = next((name for name in _CHOSEN if name in lever.args and name not in args), "none")
    there = {"broker": scenario.brokers, "exchange": scenario.exchanges}
    if "" in args.values() or not there.get(chosen, True):
        return None
    servers = "one" if "server" in lever.args else "none"
    if "servers" in lever.args:
        servers = "any" if wish.whole else "some"
    words = _worded(wish.words, names) if wish.words else lever.named(scenario)
    if not wish.words and servers != "none":
        words = phrase("{lever}: {server}", lever=words, server=_ON_SCREEN["server"])
    return {"kind": kind, "words": words, "args": judged(args), "servers": servers, "chosen": chosen}


def _worded(words: Sentence, names: dict[str, str]) -> Sentence:
    """Words of the code's own, with what stands for their placeholders."""
    if not isinstance(words, str):
        return words
    return phrase(words, **{name: value for name, value in (_ON_SCREEN | names).items() if f"{{{name}}}" in words})
