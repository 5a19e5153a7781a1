"""What was so on the morning of the record, and what a team did about it: for each lesson of a scenario's epilogue a sentence from the run's own
events.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from engine.arguments import Phrase, phrase
from engine.commands import servers_of
from engine.events import Happened
from engine.scenario.scenario import Scenario

_STOPS = ("server.stop", "servers.stop_all", "smars.disconnect", "killswitch.press")
_CHECKS = ("checksum.run", "fleet.review", "automation.deploy")


@dataclass
class Deeds:
    """What of a run the lessons ask about."""

    scenario: Scenario
    done: dict[str, int] = field(default_factory=dict)  # lever -> step at which it first took effect
    checked: set[int] = field(default_factory=set)  # servers that were compared with the record before the bell
    rolled: set[int] = field(default_factory=set)  # servers that were rolled back
    flag_off: bool = False  # when they first were
    slices: dict[str, str] = field(default_factory=dict)  # of the week, where it was played
    built: dict[str, bool] = field(default_factory=dict)  # control -> whether it had a hole as the day began


def deeds(scenario: Scenario, events: Iterable[Happened]) -> Deeds:
    """Walk over a run's events, in order."""
    found, every = Deeds(scenario), range(1, scenario.fleet.servers + 1)
    for event in events:
        if event.kind == "week.closed":
            found.slices = dict(event.data["slices"])
            found.built = {row["name"]: bool(row["hole"]) for row in event.data["built"]}
        elif event.kind == "lever.finished":
            kind = event.data["command"]
            found.done.setdefault(kind, event.step)
            if kind in _CHECKS and event.step < scenario.calendar.open:
                found.checked |= set(servers_of(event.data["args"]) or every)
            if kind in ("flag.clear", "flag.set") and not found.rolled:
                found.flag_off = kind == "flag.clear"
            if kind == "release.rollback" and event.step >= 0:
                found.rolled |= set(servers_of(event.data["args"]))
    return found


def beside_record(scenario: Scenario, events: Iterable[Happened]) -> dict[str, Phrase]:
    """Lesson of the epilogue -> what was done about it."""
    found = deeds(scenario, events)
    return {lesson.id: _ASKED[lesson.id](found) for lesson in scenario.epilogue.lesson}


def _release(run: Deeds) -> Phrase:
    every = run.scenario.fleet.servers
    if "automation.deploy" in run.done:
        return phrase("The automation copied, restarted and hashed the fleet.")
    if run.slices.get("second") == "closed":
        return phrase("A second technician looked at every server after the last copy.")
    if len(run.checked) == every:
        return phrase("All {every} servers were compared with the record before the bell.", every=every)
    if len(run.checked) == 1:
        return phrase("One of {every} servers was compared with the record before the bell.", every=every)
    if run.checked:
        return phrase("{count} of {every} servers were compared with the record before the bell.", count=len(run.checked), every=every)
    return phrase("No server was compared with the record before the bell.")


def _flag(run: Deeds) -> Phrase:
    if run.slices.get("own-flag") == "closed":
        return phrase("The new code was given a flag of its own.")
    if "ramp.set" in run.done:
        return phrase("The old flag was used, and raised step by step.")
    if (step := run.done.get("flag.clear")) is not None:
        return phrase("The old flag was used, and cleared upstream at {at}.", at=step)
    return phrase("The old flag was used, and stayed on.")


def _dead_code(run: Deeds) -> Phrase:
    state = run.slices.get("retired")
    if state == "closed":
        return phrase("Power Peg was deleted: no server could have woken it, nor after a rollback.")
    if state == "hole":
        return phrase("Power Peg was deleted from what ran, and still lay where a rollback would find it.")
    if "counter.test" in run.done:
        return phrase("The old counter was tested. Power Peg stayed on the disks.")
    return phrase("Power Peg stayed on the disks.")


def _switch(run: Deeds) -> Phrase:
    if "killswitch.press" in run.done:
        return phrase("A kill switch was built, and pressed at {at}.", at=run.done["killswitch.press"])
    stopped = min(((run.done[kind], kind) for kind in _STOPS if run.done.get(kind, -1) >= run.scenario.calendar.open), default=None)
    built = phrase("A kill switch was built.") if "killswitch" in run.built else phrase("No kill switch was built.")
    if stopped is None:
        return phrase("{built} Nobody stopped anything after the bell.", built=built)
    return phrase("{built} The first stop after the bell took effect at {at}.", built=built, at=stopped[0])


def _rollback(run: Deeds) -> Phrase:
    if not run.rolled:
        return phrase("Nothing was rolled back.")
    at, clean = run.done["release.rollback"], run.slices.get("retired") == "closed"
    how = phrase("to a release without Power Peg") if clean else phrase("with the flag cleared first") if run.flag_off else phrase("with the flag on")
    if len(run.rolled) == 1:
        return phrase("One server was rolled back at {at}, {how}.", at=at, how=how)
    return phrase("{count} servers were rolled back, the first at {at}, {how}.", count=len(run.rolled), at=at, how=how)


_ASKED: dict[str, Callable[[Deeds], Phrase]] = {
    "release": _release,
    "flag": _flag,
    "dead-code": _dead_code,
    "switch": _switch,
    "rollback": _rollback,
}
