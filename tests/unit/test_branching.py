"""Playing on from a moment of a run that has ended: the log that a new exercise begins with, and what stays as it was."""

import pytest
from django.test import Client

import engine
from game.control import schedule
from game.live.run_driver import RunDriver
from game.models import Command, Exercise, Fork, Inject, RuleBroken, Run, injects
from tests import days
from tests.builders import finished_run, new_exercise, new_facilitator

pytestmark = pytest.mark.django_db
AT, UNTIL = days.step_at("09:40"), days.step_at("09:48")


@pytest.fixture(scope="module")
def played():
    return engine.rehearse(engine.load_scenario("knight-2012"), 79, dict.fromkeys(engine.DESKS, "novice"), since=days.OPEN, until=UNTIL)


@pytest.fixture
def erin():
    return new_facilitator()


@pytest.fixture
def run(played, erin):
    return finished_run(played, new_exercise(start_step=days.step_at("09:28"), title="A morning", facilitator=erin, loss_counter="live"))


class Mute:
    """A loudspeaker in a room without a broker."""

    def __init__(self, run_id: int) -> None:
        self.run_id = run_id

    def take_over(self, desks) -> int:
        return days.WEEK


def taken_up(run: Run, monkeypatch) -> RunDriver:
    """The run as the clock takes it up: from its log."""
    monkeypatch.setattr("game.live.run_driver.Loudspeaker", Mute)
    table = RunDriver(Run.objects.select_related("team__exercise").get(pk=run.pk))
    table.catch_up()
    return table


def at_the_source(run: Run, step: int) -> engine.Simulation:
    exercise = run.team.exercise
    log = [engine.Command(row.seq, row.step, row.desk, row.kind, row.args, row.confidence or None, row.why) for row in run.commands.order_by("seq")]
    until = engine.Moment.before(step, log)
    return engine.replay(engine.load_scenario(exercise.scenario), exercise.seed, log, until, noise=exercise.noise, start=exercise.first_step)


def test_a_forks_teams_stand_where_the_source_stood_to_the_last_bit(run, erin, monkeypatch):
    made = schedule.branch_of(run, AT, erin)
    made.add_team("Amber")
    assert (made.state, made.start_step, made.first_step, made.facilitator, made.loss_counter) == ("lobby", AT, 0, erin, "live")
    assert made.title == "A morning, continued from 09:40:00" and str(made.fork) == f"Cobalt of {run.team.exercise.code} at 09:40:00"
    made.start()
    expected, told = at_the_source(run, AT), list(run.events.filter(step__lt=AT).order_by("number").values_list("step", "kind", "data"))
    for begun in made.runs():
        table = taken_up(begun, monkeypatch)
        assert (table.sim.now, table.sim.digest()) == (AT, expected.digest())
        rows = list(begun.commands.order_by("seq"))
        assert [(row.seq, row.step, row.kind, row.args) for row in rows] == [
            (row.seq, row.step, row.kind, row.args) for row in run.commands.filter(step__lt=AT).order_by("seq")
        ]
        assert {row.state for row in rows} <= {"applied", "refused"} and {row.by for row in rows} == {f"in {run.team.exercise.code}"}
        assert list(begun.events.filter(step__lt=AT).order_by("number").values_list("step", "kind", "data")) == told, "its story is inherited"
        assert table.curve == [point for point in run.curve if point[0] <= AT]


def test_a_fork_of_the_week_begins_with_the_week_though_it_starts_on_the_day(erin, monkeypatch):
    until, at = days.step_at("08:10"), days.step_at("08:05")
    played = engine.rehearse(engine.load_scenario("knight-2012"), 79, dict.fromkeys(engine.DESKS, "history"), since=days.WEEK, until=until)
    run = finished_run(played, new_exercise(start_step=days.WEEK, facilitator=erin))
    made = schedule.branch_of(run, at, erin)
    assert (made.first_step, made.start_step) == (days.WEEK, at)
    made.start()
    assert taken_up(made.runs()[0], monkeypatch).sim.digest() == at_the_source(run, at).digest()
    evening = schedule.branch_of(run, days.step_at("30 Jul 19:30"), erin)
    assert evening.first_step == days.WEEK and evening.title.endswith("continued from 30 Jul 19:30")
    evening.start()
    assert taken_up(evening.runs()[0], monkeypatch).sim.digest() == at_the_source(run, evening.start_step).digest()


def test_a_fork_outlives_its_source_and_can_be_forked_and_copied(run, erin, monkeypatch):
    made = schedule.branch_of(run, AT, erin)
    expected = at_the_source(run, AT).digest()
    copy = schedule.copy_of(made)
    schedule.remove(Exercise.objects.get(pk=run.team.exercise_id))
    for one in (made, copy):
        one = Exercise.objects.get(pk=one.pk)
        one.start()
        assert taken_up(one.runs()[0], monkeypatch).sim.digest() == expected and one.fork.source is None
    with pytest.raises(RuleBroken, match="cannot be played on another market"):
        schedule.copy_of(made, new_market=True)


def test_a_team_that_comes_late_begins_with_the_log_and_history_plays_on_to_where_the_others_are(run, erin):
    made = schedule.branch_of(run, AT, erin)
    made.start()
    Run.objects.filter(team__exercise=made).update(step=AT + 600)
    late = made.come_late("Slate").run
    assert (late.step, late.start_step, late.advance_step) == (AT, AT + 600, AT + 600)
    assert late.commands.filter(step__lt=AT).count() == run.commands.filter(step__lt=AT).count()


def test_what_was_added_before_the_moment_is_in_the_log_and_on_the_line_and_is_not_given_twice(erin, played, monkeypatch):
    exercise = new_exercise(start_step=days.step_at("09:28"), facilitator=erin)
    card = next(one.id for one in engine.load_scenario("knight-2012").evidence.injects if one.title == "Where do we stand?")
    fields = {"card": card, "desks": ["risk"], "server": 0, "minutes": 0, "text": ""}
    past, coming, later = (injects.add(exercise, None, days.step_at(at), "erin", **fields) for at in ("09:35", "09:44", "09:46"))
    run = finished_run(played, exercise)
    seq = run.commands.order_by("-seq").first().seq
    for number, (inject, step) in enumerate(((past, 0), (coming, 0), (later, days.step_at("09:45"))), 1):
        Command.objects.create(
            run=run, client_id=f"00000000-0000-4000-8000-{number:012d}", seq=seq + number, step=step, desk="facilitator", kind="inject.play",
            args=inject.args(), state="applied",
        )  # fmt: skip
    run.seq = seq + 3
    made = schedule.branch_of(run, AT, erin)
    rows = list(made.injects.order_by("pk"))
    assert [row.known_by for row in rows] == [past.pk, coming.pk] and all(row.pk not in (past.pk, coming.pk) for row in rows)
    new = injects.add(made, None, days.step_at("09:50"), "erin", **fields)
    made.start()
    begun = made.runs()[0]
    given = begun.commands.filter(kind="inject.play").order_by("pk").values_list("args", "state")
    assert [(args["id"], state) for args, state in given] == [(past.pk, "stamped"), (coming.pk, "stamped"), (new.pk, "pending")]
    source = [injects.ghost_log([inject]) for inject in (past, coming)]
    assert injects.log_key([line for log in source for line in log]) == injects.log_key(injects.ghost_log(rows)), "history is given the same"
    rows[1].take_back("erin")
    assert begun.commands.get(kind="inject.take_back").args == {"id": coming.pk}


def test_the_help_level_of_the_log_is_changed_only_where_the_fork_has_another(erin, played):
    run = finished_run(played, new_exercise(start_step=days.step_at("09:28"), facilitator=erin, help="assisted"))
    Command.objects.create(
        run=run, client_id="00000000-0000-4000-8000-000000000001", seq=9000, step=0, desk="facilitator", kind="help.set", args={"level": "assisted"},
        state="applied",
    )  # fmt: skip
    run.seq = 9000
    same, other = schedule.branch_of(run, AT, erin), schedule.branch_of(run, AT, erin)
    Exercise.objects.filter(pk=other.pk).update(help="guided")
    for made, levels in ((same, ["assisted"]), (Exercise.objects.get(pk=other.pk), ["assisted", "guided"])):
        made.start()
        assert [args["level"] for args in made.runs()[0].commands.filter(kind="help.set").order_by("pk").values_list("args", flat=True)] == levels


@pytest.mark.parametrize(
    ("changed", "at", "reason"),
    [
        ({}, UNTIL, "played from 09:28:00 to 09:48:00: expected a moment in between"),
        ({}, days.step_at("09:27"), "expected a moment in between"),
        ({"rules": None, "played_by": "0.9+other"}, AT, "by engine 0.9\\+other: expected"),
        ({"state": "failed"}, AT, "a run that has ended"),
        ({"step": days.END}, days.CLOSE + 5, "nothing is played"),
    ],
)
def test_a_moment_that_cannot_be_played_on_from_is_refused_with_its_reason(run, erin, changed, at, reason):
    Run.objects.filter(pk=run.pk).update(**changed)
    with pytest.raises(RuleBroken, match=reason):
        schedule.branch_of(Run.objects.select_related("team__exercise").get(pk=run.pk), at, erin)
    assert not Fork.objects.exists()


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def test_a_facilitator_forks_from_the_page_and_is_told_why_not(run, erin):
    client, address = signed_in(erin), f"/facilitator/{run.team.exercise.code}/{run.team_id}/fork/"
    answer = client.post(address, {"at": "09:40:00"})
    made = Fork.objects.get().exercise
    assert answer.url == f"/facilitator/{made.code}/" and "continues from Cobalt of" in client.get(answer.url).content.decode()
    for typed, reason in (("x", "is not a market time"), ("", "is not a market time"), ("18:40", "expected a moment in between"), ("\0", "market time")):
        answer = client.post(address, {"at": typed}, follow=True)
        assert answer.redirect_chain[-1][0] == f"/result/{run.team.exercise.code}/" and reason in answer.content.decode()
    assert Fork.objects.count() == 1
    assert signed_in(new_facilitator("ida")).post(address, {"at": "09:40:00"}).status_code == 404


def test_the_market_of_a_fork_cannot_be_edited_but_the_rest_can(run, erin):
    made, client = schedule.branch_of(run, AT, erin), signed_in(erin)
    address = f"/facilitator/{made.code}/edit/"
    assert "Scenario, market and start stay the same" in client.get(address).content.decode()
    form = {"title": "Again from there", "teams": "2", "help": "2012", "loss_counter": "hidden"}
    for wrong in ({"seed_from": "own", "seed": "80"}, {"start": "09:41"}, {"phase": "08:00"}, {"scenario": "quiet-open"}):
        answer = client.post(address, form | wrong)
        assert answer.status_code == 400 and "stay the same" in answer.content.decode(), wrong
    assert client.post(address, form).status_code == 302
    made = Exercise.objects.get(pk=made.pk)
    assert (made.title, made.loss_counter, made.teams.count()) == ("Again from there", "hidden", 2)
    assert (made.scenario, made.seed, made.start_step, made.first) == ("knight-2012", 79, AT, 0)
    answer = client.post(f"/facilitator/{made.code}/copy/", {"do": "again"}, follow=True)
    assert "cannot be played on another market" in answer.content.decode()


def test_the_result_marks_what_was_inherited(run, erin, played):
    made = schedule.branch_of(run, AT, erin)
    finished_run(played, made)
    page = Client().get(f"/result/{made.code}/").content.decode()
    assert f"Continues from Cobalt of {run.team.exercise.code} at 09:40:00" in page
    assert '<span class="tag">inherited</span>' in page
    looked = Client().get(f"/replay/{made.code}/{made.runs()[0].team_id}/").content.decode()
    assert f'"of": "{run.team.exercise.code}"' in looked and f'"from": {days.step_at("09:28")}' in looked
    assert Inject.objects.count() == 0
