"""What decisions were worth, by real workers: answers come one by one, a killed worker loses none, and the run comes out the same."""

import json
import urllib.request

from game.debrief import counterfactuals
from game.live.broker import client
from game.models import Course, Exercise, Run
from tests import days
from tests.builders import eventually, new_exercise, signed_in_session, taken_seat
from tests.integration.test_crash import end, give
from tests.integration.world import World


def played() -> Run:
    """A run in which an operator stopped server 8 and started it again, ended a minute later."""
    exercise = new_exercise(start_step=days.step_at("09:32"), speeds={"bell": 20.0})
    taken_seat(exercise)
    exercise.start()
    run = Run.objects.get(team__exercise=exercise)
    eventually(lambda: Run.objects.filter(pk=run.pk, step__gte=exercise.start_step).exists(), 60, "the run moves")
    give(run, "server.stop", server=8)
    exercise.advance_to(days.step_at("09:40"))
    eventually(lambda: Run.objects.filter(pk=run.pk, step__gte=days.step_at("09:40")).exists(), 60, "the stop has taken effect")
    return end(run)


def asked(world: World, run: Run) -> dict:
    """What the page is told; asking sends for what is missing."""
    address = f"http://127.0.0.1:{world.port}/result/{run.team.exercise.code}/{run.team_id}/worth.json"
    with urllib.request.urlopen(address, timeout=30) as answer:
        return json.load(answer)


def complete(world: World, run: Run) -> dict:
    found: dict = {}

    def look() -> bool:
        found.update(asked(world, run))
        return bool(found["complete"] and found["same"] is not None)

    eventually(look, 120, "every course is reckoned")
    return found


def check_bundle(world: World, run: Run) -> None:
    """The facilitator's download is verified by the command, and a changed one is not."""
    address = f"http://127.0.0.1:{world.port}/facilitator/{run.team.exercise.code}/{run.team_id}/bundle.zip"
    asking = urllib.request.Request(address, headers={"Cookie": f"sessionid={signed_in_session()}"})
    with urllib.request.urlopen(asking, timeout=30) as answer:
        data = answer.read()
    file = world.folder / "run.zip"
    file.write_bytes(data)
    done = world.manage("verify", str(file))
    assert done.returncode == 0 and "the same to the last bit" in done.stdout, done.stdout + done.stderr
    file.write_bytes(data.replace(b"server.stop", b"server.look", 1))
    refused = world.manage("verify", str(file))
    assert refused.returncode == 2 and "damaged" in refused.stderr, refused.stderr


def check_curves(world: World, run: Run, told: dict) -> None:
    """Every course that was told has its curve: as it was played before it differs, and beside it after."""
    from game.live.losses import series

    address = f"http://127.0.0.1:{world.port}/result/{run.team.exercise.code}/{run.team_id}/course.json"
    stop = next(one for one in told["decisions"] if one["words"] == "Stop a server (SMARS-8)")
    barriers = {one["id"]: one for one in told["barriers"]}
    assert len(barriers) == 10 and all(one["usd"] is not None or one["reason"] for one in barriers.values())
    assert barriers["reconcile"]["usd"] > 1e6, "none of the parents would have run away"
    run.refresh_from_db()
    horizon = min(run.step, days.HORIZON)
    for key, differs in ((f"without:{stop['number']}", True), ("played", False), ("closed:reconcile", True)):
        with urllib.request.urlopen(f"{address}?key={key}", timeout=30) as answer:
            loss = json.load(answer)["loss"]
        assert (loss != series(run.calendar, run.curve, horizon)) == differs and len(loss) == len(series(run.calendar, run.curve, horizon)), key


def test_answers_come_one_by_one_a_killed_worker_loses_none_and_the_run_comes_out_the_same(world):
    world.start_all("games-1", "control", "web")
    run = played()
    assert asked(world, run)["done"] == 0
    eventually(lambda: Course.objects.filter(run=run).exists(), 60, "the first answer is there")
    world.kill("control")
    kept = dict(Course.objects.filter(run=run).values_list("key", "loss_usd"))
    world.start_all("control")
    told = complete(world, run)
    rows = dict(Course.objects.filter(run=run).values_list("key", "loss_usd"))
    assert kept.items() <= rows.items() and told["done"] == told["of"]
    assert told["same"] is True
    stop = next(one for one in told["decisions"] if one["words"] == "Stop a server (SMARS-8)")
    assert stop["worth_usd"] == round(rows[f"without:{stop['number']}"] - rows["played"]) != 0
    shares = [one["share_usd"] for one in told["decisions"] if one["share_usd"] is not None]
    check_bundle(world, run)
    check_curves(world, run, told)
    none = rows["taken:"] if len(shares) > 1 else rows[f"without:{stop['number']}"]
    assert abs(sum(shares) - (none - rows["played"])) <= len(shares), "shares add up, each rounded to a dollar"


def test_of_a_run_that_another_engine_played_what_is_known_is_told_and_nothing_more_is_reckoned(world):
    world.start_all("games-1", "control", "web")
    run = played()
    Run.objects.filter(pk=run.pk).update(rules=None, played_by="0.9+other")
    Course.objects.create(run=run, key="played", loss_usd=1.0, made_by="0.9+other")
    told = counterfactuals.known_so_far(Run.objects.select_related("team__exercise").get(pk=run.pk))
    assert "0.9+other" in told["needs"] and not told["complete"] and told["decisions"]
    assert not client().exists(f"ob:course:{run.pk}:nothing"), "nobody was sent"


def test_a_run_that_goes_on_past_what_courses_are_compared_up_to_is_begun_with_before_anybody_asks(world):
    world.start_all("games-1", "control", "web")
    exercise = new_exercise(scenario="quiet-open", start_step=days.HORIZON - 240, speeds={"unwind": 20.0})  # no barriers, three courses
    taken_seat(exercise)
    exercise.start()
    run = Run.objects.get(team__exercise=exercise)
    eventually(lambda: Run.objects.filter(pk=run.pk, step__gte=exercise.start_step).exists(), 60, "the run moves")
    give(run, "server.stop", server=8)
    assert not Course.objects.exists(), "up to there nobody begins"
    exercise.advance_to(days.HORIZON + 240)
    eventually(lambda: Course.objects.filter(run=run, key="without:1").exists(), 60, "it is begun with")
    assert Exercise.objects.get(pk=exercise.pk).state == "running"
    told = complete(world, end(run))
    assert told["same"] is True and [one["words"] for one in told["decisions"]] == ["Stop a server (SMARS-8)"]
