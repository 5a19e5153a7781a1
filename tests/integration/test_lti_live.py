"""A homework by LTI with everything real: launched, played in a worker of games, scored, and told to a platform that is down by a worker that is killed."""

import threading
from datetime import timedelta
from ipaddress import ip_network
from urllib.parse import parse_qsl, urlsplit

from django.db import connection
from django.test import Client
from django.utils import timezone

from game.control.exercise_controls import drive
from game.models import Attempt, Cohort, Exercise, Homework, LtiLink, LtiMember, LtiPlatform, LtiScore, Run, TaughtCourse
from game.models.lti import homework_token
from game.models.webhooks import ATTEMPT_MOST
from game.ops.lti import keys
from tests import days
from tests.builders import eventually, new_facilitator
from tests.lms_platform import CLIENT, Lms, lms_platform


def test_launches_at_once_make_one_student_and_one_link(world, settings):
    settings.WEBHOOK_NETWORKS = (ip_network("127.0.0.1"),)
    erin = new_facilitator("erin")
    work = homework(erin)
    with lms_platform() as lms:
        platform = LtiPlatform.register(erin, lms.registered())
        ready, led = threading.Barrier(4), list[str]()

        def come() -> None:
            try:
                client = Client()
                token, state = answered(client, lms, platform, work)
                entry = client.post("/lti/launch", {"id_token": token, "state": state}).headers["location"]
                ready.wait(20)
                led.append(client.get(entry).headers["location"])
            finally:
                connection.close()

        every = [threading.Thread(target=come) for _ in range(4)]
        for one in every:
            one.start()
        for one in every:
            one.join()
    assert len(led) == 4 and len(set(led)) == 1, "all come to the page of one student"
    assert LtiMember.objects.count() == LtiLink.objects.count() == work.cohort.students.count() == 1


def homework(teacher) -> Homework:
    cohort = Cohort.objects.create(course=TaughtCourse.objects.create(title="Markets", teacher=teacher), name="Spring")
    return Homework.objects.create(
        cohort=cohort, title="One", scenario="knight-2012", deadline=timezone.now() + timedelta(days=1), start="bell", desk="operator",
        drawn=[79], autopilot="competent",
    )  # fmt: skip


def answered(client: Client, lms: Lms, platform: LtiPlatform, work: Homework) -> tuple[str, str]:
    """A launch as the platform answers it: its token, and the state."""
    asked = client.post("/lti/login", {"iss": lms.issuer, "client_id": CLIENT, "login_hint": "42", "target_link_uri": "http://testserver/lti/launch"})
    told = dict(parse_qsl(urlsplit(asked.headers["location"]).query))
    return lms.sign(lms.resource(told["nonce"], homework_token(platform, work))), told["state"]


def test_a_score_reaches_the_gradebook_through_failures_and_a_killed_worker(world, settings):
    world.environment["WEBHOOK_NETWORKS"] = "127.0.0.1"
    settings.WEBHOOK_NETWORKS = (ip_network("127.0.0.1"),)
    settings.SECRET_KEY = world.environment.get("SECRET_KEY", settings.SECRET_KEY)
    world.start_all("games-1", "control")
    erin = new_facilitator("erin")
    work = homework(erin)
    with lms_platform() as lms:
        lms.tool = keys.own_set
        platform = LtiPlatform.register(erin, lms.registered())
        client = Client()
        token, state = answered(client, lms, platform, work)
        entered = client.get(client.post("/lti/launch", {"id_token": token, "state": state}).headers["location"])
        page = urlsplit(entered.headers["location"]).path
        assert client.post(page, {"homework": work.pk}).headers["location"] == "/lobby/"
        exercise = Attempt.objects.get(student=LtiMember.objects.get().student).exercise
        exercise.speeds = dict.fromkeys(("premarket", "bell", "unwind"), 120)
        exercise.save(update_fields=["speeds"])
        lms.answers = [503]
        drive(exercise, "start")
        eventually(lambda: Exercise.objects.get(pk=exercise.pk).halt == "begin", 30, "it stands until its player begins")
        drive(Exercise.objects.get(pk=exercise.pk), "resume")
        run = Run.objects.get(team__exercise=exercise)
        eventually(lambda: Run.objects.get(pk=run.pk).step > days.step_at("09:34"), 60, "something has gone wrong")
        drive(exercise, "end")
        eventually(lambda: LtiScore.objects.filter(status=503, state="waiting").exists(), 90, "the gradebook is down")
        lms.holds.set()
        then = timezone.now() - ATTEMPT_MOST
        LtiScore.objects.update(due_at=then, tried_at=then - timedelta(seconds=1))
        eventually(lambda: lms.held, 20, "the platform has it, and says nothing")
        world.kill("control")
        lms.holds.clear()
        assert lms.scores == []
        world.start_all("control")
        LtiScore.objects.update(due_at=then, tried_at=then - timedelta(seconds=1))
        eventually(lambda: LtiScore.objects.filter(state="delivered").exists(), 40, "it comes again")
    (score,) = lms.scores
    assert score["userId"] == "42" and score["scoreMaximum"] == 100 and 0 <= score["scoreGiven"] <= 100
    assert "Traceback" not in world.log("control")
