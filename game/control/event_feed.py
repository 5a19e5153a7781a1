"""What happened in an exercise, for its event feed: commands, events and deeds in words, each row once and in order.

Read by cursor, a place in every run's log and events: whoever looks seldom misses nothing. Rows are fetched first and taken in afterwards, so
that a database that is away moves no cursor; a row that cannot be told costs its own line and no other. A line is
{n, at, team (id or None), desk, by, kind, main, text}; `kind` is one of KINDS, `main` whether a person wants to read it without asking.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any

import structlog
from django.db.models import Max, Q
from django.utils.translation import gettext, gettext_noop

import engine
from game.control.event_words import ARRIVED, ASIDE, EVENTS, NOTICED, TOLD, counts, decision, words
from game.models import Command, Deed, Event, Exercise, Run, contents, packing
from game.spoken import from_row, tell

log = structlog.get_logger(__name__)

KINDS = ("decisions", "talk", "engine", "system")
KEPT = 400
OVERLAP = 20  # deeds that are looked at again: of two written at once the second may be there first
BACKLOG = 150  # rows of each sort that a room which is opened late begins with
PEOPLES = ~Q(by="autopilot") & ~Q(desk="facilitator")  # commands that a person of the team gave
UNTOLD = gettext_noop("Something happened here that cannot be told: see the log of the web process")
Line = dict[str, Any]
Found = tuple[int, int, Line]


def _line(calendar: engine.Calendar, step: int, team: int | None, desk: str, by: str, kind: str, main: bool, text: str) -> Line:
    return {"at": calendar.told(step, 0), "team": team, "desk": desk, "by": by, "kind": kind, "main": main, "text": text}


def _deed(calendar: engine.Calendar, row: Deed) -> Found:
    """A deed comes after what the runs told of its step."""
    by, text = row.told()
    return row.step, 2, _line(calendar, row.step, row.team_id, "", by, "system", True, text)


def _kind_of(command: str) -> str:
    """Under which filter of the feed a command is told."""
    if decision(command):
        return "decisions"
    lever = engine.KINDS.get(command)
    return "talk" if lever and lever.talk and lever.counts != "reading" else "engine"


class Happenings:
    """The feed of one exercise in this process: the newest lines, and how far each log was read."""

    _scenario: engine.Scenario  # known before the first row is told

    def __init__(self, exercise_id: int) -> None:
        self.exercise_id = exercise_id
        self.lines: deque[Line] = deque(maxlen=KEPT)
        self.last: dict[int, Line] = {}  # run -> its last important decision
        self.acted: dict[int, datetime] = {}  # run -> when a person of it last gave a command
        self._count = 0
        self._commands: dict[int, int] = {}  # run -> seq read last
        self._events: dict[int, int] = {}  # run -> number read last
        self._deeds: set[int] = set()  # ids read last
        self._mails: dict[tuple[int, str], str] = {}  # run, id -> subject
        self._callers: dict[tuple[int, int], str] = {}  # run, call -> who rang
        self._symptom = ""  # subject of the mails that say that something is wrong
        self._subjects: Counter[tuple[int, str]] = Counter()
        self._opened: set[tuple[int, str]] = set()

    def after(self, n: int) -> list[Line]:
        """The lines after the n-th, oldest first."""
        return [line for line in self.lines if line["n"] > n]

    @property
    def newest(self) -> int:
        """The number of the newest line."""
        return self._count

    def read(self, exercise: Exercise, runs: Iterable[Run]) -> bool:
        """Take in what is new in the rows; true when there was any."""
        by_id = {run.pk: run for run in runs}
        self._begin([pk for pk in by_id if pk not in self._events])
        events, commands, deeds = self._new_events(by_id), self._new_commands(by_id), self._new_deeds(exercise)
        found = [self._told(self._event, row, by_id[row.run_id].team_id, 1) for row in events]
        found += [self._told(self._given, row, by_id[row.run_id].team_id, 0) for row in commands]
        found += [_deed(exercise.calendar, row) for row in deeds]
        self._events |= {row.run_id: row.number for row in events}
        self._commands |= {row.run_id: int(row.seq or 0) for row in commands}
        self._deeds = set(sorted(self._deeds | {row.pk for row in deeds})[-2 * OVERLAP :])
        lines = [one for one in found if one is not None]
        for _, _, line in sorted(lines, key=lambda one: one[:2]):
            self._count += 1
            self.lines.append({"n": self._count, **line})
        return bool(lines)

    def _told(self, tell: Callable[[Any, int | None], Line | None], row: Event | Command, team: int | None, order: int) -> Found | None:
        """What a row says, with its place among the others."""
        step = int(row.step or 0)
        try:
            line = tell(row, team)
        except Exception:  # whatever it holds, the rows behind it are told
            log.exception("a row could not be told", run=row.run_id, kind=row.kind, row=row.pk)
            line = _line(self._scenario.calendar, step, team, "", "", "system", True, gettext(UNTOLD))
        return None if line is None else (step, order, line)

    def _begin(self, new: list[int]) -> None:
        """Begin with runs that were not read yet: near the end of their logs, with what must be known of the rest."""
        if not new:
            return
        for ended in Run.objects.filter(pk__in=new, state="ended"):
            packing.unpack(ended)
        events, commands = dict.fromkeys(new, -1), dict.fromkeys(new, 0)
        for run, number in Event.objects.filter(run__in=new).values_list("run").annotate(Max("number")):
            events[run] = max(-1, number - 4 * BACKLOG)
        for run, seq in Command.objects.filter(run__in=new).values_list("run").annotate(Max("seq")):
            commands[run] = max(0, (seq or 0) - BACKLOG)
        scenario = contents.scenario_of_all(Exercise.objects.get(pk=self.exercise_id))
        early = list(Event.objects.filter(run__in=new, kind=ARRIVED).values_list("run", "number", "data"))
        calls = list(Event.objects.filter(run__in=new, kind="call.rang").values_list("run", "data"))
        opened = list(Command.objects.filter(run__in=new, kind="mail.open", seq__isnull=False).values_list("run", "seq", "args"))
        acted = dict(Command.objects.filter(PEOPLES, run__in=new).values_list("run").annotate(Max("created")))
        decided = [kind for kind in engine.KINDS if decision(kind)]
        last = [Command.objects.filter(run=run, state="applied", kind__in=decided, seq__lte=commands[run]).order_by("-seq").first() for run in new]
        self._scenario, self._symptom = scenario, tell(scenario, {"text": "reject.subject", "values": {}})
        for run, number, data in early:
            with suppress(KeyError, TypeError):  # one that cannot be read gets its line where it comes, and costs no other
                if number <= events[run]:
                    self._arrived(run, data)
        for run, data in calls:
            with suppress(KeyError, TypeError):
                self._callers[run, data["call"]] = data["caller"]
        for run, seq, args in opened:
            if (seq or 0) <= commands[run]:
                self._opened.add((run, self._mails.get((run, str(engine.fitting("mail.open", args).get("mail"))), "")))
        self.acted |= acted
        self._events, self._commands = self._events | events, self._commands | commands
        for row in last:
            found = self._told(self._command, row, None, 0) if row else None
            if row and found:
                self.last[row.run_id] = found[2]

    def _new_events(self, runs: dict[int, Run]) -> list[Event]:
        return list(Event.objects.filter(self._after("number", self._events, runs), kind__in=TOLD).order_by("run", "number"))

    def _new_commands(self, runs: dict[int, Run]) -> list[Command]:
        rows = Command.objects.filter(self._after("seq", self._commands, runs), state__in=("applied", "refused"))
        return list(rows.order_by("run", "seq"))

    def _new_deeds(self, exercise: Exercise) -> list[Deed]:
        rows = Deed.objects.filter(exercise=exercise).select_related("exercise").order_by("-pk")
        if self._deeds:
            rows = rows.filter(pk__gt=max(self._deeds) - OVERLAP)
        return [row for row in reversed(rows[:BACKLOG]) if row.pk not in self._deeds]

    def _event(self, row: Event, team: int | None) -> Line | None:
        if row.kind == ARRIVED:
            self._arrived(row.run_id, row.data)
            return None
        if row.kind == "call.rang":
            self._callers[row.run_id, row.data["call"]] = row.data["caller"]
        if row.kind == NOTICED:
            desk, main, text = row.data["desk"], True, gettext("First to open or share a sign that something is wrong")
        else:
            desk, main = (row.audience[0] if len(row.audience) == 1 else ""), row.kind in EVENTS
            text = (EVENTS.get(row.kind) or ASIDE[row.kind])(row.data, self._scenario)
        return _line(self._scenario.calendar, row.step, team, desk, "", "engine", main, text)

    def _given(self, row: Command, team: int | None) -> Line:
        if row.by != "autopilot" and row.desk != "facilitator":
            self.acted[row.run_id] = max(row.created, self.acted.get(row.run_id, row.created))
        line = self._command(row, team)
        if row.state == "applied" and decision(row.kind):
            self.last[row.run_id] = line
        return line

    def _after(self, field: str, places: dict[int, int], runs: dict[int, Run]) -> Q:
        asked = Q(pk__in=[])
        for run in runs:
            asked |= Q(**{"run": run, f"{field}__gt": places[run]})
        return asked

    def _arrived(self, run: int, data: dict[str, Any]) -> None:
        subject = tell(self._scenario, data["subject"])
        self._mails[run, str(data["mail"])] = subject
        self._subjects[run, subject] += 1

    def _command(self, row: Command, team: int | None) -> Line:
        args, kind = engine.fitting(row.kind, row.args, self._scenario.kinds), _kind_of(row.kind)
        text, main = words(row.kind, row.args, self._scenario), counts(row.kind) not in ("reading", "books")
        if row.desk == "facilitator":
            kind, main = "system", False  # what a facilitator does is told once, as a deed, and not in every team
        if row.kind == "mail.open":
            text, main = self._opens(row)
        if row.kind == "call.answer":
            caller = self._callers.get((row.run_id, args.get("call", 0)), gettext("a caller"))
            text = gettext("Answers %(caller)s: “%(get)s”") % {
                "caller": caller,
                "get": self._reply(args.get("reply", "")),
            }
        if row.state == "refused":
            reason = tell(self._scenario, from_row(row.reason))
            text, main = gettext("%(text)s (refused: %(reason)s)") % {"text": text, "reason": reason}, False
        return _line(self._scenario.calendar, int(row.step or 0), team, row.desk, row.by, kind, main, text)

    def _reply(self, key: str) -> str:
        """What is said to a caller; of a reply that there is no more, its key."""
        return tell(self._scenario, {"text": f"reply:{key}", "values": {}}) if key in self._scenario.evidence.replies else key

    def _opens(self, row: Command) -> tuple[str, bool]:
        """A mail that is opened: of those that say that something is wrong the first one is worth a line."""
        subject = self._mails.get((row.run_id, str(engine.fitting(row.kind, row.args).get("mail"))), gettext("a mail"))
        alike, key = self._subjects[row.run_id, subject], (row.run_id, subject)
        first = key not in self._opened
        self._opened.add(key)
        said = gettext("Opens “%(subject)s” (first of %(alike)s)") if first and alike > 1 else gettext("Opens “%(subject)s”")
        return said % {"subject": subject, "alike": alike}, first and subject == self._symptom
