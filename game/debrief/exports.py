"""What leaves the house: who took part and how it came out as CSV, a whole exercise as JSON. Written row by row as it is read."""

import csv
import io
import json
import unicodedata
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from asgiref.sync import sync_to_async
from django.core.serializers.json import DjangoJSONEncoder
from django.http import StreamingHttpResponse
from django.utils import timezone

import engine
from game.debrief import compare, counterfactuals, results
from game.models import Exercise, Holding, Run, Stay, contents, packing, questions
from game.spoken import tell_row

Table = Callable[[Exercise], Iterator[str]]
BOM = "\ufeff"  # or Excel reads a CSV's umlauts as something else
FORMULA = ("=", "+", "-", "@")  # as NFKC writes them: full-width and small signs are these
CHUNK = 64  # rows, or objects, at a time
ATTENDANCE = (
    "exercise", "code", "name", "team", "desk", "seat held from (UTC)", "to (UTC)", "minutes at the desk", "joined (UTC)", "last seen (UTC)",
)  # fmt: skip
RESULTS = (
    "exercise", "code", "team", "scenario", "seed", "loss $", "history's loss $", "losses avoided $", "share avoided", "grade", "service kept",
    "minutes to notice", "minutes to diagnose", "minutes to contain", "cut off by the exchanges", "precautions $", "barriers closed", "of barriers",
    "Brier score", *(f"Brier score, {desk}" for desk in engine.DESKS),
    "fate", "played to", "played by", "note", "digest",
)  # fmt: skip


def cell(value: Any) -> Any:
    """A value for a spreadsheet: text that a program would run as a formula is text. A number below zero keeps Python's hyphen, for with the
    minus of the pages a spreadsheet would take it for text."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return f"'{value}" if isinstance(value, str) and runs(value) else value


def runs(text: str) -> bool:
    """Whether a spreadsheet may take a text for a formula. It is judged without what cannot be seen at its beginning (blanks of every
    kind, line ends, joiners), for programs drop that; a tab or a line end there is never innocent.
    """
    first = next(
        (
            letter
            for letter in text
            if not (letter.isspace() or unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp", "Zs", "Mn"))
        ),
        "",
    )
    return text.startswith(("\t", "\r", "\n")) or unicodedata.normalize("NFKC", first).replace("\u2212", "-").startswith(FORMULA)


def lines(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """A CSV, line by line."""
    yield BOM + _line(head)
    for row in rows:
        yield _line(cell(value) for value in row)


def _line(values: Iterable[Any]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(values)
    return text.getvalue()


def attendance(exercise: Exercise) -> Iterator[str]:
    """Who took part: a line for every desk that a player held, in the order they came. Who sits still has been there until now, or the
    end; what came before the start does not count. A player without a desk has a line without one.
    """
    end = exercise.ended_at or timezone.now()
    held = Holding.objects.filter(player__exercise=exercise).select_related("player", "seat__team")
    left = Stay.objects.filter(player__exercise=exercise).select_related("player", "seat__team")
    stays: list[tuple[Any, Any, datetime, datetime]] = [(one.player, one.seat, one.taken_at, end) for one in held]
    stays += [(one.player, one.seat, one.since, one.until) for one in left]
    sat = {player.pk for player, *_ in stays}
    stays += [(player, None, player.created, player.created) for player in exercise.players.exclude(pk__in=sat)]
    start = exercise.started_at

    def rows() -> Iterator[tuple[Any, ...]]:
        for player, seat, since, until in sorted(stays, key=lambda stay: (stay[0].created, stay[0].pk, stay[2])):
            where: tuple[Any, ...] = ("", "", None, None, None)
            if seat:
                minutes = round((until - max(since, start)).total_seconds() / 60, 1) if start and until > start else None
                where = (seat.team.name, seat.desk, since, until if start else None, minutes)
            yield (exercise.title, exercise.code, player.name, *where, player.created, player.gone_at or player.seen_at)

    return lines(ATTENDANCE, rows())


def questionnaires(exercise: Exercise) -> Iterator[str]:
    """What people were asked before, after and later, in counts: a line for every answer that was given to a question at a time."""
    told = questions.summary(exercise)

    def rows() -> Iterator[tuple[Any, ...]]:
        prompt = ""
        for row in told["rows"]:
            prompt = row["prompt"] or prompt
            for cell in (cell for cell in row["cells"] if cell["n"]):
                counts = [(row["answer"], cell["count"])] if row["answer"] else enumerate(cell["counts"], 1)
                for answer, count in counts:
                    yield (exercise.title, exercise.code, prompt, cell["when"], answer, count, cell["n"])
        for part in told["texts"]:
            for time in part["times"]:
                for text in time["texts"]:
                    yield (exercise.title, exercise.code, part["prompt"], time["time"], text, 1, len(time["texts"]))

    return lines(("exercise", "code", "question", "when", "answer", "count", "of"), rows())


def outcome(exercises: Iterable[Exercise]) -> Iterator[str]:
    """How it came out: a line a team, for every exercise that has ended."""

    def rows() -> Iterator[tuple[Any, ...]]:
        for exercise in exercises:
            ghost = exercise.ghost
            runs = compare.shown(exercise) if exercise.state == "ended" else []
            stops = compare.imposed_stops(runs)
            for run in runs:
                yield (exercise.title, exercise.code, *_outcome(run, results.of(run, ghost), stops.get(run.pk)))

    return lines(RESULTS, rows())


def _outcome(run: Run, found: dict[str, Any], stop: str | None) -> tuple[Any, ...]:
    score, exercise, calendar = run.score or {}, run.team.exercise, run.calendar
    brier = counterfactuals.brier_scores(run)
    fate = score.get("fate") or ("stopped by a fault" if run.state == "failed" else "")
    return (
        run.team.name, exercise.scenario, exercise.seed, found["loss_usd"], found["ghost_usd"], found["avoided_usd"], found["share_avoided"],
        _rounded(found["grade"], 1), _rounded(score.get("service_kept"), 4),
        minutes_after_the_bell(calendar, score.get("noticed_at")),
        minutes_after_the_bell(calendar, score.get("diagnosed_at"), engine.wrong_minutes(score)),
        minutes_after_the_bell(calendar, score.get("contained_at")),
        stop, _rounded(score.get("precautions"), 0), *(compare.barriers(run) or (None, None)),
        *(brier.get(desk) for desk in ("", *engine.DESKS)),
        fate, f"{calendar.date(run.step)} {calendar.clock(run.step)}", run.made_by, tell_row(run.note), run.digest,
    )  # fmt: skip


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def minutes_after_the_bell(calendar: engine.Calendar, moment: str | None, added: int = 0) -> float | None:
    """A clock text of a score in minutes since the opening bell, and `added` ones: negative before it, None for what never came."""
    return round((calendar.step_at(moment) - calendar.open) / engine.STEPS_PER_MINUTE, 1) + added if moment else None


def whole(exercises: Iterable[Exercise]) -> Iterator[str]:
    """Exercises as JSON: teams, the names at their desks, runs with commands and scores. No cookie, no word, no link."""
    for place, exercise in enumerate(exercises):
        head = {name: getattr(exercise, name) for name in _TOLD}
        facilitator = exercise.facilitator.get_username() if exercise.facilitator else None
        told = {**head, "scenario": exercise.scenario_told, "seed": None if exercise.kept_secret else exercise.seed, "facilitator": facilitator}
        yield ("[" if place == 0 else ",") + to_json(told)[:-1] + ', "teams": ['
        for number, team in enumerate(exercise.teams.prefetch_related("seats__holdings__player")):
            seats = [
                {"desk": seat.desk, "autopilot": seat.autopilot, "players": [player.name for player in seat.holders]} for seat in team.seats.all()
            ]
            yield ("," if number else "") + to_json({"name": team.name, "seats": seats})[:-1] + ', "run": '
            yield from _run(Run.objects.filter(team=team).first(), secret=exercise.kept_secret)
            yield "}"
        yield "]}"
    yield "]\n"


_TOLD = (
    "code", "title", "scenario", "drawn", "seed", "noise", "start_step", "state", "speeds", "loss_counter", "help", "planning_s", "move_s",
    "planned_for", "created", "started_at", "ended_at", "archived",
)  # fmt: skip


def _run(run: Run | None, *, secret: bool) -> Iterator[str]:
    """A run. Of a drawn scenario nothing of which one it is: no loss, and nothing that an autopilot or the scenario did."""
    if run is None:
        yield "null"
        return
    if secret:
        yield to_json({name: getattr(run, name) for name in ("state", "step")})
        return
    told = ("state", "reason", "step", "made_by", "note", "digest", "score", "curve")
    said = {"reason": tell_row(run.reason), "note": tell_row(run.note)}
    yield to_json({name: getattr(run, name) for name in told} | said)[:-1] + ', "commands": ['
    scenario = contents.here(run.team.exercise.scenario)
    fields = ("seq", "step", "desk", "kind", "args", "confidence", "why", "by", "state", "reason")
    packing.unpack(run)
    for number, command in enumerate(run.commands.order_by("seq", "pk").values(*fields).iterator(CHUNK)):
        yield ("," if number else "") + to_json(command | {"reason": tell_row(command["reason"], scenario)})
    yield "]}"


def to_json(value: Any) -> str:
    """JSON in one line, of everything that rows hold."""
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)


def streamed(text: Iterator[str], name: str, kind: str) -> StreamingHttpResponse:
    """A download of that name, sent as it is read: no thread waits for a slow line, and no row is read before it is wanted."""

    async def sent() -> AsyncIterator[str]:
        take = sync_to_async(lambda: "".join(piece for _, piece in zip(range(CHUNK), text, strict=False)))
        while chunk := await take():
            yield chunk

    response = StreamingHttpResponse(sent(), content_type=f"{kind}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def as_json(exercises: list[Exercise]) -> StreamingHttpResponse:
    """Exercises as a download."""
    name = exercises[0].code if len(exercises) == 1 else f"{len(exercises)}-exercises"
    return streamed(whole(exercises) if exercises else iter(["[]\n"]), f"opening-bell-{name}.json", "application/json")


def as_csv(text: Iterator[str], exercise: Exercise | None, what: str) -> StreamingHttpResponse:
    """A table of an exercise, or of several, as a download."""
    return streamed(text, f"opening-bell-{exercise.code if exercise else 'all'}-{what}.csv", "text/csv")
