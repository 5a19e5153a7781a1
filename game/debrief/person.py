"""What the house holds about one person of an exercise: found by name or number, and handed over.

A person is a player of one exercise, known by a name; the same name elsewhere may be somebody else. Facilitators are accounts, and not meant.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from game.models import Action, Command, Deed, Holding, Lesson, LogEntry, ObserverSheet, Player, Stay, contents, packing
from game.models.people import name_key
from game.spoken import tell_row

TYPED = ("text", "match")  # arguments of commands that hold what somebody typed


def called(who: str, code: str = "") -> list[Player]:
    """The players of a name, whatever its capitals, or the one of a number; of one exercise where its code is given."""
    found = Player.objects.select_related("exercise").order_by("pk")
    if code:
        found = found.filter(exercise__code=code.strip().upper())
    return list(found.filter(pk=int(who)) if re.fullmatch(r"\d{1,18}", who, re.ASCII) else found.filter(name_key=name_key(who)))


def names_of(player: Player) -> list[str]:
    """What a player is called, and was called before a facilitator gave them that name."""
    names = [player.name]
    for deed in Deed.objects.filter(exercise=player.exercise, team=None, text__startswith='{"say":').order_by("-pk"):
        values = json.loads(deed.text)["values"]
        if values.keys() == {"before", "now"} and values["now"] == names[-1]:
            names.append(str(values["before"]))
    return list(dict.fromkeys(names))


def named_in(names: list[str]) -> re.Pattern[str]:
    """Finds these names in a text as words of their own, whatever their capitals."""
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)


def texts_of(args: Any) -> Iterator[str]:
    """What somebody typed among the arguments of a command."""
    if isinstance(args, dict):
        yield from (args[name] for name in TYPED if isinstance(args.get(name), str))


def export(player: Player) -> dict[str, Any]:
    """All that is held about a player, as JSON: no cookie and no resume word, which would let others in."""
    exercise, names = player.exercise, names_of(player)
    scenario, pattern = contents.here(exercise.scenario), named_in(names)
    for run in exercise.runs():
        packing.unpack(run)
    commands = Command.objects.filter(run__team__exercise=exercise).select_related("run__team").order_by("run", "seq", "pk")
    theirs = [row for row in commands if row.by in names]
    others = [(row.by, text) for row in commands if row.by not in names for text in (*texts_of(row.args), row.why)]
    sat = [*Holding.objects.filter(player=player).select_related("seat__team"), *Stay.objects.filter(player=player).select_related("seat__team")]
    deeds = [(deed.created, *deed.told()) for deed in Deed.objects.filter(exercise=exercise).select_related("exercise")]
    lesson = Lesson.objects.filter(player=player).first()
    asked = {question.key: question.text for question in exercise.questions.all()}
    return {
        "exercise": {name: getattr(exercise, name) for name in ("code", "title", "created", "started_at", "ended_at")},
        "player": {"number": player.pk, "names": names, "joined": player.created, "last_seen": player.gone_at or player.seen_at},
        "desks": [
            {"team": one.seat.team.name, "desk": one.seat.desk}
            | ({"from": one.since, "to": one.until} if isinstance(one, Stay) else {"from": one.taken_at, "to": None})
            for one in sat
        ],
        "roles": [{"team": aide.team.name, "role": aide.role} for aide in player.aiding.select_related("team")],
        "incident_log": [
            {"team": entry.team.name, "step": entry.step, **{name: getattr(entry, name) for name in ("role", "kind", "text", "cause", "impact")}}
            for entry in LogEntry.objects.filter(team__exercise=exercise, by__in=names).select_related("team")
        ],
        "commands": [
            {
                "given": row.created, "team": row.run.team.name, "desk": row.desk, "step": row.step, "kind": row.kind, "arguments": row.args,
                "confidence": row.confidence, "why": row.why, "state": row.state, "reason": tell_row(row.reason, scenario),
            }
            for row in theirs
        ],
        "survey": lesson and {name: getattr(lesson, name) for name in ("given", "desk", "surprised", "differently", "controls", "ready", "useful")},
        "questions": [
            {"when": reply.when, "given": reply.given, "answers": {asked.get(name, name): value for name, value in reply.values.items()}}
            for reply in player.replies.all()
        ],
        "event_feed": [{"at": at, "by": by, "text": text} for at, by, text in deeds if pattern.search(f"{by} {text}")],
        "named_by_others": [
            *({"in": "command", "by": by, "text": text} for by, text in others if pattern.search(text)),
            *({"in": "note", "by": note.by, "text": note.text} for note in exercise.notes.all() if pattern.search(note.text)),
            *(
                {"in": "action", "by": "", "text": text}
                for action in Action.objects.filter(team__exercise=exercise)
                if pattern.search(text := f"{action.change}, {action.owner}, {action.said}".removesuffix(", "))
            ),
            *(
                {"in": "observation", "by": sheet.observer, "text": one["note"]}
                for sheet in ObserverSheet.objects.filter(team__exercise=exercise)
                for one in sheet.marks.values()
                if pattern.search(f"{sheet.observer} {one['note']}")
            ),
            *(
                {"in": "incident log", "by": entry.by, "text": entry.text}
                for entry in LogEntry.objects.filter(team__exercise=exercise)
                if pattern.search(f"{entry.by} {entry.text} {entry.cause} {entry.impact}")
            ),
            *({"in": "message", "by": one.by, "text": one.text} for one in exercise.messages.all() if pattern.search(one.text)),
        ],
    }  # fmt: skip
