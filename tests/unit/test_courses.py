"""A teacher's course: the roster whatever file it comes in, personal links, homework, three attempts, what counts, and what is kept of it."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

import engine
from game.courses import attempts, keeping, outcomes, roster
from game.models import (
    Attempt,
    Cohort,
    Exercise,
    Ghost,
    Homework,
    KeptScenario,
    Participation,
    Player,
    RuleBroken,
    ScenarioVersion,
    Student,
    TaughtCourse,
)
from game.models.people import hashed
from game.ops import retention
from game.people.access import cookie_value
from tests import days
from tests.builders import new_facilitator
from tests.played import ghost, put_down, rehearsed
from tests.read import everywhere
from tests.unit.test_fictional import FOLDER, ID

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")]
DEADLINE = datetime(2026, 12, 9, 17, 0, tzinfo=UTC)
BEFORE, AFTER = DEADLINE - timedelta(minutes=1), DEADLINE + timedelta(minutes=1)
FORM = {
    "title": "The first morning", "scenario": "knight-2012", "way": "alone", "desk": "operator", "autopilot": "history", "start": "bell",
    "help": "assisted", "pace": "quick", "deadline": "2026-12-09T18:00", "zone": "Europe/Berlin", "late": "closed", "attempts_most": "3",
    "counts": "best", "seeds": "same",
}  # fmt: skip


@pytest.fixture
def cohort() -> Cohort:
    course = TaughtCourse.objects.create(title="Operational risk", teacher=new_facilitator())
    cohort = Cohort.objects.create(course=course, name="Spring")
    roster.enrol(cohort, [roster.RosterLine("Wilhelmina", "w@example.org", "Amber"), roster.RosterLine("Erik", "77", "Amber"), roster.RosterLine("Ada", "78", "")])
    return cohort


def teacher(client: Client) -> Client:
    client.force_login(User.objects.get(username="erin"))
    return client


def homework(cohort: Cohort, **values: Any) -> Homework:
    found = Homework(cohort=cohort, **{"title": "One", "scenario": "knight-2012", "deadline": DEADLINE, "start": "bell", "desk": "operator", **values})
    found.drawn = attempts.seeds_for(found.seeds, found.attempts_most, [])
    found.save()
    return found


def played(attempt: Attempt, line_up: str) -> None:
    """End an attempt with what autopilots made of the usual market."""
    exercise = attempt.exercise
    assert exercise is not None
    if exercise.state == "lobby":
        exercise.start()
    exercise.end()
    put_down(exercise.runs().get(), rehearsed(line_up))
    Exercise.objects.filter(pk=exercise.pk).update(seed=79)
    if not Ghost.objects.exists():
        ghost("10:30")


def problems(text: str | bytes) -> list[tuple[int, str, str]]:
    read = roster.read(text if isinstance(text, bytes) else text.encode())
    return [(one.line, one.column, one.value) for one in read.problems]


@pytest.mark.parametrize(
    ("content", "names"),
    [
        (b"\xef\xbb\xbfName;E-Mail;Team\r\nAda;a@b.c;Amber\r\n\r\nBo;b@b.c;\r\n", ["Ada", "Bo"]),
        ("team\tid\tname\nAmber\t1\tÅsa  Öberg\n".encode("utf-16"), ["Åsa Öberg"]),
        (b'id,name,shoe size\n1,"Last, First",42', ["Last, First"]),
        (b"name,email\n=cmd|'/c calc'!A1,x@y.z", ["=cmd|'/c calc'!A1"]),
    ],
)
def test_a_roster_is_read_as_spreadsheets_write_it(content, names):
    read = roster.read(content)
    assert (read.problems, [line.name for line in read.lines]) == ([], names)


def test_everything_that_is_wrong_with_a_roster_is_told_at_once_with_line_column_and_value():
    text = "name,e-mail,team\n,a@b.c,\nBo,,\nCy,A@B.C,\nDee,d," + "x" * 30 + f"\n{'n' * 81},e,\nEve,f\u0007g,\n"
    assert problems(text) == [
        (2, "name", ""), (3, "id", ""), (4, "id", "A@B.C"), (5, "team", "x" * 30), (6, "name", "n" * 60), (7, "id", "f\u0007g"),
    ]  # fmt: skip
    assert "line 2" in roster.read(text.encode()).problems[2].expected


@pytest.mark.parametrize(
    ("content", "line", "expected"),
    [
        (b"", 1, "a first line with the columns name"),
        (b"name,team\nAda,Amber", 1, "a first line with the columns name"),
        (b"name,id,id\nAda,1,2", 1, "this column once"),
        (b"name,id\n", 1, "a line for every student"),
        (b"name,id\nAda,1\nJ\xf6rg,2", 3, "UTF-8"),
        (b"name,id\nAda,\x00", 2, "save it as CSV"),
        (b'name,id\nAda,"1', 2, "every quotation mark"),
        (b"name,id\n" + b"x" * (1 << 20), 1, "at most 1024 kB"),
        (b"name,id\n" + b"".join(b"S%d,%d\n" % (n, n) for n in range(10_000)), 1002, "at most 1000 students"),
        (b"name,id,team\n" + b"".join(b"S%d,%d,Amber\n" % (n, n) for n in range(13)), 0, "at most 12 people in a team, not 13"),
    ],
)
def test_a_file_that_is_no_roster_is_refused_with_what_was_expected(content, line, expected):
    (problem,) = roster.read(content).problems
    assert problem.line == line and expected in problem.expected


def test_ten_thousand_wrong_lines_are_counted_and_a_hundred_shown():
    read = roster.read(b"name,id\n" + b"A,1\n" * 900)
    assert (len(read.problems), read.wrong) == (100, 899)


def test_a_roster_that_comes_again_changes_names_and_teams_and_keeps_links(cohort):
    ada = cohort.students.get(name="Ada")
    assert roster.enrol(cohort, [roster.RosterLine("Ada L.", "78", "AMBER"), roster.RosterLine("Bo", "79", "")]) == (1, 1)
    again = cohort.students.get(name="Ada L.")
    assert (again.pk, again.token, cohort.students.count()) == (ada.pk, ada.token, 4)
    assert again.team == "Amber", "a team is one however it is spelled"


def test_a_teacher_makes_a_course_uploads_a_roster_and_sets_a_homework(client):
    new_facilitator()
    page = teacher(client).post("/facilitator/courses/", {"course": "Risk", "cohort": " "})
    assert page.status_code == 400 and "1 to 80 characters" in page.content.decode()
    path = client.post("/facilitator/courses/", {"course": "Risk", "cohort": "Spring"}).headers["location"]
    wrong = client.post(path, {"do": "roster", "csv": io.BytesIO(b"name,id\n,<b>1\n")})
    assert wrong.status_code == 400 and "one problem" in wrong.content.decode() and not Student.objects.exists()
    good = client.post(path, {"do": "roster", "csv": io.BytesIO(b"name;id;team\n=1+1;a@b.c;\nBo;2;\n")}, follow=True)
    assert "2 new students, 0 changed" in good.content.decode()

    refused = client.post(f"{path}homework/", FORM | {"way": "team", "attempts_most": "0", "zone": "Nowhere"})
    assert refused.status_code == 400 and set(refused.context["form"].errors) == {"way", "attempts_most", "zone"}
    assert client.post(f"{path}homework/", FORM, follow=True).status_code == 200
    one = Homework.objects.get()
    assert (one.deadline, one.zone, len(one.drawn)) == (DEADLINE, "Europe/Berlin", 1)
    assert "9 Dec 2026, 18:00 (Europe/Berlin)" in client.get(path).content.decode()

    links = list(csv.reader(io.StringIO(b"".join(client.get(f"{path}links.csv")).decode("utf-8-sig"))))
    assert [row[0] for row in links] == ["name", "'=1+1", "Bo"], "no spreadsheet runs a name"
    student = Student.objects.get(name="Bo")
    address = links[2][3].removeprefix("http://testserver")
    assert address == f"/learn/{student.token}/"
    pupil = Client()
    assert "The first morning" in pupil.get(address).content.decode()
    client.post(path, {"do": "renew", "student": student.pk})
    assert pupil.get(address).status_code == 404
    assert pupil.get(f"/learn/{Student.objects.get(pk=student.pk).token}/").status_code == 200

    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{path}attempts.xlsx").content))
    cell = book.worksheets[0]["A2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    changed = client.post(f"{path}homework/{one.pk}/", FORM | {"attempts_most": "5", "seeds": "attempt"})
    again = Homework.objects.get()
    assert changed.status_code == 302 and len(set(again.drawn)) == 5 and again.drawn[0] == one.drawn[0]


def test_another_facilitator_has_no_way_in_and_staff_has(cohort, client):
    path = f"/facilitator/courses/cohort/{cohort.pk}/"
    client.force_login(new_facilitator("finn"))
    assert [client.get(f"{path}{end}").status_code for end in ("", "links/", "attempts.csv", "homework/")] == [404] * 4
    assert "Spring<" not in client.get("/facilitator/courses/").content.decode()
    client.force_login(new_facilitator("stella", staff=True))
    assert "Wilhelmina" in client.get(path).content.decode()


def test_three_attempts_alone_and_no_fourth(cohort, client):
    one = homework(cohort, pace="quick", autopilot="history", counts="best")
    student = cohort.students.get(name="Ada")
    for line_up in ("assistant", "history", "assistant"):
        player, _ = attempts.begin(one, student, BEFORE)
        same, _ = attempts.begin(one, student, AFTER)
        assert same == player, "what is open goes on, also after the deadline"
        exercise = player.exercise
        assert (exercise.owner_id, exercise.facilitator_id, exercise.seed_told) == (player.pk, None, "not told")
        assert exercise.seed == one.drawn[0] and exercise.start_step == days.step_at("09:28") and exercise.speeds["bell"] == 10
        assert {seat.desk: seat.pilot for seat in exercise.teams.get().seats.all()} == {"deployer": "history", "operator": "", "risk": "history"}
        played(exercise.attempt, line_up)
        assert Exercise.objects.get(pk=exercise.pk).seed_told == "not told"
    with pytest.raises(RuleBroken, match="used all your attempts"):
        attempts.begin(one, student, BEFORE)

    _, rows = outcomes.table(cohort)
    cell = next(row for row in rows if row.student == student).cells[0]
    grades = [told.grade for told in cell.attempts]
    assert all(grade is not None for grade in grades) and len(set(grades)) > 1
    assert cell.counted is not None and cell.counted.grade == max(grades) and (cell.counted.occasions or 0) > 0
    Homework.objects.update(counts="last")
    _, rows = outcomes.table(cohort)
    assert [told.counts for told in next(row for row in rows if row.student == student).cells[0].attempts] == [False, False, True]
    (progress,) = outcomes.progress([one], rows)
    assert (progress.students, progress.begun, progress.done, progress.first) == (3, 1, 1, grades[0])

    page = Client().get(f"/learn/{student.token}/").content.decode()
    assert "0 of 3 left" in page and "used all your attempts" in page and "Recorded: your name" in page
    first = student.attempts.order_by("number").first()
    browser = Client()
    led = browser.get(f"/learn/{student.token}/{first.pk}/", follow=True)
    assert led.status_code == 200 and "Decisions" in led.content.decode() and str(one.drawn[0]) not in led.content.decode()
    assert browser.get(f"/learn/{student.token}/{first.pk}/report/").headers["location"].endswith("/report.pdf")
    assert Client().get(f"/learn/{cohort.students.get(name='Erik').token}/{first.pk}/").status_code == 404, "it is nobody else's"
    assert teacher(client).get(f"/facilitator/courses/attempt/{first.pk}/", follow=True).status_code == 200

    rows_told = list(csv.DictReader(io.StringIO(b"".join(client.get(f"/facilitator/courses/cohort/{cohort.pk}/attempts.csv")).decode("utf-8-sig"))))
    mine = [row for row in rows_told if row["name"] == "Ada"]
    assert [(row["attempt"], row["state"], row["counts"]) for row in mine] == [("1", "ended", "no"), ("2", "ended", "no"), ("3", "ended", "yes")]
    assert {row["state"] for row in rows_told if row["name"] != "Ada"} == {"not begun"}
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/facilitator/courses/cohort/{cohort.pk}/attempts.xlsx").content))
    assert [sheet.max_row for sheet in book.worksheets] == [4, 6]


def test_the_best_is_the_one_with_the_best_grade_of_those_that_were_played_to_the_close(cohort):
    one = homework(cohort)

    def told(number: int, grade: float | None, loss: int, until: str = "") -> outcomes.AttemptTold:
        return outcomes.AttemptTold(Attempt(homework=one, number=number), "ended", grade, loss, 1, 2, until, None, counts=False)

    better = [told(1, None, 0, "09:28:00"), told(2, None, 5, "09:31:00"), told(3, 99.0, 1, "09:31:00"), told(4, 12.0, 9), told(5, 40.0, 7), told(6, 40.0, 7)]
    order = [2, 1, 3, 4, 6, 5]  # from the worst on
    for worse, best in zip(order, order[1:], strict=False):
        assert outcomes.counting(one, [better[best - 1], better[worse - 1]]).attempt.number == best
    assert outcomes.counting(one, [told(1, 1.0, 1)._replace(state="paused")]) is None


@pytest.mark.parametrize(("late", "begins", "counts"), [("closed", False, False), ("marked", True, True), ("practice", True, False)])
def test_after_the_deadline_an_attempt_begins_as_the_policy_says(cohort, late, begins, counts):
    one, student = homework(cohort, late=late), cohort.students.get(name="Ada")
    assert (attempts.standing(one, student, DEADLINE).why == "") is True, "the very moment is in time"
    if not begins:
        with pytest.raises(RuleBroken, match="deadline has passed"):
            attempts.begin(one, student, AFTER)
        assert not Exercise.objects.exists()
        return
    player, _ = attempts.begin(one, student, AFTER)
    attempt = player.exercise.attempt
    played(attempt, "history")
    (told,) = outcomes.told_of(one, attempts.of_student(one, student))
    assert (attempt.late, told.state, told.counts) == (True, "ended", counts)


def test_each_attempt_has_the_seed_that_was_chosen_for_it(cohort):
    student = cohort.students.get(name="Ada")
    for kind, differ in (("same", 1), ("attempt", 3), ("own", 3)):
        one, seeds = homework(cohort, seeds=kind), []
        for _ in range(3):
            player, _ = attempts.begin(one, student, BEFORE)
            seeds.append(player.exercise.seed)
            Exercise.objects.filter(pk=player.exercise_id).update(state="ended")
        assert len(set(seeds)) == differ and (kind == "own" or set(seeds) == set(one.drawn))


def test_the_first_of_a_team_opens_its_room_and_the_others_come_in(cohort):
    one = homework(cohort, way="team", attempts_most=1)
    wilhelmina, erik, ada = (cohort.students.get(name=name) for name in ("Wilhelmina", "Erik", "Ada"))
    with pytest.raises(RuleBroken, match="in no team"):
        attempts.begin(one, ada, BEFORE)
    first, _ = attempts.begin(one, wilhelmina, BEFORE)
    second, token = attempts.begin(one, erik, AFTER)
    exercise = first.exercise
    assert second.exercise == exercise and exercise.attempt.team == exercise.teams.get().name == "Amber"
    assert (first.name, second.name, first.seats.get().desk != second.seats.get().desk) == ("Wilhelmina", "Erik", True)
    browser = Client()
    browser.cookies["player"] = cookie_value(second, token)
    lobby = browser.get("/lobby/").content.decode()
    assert "Wilhelmina opened this attempt, and starts it." in lobby and "Join at" not in lobby
    Player.objects.filter(pk=first.pk).update(gone_at=timezone.now())
    attempts.begin(one, erik, AFTER)
    assert Exercise.objects.get().owner_id == second.pk, "the team goes on without who is away"
    assert Participation.objects.count() == 2 and outcomes.table(cohort)[1][0].cells[0].attempts == []
    with pytest.raises(RuleBroken):
        attempts.begin(homework(cohort, desk="choose"), erik, BEFORE, desk="chief")


def test_begin_and_continue_by_the_personal_link_in_any_browser(cohort):
    one = homework(cohort, deadline=timezone.now() + timedelta(days=1), desk="choose")
    student = cohort.students.get(name="Erik")
    first, second = Client(), Client()
    path = f"/learn/{student.token}/"
    assert first.post(path, {"homework": one.pk, "desk": "risk"}).headers["location"] == "/lobby/"
    assert "Press Start when you are ready" in first.get("/lobby/").content.decode()
    assert second.post(path, {"homework": one.pk, "desk": "operator"}).headers["location"] == "/lobby/"
    assert second.get("/lobby/").status_code == 200 and first.get("/lobby/").status_code == 403, "one browser at a time"
    assert Exercise.objects.get().teams.get().seats.get(desk="risk").holders, "the desk was chosen once"
    assert "Continue attempt 1" in first.get(path).content.decode()
    assert first.post(path, {"homework": 10**9}).status_code == 404 and first.get(path + "x/").status_code == 404
    assert first.get(f"/learn/{student.token}x/").status_code == 404


def test_a_scenario_that_homework_is_set_on_keeps_its_version():
    course = TaughtCourse.objects.create(title="Risk", teacher=new_facilitator())
    version = KeptScenario.keep(User.objects.get(), engine.read_folder(FOLDER / ID))
    homework(Cohort.objects.create(course=course, name="A"), scenario=version.ref)
    assert version.scenario.remove() and ScenarioVersion.objects.filter(pk=version.pk).exists()


def test_a_student_is_handed_over_and_erased_with_every_attempt(cohort, capsys):
    one = homework(cohort, way="team")
    student = cohort.students.get(name="Wilhelmina")
    player, _ = attempts.begin(one, student, BEFORE)
    Exercise.objects.filter(pk=player.exercise_id).update(state="running")
    with pytest.raises(CommandError, match="being played"):
        call_command("person", "erase", "w@EXAMPLE.org", "--student")
    Exercise.objects.filter(pk=player.exercise_id).update(state="lobby")
    played(player.exercise.attempt, "history")
    capsys.readouterr()
    call_command("person", "export", "W@example.org", "--student")
    told = json.loads(capsys.readouterr().out)
    assert told["student"]["ident"] == "w@example.org" and told["attempts"][0]["played"]["player"]["names"] == ["Wilhelmina"]
    assert told["attempts"][0]["outcome"]["grade"] is not None and student.token not in json.dumps(told)
    call_command("person", "erase", f"#{student.pk}", "--student")
    assert "Erased student" in capsys.readouterr().out
    assert everywhere("wilhelmina", "w@example.org") == [] and Student.of_token(student.token) is None
    assert Attempt.objects.get().outcome["grade"] is not None
    with pytest.raises(CommandError, match="There is no student"):
        call_command("person", "erase", "Wilhelmina", "--student")


def test_a_cohort_that_is_over_loses_its_names_or_goes(cohort):
    one, student = homework(cohort), cohort.students.get(name="Ada")
    player, _ = attempts.begin(one, student, BEFORE)
    played(player.exercise.attempt, "history")
    Cohort.objects.update(created=BEFORE)
    assert keeping.due(DEADLINE, "results") == []
    found = retention.due(AFTER, "results")
    assert found.cohorts == [cohort] and found.counts("results")["names of students"] == 3
    list(retention.purge(found._replace(played=[], unplayed=[]), "results"))
    assert everywhere("wilhelmina", "w@example.org") == [] and cohort.students.filter(name="Student 3").exists()
    assert Attempt.objects.get().outcome["grade"] is not None and keeping.due(AFTER, "results") == []
    list(retention.purge(retention.due(AFTER, "nothing")._replace(played=[], unplayed=[]), "nothing"))
    assert not TaughtCourse.objects.exists() and not Student.objects.exists() and not Attempt.objects.exists()


def test_a_cohort_is_deleted_with_what_was_played_and_not_while_something_is(cohort, client):
    player, token = attempts.begin(homework(cohort), cohort.students.get(name="Ada"), BEFORE)
    assert player.token_hash == hashed(token)
    Exercise.objects.update(state="running")
    path = f"/facilitator/courses/cohort/{cohort.pk}/"
    assert "is being played" in teacher(client).post(path, {"do": "delete"}, follow=True).content.decode()
    Exercise.objects.update(state="ended")
    client.post(path, {"do": "delete"})
    assert not Exercise.objects.exists() and not Cohort.objects.exists()
    client.post(f"/facilitator/courses/{cohort.course_id}/", {"do": "delete"})
    assert not TaughtCourse.objects.exists()
