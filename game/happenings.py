"""What happened in an exercise, for its event feed: commands, events and deeds in words, each row once and in order.

Read by cursor, a place in every run's log and events: whoever looks seldom misses nothing. A line is
{n, at, team (id or None), desk, by, kind, main, text}; `kind` is one of KINDS, `main` whether a person wants to read it without asking.
"""

from collections import Counter, deque
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Max, Q

import engine
from game.happening_words import ARRIVED, ASIDE, BOOKS, EVENTS, NOTICED, READING, TOLD, decision, words
from game.models import Command, Deed, Event, Exercise, Run

KINDS = ("decisions", "talk", "engine", "system")
KEPT = 400
OVERLAP = 20  # deeds that are looked at again: of two written at once the second may be there first
BACKLOG = 150  # rows of each sort that a room which is opened late begins with
PEOPLES = ~Q(by="autopilot") & ~Q(desk="facilitator")  # commands that a person of the team gave
Line = dict[str, Any]


def _line(step: int, team: int | None, desk: str, by: str, kind: str, main: bool, text: str) -> Line:
    return {"at": engine.told(step, 0), "team": team, "desk": desk, "by": by, "kind": kind, "main": main, "text": text}


class Happenings:
    """The feed of one exercise in this process: the newest lines, and how far each log was read."""

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
        self._replies: dict[str, str] = {}  # key -> what is said
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
        found: list[tuple[int, int, Line]] = []
        self._begin([pk for pk in by_id if pk not in self._events])
        if by_id:
            found += self._read_events(by_id)
            found += self._read_commands(by_id)
        found += self._read_deeds(exercise)
        for _, _, line in sorted(found, key=lambda one: one[:2]):
            self._count += 1
            self.lines.append({"n": self._count, **line})
        return bool(found)

    def _begin(self, new: list[int]) -> None:
        """Begin with runs that were not read yet: near the end of their logs, with what must be known of the rest."""
        if not new:
            return
        for run, number in Event.objects.filter(run__in=new).values_list("run").annotate(Max("number")):
            self._events[run] = max(-1, number - 4 * BACKLOG)
        for run, seq in Command.objects.filter(run__in=new).values_list("run").annotate(Max("seq")):
            self._commands[run] = max(0, (seq or 0) - BACKLOG)
        for run in new:
            self._events.setdefault(run, -1)
            self._commands.setdefault(run, 0)
        evidence = engine.load_scenario(Exercise.objects.values_list("scenario", flat=True).get(pk=self.exercise_id)).evidence
        self._replies = evidence.replies
        self._symptom = evidence.reject_subject
        early = Event.objects.filter(run__in=new, kind=ARRIVED).values_list("run", "number", "data")
        for run, number, data in early:
            if number <= self._events[run]:
                self._arrived(run, data)
        for run, data in Event.objects.filter(run__in=new, kind="call.rang").values_list("run", "data"):
            self._callers[run, data["call"]] = data["caller"]
        for run, seq, args in Command.objects.filter(run__in=new, kind="mail.open", seq__isnull=False).values_list("run", "seq", "args"):
            if seq <= self._commands[run]:
                self._opened.add((run, self._mails.get((run, str(args.get("mail"))), "")))
        self.acted |= dict(Command.objects.filter(PEOPLES, run__in=new).values_list("run").annotate(Max("created")))
        decided = [kind for kind in engine.KINDS if decision(kind)]
        for run in new:
            row = Command.objects.filter(run=run, state="applied", kind__in=decided, seq__lte=self._commands[run]).order_by("-seq").first()
            if row:
                self.last[run] = self._command(row, None)

    def _read_events(self, runs: dict[int, Run]) -> list[tuple[int, int, Line]]:
        found = []
        for row in Event.objects.filter(self._after("number", self._events, runs), kind__in=TOLD).order_by("run", "number"):
            self._events[row.run_id] = row.number
            if row.kind == ARRIVED:
                self._arrived(row.run_id, row.data)
                continue
            if row.kind == "call.rang":
                self._callers[row.run_id, row.data["call"]] = row.data["caller"]
            if row.kind == NOTICED:
                desk, main, text = row.data["desk"], True, "First to open or share a sign that something is wrong"
            else:
                desk, main = (row.audience[0] if len(row.audience) == 1 else ""), row.kind in EVENTS
                text = (EVENTS.get(row.kind) or ASIDE[row.kind])(row.data)
            found.append((row.step, 1, _line(row.step, runs[row.run_id].team_id, desk, "", "engine", main, text)))
        return found

    def _read_commands(self, runs: dict[int, Run]) -> list[tuple[int, int, Line]]:
        found = []
        rows = Command.objects.filter(self._after("seq", self._commands, runs), state__in=("applied", "refused")).order_by("run", "seq")
        for row in rows:
            self._commands[row.run_id] = int(row.seq or 0)
            if row.by != "autopilot" and row.desk != "facilitator":
                self.acted[row.run_id] = max(row.created, self.acted.get(row.run_id, row.created))
            line = self._command(row, runs[row.run_id].team_id)
            if row.state == "applied" and decision(row.kind):
                self.last[row.run_id] = line
            found.append((int(row.step or 0), 0, line))
        return found

    def _read_deeds(self, exercise: Exercise) -> list[tuple[int, int, Line]]:
        rows = Deed.objects.filter(exercise=exercise).order_by("-pk")
        if self._deeds:
            rows = rows.filter(pk__gt=max(self._deeds) - OVERLAP)
        new = [row for row in reversed(rows[:BACKLOG]) if row.pk not in self._deeds]
        self._deeds = set(sorted(self._deeds | {row.pk for row in new})[-2 * OVERLAP :])
        return [(row.step, 2, _line(row.step, row.team_id, "", row.by, "system", True, row.text)) for row in new]

    def _after(self, field: str, places: dict[int, int], runs: dict[int, Run]) -> Q:
        asked = Q(pk__in=[])
        for run in runs:
            asked |= Q(**{"run": run, f"{field}__gt": places[run]})
        return asked

    def _arrived(self, run: int, data: dict[str, Any]) -> None:
        self._mails[run, str(data["mail"])] = data["subject"]
        self._subjects[run, data["subject"]] += 1

    def _command(self, row: Command, team: int | None) -> Line:
        kind = "decisions" if decision(row.kind) else "talk" if engine.KINDS[row.kind].talk and row.kind not in READING else "engine"
        text, main = words(row.kind, row.args), row.kind not in READING and row.kind not in BOOKS
        if row.desk == "facilitator":
            kind, main = "system", False  # what a facilitator does is told once, as a deed, and not in every team
        if row.kind == "mail.open":
            text, main = self._opens(row)
        if row.kind == "call.answer":
            caller = self._callers.get((row.run_id, row.args.get("call", 0)), "a caller")
            text = f"Answers {caller}: \u201c{self._replies.get(row.args.get('reply', ''), row.args.get('reply'))}\u201d"
        if row.state == "refused":
            text, main = f"{text} (refused: {row.reason})", False
        return _line(int(row.step or 0), team, row.desk, row.by, kind, main, text)

    def _opens(self, row: Command) -> tuple[str, bool]:
        """A mail that is opened: of those that say that something is wrong the first one is worth a line."""
        subject = self._mails.get((row.run_id, str(row.args.get("mail"))), "a mail")
        alike, key = self._subjects[row.run_id, subject], (row.run_id, subject)
        first = key not in self._opened
        self._opened.add(key)
        return f"Opens \u201c{subject}\u201d{f' (first of {alike})' if first and alike > 1 else ''}", first and subject == self._symptom
