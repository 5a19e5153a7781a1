"""Webhooks with everything real: a morning in a worker of games, deliveries by one of control that is killed, and a receiver that verifies them."""

from datetime import timedelta
from ipaddress import ip_network

from django.utils import timezone

from game.control.exercise_controls import drive
from game.models import Run, Webhook, WebhookDelivery
from game.models.webhooks import ATTEMPT_MOST
from tests import days
from tests.builders import eventually, new_exercise, new_facilitator
from tests.receiver import receiver


def a_while_passes() -> None:
    """What waits for its next attempt has waited long enough."""
    then = timezone.now() - ATTEMPT_MOST
    WebhookDelivery.objects.filter(state__in=WebhookDelivery.OPEN).update(due_at=then, tried_at=then - timedelta(seconds=1))


def test_a_morning_is_told_through_failures_and_a_killed_worker(world, settings):
    world.environment["WEBHOOK_NETWORKS"] = "127.0.0.1"
    settings.WEBHOOK_NETWORKS = (ip_network("127.0.0.1"),)
    world.start_all("games-1", "control", queues="control")
    erin = new_facilitator("erin")
    speeds = dict.fromkeys(("premarket", "bell", "unwind"), 120)
    exercise = new_exercise(facilitator=erin, start_step=days.step_at("09:28"), autopilot="competent", speeds=speeds, loss_counter="live")
    with receiver(500, 503, 200) as one:
        webhook = Webhook.make(erin, one.address)
        drive(exercise, "start")
        for tried in (1, 2):  # it is down twice
            eventually(lambda tried=tried: len(one.heard) == tried, 10, f"attempt {tried}")
            eventually(lambda: WebhookDelivery.objects.filter(state="waiting", kind="exercise.started").exists(), what="its answer is put down")
            a_while_passes()
        eventually(lambda: webhook.deliveries.filter(kind="run.bell", state="delivered").exists(), 60, "the bell is told")
        run = Run.objects.get(team__exercise=exercise)
        eventually(lambda: Run.objects.get(pk=run.pk).step > days.step_at("09:38"), 60, "it is contained")
        one.answers[:] = [one.hangs, 200]
        drive(exercise, "pause")
        eventually(lambda: one.heard[-1].told["type"] == "run.contained", 10, "the receiver has it, and says nothing")
        world.kill("control")
        one.freed.set()
        drive(exercise, "resume")
        drive(exercise, "end")
        world.start_all("control", queues="control")
        a_while_passes()
        eventually(lambda: set(webhook.deliveries.values_list("state", flat=True)) == {"delivered"} and webhook.deliveries.count() == 6, 40, "all of it")
        told = [heard.checked(webhook.secret) for heard in one.heard]
        ids = [heard.headers["webhook-id"] for heard in one.heard]
    kinds = [one["type"] for one in told]
    assert kinds[:3] == ["exercise.started"] * 3 and len(set(ids[:3])) == 1, "the same event three times, and it says so"
    assert sorted(kinds[3:]) == sorted(["run.bell", "run.contained", "run.contained", "run.ended", "exercise.ended", "exercise.results"])
    assert len(set(ids)) == 6, "and so is what the killed worker had in hand"
    contained = next(one for one in told if one["type"] == "run.contained")
    assert contained["data"]["clock"] == "09:36:35" and contained["data"]["loss_usd"] > 0
    assert "Traceback" not in world.log("control") and "seed" not in str(told)
