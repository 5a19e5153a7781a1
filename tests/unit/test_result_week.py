"""The result of a week that was played: barriers, what was ticked off against what was so, what was built and done."""

import re

import pytest
from django.conf import settings

import engine
from game.debrief.week_result import week_of
from game.models import Event, Run
from game.views.result import beside_the_bell
from tests import days
from tests.builders import new_exercise
from tests.catalogue import said, unbracketed
from tests.small import give, small_scenario

pytestmark = pytest.mark.django_db
SEED = 7


def played(start: int = days.WEEK) -> Run:
    """A run whose events are those of a small week: two servers copied, a review, a standby, and a tick that is not so."""
    exercise = new_exercise(start_step=start, seed=SEED)
    exercise.start()
    run = exercise.runs()[0]
    sim = engine.Simulation(small_scenario(4), SEED, start=exercise.first_step)
    if start < 0:
        assert give(sim, "deployer", "release.copy", servers=[1, 2], release="smars-rlp") is None
        assert give(sim, "operator", "standby.build") is None
        assert give(sim, "deployer", "check.tick", item="arrived") is None
        sim.step(-10 - sim.now)
        assert give(sim, "deployer", "checksum.run", servers=[1]) is None
    sim.step(max(-sim.now, 1))
    Event.objects.bulk_create(
        Event(run=run, number=number, step=event.step, kind=event.kind, audience=list(event.audience), data=event.data)
        for number, event in enumerate(sim.events)
    )
    exercise.end()
    run.state, run.score, run.step = "ended", engine.score(sim), sim.now
    run.save()
    return run


def test_it_says_of_every_barrier_whether_it_was_closed_and_what_it_would_have_stopped():
    scenario = engine.load_scenario("knight-2012")
    week = engine.told(scenario, week_of(played(), scenario))
    assert week is not None
    states = {row["label"]: row["word"] for row in week["slices"]}
    assert len(states) == 10 and all(row["stops"] for row in week["slices"])
    assert states["Copies that arrive on all eight"] == "Had a hole" and states["A kill switch"] == "Left open"
    checks = {row["text"]: row["verdict"] for row in week["checks"]}
    assert checks["The release is on all eight servers"] == "ticked, but false" and week["wrong"] == 1
    assert checks["The incident procedure was drilled"] == "not ticked"
    assert [row["label"] for row in week["built"]] == ["Hot standby on the previous release"] and week["price_usd"] == 25_000
    assert [(row["at"], row["label"], row["state"]) for row in week["done"]] == [
        ("27 Jul 19:00", "Copy a release", ""),
        ("30 Jul 20:00", "Build a hot standby", ""),
        ("31 Jul 21:00", "Checksum servers", "cut off"),
    ]


def test_the_page_shows_it_for_a_week_and_not_for_a_morning(client):
    page = client.get(f"/result/{played().team.exercise.code}/").content.decode()
    assert "barriers closed" in page and "ticked, but false" in page and "Done in the evenings" in page and " style=" not in page
    assert "27 Jul 19:00" in page
    morning = client.get(f"/result/{played(start=0).team.exercise.code}/").content.decode()
    assert "barriers closed" not in morning


def test_what_was_noticed_in_the_week_is_not_counted_from_the_bell():
    assert beside_the_bell(engine.Calendar.of(), "31 Jul 20:00") == "in the week" and beside_the_bell(engine.Calendar.of(), "09:34") == "4.0 min after the bell"


def test_its_dates_are_in_the_language_of_whoever_reads_it(client, another):
    exercise = played().team.exercise
    address = f"/result/{exercise.code}/"
    english = client.get(address).content.decode()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "eo"
    other = client.get(address).content.decode()
    dates = re.compile(r"\d (?:Jul|Aug)\b")
    assert len([text for text in said(english) if dates.search(text)]) > 3
    assert [text for text in unbracketed(other) if dates.search(text)] == []
