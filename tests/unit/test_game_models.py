"""The rules of exercises and seats, as their models keep them."""

import pytest

import engine
from game.control.exercise_controls import next_phase
from game.live import run_store
from game.live.losses import grade
from game.live.run_driver import RunDriver
from game.models import CODE_LETTERS, Command, FacilitatorLink, Ghost, RuleBroken, Run, Seat, new_code, speed_of
from game.people.access import normal, place_of
from game.sockets.inbox import BURST, Budget
from game.views.result import beside_the_bell, fate, moments
from tests import days
from tests.builders import made_by_here, new_exercise, pinned, taken_seat

DAY = engine.Calendar.of()
pytestmark = pytest.mark.django_db


def test_a_code_is_five_letters_that_cannot_be_misread_and_is_found_however_it_is_typed():
    code = new_code()
    assert len(code) == 6 and code[2] == "-" and set(code.replace("-", "")) <= set(CODE_LETTERS)
    assert normal(f" {code.lower().replace('-', ' ')} ") == code


def test_an_exercise_starts_once_pauses_goes_on_and_ends():
    exercise = new_exercise()
    exercise.start()
    assert exercise.state == "running" and exercise.runs().count() == 1
    with pytest.raises(RuleBroken, match="running"):
        exercise.start()
    exercise.pause()
    exercise.go_on()
    exercise.end()
    for late in (exercise.pause, exercise.go_on, exercise.end, exercise.start):
        with pytest.raises(RuleBroken, match="ended"):
            late()


def test_of_two_who_pause_at_once_one_is_told_that_it_is_paused():
    exercise = new_exercise()
    exercise.start()
    same = type(exercise).objects.get(pk=exercise.pk)
    exercise.pause()
    with pytest.raises(RuleBroken, match="paused"):
        same.pause()


def test_a_speed_belongs_to_the_phase_it_was_set_in():
    exercise = new_exercise(start_step=days.OPEN)
    exercise.start()
    exercise.set_speed(2)
    assert exercise.speed_at(days.BELL_FROM - 1) == 30
    assert exercise.speed_at(days.OPEN) == 2
    assert exercise.speed_at(days.BELL_END) == 90
    for bad in (0, 0.4, 121, float("nan")):
        with pytest.raises(RuleBroken, match="0.5 to 120"):
            exercise.set_speed(bad)


def test_advancing_goes_forward_only():
    exercise = new_exercise(start_step=days.OPEN)
    exercise.start()
    with pytest.raises(RuleBroken, match="09:30:00 already"):
        exercise.advance_to(days.OPEN)
    exercise.advance_to(days.OPEN + 1)
    assert exercise.advance_step == days.OPEN + 1


def test_an_exercise_may_start_with_the_week_and_is_advanced_evening_by_evening():
    exercise = new_exercise(start_step=days.WEEK)
    exercise.start()
    (run,) = exercise.runs()
    assert (run.step, exercise.step, exercise.speed_at(run.step)) == (days.WEEK, days.WEEK, 60.0)
    assert run_store.furthest_stamp(run) == days.WEEK
    assert RunDriver(run).sim.now == days.WEEK
    assert [next_phase(DAY, step) for step in (days.WEEK, days.week_step(1, "20:59"), -1, 0)] == [
        days.week_step(1, "18:00"), days.week_step(2, "18:00"), 0, days.OPEN,
    ]  # fmt: skip
    exercise.advance_to(next_phase(DAY, exercise.step))
    assert exercise.advance_step == days.week_step(1, "18:00")


def test_an_exercise_ends_when_its_last_run_has():
    exercise = new_exercise()
    exercise.add_team("Amber")
    exercise.start()
    first, second = exercise.runs()
    Run.objects.filter(pk=first.pk).update(state="ended")
    assert not exercise.end_if_done()
    Run.objects.filter(pk=second.pk).update(state="failed")
    assert exercise.end_if_done() and not exercise.end_if_done()


def test_a_failed_run_can_be_tried_again_and_no_other():
    exercise = new_exercise()
    exercise.start()
    run = exercise.runs().get()
    with pytest.raises(RuleBroken):
        run.try_again()
    Run.objects.filter(pk=run.pk).update(state="failed", reason="x")
    run.try_again()
    run.refresh_from_db()
    assert (run.state, run.reason) == ("running", "")


def test_a_seats_link_opens_once_and_a_new_one_takes_the_seat_away():
    exercise = new_exercise()
    seat, cookie = taken_seat(exercise)
    assert place_of({"player": cookie}).seat == seat
    token = seat.issue_link()
    assert place_of({"player": cookie}).seat == seat, "the holder keeps it until the link is opened"
    assert Seat.open_link(token) is not None
    assert Seat.open_link(token) is None
    assert place_of({"player": cookie}) is None
    assert [player.name for player in seat.holders] == ["Guest"]
    seat.vacate()
    assert seat.holders == [] and seat.pilot == "history"


@pytest.mark.parametrize("cookie", ["", "x", "e30:1rrrrr:xxxx", "{}"])
def test_a_forged_cookie_holds_no_seat(cookie):
    assert place_of({"player": cookie}) is None
    assert place_of({}) is None


def test_no_token_is_stored_as_it_is():
    exercise = new_exercise()
    token = exercise.teams.get().seats.first().issue_link()
    facilitator = FacilitatorLink.issue()
    assert not Seat.objects.filter(link_hash=token).exists()
    assert not FacilitatorLink.objects.filter(token_hash=facilitator).exists()


def test_the_facilitators_link_opens_once_and_a_newer_one_replaces_it():
    old, new = FacilitatorLink.issue(), FacilitatorLink.issue()
    assert not FacilitatorLink.use(old)
    assert FacilitatorLink.use(new)
    assert not FacilitatorLink.use(new)


def test_the_grade_is_100_for_no_loss_0_for_historys_and_nothing_where_there_is_nothing_to_measure_against():
    assert grade(457_600_000, 0, 0) == 100.0
    assert grade(457_600_000, 457_600_000, 0) == 0.0
    assert grade(457_600_000, 38_200_000, 0) == pytest.approx(40.1, abs=0.2)
    assert grade(900_000, 0, 0) is None and grade(None, 0, 30_000_000) is None
    assert grade(900_000, 30_000_000, 30_000_000) == 0.0
    assert grade(457_600_000, 900_000_000, 30_000_000) < 0


def test_moments_are_told_from_the_bell_and_what_is_missing_says_so():
    assert beside_the_bell(DAY, "09:34:30") == "4.5 min after the bell"
    assert beside_the_bell(DAY, "08:14:00") == "76.0 min before the bell"
    assert beside_the_bell(DAY, None) == ""
    noticed, diagnosed, contained = moments(DAY, {"noticed_at": "08:14:00", "contained_at": None, "runaway": "running"})
    assert noticed == {"label": "Noticed", "at": "08:14:00", "of": "76.0 min before the bell"}
    assert diagnosed["at"] == "never" and "no one declared" in diagnosed["of"]
    assert contained == {"label": "Contained", "at": "never", "of": "not contained"}
    assert moments(DAY, {"runaway": "never"})[2]["at"] == "No runaway"


def test_the_firms_fate_is_a_word_and_how():
    assert fate({"fate": "own cash"}) == {"word": "Survived", "of": "on its own cash"}
    assert fate({"fate": "rescued", "capital": {"raised_usd": 400_000_000}})["of"] == "with $400 M of new capital"
    assert fate({"fate": "failed"})["word"] == "Failed"
    assert fate({})["word"] == "Undecided"


def test_a_seats_budget_runs_out_after_a_burst():
    budget = Budget()
    spent = [budget.spend() for _ in range(int(BURST) + 5)]
    assert spent[: int(BURST)] == [True] * int(BURST)
    assert spent[-1] is False


def test_the_ghost_is_the_one_of_the_rules_and_the_data_that_the_runs_were_played_on():
    exercise = new_exercise()
    exercise.start()
    assert exercise.ghost is None
    same = {"scenario": exercise.scenario, "seed": exercise.seed, "noise": exercise.noise}
    old = Ghost.objects.create(**same, made_by="old")
    assert exercise.ghost == old, "better an old one than none"
    now = Ghost.objects.create(**same, made_by=made_by_here())
    newest = Ghost.objects.create(**same, made_by="newer")
    exercise.runs().update(**pinned())
    assert exercise.ghost == now
    exercise.runs().update(rules=None, played_by="newer")
    assert exercise.ghost == newest


def test_the_last_seconds_before_the_bell_are_no_faster_than_what_follows():
    at = {text: speed_of(DAY, {}, days.step_at(text)) for text in ("09:29:44", "09:29:45", "09:29:59", "09:30")}
    assert at == {"09:29:44": 30.0, "09:29:45": 5.0, "09:29:59": 5.0, "09:30": 5.0}
    assert speed_of(DAY, {"bell": 120.0}, days.step_at("09:29:50")) == 30.0


@pytest.mark.parametrize("rushing", [True, False])
def test_who_has_the_hour_before_the_bell_skipped_finds_done_what_was_due_in_it(rushing):
    exercise = new_exercise(start_step=0)
    taken_seat(exercise, "operator")
    exercise.start()
    driver = RunDriver(Run.objects.select_related("team__exercise").get(team__exercise=exercise))
    driver.run_to(days.step_at("09:29"), waiting=True, rushing=rushing)
    its_own = {duty.id for duty in driver.scenario.duty if duty.desk == "operator"}  # the other desks have autopilots, who do theirs anyhow
    assert {duty.id for duty in driver.scenario.duty} - set(driver.sim.duties.done) == (set() if rushing else its_own)
    done = Command.objects.filter(run=driver.run, desk="operator", kind="duty.do", state="applied")
    assert done.filter(by="autopilot").count() == done.count() == (len(its_own) if rushing else 0)
