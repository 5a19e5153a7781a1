"""The deck as the facilitator's page shows it: what is on the line and what became of it, messages and their answers."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext, gettext_noop

import engine
from game.live.words import reader_of
from game.models import Command, Deed, Event, Exercise, RuleBroken, Run, Team, contents, injects
from game.models.injects import Inject, Message
from game.spoken import tell, told

SAID_LENGTH = 200  # of what was said in somebody's name, in the event feed
# What a condition waits for, as its number is said, and the unit it is typed in.
WHEN = {
    "gross_usd": (gettext_noop("gross exposure above {above}"), "$"),
    "loss_usd": (gettext_noop("loss above {above}"), "$"),
    "runaway_parents": (gettext_noop("more than {above} runaway parent orders"), ""),
    "stopped_servers": (gettext_noop("more than {above} servers down"), ""),
    "mails_opened": (gettext_noop("more than {above} mails opened"), ""),
    "symptoms_noticed": (gettext_noop("the first symptom is noticed"), None),
    "right_diagnoses": (gettext_noop("the right diagnosis is declared"), None),
}
PERSONAS = (gettext_noop("Chief executive"), gettext_noop("The exchange"), gettext_noop("A large client"), gettext_noop("The regulator"))


def injects_state(exercise: Exercise) -> dict[str, Any]:
    """{teams, line, script, messages}, see _line, engine.scenario_script and _message."""
    runs = list(exercise.runs().defer("curve", "score"))
    given, had = _given(exercise), injects.delivered(exercise)
    scenario = contents.scenario_of_all(exercise)
    calendar = scenario.calendar
    titles = {text["id"]: text for text in told(scenario, engine.ready_injects(scenario))}
    answers = _answers(calendar, exercise)
    step = exercise.step
    script = engine.scenario_script(scenario, exercise.start_step)
    return {
        "teams": [{"id": team.pk, "name": team.name} for team in exercise.teams.all()],
        "line": [_line(calendar, row, runs, given, had, titles[row.card]) for row in exercise.injects.select_related("team") if row.card in titles],
        "script": [{**row, "text": tell(scenario, row["text"]), "past": row["step"] <= step} for row in script],
        "messages": [_message(calendar, row, runs, given, answers) for row in exercise.messages.select_related("team")],
    }


def ready(exercise: Exercise) -> dict[str, Any]:
    """What does not change while the exercise lasts: {cards, when, personas, servers}."""
    scenario = contents.scenario_of_all(exercise)
    when = [{"id": name, "says": gettext(WHEN[name][0]), "unit": WHEN[name][1]} for name in engine.CONDITIONS]
    cards = told(scenario, engine.ready_injects(scenario))
    return {"cards": cards, "when": when, "personas": list(map(gettext, PERSONAS)), "servers": scenario.fleet.servers}


def preview(exercise: Exercise, fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Who would see what of an inject that is being made, see engine.inject_preview. Raises RuleBroken with what is wrong."""
    args = Inject(at=None, when=None, **inject_fields(fields, when=False)).args()
    scenario = contents.scenario_of_all(exercise)
    reason = tell(scenario, engine.fault_of(scenario, "inject.play", args))
    if reason:
        raise RuleBroken(f"{reason[0].upper()}{reason[1:]}.")
    return told(scenario, engine.inject_preview(scenario, args))


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
        teams.append({"team": run.team.name, "state": state, "at": at, "reason": reader_of(run).row(command.reason) if state == "refused" else ""})
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
        "when": row.when and tell(None, says_when(row.when)),
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
    return f"{tell(None, calendar.dated(step, weekday=False))} {calendar.clock(step)}" if step < 0 else calendar.clock(step)


def says_when(when: Mapping[str, Any]) -> engine.Phrase:
    """A condition in words."""
    words, unit = WHEN[when["what"]]
    return engine.phrase(words, above=f"{unit or ''}{when['above']:,}")


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
        raise RuleBroken(
            gettext("%(capitalize)s = %(typed)s: expected a whole number.") % {"capitalize": name.capitalize(), "typed": f"{typed[:20]!r}"}
        )
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
        raise RuleBroken(gettext("Unknown action: expected one of %(verbs)s.") % {"verbs": ", ".join(verbs)})
    done = verbs[verb]()
    Deed.record(exercise, _deed(exercise, done), team=done.team, by=by)


def _deed(exercise: Exercise, done: Inject | Message) -> engine.Phrase:
    """What was done, after the name of who did it."""
    if isinstance(done, Message):
        return engine.phrase(gettext_noop("spoke as {sender}: {said}"), sender=done.sender, said=done.text[:SAID_LENGTH])
    title = contents.scenario_of_all(exercise).evidence.inject(done.card).said("title")
    if done.taken_back:
        return engine.phrase(gettext_noop("took back: {title}"), title=title)
    if done.when:
        return engine.phrase(gettext_noop("played: {title}, once {when}"), title=title, when=says_when(done.when))
    if done.at is not None:
        time = exercise.calendar.when(done.at, 0)
        return engine.phrase(gettext_noop("played: {title}, at {time}"), title=title, time=time)
    return engine.phrase(gettext_noop("played: {title}"), title=title)


def _take_back(exercise: Exercise, fields: Mapping[str, Any], by: str) -> Inject:
    found = _inject(exercise, fields)
    found.take_back(by)
    found.refresh_from_db()
    return found


def _inject(exercise: Exercise, fields: Mapping[str, Any]) -> Inject:
    found = exercise.injects.filter(pk=_number(fields, "id")).first()
    if found is None:
        raise RuleBroken(gettext("There is no such inject in this exercise."))
    return found


def _team(exercise: Exercise, fields: Mapping[str, Any]) -> Team | None:
    """The team that was chosen; None: all of them."""
    if not fields.get("team"):
        return None
    found = exercise.teams.filter(pk=_number(fields, "team")).first()
    if found is None:
        raise RuleBroken(gettext("There is no such team in this exercise."))
    return found


def _at(calendar: engine.Calendar, fields: Mapping[str, Any]) -> int | None:
    typed = str(fields.get("at", "")).strip()
    if not typed:
        return None
    try:
        return calendar.step_at(typed[:20])
    except engine.NotATime as problem:
        raise RuleBroken(f"{tell(None, problem.reason)}.") from problem
