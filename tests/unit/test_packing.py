"""The log of a run that ended a while ago takes an eighth of the room, and whoever wants it has every row of it again."""

from datetime import timedelta

import pytest
from django.utils import timezone

import engine
from game.control import schedule
from game.control.event_feed import Happenings
from game.debrief import counterfactuals, exports, replay_frames, tables
from game.debrief.bundles import bundle_of
from game.models import Course, Event, Exercise, PackedLog, Run, packing
from game.ops import retention
from tests import days, played
from tests.builders import finished_run, new_exercise, new_facilitator

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> Run:
    """A run that ended two days ago, with two courses of it."""
    exercise = new_exercise(title="The day before yesterday", start_step=days.step_at("09:28"))
    made = finished_run(played.rehearsed("novice", until="09:50"), exercise)
    Exercise.objects.update(ended_at=timezone.now() - timedelta(days=2))
    curve = [[days.step_at("09:40") + 240 * minute, 1_000_000 * minute] for minute in range(100)]
    Course.objects.create(run=made, key="nothing", loss_usd=12.5, curve=curve, made_by=made.made_by)
    Course.objects.create(run=made, key="without:1", loss_usd=2.5, reason="too late", made_by=made.made_by)
    counterfactuals.keep(made)
    return Run.objects.select_related("team__exercise").get(pk=made.pk)


def rows(run: Run) -> dict[str, list]:
    found = {}
    for model in packing.TABLES:
        names = [field.attname for field in model._meta.concrete_fields if field.attname != "id"]
        found[model.__name__] = sorted(model.objects.filter(run=run).values_list(*names), key=str)
    return found


def size(run: Run) -> int:
    return sum(len(str(row)) for found in rows(run).values() for row in found)


def test_what_is_put_away_comes_back_to_the_last_value(run):
    before = rows(run)
    assert len(before["Event"]) > 100 and before["Course"] and retention.put_away() == 1
    left = rows(run)
    assert not left["Course"] and {row[4] for row in left["Command"]} <= {"facilitator"}
    assert set(Event.objects.filter(run=run).values_list("kind", flat=True)) <= set(packing.READ_BY_KIND)
    packing.unpack(run)
    assert rows(run) == before and not PackedLog.objects.exists()


def test_it_takes_an_eighth_of_the_room(run):
    before = size(run)
    assert packing.pack(run)
    assert len(PackedLog.objects.get().blob) + size(run) < before / 8


def test_a_result_page_leaves_it_where_it_is(run, client):
    client.force_login(new_facilitator(staff=True), "django.contrib.auth.backends.ModelBackend")
    counterfactuals.Finished.objects.update(worth={**counterfactuals.finished.of(run).worth, "complete": True, "same": True})
    before = client.get(f"/result/{run.team.exercise.code}/").context["teams"]
    retention.put_away()
    assert client.get(f"/result/{run.team.exercise.code}/").context["teams"] == before
    assert PackedLog.objects.exists()


@pytest.mark.parametrize("read", [
    lambda run: engine.pack(bundle_of(run)),
    lambda run: list(tables.events(run)),
    lambda run: "".join(exports.whole([run.team.exercise])),
    lambda run: replay_frames.about(run),
    lambda run: counterfactuals.curve_of(run, "nothing"),
    lambda run: _fed(run),
], ids=["bundle", "events", "export", "replay", "course", "feed"])  # fmt: skip
def test_whoever_reads_the_log_of_a_run_that_was_put_away_reads_the_same(run, read):
    before = read(run)
    assert before and retention.put_away() == 1
    Run.objects.update(epoch=run.epoch + 1)  # nothing of it is at hand in this process
    assert read(Run.objects.select_related("team__exercise").get()) == before


def _fed(run: Run) -> list:
    feed = Happenings(run.team.exercise_id)
    feed.read(run.team.exercise, [run])
    return list(feed.lines)


def test_a_bundle_of_a_run_that_was_put_away_verifies(run):
    packing.pack(run)
    assert engine.verify(engine.unpack(engine.pack(bundle_of(run)))) == []


@pytest.mark.parametrize("state", ["pending", "running", "standing", "failed"])
def test_what_has_not_ended_is_not_put_away(run, state):
    Run.objects.update(state=state)
    run.refresh_from_db()
    assert retention.put_away() == 0 and not packing.pack(run)


def test_what_ended_an_hour_ago_is_not_put_away(run):
    Exercise.objects.update(ended_at=timezone.now() - timedelta(hours=1))
    assert retention.put_away() == 0


def test_a_run_that_was_changed_meanwhile_is_left_for_another_day(run):
    Run.objects.update(epoch=run.epoch + 1)
    before = rows(run)
    assert not packing.pack(run) and rows(run) == before


def test_what_was_put_away_is_counted_and_deleted_with_its_exercise(run):
    before = schedule.belongings(run.team.exercise)
    packing.pack(run)
    assert schedule.belongings(run.team.exercise) == before
    schedule.remove(run.team.exercise)
    assert not PackedLog.objects.exists()


def test_a_purge_takes_what_was_put_away_as_well(run):
    Exercise.objects.update(ended_at=timezone.now() - timedelta(days=200))
    packing.pack(run)
    found = retention.due(timezone.now() - timedelta(days=180), "results")
    ((_, counts, why),) = retention.purge(found, "results")
    assert not why and counts["events"] > 100 and not PackedLog.objects.exists()
    assert set(Event.objects.values_list("kind", flat=True)) <= set(retention.ASKED_OF)


def test_courses_that_only_shares_come_of_keep_no_curve(run):
    Course.objects.create(run=run, key="taken:1,2", loss_usd=1, made_by=run.made_by)
    assert counterfactuals.curve_of(run, "taken:1,2") is None and not counterfactuals.drawn("taken:1,2")
