"""Before, after and thirty days later: the same scales, a facilitator's own questions, counts and never a person's answers."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from game.control import schedule
from game.models import Action, Exercise, RuleBroken, SurveyQuestion, SurveyReply, questions
from game.people import sharing
from game.views.questions import links
from tests.builders import new_exercise, new_facilitator, taken_seat
from tests.unit.test_exports import table
from tests.unit.test_lessons import GIVEN, JSON, ended

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")]
SCALES = {"explain": "2", "ready": "1", "speak": "3"}


def facilitator_of(exercise: Exercise) -> Client:
    client = Client()
    client.force_login(exercise.facilitator)
    return client


def ask(client: Client, exercise: Exercise, **values: str) -> int:
    given = {"do": "add", "text": "What do you hope for?", "kind": "text", "before": "on", **values}
    return client.post(f"/facilitator/{exercise.code}/questions/", given).status_code


@pytest.fixture
def month() -> Exercise:
    """An exercise that ended thirty days ago; Cobalt's operator Dana and its risk manager Eli took something on."""
    exercise, _ = ended()
    Exercise.objects.filter(pk=exercise.pk).update(ended_at=timezone.now() - timedelta(days=30, minutes=1))
    Action.objects.create(team=exercise.teams.get(name="Cobalt"), change="Checksum every server", owner="Dana", due="2027-01-15")
    exercise.refresh_from_db()
    return exercise


def test_before_is_in_the_lobby_may_be_skipped_and_is_over_with_the_start(client):
    exercise = new_exercise(facilitator=new_facilitator())
    facilitator = facilitator_of(exercise)
    assert ask(facilitator, exercise) == 302
    _, client.cookies["player"] = taken_seat(exercise)
    assert 'href="/before/"' in client.get("/lobby/").content.decode()
    page = client.get("/before/").content.decode()
    assert "What do you hope for?" in page and 'href="/lobby/"' in page
    own = SurveyQuestion.objects.get()
    assert client.post("/before/", {**SCALES, own.key: "A plan"}).headers["location"] == "/lobby/"
    assert SurveyReply.objects.get().values == {"explain": 2, "ready": 1, "speak": 3, own.key: "A plan"}
    assert 'href="/before/"' not in client.get("/lobby/").content.decode()
    assert client.post("/before/", {"ready": "6"}).status_code == 400
    exercise.start()
    assert client.get("/before/").status_code == 409


def test_after_asks_the_same_scales_and_the_times_stand_side_by_side_without_a_name(client):
    exercise, client.cookies["player"] = ended()
    facilitator = facilitator_of(exercise)
    dana, eli = exercise.players.get(name="Dana"), exercise.players.get(name="Eli")
    for player, ready in ((dana, 1), (eli, 2)):
        SurveyReply.objects.create(player=player, when="before", values={"ready": ready})
    ask(facilitator, exercise, text="Which first?", kind="choice", choices="The switch\nThe limit", after="on")
    own = SurveyQuestion.objects.get()
    assert "Which first?" in client.get("/lessons/").content.decode()
    assert client.post("/lessons/", {**GIVEN, "speak": "4", own.key: "1"}, headers=JSON).json()["kept"]
    told = questions.summary(exercise)
    ready = next(row for row in told["rows"] if row["prompt"].startswith("How sure are you"))
    assert [(cell["n"], cell["mean"]) for cell in ready["cells"]] == [(2, 1.5), (1, 2.0), (0, None)]
    assert [row["cells"][1]["count"] for row in told["rows"] if row["answer"]] == [0, 1]
    page = facilitator.get(f"/facilitator/{exercise.code}/questions/").content.decode()
    assert "n = 2" in page and "1 of 1" in page
    shown = page.split("links-h")[0]
    assert "Dana" not in shown and "Eli" not in shown
    rows = table(b"".join(facilitator.get(f"/facilitator/{exercise.code}/questions.csv")).decode())
    assert {(row["when"], row["answer"], row["count"]) for row in rows if row["question"] == ready["prompt"]} >= {
        ("before", "1", "1"), ("before", "2", "1"), ("after", "2", "1"),
    }  # fmt: skip
    assert {(row["answer"], row["count"], row["of"]) for row in rows if row["question"] == "Which first?"} == {
        ("The switch", "0", "1"),
        ("The limit", "1", "1"),
    }


def test_a_link_asks_thirty_days_later_and_about_the_actions(client, month):
    dana = next(one for one in links(month) if one["name"] == "Dana")
    page = client.get(dana["path"]).content.decode()
    action = Action.objects.get()
    assert "Checksum every server" in page and "Under way" in page and 'name="ready"' in page
    given = {**SCALES, f"state{action.pk}": "under way", f"said{action.pk}": "Half of them"}
    assert client.post(dana["path"], given).status_code == 302
    action.refresh_from_db()
    assert (action.state, action.said) == ("under way", "Half of them")
    eli = next(one for one in links(month) if one["name"] == "Eli")
    assert client.post(eli["path"], SCALES).status_code == 302
    action.refresh_from_db()
    assert action.state == "under way", "who says nothing of it changes nothing"
    assert questions.summary(month)["answers"] == {"before": 0, "after": 0, "later": 2}
    ochre = next(one for one in links(month) if one["team"] == "Ochre")
    assert "Checksum every server" not in client.get(ochre["path"]).content.decode()


def test_the_link_opens_by_the_days_since_the_end_and_closes_when_it_is_revoked(client, month):
    player, now = month.players.get(name="Dana"), timezone.now()
    for moved, reason in ((-2, "the link opens on"), (91, "This link closed on")):
        with pytest.raises(RuleBroken, match=reason):
            questions.may_answer(player, "later", now + timedelta(days=moved))
    questions.may_answer(player, "later", now + timedelta(days=60))
    path = links(month)[0]["path"]
    assert client.get(f"{path[:-2]}x/").status_code == 403
    sharing.take_back(month)
    assert client.get(path).status_code == 403 and client.get(links(month)[0]["path"]).status_code == 200
    Exercise.objects.filter(pk=month.pk).update(ended_at=now - timedelta(days=3))
    early = client.get(links(month)[0]["path"])
    assert early.status_code == 409 and "the link opens on" in early.content.decode()


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"text": " "}, "This field is required"),
        ({"kind": "choice", "choices": "Only one"}, "Expected 2 to 6 lines"),
        ({"before": ""}, "Choose when it is asked"),
        ({"kind": "song"}, "Select a valid choice"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_with_the_reason(client, given, reason):
    exercise = new_exercise(facilitator=new_facilitator())
    client.force_login(exercise.facilitator)
    response = client.post(f"/facilitator/{exercise.code}/questions/", {"do": "add", "text": "Why?", "kind": "text", "before": "on", **given})
    assert response.status_code == 400 and not SurveyQuestion.objects.exists()
    assert reason in response.content.decode() or any(reason in str(errors) for errors in response.context["form"].errors.values())


def test_questions_have_an_end_go_with_a_copy_and_can_be_removed(client):
    exercise = new_exercise(facilitator=new_facilitator())
    client.force_login(exercise.facilitator)
    for _ in range(questions.MOST + 1):
        ask(client, exercise)
    assert exercise.questions.count() == questions.MOST
    assert schedule.copy_of(exercise).questions.count() == questions.MOST
    client.post(f"/facilitator/{exercise.code}/questions/", {"do": "remove", "pk": str(exercise.questions.first().pk)})
    assert exercise.questions.count() == questions.MOST - 1
