"""What a result says first, to its team and to whoever runs the room, and what stands behind its tabs."""

import json
import re

import pytest
from django.test import Client

import engine
from game.debrief import finished as kept
from game.debrief import first_screen
from game.models import Command, Event, Exercise, Ghost, Player, Run
from tests.builders import new_facilitator, taken_seat
from tests.days import step_at
from tests.played import finished
from tests.unit.test_report import reckon

pytestmark = pytest.mark.django_db
PARTS = ("decisions", "knew", "objectives", "barriers", "again", "happened", "actions", "numbers")


@pytest.fixture(autouse=True)
def nothing_kept():
    """Runs of other tests have the same keys."""
    kept._lasting.clear()


def room(**values) -> Exercise:
    return finished({"Cobalt": "competent", "Ochre": "novice"}, facilitator=new_facilitator(), until="09:50", **values)


def page(client: Client, exercise: Exercise) -> str:
    return client.get(f"/result/{exercise.code}/").content.decode()


def words(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).replace("&quot;", '"').replace("&#x27;", "'").split())


def alone() -> tuple[Exercise, Client]:
    """A game for one that is over, and the browser that played it."""
    exercise = finished({"Cobalt": "competent"}, until="09:50")
    _, cookie = taken_seat(exercise)
    Exercise.objects.filter(pk=exercise.pk).update(owner=Player.objects.get(exercise=exercise))
    exercise.refresh_from_db()
    client = Client()
    client.cookies["player"] = cookie
    return exercise, client


def test_a_game_for_one_opens_with_three_sentences_that_speak_to_one_person():
    exercise, client = alone()
    told = page(client, exercise)
    said = words(told[told.index("What happened, and why") : told.index("Parts of the result")])
    for text in ("A copy missed SMARS-8: it still ran the release of 2003", "You could have known from the start", "and the day cost $"):
        assert text in said
    assert "Saved" in said and "Costliest minute" in said and "Decision worth most" in said
    assert "Cobalt" not in said.split("Loss by the minute")[0] and "The room then discusses" not in told
    assert client.get(f"/result/{exercise.code}/").context["curve"]["teams"][0]["name"] == "You"
    assert said.index("Saved") < said.index("Loss by the minute"), "the figures before the curve"


def test_behind_the_first_screen_every_part_has_a_tab_and_stands_on_the_page_for_paper():
    exercise, client = alone()
    told = page(client, exercise)
    assert re.findall(r'<a id="tab-\w+" href="#(\w+)">', told) == list(PARTS)
    assert re.findall(r'<div data-panel id="(\w+)">', told) == list(PARTS)
    assert "data-off" not in told, "what hides a part is the script's"


def test_what_really_happened_stands_beside_what_was_done_here_with_its_sources():
    exercise, client = alone()
    told = words(page(client, exercise).split('data-panel id="happened"')[1])
    for text in ("The rollback that made it worse", "SEC order, paragraph 27", "Rule 15c3-5", "three ways to read it", "This was a model", "No kill switch was built."):
        assert text in told


def test_the_facilitators_page_is_a_lesson_plan_with_three_questions_of_this_room(client):
    exercise = room()
    client.force_login(exercise.facilitator)
    told = page(client, exercise)
    said = words(told)
    assert said.index("Reveal") < said.index("Ask this room") < said.index("Then the teams") < said.index("All teams") < said.index("This debrief")
    asked = first_screen.questions_of(exercise.runs())
    assert 1 <= len(asked) <= 3 and len({one["team"] for one in asked} | {"Cobalt", "Ochre"}) == 2
    assert all(one["long"] and one["needed"] for one in asked) and asked[0]["text"][:40] in told.replace("&quot;", '"').replace("&#x27;", "'")
    assert re.search(r'href="#teams".*href="#settings"', told, re.S)
    assert "Ochre could have known from the start" in said, "a team is told of to whoever runs the room"


def test_until_it_is_revealed_only_the_facilitator_sees_it_and_reveals_it_from_there(client):
    exercise = room()
    Exercise.objects.filter(pk=exercise.pk).update(frozen={"board": {"frozen": "09:50"}})
    _, cookie = taken_seat(exercise)
    player = Client()
    player.cookies["player"] = cookie
    for hidden in ("A copy missed", "What really happened", "Saved", "Ask this room"):
        assert hidden not in page(player, exercise)
    client.force_login(exercise.facilitator)
    assert 'value="reveal"' in page(client, exercise)
    answer = client.post(f"/facilitator/exercise/{exercise.code}/", {"do": "reveal", "result": "yes"})
    assert answer.headers["location"] == f"/result/{exercise.code}/"
    assert "A copy missed" in page(player, exercise) and 'value="reveal"' not in page(client, exercise)


def test_what_is_not_there_yet_says_what_is_being_worked_out_and_for_how_long():
    exercise, client = alone()
    Ghost.objects.all().delete()
    told = words(page(client, exercise))
    assert "history is being played on the same market. About half a minute." in told
    assert "the market is played again without each of them. This takes a minute or two." in told
    assert " – " not in told and "…" not in told.split("Who knew what, when")[0]


def test_once_all_is_known_the_page_has_the_decision_worth_most_and_the_next_look_knows_of_the_ghost():
    exercise, client = alone()
    (run,) = exercise.runs()
    reckon(run)
    assert "data-best-first" in page(client, exercise) and "Being worked out" not in words(page(client, exercise).split("data-panels")[0])
    assert client.get(f"/result/{exercise.code}/{run.team_id}/worth.json").json()["ghost"] is True
    Ghost.objects.all().delete()
    assert client.get(f"/result/{exercise.code}/{run.team_id}/worth.json").json()["ghost"] is False


def test_a_cut_that_the_exchanges_made_is_not_contained(client):
    exercise = room()
    run = exercise.runs()[0]
    cut = {"step": step_at("10:15"), "kind": "exchange.disconnected", "audience": ["operator"], "data": {}}
    number = max(run.happened.values_list("number", flat=True)) + 1
    Event.objects.create(run=run, number=number, **cut)
    Run.objects.filter(pk=run.pk).update(events_told=number + 1, score=run.score | {"runaway": "contained", "contained_at": "10:15:00"})
    client.force_login(exercise.facilitator)
    context = client.get(f"/result/{exercise.code}/").context
    team = context["teams"][0]
    assert team["moments"][-1]["label"] == "Cut off" and team["moments"][-1]["at"] == "10:15:00"
    contained = next(row for row in context["compared"]["rows"] if row["label"] == "Contained")
    assert contained["cells"][0] == {"text": "never"}


def test_what_assistants_read_and_noticed_is_not_the_persons():
    exercise, client = alone()
    (run,) = exercise.runs()
    Command.objects.filter(run=run).update(by="autopilot")
    told = finished_told(run)
    assert told["opened"] == [] and told["account"]["known"]["assistant"]
    assert "by an assistant" in words(page(client, exercise))


def finished_told(run: Run) -> dict:
    kept._lasting.clear()
    return kept.told_of_run(run)


def test_a_result_of_an_older_version_is_put_down_again_with_its_account():
    exercise, _ = alone()
    (run,) = exercise.runs()
    told = finished_told(run)
    row = kept.of(run)
    row.told = {key: value for key, value in told.items() if key not in ("account", "beside", "questions")} | {"story": []}
    row.save()
    again = finished_told(run)
    assert again["account"]["sentences"] and again["story"] == [], "and what was kept stays as it was"
    assert json.dumps(again)


def test_beside_a_morning_on_which_nothing_was_lost_the_yardstick_is_closing_for_the_day():
    from game.debrief import results

    exercise, _ = alone()
    (run,) = exercise.runs()
    ghost = Ghost.objects.get()
    ghost.score = ghost.score | {"total": 0.0}
    run.step = run.calendar.close
    run.score = run.score | {"total": 1_000_000.0, "yardstick": 30_000_000.0}
    found = results.of(run, ghost)
    assert (found["saved_usd"], found["saved_of_usd"], found["saved_beside"]) == (29_000_000, 30_000_000, "closing")
    ghost.score = ghost.score | {"total": 400e6}
    assert results.of(run, ghost)["saved_beside"] == "ghost"


def test_every_question_names_its_time(client):
    exercise = room()
    for one in first_screen.questions_of(exercise.runs()):
        assert engine.load_scenario("knight-2012").calendar.step_at(one["at"]) and one["again"]
