"""What tests build, and how they wait."""

import json
import os
import re
import time
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

import pytest

T = TypeVar("T")


def eventually(look: Callable[[], T], within: float = 10.0, what: str = "") -> T:
    """The first true answer of `look`; the test fails when none comes in time. It is asked every 20 ms at first, and the longer it has been
    waited for, the more seldom: each time costs this process, and whoever answers it, what those that work towards the answer could have.
    """
    began = time.monotonic()
    while True:
        found = look()
        if found:
            return found
        waited = time.monotonic() - began
        if waited > within:
            pytest.fail(f"not within {within:g} s: {what or look}")
        time.sleep(min(0.02 + waited / 20, 0.25))


def missing(what: str, install: str) -> NoReturn:
    """Skip a test that needs something this machine lacks; on CI that is a failure, so that nothing is skipped unseen."""
    reason = f"{what} is missing: {install}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def new_facilitator(name: str = "erin", *, staff: bool = False, **values: Any) -> Any:
    """Somebody who may run exercises of their own, with the password "horse battery 9"."""
    from django.contrib.auth.models import User

    from game.people.accounts import may_run_exercises

    user = User.objects.create_user(name, password="horse battery 9", is_staff=staff, **values)
    may_run_exercises(user)
    return user


def made_by_here(scenario: str = "knight-2012") -> str:
    """What courses and history's runs of the rules and the data that are here are known by."""
    import engine
    from game.models.contents import made_by

    return made_by(engine.RULES, engine.load_scenario(scenario).sha256)


def pinned(scenario: str = "knight-2012") -> dict[str, Any]:
    """What a run has that was begun here."""
    import engine
    from game.models import ScenarioContent

    return {"rules": engine.RULES, "content_id": ScenarioContent.keep(engine.load_scenario(scenario))}


def new_exercise(**values: Any) -> Any:
    """An exercise with one team, in the lobby."""
    from game.models import Exercise

    team = values.pop("team", "Cobalt")
    autopilot = values.pop("autopilot", "history")
    exercise = Exercise.objects.create(**{"title": "A morning", **values})
    exercise.add_team(team, autopilot)
    return exercise


def taken_seat(exercise: Any, desk: str = "operator", team: str = "Cobalt", name: str = "Dana") -> tuple[Any, str]:
    """A seat somebody holds, and the value of the cookie. A name that is there already sits down at one more desk."""
    from game.models import Player, Seat
    from game.models.people import hashed
    from game.people.access import cookie_value

    seat = Seat.objects.get(team__exercise=exercise, team__name=team, desk=desk)
    player = Player.objects.filter(exercise=exercise, name=name).first() or Player.enter(exercise, name)[0]
    token = f"{player.pk}-{name}"
    player.token_hash = hashed(token)
    player.save(update_fields=["token_hash"])
    seat.take(player)
    return seat, cookie_value(player, token)


def signed_in_session(name: str = "erin") -> str:
    """The session cookie of a member of staff, who may enter every control room."""
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client()
    client.force_login(User.objects.filter(username=name).first() or new_facilitator(name, staff=True), "django.contrib.auth.backends.ModelBackend")
    return str(client.cookies["sessionid"].value)


def finished_run(played: Any, exercise: Any = None, team: str = "Cobalt") -> Any:
    """A rehearsal put into rows as if a clock had played it: the run of a team of an exercise that has ended."""
    from game.models import Exercise, Run
    from tests.played import put_down  # it is made of these

    sim = played.sim
    exercise = exercise or new_exercise(team=team, seed=sim.seed, scenario=sim.scenario.id, start_step=sim.start)
    if exercise.state == "lobby":
        exercise.start()
    Exercise.objects.filter(pk=exercise.pk).update(state="ended", ended_at=exercise.started_at)
    run = Run.objects.get(team__exercise=exercise, team__name=team)
    run.commands.all().delete()
    put_down(run, played, by="autopilot")
    return Run.objects.select_related("team__exercise").get(pk=run.pk)


def first_picture(client: Any, address: str) -> Any:
    """What a page brings along for its script."""
    page = client.get(address)
    found = re.search(r'<script id="first" type="application/json">(.*?)</script>', page.content.decode(), re.DOTALL)
    assert found, f"{address}: {page.status_code}"
    return json.loads(found[1])
