"""What the facilitator lets the wall show: a leaderboard that is frozen stays so in every payload until it is revealed."""

import json

import pytest

import engine
from game.control import reveal
from game.control.exercise_controls import drive
from game.models import Exercise, FacilitatorLink, Ghost, RuleBroken, Run
from game.sockets.pages import projector_cards
from tests import days
from tests.builders import first_picture, new_exercise, taken_seat

pytestmark = pytest.mark.django_db
OPEN, MINUTE = days.OPEN, engine.STEPS_PER_MINUTE


def played(exercise: Exercise, minutes: int) -> None:
    """Every run has come so far, losing a million a minute in the first team, two in the second ..."""
    for run in exercise.runs():
        run.step = OPEN + minutes * MINUTE
        run.curve = [[OPEN + k * MINUTE, run.team.place * 1_000_000 * k] for k in range(minutes + 1)]
        run.save()


@pytest.fixture
def exercise():
    found = new_exercise(loss_counter="live")
    found.add_team("Amber")
    found.start()
    curve = [[OPEN + k * MINUTE, 4_000_000 * k] for k in range(46)]
    Ghost.objects.create(scenario=found.scenario, seed=found.seed, noise=None, made_by="1", curve=curve)
    played(found, 10)
    return found


def losses(exercise: Exercise) -> tuple:
    cards = projector_cards(Exercise.objects.get(pk=exercise.pk))
    return cards["board"]["d"], cards["curve"]["d"]


def test_frozen_losses_do_not_move_however_far_the_runs_go(exercise):
    drive(exercise, "freeze")
    before = losses(exercise)
    assert before[0]["frozen"] == "09:40" and [team["loss_usd"] for team in before[0]["teams"]] == [10_000_000, 20_000_000]
    played(exercise, 33)
    assert losses(exercise) == before
    assert "33000000" not in json.dumps(projector_cards(Exercise.objects.get(pk=exercise.pk)))


def test_the_facilitators_picture_says_since_when_it_is_frozen(exercise, client):
    client.post(f"/facilitator/{FacilitatorLink.issue()}/")
    drive(exercise, "freeze")
    state = first_picture(client, f"/facilitator/{exercise.code}/")
    assert state["wall"] == {"mode": "live", "frozen": "09:40", "held": False, "can_freeze": False, "reveal": None}


def test_after_the_end_wall_and_result_wait_for_the_reveal_and_the_facilitator_does_not(exercise, client):
    drive(exercise, "freeze")
    played(exercise, 30)
    drive(exercise, "end")
    Run.objects.update(state="ended", score={"total": 1.0})
    assert losses(exercise)[0]["frozen"] == "09:40"
    page = client.get(f"/result/{exercise.code}/").content.decode()
    assert "has not revealed the result" in page and "Trading" not in page and "30,000,000" not in page
    client.post(f"/facilitator/{FacilitatorLink.issue()}/")
    assert "09:40" not in client.get(f"/result/{exercise.code}/").content.decode().split("</h1>")[0]
    assert "has not revealed" not in client.get(f"/result/{exercise.code}/").content.decode()
    drive(exercise, "reveal")
    client.logout()
    assert "has not revealed" not in client.get(f"/result/{exercise.code}/").content.decode()
    assert losses(exercise)[0]["frozen"] is None


@pytest.mark.parametrize(
    ("verb", "value", "reason"),
    [("reveal", None, "not frozen"), ("losses", "sometimes", "live, delayed, hidden, not 'sometimes'")],
)
def test_what_cannot_be_done_says_why(exercise, verb, value, reason):
    with pytest.raises(RuleBroken, match=reason):
        drive(exercise, verb, value)


def test_it_is_frozen_once_and_only_while_there_is_something_to_freeze(exercise):
    drive(exercise, "freeze")
    with pytest.raises(RuleBroken, match="already frozen"):
        drive(exercise, "freeze")
    with pytest.raises(RuleBroken, match="is frozen"):
        drive(exercise, "losses", "hidden")
    waiting = new_exercise()
    with pytest.raises(RuleBroken, match="while the exercise runs"):
        drive(waiting, "freeze")


def test_the_counter_can_be_hidden_in_the_middle_of_a_morning(exercise):
    drive(exercise, "losses", "hidden")
    board, curve = losses(exercise)
    assert {team["loss_usd"] for team in board["teams"]} == {None} and all(team["loss"] == [] for team in curve["teams"])


@pytest.mark.parametrize(
    ("secret", "held"), [({"scenario": "any-morning"}, True), ({"drawn": True}, True), ({"loss_counter": "hidden"}, True), ({"loss_counter": "delayed"}, False)]
)
@pytest.mark.parametrize("by", ["its facilitator", "its clock"])
def test_what_a_room_did_not_see_while_it_played_it_first_sees_with_the_reveal(secret, held, by, client):
    found = new_exercise(**secret)
    found.start()
    if by == "its clock":
        Run.objects.update(state="ended", score={"total": 1.0})
        assert found.end_if_done()
    else:
        drive(found, "end")
        Run.objects.update(state="ended", score={"total": 1.0})
    assert ("has not revealed the result" in client.get(f"/result/{found.code}/").content.decode()) is held
    found = Exercise.objects.get(pk=found.pk)
    assert found.held is held and losses(found)[0]["frozen"] is None, "nothing was frozen: the wall has its curtain"
    if held:
        drive(found, "reveal")
        assert "has not revealed the result" not in client.get(f"/result/{found.code}/").content.decode()


def test_going_through_the_reveal_on_the_wall_shows_everybody_their_result(client):
    found = new_exercise(scenario="any-morning")
    found.start()
    Run.objects.update(state="ended", score={"total": 1.0})
    assert found.end_if_done()
    shown: list[str] = []
    for step in reveal.steps(reveal.standings(found)):
        now = Exercise.objects.get(pk=found.pk)
        assert now.held is ("first" not in shown), shown
        drive(now, "step", now.revealed + 1)
        shown.append(step)
    assert shown == ["first", "worth", "photo"]


def test_who_plays_alone_waits_for_nobody():
    found = new_exercise(scenario="any-morning")
    found.owner = taken_seat(found)[0].holdings.get().player
    found.save()
    assert not found.ends_on_a_secret
