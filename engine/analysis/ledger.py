"""The ledger: who knew what when. Each piece of evidence that a team shared, from where it was seen to where it was read and acted on."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from engine.analysis.debrief import Decision
from engine.arguments import Sentence
from engine.events import Happened
from engine.levers import LEVERS


class Entry(NamedTuple):
    """A piece of evidence, or a diagnosis: steps at which a desk saw it as it was, shared it, the others read it (desk -> step), and the number of
    the decision that came next (None: none came)."""

    title: Sentence
    desk: str
    seen: int
    shared: int
    read: dict[str, int]
    acted: int | None
    diagnosis: bool = False


def ledger(events: Iterable[Happened], decisions: Sequence[Decision]) -> list[Entry]:
    """Entries by the step at which they were shared. `events`: of a run, in order, with step, kind, audience and data."""
    shown: dict[tuple[str, str, int], int] = {}  # desk, what, number -> last shown at
    titles: dict[int | str, Sentence] = {}  # pin -> title
    entries: dict[int | str, Entry] = {}
    for event in events:
        data = event.data
        if event.kind == "lever.finished":
            _show(shown, event)
        elif event.kind == "bridge.posted":
            titles[data["item"]] = data["title"]
            if data["posted"] == "diagnosis":
                entries[data["item"]] = Entry(titles[data["item"]], data["desk"], event.step, event.step, {}, _next(decisions, event.step), True)
        elif event.kind == "evidence.shared":
            seen = shown.get((data["desk"], data["what"], data["number"]), event.step)
            entries[data["pin"]] = Entry(titles[data["pin"]], data["desk"], seen, event.step, {}, _next(decisions, event.step))
        elif event.kind == "pin.read" and data["pin"] in entries:
            entries[data["pin"]].read.setdefault(data["desk"], event.step)
    return list(entries.values())


def _show(shown: dict[tuple[str, str, int], int], event: Happened) -> None:
    """Take in the end of a lever that shows its desk a kind of evidence, of what its first argument names. Other kinds lie open all the time."""
    found = LEVERS.get(event.data["command"])
    if found is None or not found.shows:
        return
    number = dict(event.data["args"])[next(iter(found.args))]
    for desk in event.audience:
        for one in number if isinstance(number, list) else [number]:
            if isinstance(one, int):
                shown[desk, found.shows, one] = event.step  # the last look is the one that can be shared


def _next(decisions: Sequence[Decision], step: int) -> int | None:
    return next((one.number for one in decisions if one.first >= step), None)
