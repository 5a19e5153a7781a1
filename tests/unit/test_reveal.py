"""The end on the wall, by steps: what a step does not show is in no card, and where it is outlives every page."""

import json

import pytest

import engine
from game.control import reveal
from game.control.exercise_controls import drive
from game.models import Exercise, Finished, Ghost, RuleBroken, Run
from game.sockets.pages import projector_cards
from tests import days
from tests.builders import new_exercise, taken_seat

pytestmark = pytest.mark.django_db
OPEN, MINUTE = days.OPEN, engine.STEPS_PER_MINUTE
NAMES = ("Cobalt", "Amber", "Slate", "Coral", "Jade")
M = 1_000_000


def ended(*losses: float | None, **values) -> Exercise:
    """An exercise that is over, of teams that lost so many millions; None: the team's market failed. History lost 400."""
    exercise = new_exercise(**values)
    for name in NAMES[1 : len(losses)]:
        exercise.add_team(name)
    exercise.start()
    curve = [[OPEN + k * MINUTE, 10 * M * k] for k in range(41)]
    Ghost.objects.create(scenario=exercise.scenario, seed=exercise.seed, noise=None, made_by="1", curve=curve, score={"total": 400 * M})
    Exercise.objects.filter(pk=exercise.pk).update(state="ended")
    for run, loss in zip(exercise.runs(), losses, strict=True):
        run.step, run.state = days.CLOSE, "ended" if loss is not None else "failed"
        if loss is not None:
            run.score, run.curve = {"total": loss * M, "yardstick": 30 * M}, [[OPEN, 0], [OPEN + 10 * MINUTE, int(loss * M)]]
            best = {"number": 1, "at": "09:34:05", "words": f"{run.team.name} stops server 8", "worth_usd": loss * M / 2}
            Finished.objects.create(run=run, told={}, worth={"complete": True, "same": True, "played_usd": loss * M, "until": "10:15", "decisions": [best]})
        run.save()
    return Exercise.objects.get(pk=exercise.pk)


def cards(exercise: Exercise) -> dict:
    """The wall as it opens now."""
    return {name: card["d"] for name, card in projector_cards(Exercise.objects.get(pk=exercise.pk)).items()}


def step(exercise: Exercise, to: int) -> dict:
    drive(exercise, "step", str(to))
    return cards(exercise)["reveal"]


def test_it_goes_from_the_field_to_the_last_picture_and_holds_no_figure_before_its_step():
    exercise = ended(11, 22, 33, 44)
    shown = [cards(exercise)]
    for to in range(1, 7):
        step(exercise, to)
        shown.append(cards(exercise))
    assert [one["reveal"]["step"] for one in shown] == ["curtain", "field", "third", "second", "first", "worth", "photo"]
    assert [[team["name"] for team in one["reveal"]["teams"]] for one in shown[:5]] == [[], ["Coral"], ["Slate", "Coral"], ["Amber", "Slate", "Coral"], list(NAMES[:4])]
    assert "000000" not in json.dumps(shown[0]), "behind the curtain no loss is anywhere"
    assert "11000000" not in json.dumps(shown[3]) and "Cobalt" not in json.dumps(shown[3]["reveal"])
    assert [team["avoided_usd"] for team in shown[4]["reveal"]["teams"]] == [389 * M, 378 * M, 367 * M, 356 * M]
    assert shown[4]["reveal"]["teams"][0]["best"] is None and shown[5]["reveal"]["teams"][0]["best"] == {
        "usd": 5.5 * M, "words": "Cobalt stops server 8", "at": "09:34", "done": 2, "of": 2, "until": "10:15", "lost": False
    }  # fmt: skip
    assert not any(one["curve"]["history"] for one in shown[:6]) and shown[6]["curve"]["teams"][3]["loss"][-1] == 44 * M


@pytest.mark.parametrize(
    ("losses", "names"),
    [
        ((11,), ["first", "worth", "photo"]),
        ((11, 22), ["second", "first", "worth", "photo"]),
        ((11, 11, 33), ["third", "first", "worth", "photo"]),
        ((22, 22, 22), ["first", "worth", "photo"]),
        ((11, 22, 22, 44), ["field", "second", "first", "worth", "photo"]),
        ((11, None), ["field", "first", "worth", "photo"]),
        ((None, None), ["field", "photo"]),
    ],
)
def test_it_has_the_steps_that_its_teams_have_places_for(losses, names):
    assert reveal.told(ended(*losses))["names"] == names


def test_teams_that_were_ended_some_seconds_apart_with_one_loss_are_level():
    exercise = ended(22, 22, 22)
    for seconds, run in enumerate(exercise.runs()):
        run.step = OPEN + 20 * MINUTE + 40 * seconds
        run.save()
    found = step(exercise, 1)
    assert found["step"] == "first" and {(team["rank"], team["avoided_usd"]) for team in found["teams"]} == {(1, 200 * M + 40 * 2 * 10 * M // MINUTE - 22 * M)}


def test_back_takes_it_from_the_wall_again_and_a_click_counts_once():
    exercise = ended(11, 22, 33)
    assert step(exercise, 1)["step"] == "third"
    assert step(exercise, 1)["step"] == "third"
    assert step(exercise, 2)["step"] == "second"
    assert [team["name"] for team in step(exercise, 1)["teams"]] == ["Slate"]
    assert step(exercise, 0)["step"] == "curtain"


@pytest.mark.parametrize(("to", "why"), [("2", "another step"), ("9", "has 5 steps"), ("", "has 5 steps"), ("-1", "has 5 steps"), ("²", "has 5 steps")])
def test_a_step_that_is_not_the_next_one_says_why(to, why):
    with pytest.raises(RuleBroken, match=why):
        drive(ended(11, 22, 33), "step", to)


def test_it_waits_for_the_end_and_for_every_result():
    exercise = ended(11, 22)
    Run.objects.filter(team__name="Amber").update(state="running", score=None)
    assert cards(exercise)["reveal"] == {"on": True, "counted": False, "step": "curtain", "of": 2, "teams": [], "history_usd": None}
    assert reveal.told(exercise) == {"at": 0, "names": [], "counted": False}
    with pytest.raises(RuleBroken, match="still being computed"):
        drive(exercise, "step", "1")
    Exercise.objects.filter(pk=exercise.pk).update(state="running")
    with pytest.raises(RuleBroken, match="when the exercise has ended"):
        drive(Exercise.objects.get(pk=exercise.pk), "step", "1")


def test_a_frozen_board_stays_on_the_wall_until_the_first_step_and_the_result_pages_open_with_first_place(client):
    exercise = ended(11, 22)
    board = {"as_of": "09:40", "mode": "live", "teams": [], "history_usd": None, "frozen": "09:40"}
    Exercise.objects.filter(pk=exercise.pk).update(frozen={"board": board, "curve": {"from": "09:30", "every_s": 60, "history": [], "teams": []}})
    exercise.refresh_from_db()
    assert cards(exercise)["board"]["frozen"] == "09:40" and cards(exercise)["reveal"] == {"on": False}
    assert step(exercise, 1)["step"] == "second" and cards(exercise)["board"]["frozen"] is None
    assert "has not revealed" in client.get(f"/result/{exercise.code}/").content.decode()
    exercise.refresh_from_db()
    assert step(exercise, 2)["step"] == "first"
    assert Exercise.objects.get(pk=exercise.pk).frozen is None


def test_who_plays_alone_has_the_result_on_the_wall_at_once():
    exercise = ended(11)
    seat, _ = taken_seat(exercise)
    Exercise.objects.filter(pk=exercise.pk).update(owner=seat.holders[0])
    assert cards(exercise)["reveal"] == {"on": False} and cards(exercise)["board"]["teams"][0]["loss_usd"] == 11 * M


def test_before_the_start_the_wall_has_who_has_come_and_no_loss():
    exercise = new_exercise()
    taken_seat(exercise, name="Dana")
    found = cards(exercise)
    assert [holder["name"] for seat in found["lobby"]["teams"][0]["seats"] for holder in seat["holders"]] == ["Dana"]
    exercise.start()
    assert "lobby" not in cards(exercise)
