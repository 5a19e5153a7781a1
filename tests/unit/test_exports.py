"""What leaves the house: attendance and results as CSV that a spreadsheet opens and does not run, and an exercise as JSON."""

import csv
import io
import json
import unicodedata
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from game.debrief import exports
from game.models import Command, Course, Exercise, Ghost, Holding, Player, Run, Seat, Stay
from tests import days
from tests.builders import new_exercise, new_facilitator, taken_seat

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")]
SCORE = {
    "total": 38_200_000.0, "trading": 38_000_000.0, "survives": True, "noticed_at": "09:28:30", "diagnosed_at": None, "contained_at": "09:41:30", "fate": "own cash", "service_kept": 0.912345,
}  # fmt: skip


@pytest.fixture
def erin(client):
    user = new_facilitator("erin")
    client.force_login(user)
    return user


def table(text: str) -> list[dict[str, str]]:
    """A CSV as a spreadsheet reads it."""
    assert text.startswith("\ufeff") and text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def attendance(exercise: Exercise) -> list[dict[str, str]]:
    return table("".join(exports.attendance(exercise)))


def played(minutes: float = 30, **values) -> Exercise:
    """An exercise that started so long ago and has just ended; Dana is the operator."""
    exercise = new_exercise(**values)
    taken_seat(exercise, name="Dana")
    exercise.start()
    exercise.end()
    end = timezone.now()
    Exercise.objects.filter(pk=exercise.pk).update(started_at=end - timedelta(minutes=minutes), ended_at=end)
    Holding.objects.update(taken_at=end - timedelta(minutes=minutes + 5))
    Run.objects.filter(team__exercise=exercise).update(state="ended", step=days.END, score=SCORE, digest="d1g", played_by="7")
    exercise.refresh_from_db()
    return exercise


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", " =1", "\t=1", "\r=1", "\n=1", "\n1", "\u00a0=1", "\u3000+1", "\u200b=1", "\ufeff@a", "＝1+1", "＋1", "－1", "＠a", "﹦1", "−1"])
def test_a_name_that_a_spreadsheet_would_run_is_text(name):
    assert exports.cell(name) == f"'{name}"


@given(st.text(alphabet=st.sampled_from("=+-@＝＋－＠ \t\r\n\u00a0\u2007\u202f\u3000\u200b\u200d\ufeffa1'"), max_size=6))
def test_no_text_leaves_as_a_formula_whatever_hides_before_its_sign(text):
    bare = unicodedata.normalize("NFKC", "".join(letter for letter in text if letter.isprintable() and not letter.isspace()))
    left = exports.cell(text)
    assert left in (text, f"'{text}") and (left != text or not bare.startswith(("=", "+", "-", "@")))


@pytest.mark.parametrize("value", ["Jürgen", "a=b", "", 0, -5, 1.5, True])
def test_everything_else_stays_as_it_is(value):
    assert exports.cell(value) == value


def test_who_took_part_where_from_when_to_when():
    exercise = played(30, title='Ünïcode; "quoted", class')
    taken_seat(exercise, desk="risk", name="=Eli")
    Player.enter(exercise, "Fay")
    rows = {row["name"]: row for row in attendance(exercise)}
    assert set(rows) == {"Dana", "'=Eli", "Fay"} and rows["Dana"]["exercise"] == exercise.title
    dana = rows["Dana"]
    assert (dana["team"], dana["desk"], dana["minutes at the desk"]) == ("Cobalt", "operator", "30.0"), "the lobby does not count"
    assert dana["to (UTC)"] == exercise.ended_at.strftime("%Y-%m-%d %H:%M:%S")
    assert (rows["Fay"]["team"], rows["Fay"]["desk"], rows["Fay"]["seat held from (UTC)"], rows["Fay"]["minutes at the desk"]) == ("", "", "", "")


def test_who_changes_desks_has_a_line_for_each_and_the_lobby_leaves_none():
    exercise = new_exercise()
    seats = {seat.desk: seat for seat in Seat.objects.filter(team__exercise=exercise)}
    dana, _ = Player.enter(exercise, "Dana")
    for desk in ("operator", "risk"):
        seats[desk].take(dana)
        seats[desk].vacate()
    assert not Stay.objects.exists()
    seats["operator"].take(dana)
    exercise.start()
    seats["operator"].vacate()
    seats["risk"].take(dana)
    seats["risk"].vacate()
    seats["deployer"].take(dana)
    assert [row["desk"] for row in attendance(exercise)] == ["operator", "risk", "deployer"]
    assert Stay.objects.count() == 2 and all(row["minutes at the desk"] == "0.0" for row in attendance(exercise))
    exercise.end()
    exercise.delete()
    assert not Stay.objects.exists()


def test_a_seat_that_is_given_to_another_team_or_taken_over_by_a_link_is_kept():
    exercise = new_exercise()
    exercise.add_team("Amber")
    dana, _ = Player.enter(exercise, "Dana")
    cobalt, amber = (Seat.objects.get(team__name=name, desk="risk") for name in ("Cobalt", "Amber"))
    cobalt.take(dana)
    exercise.start()
    amber.take(dana)
    assert [(stay.seat, stay.player) for stay in Stay.objects.all()] == [(cobalt, dana)]
    Seat.open_link(amber.issue_link())
    assert [stay.seat for stay in Stay.objects.all()] == [cobalt, amber]


def test_how_it_came_out_is_what_the_results_page_says(client, erin):
    exercise = played(facilitator=erin)
    Ghost.objects.create(scenario="knight-2012", seed=79, made_by="7", curve=[[21600, 0]], score={"total": 457_600_000.0})
    answer = client.get(f"/facilitator/{exercise.code}/results.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="opening-bell-{exercise.code}-results.csv"'
    (row,) = table(b"".join(answer).decode())
    page = client.get(f"/result/{exercise.code}/").context["teams"][0]
    assert (float(row["loss $"]), float(row["history's loss $"]), float(row["losses avoided $"])) == (38.2e6, 457.6e6, 419.4e6)
    assert float(row["grade"]) == round(page["grade"], 1) and float(row["share avoided"]) == page["share_avoided"]
    assert (row["minutes to notice"], row["minutes to diagnose"], row["minutes to contain"]) == ("-1.5", "", "11.5")
    assert (row["team"], row["scenario"], row["seed"], row["service kept"]) == ("Cobalt", "knight-2012", "79", "0.9123")
    assert (row["fate"], row["played by"], row["digest"]) == ("own cash", "7", "d1g")


def test_what_has_not_ended_has_no_results_and_a_failed_run_says_so(client, erin):
    exercise = new_exercise(facilitator=erin, drawn=True, scenario="quiet-open")
    exercise.start()
    assert table(b"".join(client.get(f"/facilitator/{exercise.code}/results.csv")).decode()) == []
    exercise.end()
    Run.objects.update(state="failed", reason="a fault")
    (row,) = table(b"".join(client.get(f"/facilitator/{exercise.code}/results.csv")).decode())
    assert row["fate"] == "stopped by a fault" and row["history's loss $"] == "" and row["scenario"] == "quiet-open"


def test_all_results_are_those_of_ones_own_sessions(client, erin):
    mine, theirs = played(facilitator=erin, title="Mine"), played(facilitator=new_facilitator("finn"), title="Theirs")
    assert [row["exercise"] for row in table(b"".join(client.get("/facilitator/results.csv")).decode())] == ["Mine"]
    client.force_login(new_facilitator("stella", staff=True))
    assert {row["code"] for row in table(b"".join(client.get("/facilitator/results.csv")).decode())} == {mine.code, theirs.code}


def test_there_is_no_other_table(client, erin):
    exercise = new_exercise(facilitator=erin)
    assert client.get(f"/facilitator/{exercise.code}/passwords.csv").status_code == 404


def test_an_exercise_as_json_has_teams_names_commands_and_scores_and_no_way_into_a_seat():
    exercise = played(facilitator=new_facilitator("erin"))
    seat = Seat.objects.get(team__exercise=exercise, desk="operator")
    token = seat.issue_link()
    run = exercise.runs().get()
    for seq in range(1, 200):
        Command.objects.create(
            run=run, desk="operator", kind="server.stop", args={"server": 8}, seq=seq, step=seq, client_id=uuid.uuid4(), by="Dana", state="applied"
        )
    lobby = new_exercise(title="Lobby")
    text = b"".join(exports.as_json([exercise, lobby])).decode()
    first, second = json.loads(text)
    assert (first["code"], first["facilitator"], first["teams"][0]["name"]) == (exercise.code, "erin", "Cobalt")
    assert {row["desk"]: row["players"] for row in first["teams"][0]["seats"]} == {"deployer": [], "operator": ["Dana"], "risk": []}
    commands = first["teams"][0]["run"]["commands"]
    commands = [row for row in commands if row["desk"] == "operator"]  # beside what was settled at the first step
    assert [row["seq"] for row in commands] == list(range(1, 200)) and commands[7]["args"] == {"server": 8}
    assert first["teams"][0]["run"]["score"] == SCORE and second["teams"][0]["run"] is None
    player = Player.objects.get(exercise=exercise)
    assert not any(secret in text for secret in (player.word, player.token_hash, token, seat.link_hash, "client_id"))
    assert json.loads(b"".join(exports.as_json([]))) == []


def test_a_drawn_scenario_is_in_no_export_before_the_end():
    exercise = new_exercise(drawn=True, scenario="quiet-open")
    assert "quiet-open" not in b"".join(exports.as_json([exercise])).decode()
    exercise.start()
    run = exercise.runs().get()
    Run.objects.filter(pk=run.pk).update(curve=[[570, 1.0]], reason="quiet")
    Command.objects.create(run=run, desk="operator", kind="server.stop", args={}, seq=1, step=1, client_id=uuid.uuid4(), by="autopilot", state="applied")
    (told,) = json.loads(b"".join(exports.as_json([exercise])))
    assert told["teams"][0]["run"] == {"state": "pending", "step": run.step}, "no loss, and nothing that history does in one of them only"


def test_decisions_leave_with_what_is_known_of_their_worth(erin, client, monkeypatch):
    exercise = played(facilitator=erin, start_step=days.step_at("09:31"))
    run = Run.objects.get(team__exercise=exercise)
    monkeypatch.setattr("game.debrief.counterfactuals.send_for_missing", lambda *_: None)  # workers are not what is looked at here
    args = {"run": run, "desk": "operator", "kind": "server.stop", "args": {"server": 8}, "confidence": "likely", "state": "applied"}
    Command.objects.create(client_id=uuid.uuid4(), seq=1, step=days.step_at("09:33"), **args)
    for key, loss in (("played", 15e6), ("without:1", 440e6), ("earlier:1", 5e6)):
        Course.objects.create(run=run, key=key, loss_usd=loss, made_by=run.made_by)
    (row,) = table(b"".join(client.get(f"/facilitator/{exercise.code}/decisions.csv")).decode())
    assert (row["at"], row["desk"], row["decision"], row["how sure"]) == ("09:33:00", "operator", "Stop a server (SMARS-8)", "likely")
    assert (row["worth $"], row["5 min earlier $"], row["5 min later $"], row["share $"]) == ("425000000", "10000000", "", "")
