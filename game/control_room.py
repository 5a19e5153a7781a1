"""What a facilitator does in the control room that is neither about time (drive.py) nor about a seat (seating.py): teams and notes."""

from collections.abc import Mapping

from game.control import dispatch, tell_state, tell_team
from game.models import Deed, Exercise, Note, RuleBroken, Team

STUCK_MAX_MIN = 60


def team_of(exercise: Exercise, typed: str) -> Team | None:
    """The team of a number in a form; None without one. Raises RuleBroken for one that is not of this exercise."""
    if not typed:
        return None
    team = exercise.teams.filter(pk=int(typed)).first() if typed.isdecimal() and len(typed) < 12 else None
    if team is None:
        raise RuleBroken("There is no such team in this exercise: load the page again.")
    return team


def act(exercise: Exercise, form: Mapping[str, str], by: str = "") -> None:
    """One of team-add (name), team-rename (team, name), note (text, team, at), unnote (note), stuck (minutes). Raises RuleBroken with
    the reason when it cannot be done.
    """
    acts = {"team-add": _add, "team-rename": _rename, "note": _note, "unnote": _unnote, "stuck": _stuck}
    verb = form.get("do", "")
    if verb not in acts:
        raise RuleBroken(f"There was nothing to do in that form: expected one of {', '.join(acts)}.")
    acts[verb](exercise, form, by)


def _add(exercise: Exercise, form: Mapping[str, str], by: str) -> None:
    team = exercise.come_late(form.get("name", ""))
    Deed.record(exercise, f"added the team {team}", team=team, by=by)
    tell_state(exercise)
    if exercise.state == "running":
        dispatch(team.run.pk)


def _rename(exercise: Exercise, form: Mapping[str, str], by: str) -> None:
    team = team_of(exercise, form.get("team", ""))
    if team is None:
        raise RuleBroken("Choose the team to rename.")
    before = team.name
    team.rename(form.get("name", ""))
    Deed.record(exercise, f"renamed {before} to {team}", team=team, by=by)
    tell_team(team.pk)
    tell_state(exercise)


def _note(exercise: Exercise, form: Mapping[str, str], by: str) -> None:
    Note.pin(exercise, form.get("text", ""), team=team_of(exercise, form.get("team", "")), at=form.get("at", ""), by=by)
    tell_state(exercise)


def _unnote(exercise: Exercise, form: Mapping[str, str], by: str) -> None:
    number = form.get("note", "")
    if not exercise.notes.filter(pk=int(number) if number.isdecimal() and len(number) < 12 else 0).delete()[0]:
        raise RuleBroken("That note is gone already.")
    tell_state(exercise)


def _stuck(exercise: Exercise, form: Mapping[str, str], by: str) -> None:
    minutes = form.get("minutes", "")
    if not minutes.isdecimal() or len(minutes) > 2 or int(minutes) > STUCK_MAX_MIN:
        raise RuleBroken(f"A team is stuck after so many minutes: expected a whole number from 0 (never) to {STUCK_MAX_MIN}, not {minutes[:20]!r}.")
    Exercise.objects.filter(pk=exercise.pk).update(stuck_s=int(minutes) * 60)
    tell_state(exercise)
