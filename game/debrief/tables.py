"""The debrief as tables, for spreadsheets and for programs: decisions, events, the loss curve, the objectives, the
actions and the survey, of one team or of all, as CSV and JSON.

Each is one generator of rows; they are read and sent a few at a time, because the log of a long morning is long.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse
from django.utils.translation import gettext_lazy

import engine
from game.debrief import compare, counterfactuals, exports, finished
from game.debrief.exports import CHUNK, to_json
from game.live import losses
from game.live.words import reader_of
from game.models import Exercise, Lesson, Run, actions, incident_log, lessons, observing
from game.spoken import tell_row

Row = dict[str, Any]


def decisions(run: Run) -> Iterator[Row]:
    """What every decision was worth, as far as it is known: what is missing is being reckoned."""
    for one in counterfactuals.known_so_far(run)["decisions"] if run.state == "ended" else ():
        earlier, later = (one[word] and one[word]["usd"] for word in ("earlier", "later"))
        yield {
            "at": one["at"], "desk": one["desk"], "decision": one["words"], "how sure": one["confidence"], "worth $": one["worth_usd"],
            "5 min earlier $": earlier, "5 min later $": later, "share $": one["share_usd"], "standard error $": one.get("error_usd"),
        }  # fmt: skip


def events(run: Run) -> Iterator[Row]:
    """Everything that happened, in order. `audience`: the desks that were told; none: everybody."""
    told, reader = run.calendar.told, reader_of(run)
    for number, step, kind, audience, data in run.happened.values_list("number", "step", "kind", "audience", "data").iterator(CHUNK):
        yield {"number": number, "at": told(step, 0), "step": step, "kind": kind, "audience": audience, "data": reader.told(data)}


def curve(run: Run) -> Iterator[Row]:
    """The loss by the market minute, with history's at the same moment."""
    ghost, told = run.team.exercise.ghost, run.calendar.told
    for step, loss in run.curve:
        yield {"at": told(step, 0), "step": step, "loss $": loss, "history's loss $": losses.at(ghost.curve, step) if ghost else None}


def survey(run: Run) -> Iterator[Row]:
    """What its people take away: a line each, by desk; who it was only where names are turned on."""
    exercise, labels = run.team.exercise, lessons.controls_of(run.team.exercise)
    for one in Lesson.objects.filter(team=run.team_id).select_related("player").order_by("desk", "given"):
        yield {
            "desk": one.desk, "who": one.player.name if exercise.names == Exercise.Names.PEOPLE else "", "surprised": one.surprised,
            "would do differently": one.differently, "controls that would have helped": [labels[name] for name in one.controls if name in labels],
            "sure of the own team (1-5)": one.ready, "of use at work (1-5)": one.useful,
        }  # fmt: skip


def objectives(run: Run) -> Iterator[Row]:
    """The scenario's learning objectives as the run showed them: `met` of the occasions `of`, and the same of each desk."""
    found = finished.told_of_run(run).get("objectives") or ()
    observed = observing.by_objective(run.team_id, [one["id"] for one in found])
    for one in found:
        own = {desk: " / ".join(map(str, one["desks"][desk])) if desk in one["desks"] else "" for desk in engine.DESKS}
        told = {"objective": reader_of(run).own(one["title"]), "outcome": one["outcome"], "met": one["met"], "of": one["occasions"], **own}
        yield {**told, "observers": observing.in_words(observed[one["id"]])}


def action_list(run: Run) -> Iterator[Row]:
    """What the team takes on: one change, one owner, one date, and what became of it thirty days later."""
    for one in actions.of_team(run.team):
        yield {"change": one["change"], "owner": one["owner"], "date": one["due"], "state": one["state"], "what became of it": one["said"]}


def log(run: Run) -> Iterator[Row]:
    """What the team's incident commander and scribe wrote down. `corrects`: the time of the entry that it puts right."""
    named = run.team.exercise.names == Exercise.Names.PEOPLE
    for one in incident_log.of_team(run.team_id, run.calendar):
        by = one["by"] if named else ""
        yield {"at": one["at"], "step": one["step"], "role": one["role"], "who": by, **{name: one[name] for name in _ENTRY}}


_ENTRY = ("kind", "text", "cause", "impact", "corrects")
HEADS: dict[str, tuple[str, ...]] = {
    "decisions": ("at", "desk", "decision", "how sure", "worth $", "5 min earlier $", "5 min later $", "share $", "standard error $"),
    "events": ("number", "at", "step", "kind", "audience", "data"),
    "curve": ("at", "step", "loss $", "history's loss $"),
    "objectives": ("objective", "outcome", "met", "of", *engine.DESKS, "observers"),
    "log": ("at", "step", "role", "who", *_ENTRY),
    "actions": ("change", "owner", "date", "state", "what became of it"),
    "survey": (
        "desk",
        "who",
        "surprised",
        "would do differently",
        "controls that would have helped",
        "sure of the own team (1-5)",
        "of use at work (1-5)",
    ),
}
ROWS: dict[str, Callable[[Run], Iterator[Row]]] = {
    "decisions": decisions,
    "events": events,
    "curve": curve,
    "objectives": objectives,
    "log": log,
    "actions": action_list,
    "survey": survey,
}
NAMES = {
    "attendance": gettext_lazy("attendance"),
    "questions": gettext_lazy("questions"),
    "results": gettext_lazy("results"),
    "decisions": gettext_lazy("decisions"),
    "events": gettext_lazy("events"),
    "curve": gettext_lazy("curve"),
    "objectives": gettext_lazy("objectives"),
    "log": gettext_lazy("incident log"),
    "actions": gettext_lazy("actions"),
    "survey": gettext_lazy("survey"),
}
WHOLE: dict[str, exports.Table] = {
    "attendance": exports.attendance,
    "questions": exports.questionnaires,
    "results": lambda exercise: exports.outcome([exercise]),
}


def named(which: Iterable[str]) -> list[tuple[str, str]]:
    """Tables by their keys, and what a page calls them."""
    return [(what, str(NAMES[what])) for what in which]


def played(exercise: Exercise) -> list[Run]:
    """The runs that its tables are made of: none before it has ended."""
    return compare.shown(exercise) if exercise.state == "ended" else []


def csv_of(exercise: Exercise, what: str, runs: Sequence[Run]) -> StreamingHttpResponse:
    """One table of these runs as CSV."""

    def rows() -> Iterator[list[Any]]:
        for run in runs:
            for row in ROWS[what](run):
                yield [exercise.title, exercise.code, run.team.name, *(_plain(value) for value in row.values())]

    text = exports.lines(("exercise", "code", "team", *HEADS[what]), rows())
    return exports.as_csv(text, exercise, file_of(what, exercise, runs))


def json_of(exercise: Exercise, runs: Sequence[Run]) -> StreamingHttpResponse:
    """Every table of these runs as JSON, with what their market was made of."""

    def text() -> Iterator[str]:
        head = {name: getattr(exercise, name) for name in ("title", "code", "scenario", "seed", "noise")}
        head["seed"] = None if exercise.seed_hidden else exercise.seed
        yield to_json(head)[:-1] + ', "teams": ['
        for place, run in enumerate(runs):
            told = {"team": run.team.name, "made_by": run.made_by, "digest": run.digest, "note": tell_row(run.note), "score": run.score}
            yield ("," if place else "") + to_json(told)[:-1]
            for what, rows in ROWS.items():
                yield f', "{what}": ['
                for number, row in enumerate(rows(run)):
                    yield ("," if number else "") + to_json(row)
                yield "]"
            yield "}"
        yield "]}\n"

    return exports.streamed(text(), f"opening-bell-{exercise.code}-{file_of('debrief', exercise, runs)}.json", "application/json")


def file_of(what: str, exercise: Exercise, runs: Sequence[Run]) -> str:
    """What a download of these runs is called."""
    one = len(runs) == 1 and exercise.names != Exercise.Names.LETTERS
    return f"{what}-{runs[0].team.place}" if one else what


def _plain(value: Any) -> Any:
    """A cell's value: what has parts as JSON."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
