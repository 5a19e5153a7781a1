"""All teams side by side: what stands in a column, and what the teams are called where the facilitator wishes no names."""

import json
import re

import pytest

import engine
from game.debrief import compare, exports, tables
from game.models import Course, Event, Exercise, Ghost, Note, Run
from game.views import debrief
from tests import days
from tests.builders import new_exercise, new_facilitator
from tests.unit.test_exports import table

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")]
SURE = "How sure, and how right (Brier score)"
NAMES = ("Cobalt", "Ochre", "Slate", "Umber")
SCORE = {"trading": 1.0, "precautions": 2_400.0, "noticed_at": "09:31:00", "diagnosed_at": None, "contained_at": "09:41:30", "service_kept": 0.9}


def ended(**values) -> Exercise:
    """Four teams that lost 10, 20, 30 and 40 million of history's 400; Ochre was cut off, and closed one barrier of three."""
    exercise = new_exercise(team=NAMES[0], facilitator=new_facilitator("erin"), **values)
    for name in NAMES[1:]:
        exercise.add_team(name)
    exercise.start()
    for place, run in enumerate(exercise.runs(), 1):
        Run.objects.filter(pk=run.pk).update(
            state="ended", step=days.END, score={**SCORE, "total": place * 10e6}, curve=[[days.OPEN, 0], [days.OPEN + 240, place * 100]]
        )
    second = exercise.runs()[1]
    slices = {"a": "closed", "b": "open", "c": "hole", "d": "none"}
    week = {"slices": slices, "ticks": [], "truths": {}, "built": [], "hand_hours": dict.fromkeys(engine.DESKS, 1), "prices_usd": 0}
    Event.objects.create(run=second, number=1, step=-1, kind="week.closed", data=week)
    Event.objects.create(run=second, number=2, step=days.step_at("09:50"), kind=compare.CUT)
    exercise.end()
    cut = [{"at": "10:15:00", "desk": "", "text": "It was over.", "kind": compare.CUT}]
    Ghost.objects.create(scenario="knight-2012", seed=79, made_by="1", curve=[[days.OPEN, 0], [days.OPEN + 240, 4000]], score={**SCORE, "total": 400e6}, story=cut)  # fmt: skip
    exercise.refresh_from_db()
    return exercise


def row(exercise: Exercise, label: str) -> list[dict]:
    found = compare.table(compare.shown(exercise), exercise.ghost)
    return next(one["cells"] for one in found["rows"] if one["label"] == label)


def test_a_column_a_team_and_one_of_history():
    exercise = ended()
    assert compare.table(compare.shown(exercise), exercise.ghost)["teams"] == list(NAMES)
    assert [cell["usd"] for cell in row(exercise, "Loss")] == [10_000_000, 20_000_000, 30_000_000, 40_000_000, 400_000_000]
    assert [cell.get("usd") for cell in row(exercise, "Losses avoided")] == [390_000_000, 380_000_000, 370_000_000, 360_000_000, None]
    assert [cell["text"] for cell in row(exercise, "Cut off by the exchanges")] == ["no", "09:50:00", "no", "no", "10:15:00"]
    assert [cell.get("text") for cell in row(exercise, "Barriers closed")] == [None, "1 of 3", None, None, None]
    assert row(exercise, "Contained")[0] == {"text": "09:41:30"} and row(exercise, "Diagnosed")[0] == {"text": "never"}


def test_history_that_was_kept_before_lines_had_kinds_is_known_by_its_words():
    exercise = ended()
    words = {"at": "10:14:00", "desk": "", "text": "The exchanges disconnected what was still sending."}
    Ghost.objects.update(story=[{"at": "09:30:00", "desk": "", "text": "The opening bell."}, words])
    assert row(exercise, "Cut off by the exchanges")[-1] == {"text": "10:14:00"}


def test_where_no_week_was_played_there_is_no_line_of_barriers():
    exercise = ended()
    Event.objects.filter(kind="week.closed").delete()
    labels = [one["label"] for one in compare.table(compare.shown(exercise), exercise.ghost)["rows"]]
    assert "Grade" in labels and "Barriers closed" not in labels
    assert SURE not in labels, "nobody has said how sure it was"


def test_the_decision_worth_most_stands_there_once_every_one_is_reckoned():
    from tests.unit.test_worth_rows import one_stop

    run = one_stop()
    Course.objects.create(run=run, key="played", loss_usd=5e6, made_by=run.made_by)
    cell = compare.table([run], None)["rows"][-1]["cells"][0]
    assert cell == {"team": run.team_id}, "the page fills it"
    Course.objects.create(run=run, key="without:1", loss_usd=45e6, made_by=run.made_by)
    cell = compare.table([run], None)["rows"][-1]["cells"][0]
    assert (cell["usd"], cell["of"]) == (40_000_000, "Stop a server (SMARS-8)")


def test_how_sure_a_team_was_stands_there_by_desk_and_in_the_table_of_results():
    exercise = ended()
    run = exercise.runs()[0]
    claims = [
        {"desk": "risk", "confidence": "certain", "right": True},
        {"desk": "operator", "confidence": "likely", "right": False},
        {"desk": "operator", "confidence": None, "right": False},
    ]
    Run.objects.filter(pk=run.pk).update(score={**run.score, "claims": claims})
    cells = row(exercise, SURE)
    assert cells[0] == {"text": "0.28", "of": "operator 0.56, risk 0.00"}
    assert cells[1:] == [{}] * 4
    sure = {name: [line[name] for line in table("".join(exports.outcome([exercise])))] for name in ("Brier score", "Brier score, risk", "Brier score, deployer")}
    assert sure["Brier score"] == ["0.2825", "", "", ""]
    assert sure["Brier score, risk"][0] == "0.0025"
    assert sure["Brier score, deployer"] == [""] * 4


def test_letters_are_dealt_without_regard_to_the_seating_and_teams_stand_in_their_order():
    orders = set()
    for number in range(12):
        exercise = new_exercise(team="A", names="letters", title=str(number))
        for name in "BCD":
            exercise.add_team(name)
        exercise.start()
        runs = compare.shown(exercise)
        assert [run.team.name for run in runs] == ["Team A", "Team B", "Team C", "Team D"]
        orders.add(tuple(run.team.place for run in runs))
        assert [run.pk for run in compare.shown(exercise)] == [run.pk for run in runs], "and stay what they are"
    assert len(orders) > 3


def test_with_letters_no_name_of_a_team_is_on_the_page_or_in_a_table_of_it(client):
    exercise = ended()
    Note.objects.create(exercise=exercise, team=exercise.teams.last(), step=0, text="They argued.")
    client.force_login(exercise.facilitator)
    page = client.get(f"/result/{exercise.code}/").content.decode()
    assert all(name in page for name in NAMES) and "Full screen" in page
    client.post(f"/facilitator/{exercise.code}/debrief/", {"names": "letters"})
    page = client.get(f"/result/{exercise.code}/").content.decode()
    texts = [page]
    for what in ("results.csv", "curve.csv", "events.csv", "debrief.json"):
        texts.append(b"".join(client.get(f"/facilitator/{exercise.code}/{what}")).decode())
    team = exercise.teams.first().pk
    texts.append(client.get(f"/result/{exercise.code}/{team}/worth.json").content.decode())
    for text in texts:
        assert "Team " in text and not any(name in text for name in NAMES)
    assert "They argued." in page
    losses = re.findall(r'data-usd="(\d+)" data-as="loss"', page)
    by_letter = [str(int(run.score["total"])) for run in compare.shown(Exercise.objects.get(pk=exercise.pk))]
    assert losses[:4] == by_letter, "columns stand in the letters' order"


def test_who_is_named_is_the_facilitators_choice_and_must_be_one(client):
    exercise = ended()
    address = f"/facilitator/{exercise.code}/debrief/"
    client.force_login(new_facilitator("finn"))
    assert client.post(address, {"names": "people"}).status_code == 404
    client.force_login(exercise.facilitator)
    page = client.post(address, {"names": "everything"}, follow=True).content.decode()
    assert str(debrief.CHOICES) in page
    exercise.refresh_from_db()
    assert exercise.names == "teams"


def test_the_names_of_people_stand_beside_decisions_only_where_the_facilitator_turned_them_on(client):
    from tests.unit.test_worth_rows import one_stop

    run = one_stop(by="Dana")
    exercise = run.team.exercise
    for names, there in (("teams", False), ("people", True), ("letters", False)):
        Exercise.objects.filter(pk=exercise.pk).update(names=names)
        assert ("Dana" in client.get(f"/result/{exercise.code}/").content.decode()) is there, names


def test_the_curve_and_the_events_are_tables_of_all_teams_and_of_one(client):
    exercise = ended()
    client.force_login(exercise.facilitator)
    rows = table(b"".join(client.get(f"/facilitator/{exercise.code}/curve.csv")).decode())
    assert len(rows) == 8 and rows[1] == {
        "exercise": "A morning", "code": exercise.code, "team": "Cobalt", "at": "09:31:00", "step": str(days.OPEN + 240), "loss $": "100", "history's loss $": "4000",
    }  # fmt: skip
    team = exercise.teams.get(name="Ochre")
    events = table(b"".join(client.get(f"/result/{exercise.code}/{team.pk}/events.csv")).decode())
    assert [(one["team"], one["kind"], one["at"]) for one in events] == [
        ("Ochre", "week.closed", events[0]["at"]),
        ("Ochre", compare.CUT, "09:50:00"),
    ]
    assert events[0]["data"].startswith('{"slices"') and events[0]["audience"] == "[]"


def test_the_debrief_as_json_is_what_the_tables_are(client):
    exercise = ended()
    client.force_login(exercise.facilitator)
    told = json.loads(b"".join(client.get(f"/facilitator/{exercise.code}/debrief.json")))
    assert [team["team"] for team in told["teams"]] == list(NAMES) and told["seed"] == 79
    ochre = told["teams"][1]
    assert set(tables.ROWS) < set(ochre) and ochre["events"][1]["kind"] == compare.CUT and len(ochre["curve"]) == 2
    one = json.loads(b"".join(client.get(f"/result/{exercise.code}/{exercise.teams.first().pk}/debrief.json")))
    assert [team["team"] for team in one["teams"]] == ["Cobalt"]


def test_what_a_player_typed_is_no_formula_in_any_table():
    exercise = ended()
    run = exercise.runs()[0]
    Exercise.objects.filter(pk=exercise.pk).update(title="=1+1")
    exercise.refresh_from_db()
    exercise.teams.filter(pk=run.team_id).update(name="@SUM(A1)")
    Event.objects.create(run=run, number=9, step=0, kind="=cmd", data={})
    text = "".join(part.decode() if isinstance(part, bytes) else part for part in tables.csv_of(exercise, "events", tables.played(exercise)))
    found = table(text)[0]
    assert (found["exercise"], found["team"], found["kind"]) == ("'=1+1", "'@SUM(A1)", "'=cmd")
    assert exports.cell("[1]") == "[1]"


@pytest.mark.parametrize("state", ["running", "frozen"])
def test_nothing_leaves_before_the_end_or_the_reveal(client, state):
    exercise = ended()
    team = exercise.teams.first().pk
    if state == "frozen":
        Exercise.objects.filter(pk=exercise.pk).update(frozen={})
    else:
        Exercise.objects.filter(pk=exercise.pk).update(state="running")
    for what in ("events.csv", "curve.csv", "debrief.json", "worth.json"):
        assert client.get(f"/result/{exercise.code}/{team}/{what}").status_code == 404, what
    assert client.get(f"/result/{exercise.code}/{team}/passwords.csv").status_code == 404
    client.force_login(exercise.facilitator)
    assert client.get(f"/result/{exercise.code}/{team}/events.csv").status_code == (200 if state == "frozen" else 404)
