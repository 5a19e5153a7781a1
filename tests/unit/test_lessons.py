"""The survey after the end: one answer a person, the latest, by desk and not by name, until the exercise is put away."""

import pytest

from game.models import Exercise, Lesson, Player, Run, lessons
from game.people.access import cookie_value
from tests import days
from tests.builders import new_exercise, new_facilitator, taken_seat
from tests.unit.test_exports import table

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")]
GIVEN = {
    "surprised": "That it said done.",
    "differently": "Checksum the fleet.",
    "controls": ["checksum", "killswitch"],
    "ready": "2",
    "useful": "5",
}
JSON = {"accept": "application/json"}


def ended(**values) -> tuple[Exercise, str]:
    """An exercise of two teams that has ended, and the cookie of Dana, who was Cobalt's operator."""
    exercise = new_exercise(facilitator=new_facilitator("erin"), start_step=days.step_at("09:28"), **values)
    exercise.add_team("Ochre")
    _, cookie = taken_seat(exercise, name="Dana")
    taken_seat(exercise, desk="risk", name="Eli")
    taken_seat(exercise, desk="risk", team="Ochre", name="Fay")
    exercise.start()
    exercise.end()
    Run.objects.filter(team__exercise=exercise).update(state="ended", step=days.step_at("09:50"), score={"total": 5e6})
    exercise.refresh_from_db()
    return exercise, cookie


def told(exercise: Exercise) -> dict:
    return lessons.lessons_summary(exercise, list(exercise.runs()))


def test_a_player_answers_on_a_page_of_their_own_and_it_is_told_by_desk(client):
    exercise, client.cookies["player"] = ended()
    page = client.get("/lessons/").content.decode()
    assert "What surprised you?" in page and "A kill switch" in page and "with your desk, not your name" in page
    assert client.post("/lessons/", GIVEN).headers["location"] == f"/result/{exercise.code}/"
    lesson = Lesson.objects.get()
    assert (lesson.player.name, lesson.team.name, lesson.desk, lesson.ready, lesson.controls) == ("Dana", "Cobalt", "operator", 2, GIVEN["controls"])
    found = told(exercise)
    assert (found["answers"], found["people"]) == (1, 3)
    assert found["texts"][0]["answers"] == [{"team": "Cobalt", "desk": "operator", "who": "", "text": "That it said done."}]
    assert found["scales"][0]["counts"] == [0, 1, 0, 0, 0] and found["scales"][1]["mean"] == 5.0
    assert [one["count"] for one in found["controls"]] == [1, 1]
    result = client.get(f"/result/{exercise.code}/").content.decode()
    assert "Change your answers" in result and "Dana" not in result.split("lessons-first")[1][:2000]


def test_the_latest_answer_is_the_one_that_counts(client):
    exercise, client.cookies["player"] = ended()
    for text in ("First.", "Second."):
        assert client.post("/lessons/", {"surprised": text}, headers=JSON).json() == {"kept": True, "reason": ""}
    assert [lesson.surprised for lesson in Lesson.objects.all()] == ["Second."]
    assert "Second." in client.get("/lessons/").content.decode(), "and the form shows it"
    assert told(exercise)["answers"] == 1


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, "One answer is enough"),
        ({"surprised": "  "}, "One answer is enough"),
        ({"surprised": "a" * 501}, "500 characters"),
        ({"surprised": "a\x00b"}, "Null characters"),
        ({"controls": ["checksum", "killswitch", "paging", "cap"]}, "3 at most"),
        ({"controls": ["prayer"]}, "not one of the available choices"),
        ({"ready": "6"}, "not one of the available choices"),
        ({"ready": "9" * 30}, "not one of the available choices"),
    ],
)
def test_what_cannot_be_kept_says_why_on_the_page_and_to_a_script(client, given, reason):
    _, client.cookies["player"] = ended()
    page = client.post("/lessons/", given)
    assert page.status_code == 400 and reason in page.content.decode()
    answer = client.post("/lessons/", given, headers=JSON)
    assert answer.status_code == 400 and answer.json()["kept"] is False and reason in answer.json()["reason"]
    assert not Lesson.objects.exists()


def test_before_the_end_and_after_it_was_put_away_nothing_is_kept(client):
    exercise, client.cookies["player"] = ended()
    Exercise.objects.filter(pk=exercise.pk).update(archived=True)
    answer = client.post("/lessons/", GIVEN, headers=JSON)
    assert answer.status_code == 409 and "archived this exercise" in answer.json()["reason"]
    assert "Answer</a>" not in client.get(f"/result/{exercise.code}/").content.decode()
    Exercise.objects.filter(pk=exercise.pk).update(archived=False, state="running")
    assert client.get("/lessons/").status_code == 409
    assert not Lesson.objects.exists()


def test_who_has_no_cookie_or_sat_nowhere_is_told_so(client):
    exercise, _ = ended()
    assert client.get("/lessons/").status_code == 403
    player, token = Player.enter(exercise, "Gus")
    client.cookies["player"] = cookie_value(player, token)
    page = client.get("/lessons/")
    assert page.status_code == 409 and "You had no desk" in page.content.decode()


def test_who_left_their_seat_answers_for_where_they_sat(client):
    exercise, client.cookies["player"] = ended()
    Player.objects.get(name="Dana").holdings.all().delete()
    assert client.post("/lessons/", GIVEN, headers=JSON).json()["kept"]
    assert Lesson.objects.get().desk == "operator" and told(exercise)["people"] == 3


def test_while_the_board_is_frozen_answers_are_taken_and_shown_to_the_facilitator_only(client):
    exercise, cookie = ended(frozen={})
    client.cookies["player"] = cookie
    assert "Answer</a>" in client.get(f"/result/{exercise.code}/").content.decode()
    assert client.post("/lessons/", GIVEN, headers=JSON).json()["kept"]
    address = f"/result/{exercise.code}/lessons.json"
    assert client.get(address).status_code == 404
    client.force_login(exercise.facilitator)
    assert client.get(address).json()["answers"] == 1


def test_names_stand_there_when_the_facilitator_turned_them_on_and_letters_in_place_of_teams(client):
    exercise, client.cookies["player"] = ended()
    client.post("/lessons/", GIVEN, headers=JSON)
    client.force_login(exercise.facilitator)

    def seen(names: str) -> tuple[str, str]:
        Exercise.objects.filter(pk=exercise.pk).update(names=names)
        (one,) = client.get(f"/result/{exercise.code}/lessons.json").json()["texts"][0]["answers"]
        return one["team"], one["who"]

    assert seen("teams") == ("Cobalt", "") and seen("people") == ("Cobalt", "Dana")
    team, who = seen("letters")
    assert team in ("Team A", "Team B") and who == ""
    assert "with your name" not in client.get("/lessons/").content.decode()


def test_the_survey_is_a_table_that_a_spreadsheet_does_not_run(client):
    exercise, client.cookies["player"] = ended()
    client.post("/lessons/", {**GIVEN, "surprised": "=HYPERLINK(1)"}, headers=JSON)
    client.force_login(exercise.facilitator)
    (row,) = table(b"".join(client.get(f"/facilitator/{exercise.code}/survey.csv")).decode())
    assert (row["team"], row["desk"], row["who"], row["surprised"]) == ("Cobalt", "operator", "", "'=HYPERLINK(1)")
    assert "A kill switch" in row["controls that would have helped"] and row["of use at work (1-5)"] == "5"
    Exercise.objects.filter(pk=exercise.pk).update(names="people")
    (row,) = table(b"".join(client.get(f"/facilitator/{exercise.code}/survey.csv")).decode())
    assert row["who"] == "Dana"
