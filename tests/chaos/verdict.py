"""What must hold of a run, whatever was done to the processes around it."""

from collections import Counter
from collections.abc import Iterable

import engine
from game.debrief.bundles import bundle_of
from game.models import Command, Event, Run
from tests.chaos.people import Person

MOST = 5  # of a kind of trouble that are told one by one


def troubles(run: Run, people: Iterable[Person]) -> list[str]:
    """What is wrong with a run that has ended, and with what its people were told; nothing, as it should be."""
    if run.state != "ended":
        return [f"{run.team} is {run.state}: {run.reason or 'nobody has ended it'}"]
    people = list(people)
    found = [*_log(run), *_events(run), *_acknowledged(run, people)]
    differs = engine.verify(engine.unpack(engine.pack(bundle_of(run))))
    found += [f"the bundle does not verify: {line}" for line in differs]
    found += [wrong for person in people for wrong in person.wrong[:MOST]]
    found += [f"{person.team}'s {person.desk} was shown {person.shown}, and the run ended at {run.step}" for person in people if (person.shown or run.step) > run.step]
    return [f"run {run.pk} of {run.team}: {line}" for line in found]


def _log(run: Run) -> list[str]:
    """Every command that was taken in has one place, in the order of steps."""
    rows = list(Command.objects.filter(run=run).exclude(seq=None).order_by("seq").values_list("seq", "step", "state"))
    found = []
    if [seq for seq, *_ in rows] != list(range(1, len(rows) + 1)):
        found.append(f"places in the log: {[seq for seq, *_ in rows]}")
    if [step for _, step, _ in rows] != sorted(step for _, step, _ in rows):
        found.append("the log's steps go back")
    states = Counter(state for *_, state in rows)
    if set(states) - {"applied", "refused"}:
        found.append(f"commands without an end: {dict(states)}")
    if Command.objects.filter(run=run, state="pending").exists():
        found.append("commands still wait after the end")
    return found


def _events(run: Run) -> list[str]:
    """Events are numbered without a hole; every command has exactly one end among them."""
    events = list(Event.objects.filter(run=run).order_by("number").values_list("number", "kind", "data"))
    found = []
    if [number for number, *_ in events] != list(range(len(events))):
        found.append(f"events are numbered {[number for number, *_ in events][:50]}")
    ends = Counter(data["seq"] for _, kind, data in events if kind in ("command.applied", "command.refused"))
    log = set(Command.objects.filter(run=run).exclude(seq=None).values_list("seq", flat=True))
    if set(ends) != log or set(ends.values()) - {1}:
        twice = [seq for seq, count in ends.items() if count > 1]
        found.append(f"of {len(log)} commands {sorted(log - set(ends))} have no end in the events, {sorted(set(ends) - log)} no place, {twice} two")
    return found


def _acknowledged(run: Run, people: list[Person]) -> list[str]:
    """What the server acknowledged is one row, and the row says what the person was told."""
    rows = {str(row.client_id): row for row in Command.objects.filter(run=run)}
    given = {str(key) for key in Command.objects.filter(run=run).exclude(by__in=("autopilot", "facilitator")).values_list("client_id", flat=True)}
    found, sent = [], set()
    for person in people:
        sent |= person.acknowledged | set(person.waiting)
        lost = [key for key in person.acknowledged if key not in rows]
        found += [f"{person.desk}'s command {key} was acknowledged and is not in the log" for key in lost[:MOST]]
        for key, told in person.outcomes.items():
            row = rows.get(key)
            if row and (row.state != told["t"] or (row.state == "applied" and row.step != told["step"])):
                found.append(f"{person.desk}'s command {key} is {row.state} at {row.step}; the person was told {told}")
    if strangers := given - sent:
        found.append(f"{len(strangers)} commands that nobody gave")
    return found


def too_late(run: Run) -> int:
    """How many acknowledged commands were refused because the exercise ended first."""
    return Command.objects.filter(run=run, seq=None, state="refused").count()
