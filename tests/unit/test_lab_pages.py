"""The lab's pages: what is begun, what is refused and why, what is kept with an exercise and who sees it, the table."""

import json
import re

import pytest
from django.test import Client

import engine
from game.models import Exercise, Experiment, KeptScenario, Run
from game.models.experiments import KEPT_MAX, RUNNING_MAX, experiment_state, stamp
from game.views.scenarios import read
from tests import days
from tests.builders import new_exercise, new_facilitator, pinned

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")]
LAB = "/facilitator/lab/"


class Room:
    """Erin, signed in, with an exercise of hers that has ended."""

    def __init__(self) -> None:
        self.erin = new_facilitator("erin")
        self.client = Client()
        self.client.force_login(self.erin)
        self.exercise = ended(self.erin)

    def begin(self, **form: object):
        return self.client.post(f"{LAB}new/", {"players": "nobody", "safeguards": ["clean", "limit"], "seeds": 2, **form})

    def experiment(self, **form: object) -> Experiment:
        answer = self.begin(**form)
        assert answer.status_code == 302, answer.content.decode()[:3000]
        return Experiment.objects.latest("pk")

    def do(self, experiment: Experiment, do: str, **form: object) -> str:
        """What the page then says."""
        answer = self.client.post(f"{LAB}{experiment.pk}/act/", {"do": do, **form}, follow=True)
        assert answer.status_code == 200
        experiment.refresh_from_db()
        return answer.content.decode()


def ended(facilitator, **values: object) -> Exercise:
    exercise = new_exercise(facilitator=facilitator, title="Monday's class", **values)
    exercise.start()
    Run.objects.filter(team__exercise=exercise).update(state="ended", step=days.step_at("09:50"), **pinned())
    exercise.end()
    return exercise


def fill(experiment: Experiment, **loss: float) -> None:
    """Every trial, as if workers had run it."""
    for seed, side in experiment.wanted():
        row = {"loss_usd": loss.get(side, 4e8) + seed, "trading_usd": 0.0, "runaway": "never" if side == "with" else "contained"}
        experiment.keep_trial(seed, side, {**row, "noticed_at": None, "contained_at": "10:15:00", "commands": 5, "refused": {}, "unplaced": []})
    experiment.finish_if_done()


@pytest.fixture
def room() -> Room:
    return Room()


def test_an_experiment_is_begun_with_what_was_chosen(room):
    experiment = room.experiment(since="week", holes="built", seeds=30, first_seed=7, varies="noise", market=80, scenario="quiet-open")
    assert (experiment.since, experiment.tested, experiment.market, experiment.scenario) == (days.WEEK, False, 80, "quiet-open")
    assert experiment.safeguards == ["clean", "limit"] and experiment.state == "running"
    assert experiment.wanted()[:3] == [(7, "without"), (7, "with"), (8, "without")] and len(experiment.wanted()) == 60
    assert experiment.title == "Nobody: Dead code deleted and 1 more"
    page = room.client.get(f"{LAB}{experiment.pk}/").content.decode()
    assert "From the deployment week on" in page and "built but never tested" in page and "seed 80, noise 7 to 36" in page
    assert str(engine.RULES) in page and " style=" not in page


def test_without_safeguards_there_is_one_side(room):
    experiment = room.experiment(safeguards=[])
    fill(experiment)
    assert [side for side, found in experiment_state(experiment)["sides"].items() if found] == ["without"] and experiment.trials.count() == 2


def test_trials_without_safeguards_are_taken_over_from_an_experiment_that_has_run_them(room):
    fill(room.experiment(seeds=3, safeguards=["clean"]))
    other = room.experiment(first_seed=2, safeguards=["limit"], holes="built")
    assert [(row.seed, row.side, row.found["loss_usd"]) for row in other.trials.all()] == [(2, "without", 4e8 + 2), (3, "without", 4e8 + 3)]
    assert other.state == "running" and other.missing() == [(2, "with"), (3, "with")]
    assert room.experiment(safeguards=[], seeds=2).state == "done", "there is nothing left to run"
    for differs in ({"players": "all novice"}, {"since": "week"}, {"scenario": "quiet-open"}, {"varies": "noise"}):
        assert not room.experiment(**differs).trials.exists(), differs
        Experiment.objects.filter(state="running").update(state="cancelled")
    Experiment.objects.update(made_by="0.1")
    assert not room.experiment().trials.exists(), "another engine has run them"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"seeds": 401}, "less than or equal to 400"),
        ({"seeds": "many"}, "Enter a whole number"),
        ({"safeguards": ["bonus"]}, "bonus is not one of the available choices"),
        ({"players": "run-999999"}, "run-999999 is not one of the available choices"),
        ({"first_seed": "9" * 30}, "less than or equal"),
        ({"scenario": "../etc"}, "is not one of the available choices"),
    ],
)
def test_what_cannot_be_run_is_said_beside_its_field_and_nothing_is_begun(room, form, said):
    answer = room.begin(**form)
    assert answer.status_code == 400 and said in answer.content.decode()
    assert not Experiment.objects.exists()


def test_there_is_an_end_to_how_many_run_and_how_many_are_kept(room):
    for _ in range(RUNNING_MAX):
        room.experiment()
    answer = room.begin()
    assert answer.status_code == 409 and f"{RUNNING_MAX} of your experiments are running" in answer.content.decode()
    one = Experiment.objects.earliest("pk")
    room.do(one, "cancel")
    assert one.state == "cancelled" and room.begin().status_code == 302
    assert "the most allowed at once" in room.do(one, "on")
    Experiment.objects.update(state="done")
    Experiment.objects.bulk_create(
        Experiment(facilitator=room.erin, title="x", scenario="knight-2012", players="nobody", state="done", made_by="1")
        for _ in range(KEPT_MAX)
    )
    assert "Delete one first" in room.begin().content.decode()


def test_a_recorded_run_brings_its_scenario_its_beginning_and_its_commands_and_survives_its_exercise(room):
    run = room.exercise.runs()[0]
    run.commands.create(client_id="6c8b6c5e-3f0f-4c1b-9b53-000000000001", seq=1, step=300, desk="operator", kind="servers.stop_all", state="refused")
    experiment = room.experiment(players=f"run-{run.pk}", since="week", scenario="quiet-open")
    assert (experiment.scenario, experiment.since, experiment.played_by) == ("knight-2012", 0, f"Cobalt, {room.exercise.code}")
    room.exercise.delete()
    plan = Experiment.objects.get(pk=experiment.pk).plan()
    assert [one.kind for one in plan.log.commands] == ["servers.stop_all"] and plan.log.refused == {1} and plan.log.until == (days.step_at("09:50"), 1)
    assert "Cobalt" in room.client.get(f"{LAB}{experiment.pk}/").content.decode()


def test_somebody_elses_run_is_no_choice(room):
    run = ended(new_facilitator("finn")).runs()[0]
    assert room.begin(players=f"run-{run.pk}").status_code == 400


def test_it_is_cancelled_gone_on_with_and_run_again(room):
    experiment = room.experiment()
    experiment.keep_trial(1, "with", {"loss_usd": 1.0, "refused": {}, "unplaced": [], "runaway": "never", "commands": 0})
    experiment.keep_trial(1, "without", None, "ValueError: no such market")
    room.do(experiment, "cancel")
    assert experiment.state == "cancelled" and "is not running" in room.do(experiment, "cancel")
    assert experiment_state(experiment)["faults"] == ["seed 1, without: ValueError: no such market"]
    room.do(experiment, "on")
    assert experiment.state == "running" and experiment.missing() == [(1, "without"), (2, "without"), (2, "with")]
    assert "already running" in room.do(experiment, "again")
    fill(experiment)
    assert Experiment.objects.get(pk=experiment.pk).state == "done"
    room.do(experiment, "again")
    assert experiment.state == "running" and not experiment.trials.exists()


def test_figures_of_two_engines_are_not_mixed(room):
    experiment = room.experiment()
    Experiment.objects.filter(pk=experiment.pk).update(made_by="0.1", state="cancelled")
    assert "run it again from the start" in room.do(experiment, "on") and experiment.state == "cancelled"
    assert stamp("knight-2012") != stamp("quiet-open"), "the data counts as well"
    room.do(experiment, "again")
    assert (experiment.state, experiment.made_by) == ("running", stamp("knight-2012"))


def test_a_scenario_that_ships_no_longer_leaves_what_was_found_in_sight(room):
    experiment = room.experiment()
    fill(experiment)
    Experiment.objects.filter(pk=experiment.pk).update(scenario="long-gone")
    assert "long-gone" in room.client.get(f"{LAB}{experiment.pk}/").content.decode()
    assert "no scenario long-gone any more" in room.do(experiment, "again") and experiment.trials.count() == 4


def test_it_is_kept_with_an_exercise_and_the_room_sees_it_when_its_facilitator_wishes(room):
    experiment, address = room.experiment(title="Caps"), f"/result/{room.exercise.code}/"
    fill(experiment)
    assert "Keep it with an exercise first" in room.do(experiment, "show")
    room.do(experiment, "keep", exercise=room.exercise.code)
    mine, theirs = (client.get(address).content.decode() for client in (room.client, Client()))
    assert "Caps" in mine and "Only you can see this" in mine and "Caps" not in theirs
    room.do(experiment, "show")
    mine, theirs = (client.get(address).content.decode() for client in (room.client, Client()))
    assert "Everyone in the room can see this" in mine and "Caps" in theirs and "Open it in the lab" not in theirs
    told = json.loads(re.search(rf'<script id="lab-{experiment.pk}" type="application/json">(.*?)</script>', theirs)[1])
    assert told["paired"]["pairs"] == 2 and told["sides"]["with"]["never"] == 2
    room.do(experiment, "drop")
    assert not experiment.shown and "Caps" not in room.client.get(address).content.decode()


def test_it_is_not_kept_with_what_has_no_result_or_is_not_theirs(room):
    experiment = room.experiment()
    coming = new_exercise(facilitator=room.erin)
    assert "has no result to keep this with" in room.do(experiment, "keep", exercise=coming.code)
    finns = ended(new_facilitator("finn"))
    for code in (finns.code, "ZZ-ZZZ", "", "\x00"):
        assert room.client.post(f"{LAB}{experiment.pk}/act/", {"do": "keep", "exercise": code}).status_code == 404
    experiment.refresh_from_db()
    assert experiment.exercise is None


def test_a_room_is_not_told_whose_run_was_played_again(room):
    experiment = room.experiment(players=f"run-{ended(room.erin).runs()[0].pk}")
    fill(experiment)
    room.do(experiment, "keep", exercise=room.exercise.code)
    room.do(experiment, "show")
    page = Client().get(f"/result/{room.exercise.code}/").content.decode()
    assert "commands of a run that was played" in page and experiment.played_by not in page and "A recorded run:" in page


def test_every_trial_leaves_as_a_table(room):
    experiment = room.experiment()
    fill(experiment, **{"with": 2e3})
    experiment.trials.filter(seed=2, side="with").update(found={}, fault="=1+1")
    lines = b"".join(room.client.get(f"{LAB}{experiment.pk}/seeds.csv")).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("seed,side,loss $") and len(lines) == 5
    assert lines[1] == f'1,with,2001,0,never,,10:15:00,5,0,,"{stamp("knight-2012")}"' and lines[2].startswith("1,without,400000001,0,contained")
    assert lines[3].startswith("2,with,,,,,,,,'=1+1,")


def test_it_is_deleted_with_its_trials(room):
    experiment = room.experiment()
    fill(experiment)
    assert room.client.post(f"{LAB}{experiment.pk}/act/", {"do": "delete"}).url == LAB
    assert not Experiment.objects.exists() and room.client.get(f"{LAB}{experiment.pk}/told.json").status_code == 404


def test_a_scenario_that_was_brought_along_is_run_as_well_and_somebody_elses_is_no_choice(room):
    lines = b'id = "ours"\ntitle = "Ours"\nbased_on = "quiet-open"\ndefault_seed = 5\n'
    _, made = read(engine.Folder("ours", {"scenario.toml": lines}))
    assert made is not None
    mine, hers = KeptScenario.keep(room.erin, made), KeptScenario.keep(new_facilitator("finn"), made)
    page = room.client.get(LAB).content.decode()
    assert f'value="{mine.ref}"' in page and "Ours (ours), version 1" in page and hers.ref not in page
    experiment = room.experiment(scenario=mine.ref, varies="noise")
    assert (experiment.scenario, experiment.market) == (mine.ref, 5) and experiment.of_this_engine
    assert room.begin(scenario=hers.ref).status_code == 400
