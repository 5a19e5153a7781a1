"""The main pages of a finished run, as text: Django in this process on a database of its own that is left as it was, at a clock that stands."""

import os
import random
import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import engine
from tests.bench.corpus.text import canonical, of_page

NOW = datetime(2026, 1, 15, 10, 0, tzinfo=UTC)
TABLES = ("decisions", "events", "curve", "survey", "attendance", "results")


@cache
def _django() -> None:
    """Settings on a new folder, its tables made. Names of static files are plain, words of a resume are not drawn."""
    folder = Path(tempfile.mkdtemp(prefix="opening-bell-corpus-"))
    (folder / "static").mkdir()
    for name in ("REDIS_URL", "DATABASE_URL", "ALLOWED_HOSTS", "DEBUG", "SECRET_KEY"):
        os.environ.pop(name, None)
    os.environ |= {"STATE_DIR": str(folder), "LOG_LEVEL": "ERROR", "DJANGO_SETTINGS_MODULE": "game.settings"}
    import django
    from django.apps import apps
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone

    django.setup()
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    call_command("migrate", verbosity=0)
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if field.default is timezone.now:  # bound when the model was made: it would still be the wall's
                field.default, field.__dict__["_get_default"] = _now, _now


def _now() -> datetime:
    return NOW


def pages(log: dict[str, Any], run: engine.Rehearsal) -> dict[str, str]:
    """Name -> text."""
    _django()
    from django.db import transaction

    draws = random.Random(log["name"])  # another code for each log: what a page keeps at hand goes by it
    with mock.patch("django.utils.timezone.now", _now), mock.patch("secrets.choice", draws.choice), transaction.atomic():
        found = _painted(log, run)
        transaction.set_rollback(True)
    return found


def _painted(log: dict[str, Any], run: engine.Rehearsal) -> dict[str, str]:
    from django.test import Client

    from game.models import Ghost
    from tests.builders import finished_run, made_by_here, new_exercise, new_facilitator, taken_seat

    erin = new_facilitator()
    exercise = new_exercise(scenario=log["scenario"], seed=log["seed"], noise=log["noise"], start_step=log["since"], facilitator=erin)
    code = exercise.code
    exercise.add_team("Amber", "novice")
    stranger, boss, players = Client(), Client(), {}
    boss.force_login(erin, "django.contrib.auth.backends.ModelBackend")
    for desk, name in zip(engine.DESKS, ("Dana", "Olu", "Ruth"), strict=True):
        players[desk] = Client()
        players[desk].cookies["player"] = taken_seat(exercise, desk, name=name)[1]
    found = dict[str, str]()

    def see(state: str, who: str, client: Any, *addresses: str) -> None:
        for address in addresses:
            found[f"{state}/{who} {address}"] = _text(client.get(address))

    see("lobby", "stranger", stranger, "/", "/join/", f"/join/{code}/", "/check/", *(f"/brief/{desk}/" for desk in engine.DESKS))
    see("lobby", "operator", players["operator"], "/lobby/")
    see("lobby", "facilitator", boss, "/facilitator/", f"/facilitator/{code}/", f"/facilitator/{code}/edit/", "/facilitator/guide/")
    exercise.start()
    see("running", "projector", stranger, f"/projector/{code}/", f"/result/{code}/")
    see("running", "facilitator", boss, f"/facilitator/{code}/", "/facilitator/sessions/", "/facilitator/lab/")
    for desk, client in players.items():
        see("running", desk, client, f"/desk/{desk}/")
    played = finished_run(run, exercise)
    score, told = engine.score(run.sim), engine.story(run.events, run.sim.scenario, engine.score(run.sim))
    Ghost.objects.create(
        scenario=log["scenario"], seed=log["seed"], noise=log["noise"], made_by=made_by_here(log["scenario"]), curve=run.curve, score=score, story=told
    )
    exercise.runs().exclude(pk=played.pk).update(state="ended")
    own = f"/result/{code}/{played.team_id}"
    see("ended", "projector", stranger, f"/projector/{code}/")
    see("ended", "operator", players["operator"], f"/result/{code}/", f"{own}/debrief.json", "/lessons/")
    see("ended", "facilitator", boss, f"/result/{code}/", f"/facilitator/{code}/", f"/facilitator/{code}/debrief.json", "/facilitator/results.csv")
    see("ended", "facilitator", boss, *(f"/replay/{code}/{played.team_id}/?desk={desk}" for desk in engine.DESKS))
    see("ended", "facilitator", boss, *(f"/facilitator/{code}/{table}.csv" for table in TABLES))
    return found


def _text(answer: Any) -> str:
    """An answer by its kind: status, address it leads to, content."""
    kind = answer.headers.get("content-type", "")
    body = b"".join(answer).decode() if answer.streaming else answer.content.decode()
    if kind.startswith("text/html"):
        body = of_page(body)
    elif kind.startswith("application/json"):
        return canonical([answer.status_code, answer.json()]) if not answer.streaming else body
    return f"{answer.status_code} {kind} {answer.headers.get('location', '')}\n{body}"
