"""The ledger: who knew what when. Each piece of evidence that a team shared, from where it was seen to where it was read and acted on."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from engine.debrief import Decision

# What shows a kind of evidence to its desk: the lever, and the argument that says which one. Other kinds lie open all the time.
SHOWN_BY = {"mail": ("mail.open", "mail"), "log": ("log.tail", "server"), "look": ("server.look", "server"), "checksum": ("checksum.run", "servers")}


class Entry(NamedTuple):
    """A piece of evidence, or a diagnosis: steps at which a desk first saw it, shared it, the others read it (desk -> step), and the number of
    the decision that came next (None: none came)."""

    title: str
    desk: str
    seen: int
    shared: int
    read: dict[str, int]
    acted: int | None


def ledger(events: Iterable[Any], decisions: Sequence[Decision]) -> list[Entry]:
    """Entries by the step at which they were shared. `events`: of a run, in order, with step, kind, audience and data."""
    shown: dict[tuple[str, str, int], int] = {}  # desk, what, number -> first shown at
    titles: dict[int, str] = {}  # pin -> title
    entries: dict[int, Entry] = {}
    for event in events:
        data = event.data
        if event.kind == "lever.finished":
            _show(shown, event)
        elif event.kind == "bridge.posted":
            titles[data["item"]] = data["title"]
            if data["posted"] == "diagnosis":
                entries[data["item"]] = Entry(data["title"], data["desk"], event.step, event.step, {}, _next(decisions, event.step))
        elif event.kind == "evidence.shared":
            seen = shown.get((data["desk"], data["what"], data["number"]), event.step)
            entries[data["pin"]] = Entry(titles[data["pin"]], data["desk"], seen, event.step, {}, _next(decisions, event.step))
        elif event.kind == "pin.read" and data["pin"] in entries:
            entries[data["pin"]].read.setdefault(data["desk"], event.step)
    return list(entries.values())


def _show(shown: dict[tuple[str, str, int], int], event: Any) -> None:
    for what, (kind, argument) in SHOWN_BY.items():
        if event.data["command"] == kind:
            number = event.data["args"][argument]
            for desk in event.audience:
                for one in number if isinstance(number, list) else [number]:
                    shown.setdefault((desk, what, one), event.step)


def _next(decisions: Sequence[Decision], step: int) -> int | None:
    return next((one.number for one in decisions if one.first >= step), None)
