"""The end on the wall, a step at a time: the field, third, second, first; what each team's best decision was worth; the last picture.

The facilitator goes on and back from the control room. What a step does not show does not leave the server.
"""

from typing import Any

from django.utils.translation import gettext

from game.control.standings import abreast, rank
from game.debrief import counterfactuals, results
from game.models import Exercise, RuleBroken, Run

OFF: dict[str, Any] = {"on": False}
AFTER = frozenset({"worth", "photo"})  # steps that say what decisions were worth
PLACES = {"third": 3, "second": 2, "first": 1}


def standings(exercise: Exercise) -> list[dict[str, Any]]:
    """Every team as it came out, best first; one whose market failed, or is not scored yet, has no loss and no rank. Those that ended
    abreast are held against history at the moment of the furthest.
    """
    ghost, rows = exercise.ghost, []
    for run in exercise.runs():
        score = run.score
        found = results.of(run, ghost) if score else {"loss_usd": None, "avoided_usd": None, "ghost_usd": None}
        rows.append({"name": run.team.name, "run": run, "step": run.step, "fate": (score or {}).get("fate"), **found})
    scored = [row for row in rows if row["ghost_usd"] is not None]
    if scored and abreast(row["step"] for row in scored):
        most = max(row["ghost_usd"] for row in scored)
        for row in scored:
            row |= {"ghost_usd": most, "avoided_usd": most - row["loss_usd"]}
    return rank(rows)


def steps(teams: list[dict[str, Any]]) -> list[str]:
    """The steps there are to show, by how many teams came where."""
    ranks = {team["rank"] for team in teams}
    field = ["field"] if ranks - set(PLACES.values()) else []
    return [*field, *(step for step, place in PLACES.items() if place in ranks), *(["worth"] if ranks - {None} else []), "photo"]


def counted(exercise: Exercise) -> bool:
    """Whether every team's result is there."""
    return exercise.state == "ended" and not exercise.runs().exclude(state__in=Run.DONE).exists()


def card(exercise: Exercise) -> dict[str, Any]:
    """The wall's card. It is off while the market goes on, while the leaderboard is frozen and nothing was revealed, and for one who
    plays alone, whose wall has nobody to go on with it.
    """
    if exercise.state != "ended" or exercise.owner_id is not None or (exercise.frozen and not exercise.revealed):
        return OFF
    teams = standings(exercise)
    names = steps(teams)
    at = min(exercise.revealed, len(names))
    step = names[at - 1] if at else "curtain"
    known = counted(exercise)
    # Behind the curtain already: the steps before take the time that this takes.
    told = {team["name"]: _best(team["run"], rest=step in AFTER) for team in teams if team["rank"]} if known else {}
    shown = [team for team in teams if _is_shown(team["rank"], set(names[:at]))]
    return {
        "on": True,
        "counted": known,
        "step": step,
        "of": len(teams),
        "teams": [_told(team, told.get(team["name"]) if step in AFTER else None) for team in shown],
        "history_usd": max((team["ghost_usd"] for team in shown if team["ghost_usd"] is not None), default=None),
    }


def _is_shown(place: int | None, done: set[str]) -> bool:
    return bool(done & AFTER) or {3: "third", 2: "second", 1: "first"}.get(place or 0, "field") in done


def _told(team: dict[str, Any], best: dict[str, Any] | None) -> dict[str, Any]:
    return {key: team[key] for key in ("name", "rank", "loss_usd", "avoided_usd", "fate")} | {"best": best}


def _best(run: Run, *, rest: bool) -> dict[str, Any]:
    """What its best decision was worth: {usd, words, at, until, done, of, lost}. usd is None while `done` of `of` courses are known, or where
    they are `lost`; else 0 where none had saved anything by `until`. What is missing is sent for; `rest`: when it is known, all else too.
    """
    found = counterfactuals.best_so_far(run)
    best, known = found.pop("best"), found["done"] == found["of"]
    if rest and known:
        counterfactuals.known_so_far(run)
    return {"usd": 0 if known else None, "words": "", "at": ""} | (best or {}) | found


def told(exercise: Exercise) -> dict[str, Any] | None:
    """How far it is, for the control room: `at` of `names`, which are known when every result is `counted`; None where there is nothing
    to reveal.
    """
    if exercise.state != "ended" or exercise.owner_id is not None:
        return None
    if not counted(exercise):
        return {"at": 0, "names": [], "counted": False}
    names = steps(standings(exercise))
    return {"at": min(exercise.revealed, len(names)), "names": names, "counted": True}


def show(exercise: Exercise, typed: Any) -> None:
    """Show so many steps: one more than now, or one less. Said twice it is done once. With the first place, or where nobody has one with the
    last picture, a frozen leaderboard is free, and everybody sees their result. Raises RuleBroken.
    """
    if exercise.state != "ended":
        raise RuleBroken(gettext("The reveal begins when the exercise has ended."))
    if not counted(exercise):
        raise RuleBroken(gettext("The results are still being computed."))
    names = steps(standings(exercise))
    try:
        to = int(typed)
    except (TypeError, ValueError):
        to = -1
    if not 0 <= to <= len(names):
        raise RuleBroken(gettext("The reveal has %(steps)s steps.") % {"steps": len(names)})
    last = "first" if "first" in names else "photo"
    free = {"frozen": None, "held_back": False} if last in names[:to] else {}
    near = Exercise.objects.filter(pk=exercise.pk, state="ended", revealed__range=(max(0, to - 1), to + 1))
    if not near.update(revealed=to, **free):
        raise RuleBroken(gettext("The reveal is at another step by now."))
