"""The deck as the facilitator's page shows it: what is on the line and what became of it, messages and their answers."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import engine
from game.models import Command, Deed, Event, Exercise, RuleBroken, Run, Team, contents, injects
from game.models.injects import Inject, Message

# What a condition waits for, as its number is said, and the unit it is typed in.
WHEN = {
    "gross_usd": ("gross exposure above {}", "$"),
    "loss_usd": ("loss above {}", "$"),
    "runaway_parents": ("more than {} parents running away", ""),
    "stopped_servers": ("more than {} servers down", ""),
    "mails_opened": ("more than {} mails opened", ""),
    "symptoms_noticed": ("the first symptom is noticed", None),
    "right_diagnoses": ("the right diagnosis is declared", None),
}
PERSONAS = ("Chief executive", "The exchange", "A large client", "The regulator")


def injects_state(exercise: Exercise) -> dict[str, Any]:
    """{teams, line, script, messages}, see _line, engine.scenario_script and _message."""
    runs = list(exercise.runs().defer("curve", "score"))
    given, had = _given(exercise), injects.delivered(exercise)
    scenario = contents.scenario_of_all(exercise)
    calendar = scenario.calendar
    titles = {text["id"]: text for text in engine.ready_injects(scenario)}
    answers = _answers(calendar, exercise)
    step = exercise.step
    script = engine.scenario_script(scenario, exercise.start_step)
    return {
        "teams": [{"id": team.pk, "name": team.name} for team in exercise.teams.all()],
        "line": [
            _line(calendar, row, runs, given, had, titles[row.card])
            for row in exercise.injects.select_related("team")
            if row.card in titles
        ],
        "script": [{**row, "past": row["step"] <= step} for row in script],
        "messages": [_message(calendar, row, runs, given, answers) for row in exercise.messages.select_related("team")],
    }


def ready(exercise: Exercise) -> dict[str, Any]:
    """What does not change while the exercise lasts: {cards, when, personas, servers}."""
    scenario = contents.scenario_of_all(exercise)
    when = [{"id": name, "says": WHEN[name][0], "unit": WHEN[name][1]} for name in engine.CONDITIONS]
    return {"cards": engine.ready_injects(scenario), "when": when, "personas": PERSONAS, "servers": scenario.fleet.servers}


def preview(exercise: Exercise, fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Who would see what of an inject that is being made, see engine.inject_preview. Raises RuleBroken with what is wrong."""
    args = Inject(at=None, when=None, **inject_fields(fields, when=False)).args()
    scenario = contents.scenario_of_all(exercise)
    reason = engine.fault_of(scenario, "inject.play", args)
    if reason:
        raise RuleBroken(f"{reason[0].upper()}{reason[1:]}.")
    return engine.inject_preview(scenario, args)


class GivenState(NamedTuple):
    """What stands of a facilitator's command in one run."""

    state: str
    step: int | None
    reason: str


def _given(exercise: Exercise) -> dict[tuple[str, int, int], GivenState]:
    """(kind, number, run) -> the facilitator's command. Looked at every other second: rows are not made into models."""
    rows = Command.objects.filter(run__team__exercise=exercise, desk="facilitator", kind__in=("inject.play", "persona.say")).order_by()
    found = rows.values_list("kind", "args", "run_id", "state", "step", "reason")
    return {(kind, args["id"], run): GivenState(state, step, reason) for kind, args, run, state, step, reason in found}


def _line(
    calendar: engine.Calendar,
    row: Inject,
    runs: list[Run],
    given: Mapping[tuple[str, int, int], GivenState],
    had: Mapping[int, Mapping[int, int]],
    text: Any,
) -> dict[str, Any]:
    """An inject on the line: {id, title, kind, talk_only, target, desks, at, step, when, by, state, teams, open}. `open`: it can be taken back."""
    teams = []
    for run in runs:
        command, step = given.get(("inject.play", row.known_by, run.pk)), had.get(row.known_by, {}).get(run.pk)
        if command is None:
            continue
        state = _in_a_run(row, run, command, step)
        at = None if step is None else calendar.clock(step)
        teams.append({"team": run.team.name, "state": state, "at": at, "reason": command.reason if state == "refused" else ""})
    states = {str(team["state"]) for team in teams}
    return {
        "id": row.pk,
        "title": text["title"],
        "kind": text["kind"],
        "talk_only": text["talk_only"],
        "target": row.team.name if row.team else None,
        "desks": row.desks,
        "server": row.server,
        "minutes": row.minutes,
        "at": None if row.at is None else _time(calendar, row.at),
        "step": row.at,
        "when": row.when and says_when(row.when),
        "by": row.by,
        "state": _together(states, taken_back=row.taken_back is not None),
        "teams": teams,
        "open": row.taken_back is None and (not teams or any(team["state"] == "waiting" for team in teams)),
    }


def _in_a_run(row: Inject, run: Run, command: GivenState, step: int | None) -> str:
    if step is not None:
        return "delivered"
    if row.taken_back:
        return "taken back"
    if command.state == "refused":
        return "refused"
    return "not reached" if run.state == "ended" else "waiting"


def _together(states: set[str], *, taken_back: bool) -> str:
    """The state of an inject over all its runs."""
    if taken_back and "delivered" not in states:
        return "taken back"
    if len(states) == 1:
        return next(iter(states))
    return "partly" if states else "waiting"


def _time(calendar: engine.Calendar, step: int) -> str:
    return f"{calendar.date(step)[4:]} {calendar.clock(step)}" if step < 0 else calendar.clock(step)


def says_when(when: Mapping[str, Any]) -> str:
    """A condition in words."""
    words, unit = WHEN[when["what"]]
    return words.format(f"{unit or ''}{when['above']:,}")


def _answers(calendar: engine.Calendar, exercise: Exercise) -> dict[int, list[dict[str, Any]]]:
    """What desks said to messages, by the message: rows {team, desk, at, text}, oldest first."""
    found: dict[int, list[dict[str, Any]]] = {}
    rows = Event.objects.filter(kind="persona.replied", run__team__exercise=exercise).order_by("pk")
    for team, step, data in rows.values_list("run__team__name", "step", "data"):
        found.setdefault(data["message"], []).append({"team": team, "desk": data["desk"], "at": calendar.clock(step), "text": data["text"]})
    return found


def _message(
    calendar: engine.Calendar,
    row: Message,
    runs: list[Run],
    given: Mapping[tuple[str, int, int], GivenState],
    answers: Mapping[int, list[Any]],
) -> dict[str, Any]:
    """A message: {id, from, desks, text, target, by, at, waiting, replies}. `waiting`: the teams that have not had it yet."""
    commands = [(run, given[key]) for run in runs if (key := ("persona.say", row.pk, run.pk)) in given]
    steps = [command.step for _, command in commands if command.step is not None]
    return {
        "id": row.pk,
        "from": row.sender,
        "desks": row.desks,
        "text": row.text,
        "target": row.team.name if row.team else None,
        "by": row.by,
        "at": calendar.clock(max(steps)) if steps else None,
        "waiting": [run.team.name for run, command in commands if command.state == "pending"],
        "replies": answers.get(row.pk, []),
    }


# -- what was typed


def inject_fields(fields: Mapping[str, Any], *, when: bool = True) -> dict[str, Any]:
    """Fields of an inject from a form: card, desks (a list or text with commas), server, minutes, text, what and above. Raises RuleBroken."""
    found = {
        "card": str(fields.get("card", "")),
        "desks": _desks(fields),
        "server": _number(fields, "server"),
        "minutes": _number(fields, "minutes"),
        "text": str(fields.get("text", "")).strip(),
    }
    if when:
        what = str(fields.get("what", ""))
        found["when"] = {"what": what, "above": _number(fields, "above")} if what else None
    return found


def _desks(fields: Mapping[str, Any]) -> list[str]:
    return [desk for desk in str(fields.get("desks", "")).split(",") if desk]


def _number(fields: Mapping[str, Any], name: str) -> int:
    typed = str(fields.get(name, "") or "0").replace(",", "").replace("$", "").strip()
    if not typed.isdecimal() or len(typed) > 15:
        raise RuleBroken(f"{name.capitalize()} = {typed[:20]!r}: expected a whole number.")
    return int(typed)


def do(exercise: Exercise, fields: Mapping[str, Any], by: str) -> None:
    """What the page asks for, with a record that it was done: play (team, card, desks, server, minutes, text; `at` a market time, "" for
    now; `what` and `above` for a condition), take_back (id), say (team, sender, desks, text). Raises RuleBroken with what was wrong.
    """
    verbs: dict[str, Callable[[], Inject | Message]] = {
        "play": lambda: injects.add(exercise, _team(exercise, fields), _at(exercise.calendar, fields), by, **inject_fields(fields)),
        "take_back": lambda: _take_back(exercise, fields, by),
        "say": lambda: injects.say_as(
            exercise,
            _team(exercise, fields),
            by,
            sender=str(fields.get("sender", "")).strip(),
            desks=_desks(fields),
            text=str(fields.get("text", "")).strip(),
        ),
    }
    verb = str(fields.get("do", ""))
    if verb not in verbs:
        raise RuleBroken(f"There was nothing to do in that form: expected one of {', '.join(verbs)}.")
    done = verbs[verb]()
    Deed.record(exercise, _deed(exercise, done), team=done.team, by=by)


def _deed(exercise: Exercise, done: Inject | Message) -> str:
    """What was done, after the name of who did it."""
    if isinstance(done, Message):
        return f"spoke as {done.sender}: {done.text}"
    title = contents.scenario_of_all(exercise).evidence.inject(done.card).title
    if done.taken_back:
        return f"took back: {title}"
    if done.when:
        return f"played: {title}, once {says_when(done.when)}"
    return f"played: {title}, at {_time(exercise.calendar, done.at)}" if done.at is not None else f"played: {title}"


def _take_back(exercise: Exercise, fields: Mapping[str, Any], by: str) -> Inject:
    found = _inject(exercise, fields)
    found.take_back(by)
    found.refresh_from_db()
    return found


def _inject(exercise: Exercise, fields: Mapping[str, Any]) -> Inject:
    found = exercise.injects.filter(pk=_number(fields, "id")).first()
    if found is None:
        raise RuleBroken("There is no such inject in this exercise.")
    return found


def _team(exercise: Exercise, fields: Mapping[str, Any]) -> Team | None:
    """The team that was chosen; None: all of them."""
    if not fields.get("team"):
        return None
    found = exercise.teams.filter(pk=_number(fields, "team")).first()
    if found is None:
        raise RuleBroken("There is no such team in this exercise.")
    return found


def _at(calendar: engine.Calendar, fields: Mapping[str, Any]) -> int | None:
    typed = str(fields.get("at", "")).strip()
    if not typed:
        return None
    try:
        return calendar.step_at(typed[:20])
    except ValueError as problem:
        raise RuleBroken(f"{problem}.") from problem
