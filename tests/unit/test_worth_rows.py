"""What is told of a run's decisions from the rows alone."""

import uuid
from typing import Any

import pytest

from game.debrief import counterfactuals
from game.models import Command, Course, Run
from tests import days
from tests.builders import new_exercise, pinned
from tests.played import finished

pytestmark = pytest.mark.django_db


def one_stop(by: str = "") -> Any:
    """A run that ended at 09:50, in which an operator stopped server 8."""
    exercise = new_exercise(start_step=days.step_at("09:28"))
    exercise.start()
    exercise.end()
    run = Run.objects.get(team__exercise=exercise)
    Run.objects.filter(pk=run.pk).update(state="ended", step=days.step_at("09:50"), score={"total": 5e6}, **pinned())
    Command.objects.create(
        run=run, client_id=uuid.uuid4(), seq=1, step=days.step_at("09:35"), desk="operator", kind="server.stop", args={"server": 8}, state="applied", by=by
    )  # fmt: skip
    return Run.objects.select_related("team__exercise").get(pk=run.pk)


def test_the_decision_worth_most_is_told_when_all_are_known_and_one_that_saved_nothing_is_none():
    run = one_stop()
    assert counterfactuals.best(run) is None
    Course.objects.create(run=run, key="played", loss_usd=5e6, made_by=run.made_by)
    known = Course.objects.create(run=run, key="without:1", loss_usd=6e6, made_by=run.made_by)
    assert counterfactuals.best(run) == {"usd": 1_000_000, "words": "Stop a server (SMARS-8)", "at": "09:35"}
    known.loss_usd = 4e6
    known.save()
    assert counterfactuals.best(run) is None


def test_how_far_it_is_to_the_best_decision_is_counted_by_the_courses_that_tell_it():
    run = one_stop()
    assert counterfactuals.best_so_far(run) == {"done": 0, "of": 2, "best": None, "until": "09:50", "lost": False}
    Course.objects.create(run=run, key="played", loss_usd=5e6, made_by=run.made_by)
    assert counterfactuals.best_so_far(run)["done"] == 1
    Course.objects.create(run=run, key="without:1", loss_usd=4e6, made_by=run.made_by)
    assert counterfactuals.best_so_far(run) == {"done": 2, "of": 2, "best": None, "until": "09:50", "lost": False}


def test_where_nothing_was_done_that_is_known_at_once():
    run = one_stop()
    run.given.all().delete()
    found = counterfactuals.best_so_far(run)
    assert (found["done"], found["of"], found["best"]) == (0, 0, None)


def test_how_sure_a_team_was_is_scored_by_its_diagnoses_and_by_the_decisions_that_were_worth_a_word():
    run = one_stop()
    run.given.update(confidence="certain")
    run.score = {"total": 5e6, "claims": [
        {"desk": "risk", "confidence": "likely", "right": False},
        {"desk": "risk", "confidence": "guessing", "right": True},
        {"desk": "deployer", "confidence": None, "right": True},
    ]}  # fmt: skip
    run.save()
    of_diagnoses = counterfactuals.known(run)["sureness"]
    assert [(row["desk"], row["right"], row["said"]) for row in of_diagnoses] == [("risk", 1, 2), ("", 1, 2)]
    Course.objects.create(run=run, key="played", loss_usd=5e6, made_by=run.made_by)
    known = Course.objects.create(run=run, key="without:1", loss_usd=5e6 + 99_000, made_by=run.made_by)
    assert counterfactuals.known(run)["sureness"] == of_diagnoses, "it was worth too little to be right or wrong"
    known.loss_usd = 4e6
    known.save()
    rows = {row["desk"]: row for row in counterfactuals.known(run)["sureness"]}
    assert (rows["operator"]["right"], rows["operator"]["said"], rows["operator"]["score"]) == (0, 1, 0.9025)
    assert rows[""]["score"] == pytest.approx((0.5625 + 0.25 + 0.9025) / 3, abs=1e-4)


def test_the_curve_of_a_course_is_what_was_played_up_to_where_it_differs_and_one_that_is_not_known_is_refused(client):
    exercise = finished({"Cobalt": "novice"})
    run = exercise.runs().get()
    half = run.curve[len(run.curve) // 2][0]
    row = Course(run=run, key="without:2", loss_usd=1.0, curve=[[half, 7], [half + 240, 8]], made_by=run.made_by)
    row.save()
    told = counterfactuals.curve_of(run, "without:2")
    assert told[-2:] == [[half, 7], [half + 240, 8]] and told[:-2] == run.curve[: len(told) - 2] and told[-3][0] < half
    address = f"/result/{exercise.code}/{run.team_id}/course.json"
    assert client.get(address, {"key": "without:2"}).json()["key"] == "without:2"
    for key in ("", "no", "same", "x" * 500):
        answer = client.get(address, {"key": key})
        assert answer.status_code == 404 and "expected one that worth.json tells" in answer.content.decode()
