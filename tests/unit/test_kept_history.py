"""History's run on a default seed is kept, and is what the engine that is here would play."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

import engine
from game.debrief import front_picture, kept_history
from game.models import Exercise, Ghost
from game.ops import reaper
from tests import days
from tests.builders import made_by_here, new_exercise, taken_seat

pytestmark = pytest.mark.django_db
HELP = "write it anew: python manage.py keep_history"


@pytest.fixture
def alone(monkeypatch):
    """A reaper without a broker; what it sends for."""
    found = []
    monkeypatch.setattr("game.people.sweep.Sweeper.sweep", lambda self, now: ([], []))
    monkeypatch.setattr(reaper, "go_first", lambda ms: None)
    monkeypatch.setattr(reaper.trial_slots, "look_after", lambda: None)
    monkeypatch.setattr(reaper, "claim", lambda *args, **options: True)
    monkeypatch.setattr("game.live.senders.make_ghost", lambda *args: found.append(args))
    return found


def test_what_is_kept_is_of_the_rules_and_the_data_that_are_here():
    assert {name: (one["seed"], one["made_by"]) for name, one in kept_history.kept().items()} == {
        name: (engine.load_scenario(name).default_seed, made_by_here(name)) for name in engine.scenario_ids()
    }, HELP
    for name, one in kept_history.kept().items():
        assert one["curve"][-1][0] >= engine.load_scenario(name).calendar.close and one["story"] and one["score"]["total"] >= one["score"]["trading"], name


@pytest.mark.whole
def test_what_is_kept_is_what_is_played():
    until = days.step_at("09:36")
    again = kept_history.played(engine.load_scenario("knight-2012"), 79, None, [], until=until)
    told = [row for row in kept_history.kept()["knight-2012"]["curve"] if row[0] <= until]
    assert json.loads(json.dumps(again["curve"])) == told and told[-1][1] > 1_000_000, HELP


@pytest.mark.whole
def test_the_start_pages_picture_is_drawn_from_what_is_played():
    scenario = engine.load_scenario("knight-2012")
    assert front_picture.file_of(scenario.id).read_text() == front_picture.drawn(scenario), HELP


def test_the_start_page_counts_historys_loss_beside_its_picture(client):
    page = client.get("/").content.decode()
    told = json.loads(page.split('<script id="story" type="application/json">')[1].split("</script>")[0])
    curve = dict(kept_history.kept()["knight-2012"]["curve"])
    assert told["losses"] == [curve[days.step_at(at)] for at in told["at"]] and told["at"][0] == "09:30" and told["at"][-1] == "10:15"
    assert f'data-usd="{told["losses"][-1]}"' in page and all(f'knight-2012.svg#{level}"' in page for level in front_picture.LEVELS)


def test_a_start_page_without_a_kept_picture_has_none(client, monkeypatch):
    monkeypatch.setattr(kept_history, "kept", dict)
    assert "data-morning" not in client.get("/").content.decode()


def test_a_lobby_on_a_default_seed_has_its_ghost_as_soon_as_somebody_has_come_in(alone):
    exercise = new_exercise(seed=79)
    reaper.Reaper().look(0.0)
    assert exercise.ghost is None and not alone, "nobody has come, and nobody may"
    taken_seat(exercise, name="Dana")
    reaper.Reaper().look(1.0)
    assert exercise.ghost.score["total"] > 4e8 and Ghost.objects.count() == 1 and not alone


def test_the_ghost_of_another_seed_is_sent_for_while_the_lobby_fills_and_once(alone):
    exercise = new_exercise(seed=80)
    taken_seat(exercise, name="Dana")
    guard = reaper.Reaper()
    guard.look(0.0)
    assert alone == [(exercise.scenario, 80, None, [])]
    Ghost.objects.create(scenario=exercise.scenario, seed=80, made_by=made_by_here())
    for second in (1.0, 2.0):
        guard.look(second)
    assert len(alone) == 1


def test_what_was_kept_by_other_data_or_is_not_history_alone_is_not_given(alone, monkeypatch):
    one = kept_history.kept()["knight-2012"]
    monkeypatch.setattr(kept_history, "kept", lambda: {"knight-2012": one | {"made_by": "another"}})
    exercise = new_exercise(seed=79)
    assert not kept_history.put_down(exercise, made_by_here())
    monkeypatch.undo()
    Exercise.objects.filter(pk=exercise.pk).update(noise=7, ended_at=timezone.now() - timedelta(days=1))
    exercise.refresh_from_db()
    assert not kept_history.put_down(exercise, made_by_here())
