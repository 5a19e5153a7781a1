"""Erases one person from an exercise: names and texts are replaced, results stay.

A run is made of its log, and what was typed is in it. So the log is written anew without it, and the run is played again from that: the
score must come out the same, or nothing is erased; events, digest and bundle are then those of the new log. Where the rules that it was
played by are gone only the rows are changed, and its note says so, which `verify` prints. An exercise that goes on from a run of it has that
run's log in its own, and is treated with it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

import engine
from game.debrief import person
from game.live import run_store
from game.models import (
    Action,
    Command,
    Deed,
    Event,
    Exercise,
    Experiment,
    Fork,
    Ghost,
    Lesson,
    LogEntry,
    ObserverSheet,
    Player,
    RuleBroken,
    Run,
    SurveyReply,
    actions,
    contents,
    incident_log,
    observing,
    packing,
)
from game.models.aides import SENDER_LENGTH
from game.models.outcomes import Finished
from game.models.people import name_key
from game.models.run_log import log_of
from game.rules import JOINS_MOST
from game.spoken import from_row, to_row

ERASED = "Erased player"
NOTHING = "(erased)"  # in place of what they said themselves
TALK = ("bridge.say", "persona.reply", "persona.say")  # theirs to the last word; what a machine was asked keeps all but the name
SAID = ("text", "lines")  # of an event: what stands there may have been typed
AGAIN = gettext_noop("Texts were erased on {date}.")
ROWS_ONLY = gettext_noop("Texts were erased on {date}, and it could not be played again: its digest is that of the log before.")


class Treated(NamedTuple):
    """A run whose log was written anew: played again, or where that could not be, why not."""

    run: Run
    needs: str


class _Texts:
    """How everything reads once they are erased."""

    def __init__(self, names: list[str], now: str) -> None:
        self.names, self.now = names, now
        self._pattern = person.named_in(names)
        self._swaps: dict[str, str] = {}  # whole texts that were theirs, or hold their name

    def line(self, text: str) -> str:
        """A text that somebody typed."""
        return self._swaps.get(text) or self._pattern.sub(self.now, text)

    def by(self, text: str) -> str:
        """Who did something: a name, or several."""
        return ", ".join(self.now if name in self.names else name for name in text.split(", "))

    def sentence(self, row: str) -> str:
        """A sentence as a column holds it: what fills it is changed, and not its words."""
        sentence = from_row(row)
        return self.line(row) if isinstance(sentence, str) else to_row(_filled(sentence, self.line))

    def typed(self, args: Any, *, theirs: bool = False) -> Any:
        """Arguments of a command. `theirs`: nothing of it stays."""
        if not isinstance(args, dict):
            return args
        changed = {}
        for name in person.TYPED:
            if isinstance(text := args.get(name), str) and text:
                changed[name] = NOTHING if theirs else self.line(text)
                if changed[name] != text:
                    self._swaps[text] = changed[name]
        if isinstance(sender := args.get("sender"), str) and (now := self.line(sender)[:SENDER_LENGTH]) != sender:
            changed["sender"] = self._swaps[sender] = now
        return {**args, **changed}

    def kept(self, content: Any, key: str = "") -> Any:
        """JSON that was made of the log: whole texts of it are swapped. A single word may be an id, but for where something is said."""
        if isinstance(content, str):
            word = key not in SAID and " " not in content and not self._pattern.search(content)
            return content if word else self._swaps.get(content, content)
        if isinstance(content, dict):
            return {name: self.by(value) if name == "by" and isinstance(value, str) else self.kept(value, name) for name, value in content.items()}
        return [self.kept(one, key) for one in content] if isinstance(content, list) else content


def _filled(content: Any, line: Callable[[str], str]) -> Any:
    if isinstance(content, dict):
        return {name: value if name == "say" else _filled(value, line) for name, value in content.items()}
    if isinstance(content, list):
        return [_filled(one, line) for one in content]
    return line(content) if isinstance(content, str) else content


class _Change(NamedTuple):
    """What becomes of a run: rows of its log, of its events, and its outcome where it was played again."""

    run: Run
    commands: list[Command]
    events: list[Event]
    outcome: str
    note: str


def erase(player: Player) -> list[Treated]:
    """Erase a player; the runs whose logs were written anew. Raises RuleBroken with the reason where that cannot be, and changes nothing then."""
    exercise = player.exercise
    touched = _with_forks(exercise)
    for one in touched:
        if one.state in ("running", "paused") or (one.state == "ended" and one.runs().exclude(state__in=Run.DONE).exists()):
            raise RuleBroken(gettext("%(exercise)s is being played: end it before somebody is erased from it.") % {"exercise": one})
    texts = _Texts(person.names_of(player), _free_name(exercise))
    changes = [_change(run, texts, own=one == exercise) for one in touched for run in one.runs()]
    with transaction.atomic():
        for one in touched:
            _rewrite(one, texts)
        for change in changes:
            _write(change, texts)
        _forget(player, texts)
    return [Treated(change.run, contents.needs(change.run)) for change in changes if change.note]


def _with_forks(exercise: Exercise) -> list[Exercise]:
    """An exercise, and those that go on from runs of it."""
    found = [exercise]
    for one in found:  # it grows meanwhile
        found += [other for other in Exercise.objects.filter(fork__code=one.code) if other not in found]
    return found


def _free_name(exercise: Exercise) -> str:
    taken = set(exercise.players.values_list("name_key", flat=True))
    names = (ERASED if number == 1 else f"{ERASED} {number}" for number in range(1, JOINS_MOST))
    return next(name for name in names if name_key(name) not in taken)


def _change(run: Run, texts: _Texts, *, own: bool) -> _Change:
    """What is to be written, worked out before anything is: the market takes seconds to be played again."""
    packing.unpack(run)
    rows, log_changed = [], False
    for row in run.commands.order_by("seq", "pk"):
        theirs = own and row.by in texts.names
        args, why = texts.typed(row.args, theirs=theirs and row.kind in TALK), NOTHING if theirs and row.why else texts.line(row.why)
        typed = (args, why) != (row.args, row.why)
        by, reason = texts.by(row.by) if own else row.by, texts.sentence(row.reason) if typed and row.reason else row.reason
        log_changed = log_changed or (typed and row.seq is not None)
        if typed or by != row.by:
            row.args, row.why, row.by, row.reason = args, why, by, reason
            rows.append(row)
    if not log_changed or run.state != "ended":
        return _Change(run, rows, _swapped(run, texts) if log_changed else [], run.digest, "")
    if contents.needs(run) or not run.digest:
        return _Change(run, rows, _swapped(run, texts), run.digest, _noted(run, ROWS_ONLY))
    again = _played_again(run, {row.seq: row for row in rows})
    told = [(event, new["data"]) for event, new in zip(run.happened, again.events, strict=True) if event.data != new["data"]]
    for event, data in told:
        event.data = data
    return _Change(run, rows, [event for event, _ in told], again.outcome, _noted(run, AGAIN))


def _played_again(run: Run, rows: Mapping[int | None, Command]) -> engine.Bundle:
    """What comes of a run's log with these commands in it. Raises RuleBroken where it is not the same day."""
    log = log_of(run)
    commands = tuple(replace(one, args=rows[one.seq].args, why=rows[one.seq].why) if one.seq in rows else one for one in log.commands)
    again = engine.played_again(replace(log, commands=commands))
    before = [(row["step"], row["kind"], row["audience"]) for row in run_store.events_of(run)]
    same = [(row["step"], row["kind"], row["audience"]) for row in again.events] == before
    if not same or again.score != run.score or [list(point) for point in again.curve] != run.curve:
        raise RuleBroken(
            gettext("%(run)s comes out otherwise without these texts: %(was)s before, %(now)s now. Nothing was erased.")
            % {"run": run, "was": _total(run.score), "now": _total(again.score)}
        )
    return again


def _total(score: Any) -> str:
    return f"${(score or {}).get('total', 0):,.0f}"


def _swapped(run: Run, texts: _Texts) -> list[Event]:
    """The events of a run that is not played again, where a text of the log stands in them."""
    changed = []
    for row in run.happened:
        data = texts.kept(row.data)
        if data != row.data:
            row.data = data
            changed.append(row)
    return changed


def _noted(run: Run, words: str) -> str:
    said = engine.phrase(words, date=f"{timezone.now():%Y-%m-%d}")
    return to_row(engine.phrase("{before} {then}", before=from_row(run.note), then=said) if run.note else said)


def _write(change: _Change, texts: _Texts) -> None:
    run = change.run
    Command.objects.bulk_update(change.commands, ["args", "why", "by", "reason"], batch_size=200)
    Event.objects.bulk_update(change.events, ["data"], batch_size=200)
    # Whoever has the run at hand, in whatever process, has it by its epoch.
    Run.objects.filter(pk=run.pk).update(epoch=F("epoch") + 1, digest=change.outcome, note=change.note or run.note)
    for kept in Finished.objects.filter(run=run):
        kept.told = texts.kept(kept.told)
        kept.save(update_fields=["told"])


def _rewrite(exercise: Exercise, texts: _Texts) -> None:
    """What stands beside the runs of an exercise."""
    for note in exercise.notes.all():
        note.text = texts.line(note.text)
        note.save(update_fields=["text"])
    for deed in Deed.objects.filter(exercise=exercise):
        deed.by, deed.text = texts.by(deed.by), texts.sentence(deed.text)
        deed.save(update_fields=["by", "text"])
    for message in exercise.messages.all():
        message.text, message.sender = texts.line(message.text), texts.line(message.sender)[:SENDER_LENGTH]
        message.by = texts.by(message.by)
        message.save(update_fields=["text", "sender", "by"])
    _rewrite_injects(exercise, texts)
    for lesson in Lesson.objects.filter(player__exercise=exercise):
        lesson.surprised, lesson.differently = texts.line(lesson.surprised), texts.line(lesson.differently)
        lesson.save(update_fields=["surprised", "differently"])
    for reply in SurveyReply.objects.filter(player__exercise=exercise):
        reply.values = {name: texts.line(value) if isinstance(value, str) else value for name, value in reply.values.items()}
        reply.save(update_fields=["values"])
    for sheet in ObserverSheet.objects.filter(team__exercise=exercise):
        sheet.observer = texts.line(sheet.observer)[: observing.OBSERVER_LENGTH]
        sheet.marks = {name: {**one, "note": texts.line(one["note"])} for name, one in sheet.marks.items()}
        sheet.save(update_fields=["observer", "marks"])
    for entry in LogEntry.objects.filter(team__exercise=exercise):
        if entry.by in texts.names:  # theirs to the last word, as what they said is
            entry.text, entry.cause, entry.impact = NOTHING, "", ""
        entry.by = texts.line(entry.by)[: incident_log.NAME_LENGTH]
        entry.text = texts.line(entry.text)[: incident_log.TEXT_LENGTH]
        entry.cause, entry.impact = (texts.line(belief)[: incident_log.BELIEF_LENGTH] for belief in (entry.cause, entry.impact))
        entry.save(update_fields=["by", "text", "cause", "impact"])
    for action in Action.objects.filter(team__exercise=exercise):
        action.change, action.owner = texts.line(action.change)[: actions.CHANGE_LENGTH], texts.line(action.owner)[: actions.OWNER_LENGTH]
        action.said = texts.line(action.said)[: actions.SAID_LENGTH]
        action.save(update_fields=["change", "owner", "said"])
    for fork in Fork.objects.filter(exercise=exercise):
        fork.commands = [[*row[:4], texts.typed(row[4]), row[5], texts.line(row[6])] for row in fork.commands]
        fork.save(update_fields=["commands"])
    for experiment in Experiment.objects.filter(played_in=exercise, log__isnull=False):
        log = experiment.log or {}
        experiment.log = {**log, "commands": [[*row[:4], texts.typed(row[4])] for row in log.get("commands", [])]}
        experiment.save(update_fields=["log"])


def _rewrite_injects(exercise: Exercise, texts: _Texts) -> None:
    """Injects too, and by what history's run with them is known."""
    changed = [inject for inject in exercise.injects.all() if texts.line(inject.text) != inject.text]
    if not changed:
        return
    before = exercise.ghost_keys()
    for inject in changed:
        inject.text = texts.line(inject.text)
        inject.save(update_fields=["text"])
    ghosts = Ghost.objects.filter(scenario=exercise.scenario, seed=exercise.seed, noise=exercise.noise)
    for was, now in zip(before, exercise.ghost_keys(), strict=True):
        if was != now:
            ghosts.filter(injects_key=was).update(injects_key=now)


def _forget(player: Player, texts: _Texts) -> None:
    """The player has another name, nothing to come back with, and has said nothing."""
    player.let_go()
    player.name, player.name_key = texts.now, name_key(texts.now)
    player.save(update_fields=["name", "name_key"])
    Lesson.objects.filter(player=player).update(surprised="", differently="")
    for reply in player.replies.all():
        reply.forget_texts()
    Exercise.objects.filter(owner=player).update(came_from="")
