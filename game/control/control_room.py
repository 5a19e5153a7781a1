"""What a facilitator does in the control room that is neither about time (exercise_controls.py) nor about a seat (seating.py): teams, people, the
door and notes.
"""

from collections.abc import Mapping

from django.utils.translation import gettext, gettext_noop

import engine
from game.live.control import dispatch, tell_state, tell_team
from game.models import Deed, Exercise, Note, Player, RuleBroken, Team
from game.people.presence import teams_of
from game.rules import JOINS_MOST

STUCK_MAX_MIN = 60
RENAMED = gettext_noop("renamed {before} to {now}")
DOOR = {"open": gettext_noop("opened the door"), "closed": gettext_noop("closed the door")}


def team_of(exercise: Exercise, typed: str) -> Team | None:
    """The team of a number in a form; None without one. Raises RuleBroken for one that is not of this exercise."""
    if not typed:
        return None
    team = exercise.teams.filter(pk=int(typed)).first() if typed.isdecimal() and len(typed) < 12 else None
    if team is None:
        raise RuleBroken(gettext("There is no such team in this exercise: reload the page."))
    return team


def change_room(exercise: Exercise, form: Mapping[str, str], by: str = "") -> None:
    """One of team-add (name), team-rename (team, name), person-rename (who, name), person-remove (who), door (to: open, closed), joins
    (most: people of one address in a minute), note (text, team, at), unnote (note), stuck (minutes). Raises RuleBroken with the reason
    when it cannot be done.
    """
    acts = {
        "team-add": _add, "team-rename": _rename, "person-rename": _rename_person, "person-remove": _remove_person, "door": _door, "joins": _joins,
        "note": _note, "unnote": _unnote, "stuck": _stuck,
    }  # fmt: skip
    verb = form.get("do", "")
    if verb not in acts:
        raise RuleBroken(gettext("Unknown action: expected one of %(acts)s.") % {"acts": ", ".join(acts)})
    acts[verb](exercise, form, by)


def _add(exercise: Exercise, form: Mapping[str, str], by: str) -> None:
    team = exercise.come_late(form.get("name", ""))
    Deed.record(exercise, engine.phrase(gettext_noop("added the team {team}"), team=team.name), team=team, by=by)
    tell_state(exercise)
    if exercise.state == "running":
        dispatch(team.run.pk)


def _rename(exercise: Exercise, form: Mapping[str, str], by: str) -> None:
    team = team_of(exercise, form.get("team", ""))
    if team is None:
        raise RuleBroken(gettext("Choose the team to rename."))
    before = team.name
    team.rename(form.get("name", ""))
    Deed.record(exercise, engine.phrase(RENAMED, before=before, now=team.name), team=team, by=by)
    tell_team(team.pk)
    tell_state(exercise)


def _person(exercise: Exercise, form: Mapping[str, str]) -> Player:
    number = form.get("who", "")
    player = exercise.players.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 12 else None
    if player is None:
        raise RuleBroken(gettext("There is no such person in this exercise: reload the page."))
    return player


def _told(exercise: Exercise, teams: set[int]) -> None:
    for team in teams:
        tell_team(team)
    tell_state(exercise)


def _rename_person(exercise: Exercise, form: Mapping[str, str], by: str) -> None:
    player = _person(exercise, form)
    before = player.name
    player.rename(form.get("name", ""))
    Deed.record(exercise, engine.phrase(RENAMED, before=before, now=player.name), by=by)
    _told(exercise, teams_of([player.pk]))


def _remove_person(exercise: Exercise, form: Mapping[str, str], by: str) -> None:
    player = _person(exercise, form)
    teams = teams_of([player.pk])
    player.let_go()
    Deed.record(exercise, engine.phrase(gettext_noop("removed {name}"), name=player.name), by=by)
    _told(exercise, teams)


def _door(exercise: Exercise, form: Mapping[str, str], by: str) -> None:
    to = form.get("to", "")
    if to not in DOOR:
        raise RuleBroken(gettext("The door can be open or closed, not %(to)s.") % {"to": f"{to[:20]!r}"})
    if Exercise.objects.filter(pk=exercise.pk).exclude(closed=to == "closed").update(closed=to == "closed"):
        Deed.record(exercise, engine.phrase(DOOR[to]), by=by)
    tell_state(exercise)


def _joins(exercise: Exercise, form: Mapping[str, str], by: str) -> None:
    most = form.get("most", "")
    if not most.isdecimal() or len(most) > 4 or not 1 <= int(most) <= JOINS_MOST:
        raise RuleBroken(
            gettext("People who may join per minute from one address: expected a whole number from 1 to %(joins_most)s, not %(most)s.")
            % {"joins_most": JOINS_MOST, "most": f"{most[:20]!r}"}
        )
    Exercise.objects.filter(pk=exercise.pk).update(joins_a_minute=int(most))
    tell_state(exercise)


def _note(exercise: Exercise, form: Mapping[str, str], by: str) -> None:
    Note.pin(exercise, form.get("text", ""), team=team_of(exercise, form.get("team", "")), at=form.get("at", ""), by=by)
    tell_state(exercise)


def _unnote(exercise: Exercise, form: Mapping[str, str], by: str) -> None:
    number = form.get("note", "")
    if not exercise.notes.filter(pk=int(number) if number.isdecimal() and len(number) < 12 else 0).delete()[0]:
        raise RuleBroken(gettext("That note has already been deleted."))
    tell_state(exercise)


def _stuck(exercise: Exercise, form: Mapping[str, str], by: str) -> None:
    minutes = form.get("minutes", "")
    if not minutes.isdecimal() or len(minutes) > 2 or int(minutes) > STUCK_MAX_MIN:
        raise RuleBroken(
            gettext("Minutes until a team counts as stuck: expected a whole number from 0 (never) to %(stuck_max_min)s, not %(minutes)s.")
            % {"stuck_max_min": STUCK_MAX_MIN, "minutes": f"{minutes[:20]!r}"}
        )
    Exercise.objects.filter(pk=exercise.pk).update(stuck_s=int(minutes) * 60)
    tell_state(exercise)
