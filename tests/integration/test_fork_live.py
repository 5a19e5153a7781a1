"""Playing on from a moment of a finished run, by real workers: it begins there, another course follows, and a kill loses nothing."""

import engine
from game.control.schedule import branch_of
from game.models import Command, Run
from tests import days
from tests.builders import eventually, finished_run, new_exercise, new_facilitator, taken_seat
from tests.integration.test_crash import BOTH, assert_told_once, database, end, give, owner, shown_step, undisturbed  # noqa: F401
from tests.integration.test_worth import check_bundle
from tests.integration.world import Watch

AT, UNTIL = days.step_at("09:33"), days.step_at("09:36")


def source() -> Run:
    """A run that beginners played for six minutes."""
    scenario, seats = engine.load_scenario("knight-2012"), dict.fromkeys(engine.DESKS, "novice")
    return finished_run(engine.rehearse(scenario, 79, seats, since=days.OPEN, until=UNTIL), new_exercise(start_step=days.OPEN))


@BOTH
def test_a_fork_begins_at_its_moment_survives_a_kill_and_differs_from_its_source(world):
    played = source()
    made = branch_of(played, AT, new_facilitator())
    world.start_all("games-1", "games-2", "control", "web")
    made.speeds = {"bell": 20}
    made.save(update_fields=["speeds"])
    made.start()
    run = Run.objects.select_related("team__exercise").get(team__exercise=made)
    inherited = [str(row.client_id) for row in run.commands.all()]
    assert len(inherited) == played.commands.filter(step__lt=AT).count() > 0
    eventually(lambda: shown_step(run) > AT, 20, "the market moves on from there")
    taken_seat(made)  # now: whoever shows no sign of life for long is away
    with Watch(world.broker_url, run.pk) as watch:
        ids = [give(run, "server.stop", server=8)]
        world.kill(owner(world, run))
        ids.append(give(run, "log.tail", server=2))
        watch.more(10)
    assert watch.steps() == sorted(watch.steps()) and watch.steps()[0] >= AT, "nothing of what lies before was played again on a screen"
    eventually(lambda: Run.objects.filter(pk=run.pk, step__gte=UNTIL).exists(), 60, "it was played as far as its source")
    run = Run.objects.select_related("team__exercise").get(pk=end(run).pk)
    assert_told_once(run, ids + inherited)
    assert run.digest == undisturbed(run) and run.epoch >= 2
    assert Command.objects.get(client_id=ids[0]).step >= AT
    stopped = run.events.filter(kind="server.stopped", step__gte=AT)
    assert [event.data["server"] for event in stopped] == [8] and not played.events.filter(kind="server.stopped", step__gte=AT).exists()
    check_bundle(world, run)
