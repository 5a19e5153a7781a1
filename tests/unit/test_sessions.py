"""Sessions ahead and behind: prepared, edited, copied, run again, put away, deleted, and found."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

import engine
from game import sqlite_writer
from game.control import schedule
from game.control.forms import EditExercise, NewExercise
from game.models import Defaults, Event, Exercise, Holding, Player, RuleBroken, Run, Seat, injects
from tests import days
from tests.builders import new_exercise, new_facilitator, taken_seat

pytestmark = pytest.mark.django_db
CRASH = {"card": "crash", "desks": [], "server": 3}
# Fields of an exercise that a copy begins without.
NOT_KEPT = {"id", "closed", "came_from", "code", "state", "created", "started_at", "ended_at", "advance_step", "owner", "frozen", "planned_for", "archived", "moving_since",
    "halt", "halted", "offline_s", "offline_count", "revealed", "held_back", "round_before",
}


@pytest.fixture
def erin(client) -> User:
    user = new_facilitator("erin")
    client.force_login(user)
    return user


def ended(**values) -> Exercise:
    exercise = new_exercise(**values)
    exercise.start()
    exercise.end()
    Run.objects.filter(team__exercise=exercise).update(state="ended")
    return exercise


def shown(page) -> list[str]:
    return re.findall(r'<h3><a href="/facilitator/([\w-]+)/"', page.content.decode())


def words(page) -> str:
    return page.content.decode().replace("&#x27;", "'")


def test_a_session_is_prepared_ahead_with_its_date(client, erin):
    client.post("/facilitator/new/", {"title": "Autumn", "planned_for": "2026-12-01T09:00"})
    exercise = Exercise.objects.get()
    assert exercise.planned_for == datetime(2026, 12, 1, 9, tzinfo=UTC) and exercise.state == "lobby"
    page = words(client.get("/facilitator/sessions/"))
    assert "Tue 1 Dec 2026, 09:00" in page and "coming-h" in page and "past-h" not in page


def test_a_date_that_is_none_is_refused_beside_its_field(client, erin):
    page = client.post("/facilitator/new/", {"title": "Autumn", "planned_for": "tomorrow"})
    assert page.status_code == 400 and "Expected a date and a time, such as 2026-12-01 09:00." in words(page)


def test_what_was_prepared_is_edited_in_the_form_it_was_made_with(client, erin):
    fields = {
        "title": "Autumn", "planned_for": "2026-12-01T09:00", "scenario": "knight-2012", "teams": "3", "start": "30 Jul 18:30", "help": "guided",
        "seed_from": "own", "seed": "5", "loss_counter": "hidden", "planning_s": "30", "move_s": "7",
        "speed_bell": "2.5",
    }  # fmt: skip
    client.post("/facilitator/new/", fields)
    exercise = Exercise.objects.get()
    assert (exercise.planning_s, exercise.move_s) == (30, 7)
    address = f"/facilitator/{exercise.code}/edit/"
    typed = client.get(address).context["form"].initial
    before = Exercise.objects.values().get()
    same = {name: "" if value is None else value for name, value in typed.items()} | {"planned_for": "2026-12-01T09:00"}
    assert client.post(address, same).headers["location"] == f"/facilitator/{exercise.code}/"
    assert Exercise.objects.values().get() == before, "saved as it is, nothing changes"
    client.post(address, {**same, "title": "Winter", "teams": "2", "phase": "09:28", "start": "", "seed_from": "history"})
    assert "keep" in dict(client.get(address).context["form"].fields["seed_from"].choices)
    exercise.refresh_from_db()
    assert (exercise.title, exercise.start_step, exercise.seed, exercise.help) == ("Winter", days.step_at("09:28"), 79, "guided")
    assert [team.name for team in exercise.teams.all()] == ["Cobalt", "Amber"]


def test_teams_are_added_with_the_defaults_autopilot_and_none_goes_in_which_somebody_sits(client, erin):
    exercise = new_exercise(facilitator=erin, autopilot="assistant")
    exercise.add_team("Amber", "assistant")
    taken_seat(exercise, team="Amber", name="Dana")
    Defaults.objects.create(pk=1, autopilot="competent")
    fields = {"title": "x", "phase": "08:00"}
    refused = client.post(f"/facilitator/{exercise.code}/edit/", {**fields, "teams": "1"})
    assert refused.status_code == 400 and "People sit in Amber: they have to leave their seats first." in words(refused)
    assert exercise.teams.count() == 2 and Holding.objects.count() == 1
    client.post(f"/facilitator/{exercise.code}/edit/", {**fields, "teams": "4"})
    assert [team.name for team in exercise.teams.all()] == ["Cobalt", "Amber", "Slate", "Coral"]
    assert set(Seat.objects.filter(team__name="Coral").values_list("autopilot", flat=True)) == {"competent"}


def test_what_has_started_is_edited_no_more_also_by_a_form_that_was_open(client, erin):
    exercise = new_exercise(facilitator=erin)
    form = EditExercise({"title": "Late", "teams": "1", "phase": "08:00"}, exercise=exercise)
    assert form.is_valid()
    exercise.start()
    with pytest.raises(RuleBroken, match="has started in the meantime"):
        form.save()
    page = client.post(f"/facilitator/{exercise.code}/edit/", {"title": "Late", "teams": "1"}, follow=True)
    assert "has started" in words(page) and Exercise.objects.get().title == "A morning"


def test_a_drawn_scenario_stays_the_drawn_one_and_is_not_told(client, erin):
    exercise = new_exercise(facilitator=erin, drawn=True, scenario="quiet-open")
    page = words(client.get(f"/facilitator/{exercise.code}/edit/"))
    assert re.search(r'<option value="draw" selected>', page) and '"quiet-open" selected' not in page
    for _ in range(8):
        client.post(f"/facilitator/{exercise.code}/edit/", {"title": "x", "teams": "1", "phase": "08:00", "scenario": "draw"})
        assert Exercise.objects.get().scenario == "quiet-open"
    assert "quiet-open" not in words(client.get("/facilitator/sessions/")) and "a drawn scenario" in words(client.get("/facilitator/sessions/"))
    assert shown(client.get("/facilitator/sessions/?q=quiet-open")) == [], "nor by searching for it"


def test_a_copy_has_everything_but_who_played_and_when():
    exercise = ended(
        title="x" * 80, speeds={"bell": 2.0}, help="guided", seed=5, noise=7, places=2, facilitator=new_facilitator(), planned_for=timezone.now()
    )
    exercise.add_team("Amber", "novice")
    taken_seat(exercise, name="Dana")
    copy = schedule.copy_of(exercise)
    assert {field.attname.removesuffix("_id") for field in Exercise._meta.concrete_fields if field.name not in NOT_KEPT} == set(schedule.KEPT), (
        "say of a new field whether a copy has it"
    )
    assert all(getattr(copy, name) == getattr(exercise, name) for name in schedule.KEPT if name != "title")
    assert (
        copy.title == "x" * 73 + " (copy)" and copy.code != exercise.code and (copy.state, copy.planned_for, copy.started_at) == ("lobby", None, None)
    )
    assert [(team.name, {seat.autopilot for seat in team.seats.all()}) for team in copy.teams.all()] == [
        ("Cobalt", {"history"}),
        ("Amber", {"novice"}),
    ]
    assert not Holding.objects.filter(seat__team__exercise=copy).exists() and not Player.objects.filter(exercise=copy).exists()


def test_a_copy_has_the_injects_that_were_prepared_and_not_those_played_as_it_went():
    exercise = new_exercise(start_step=days.step_at("08:00"))
    amber = exercise.add_team("Amber")
    injects.add(exercise, None, days.step_at("09:40"), "erin", **CRASH)
    injects.add(exercise, amber, days.step_at("09:41"), "erin", **CRASH)
    injects.add(exercise, None, days.step_at("09:42"), "erin", **CRASH).take_back("erin")
    exercise.start()
    injects.add(exercise, None, days.step_at("09:50"), "erin", **CRASH)
    copy = schedule.copy_of(exercise)
    assert [(one.at, one.team and one.team.name) for one in copy.injects.all()] == [
        (days.step_at("09:40"), None),
        (days.step_at("09:41"), "Amber"),
    ]
    assert copy.injects.exclude(team=None).get().team.exercise == copy and exercise.injects.count() == 4


def test_run_again_is_the_same_teams_on_another_market(client, erin):
    exercise = ended(facilitator=erin, noise=7, title="Autumn")
    exercise.teams.update(name="The night shift")
    answer = client.post(f"/facilitator/{exercise.code}/copy/", {"do": "again"}, follow=True)
    again = Exercise.objects.exclude(pk=exercise.pk).get()
    assert again.seed != 79 and again.noise is None and again.title == "Autumn" and again.teams.get().name == "The night shift"
    assert answer.redirect_chain == [(f"/facilitator/{again.code}/edit/", 302)] and "on another market" in words(answer) and str(again.seed) not in words(answer)
    again.start()
    assert Run.objects.filter(team__exercise=again).count() == 1


def test_a_new_seed_is_never_the_one_that_was_played_nor_that_of_an_open_exercise(monkeypatch):
    drawn = iter([5, 5, 6, 7, 8])
    monkeypatch.setattr("game.models.secrets.randbelow", lambda _: next(drawn))
    new_exercise(seed=6)
    over = new_exercise(seed=7)
    over.start()
    over.end()
    assert Exercise.new_seed(5) == 7


def test_what_staff_copies_is_theirs(client, erin):
    exercise = new_exercise(facilitator=erin)
    staff = new_facilitator("stella", staff=True)
    client.force_login(staff)
    client.post(f"/facilitator/{exercise.code}/copy/")
    assert Exercise.objects.exclude(pk=exercise.pk).get().facilitator == staff


def test_the_list_shows_what_is_played_coming_and_past_in_the_order_people_look_for(client, erin):
    now = timezone.now()
    past, undated = ended(title="Past", facilitator=erin), new_exercise(title="Undated", facilitator=erin)
    later = new_exercise(title="Later", facilitator=erin, planned_for=now + timedelta(days=9))
    sooner = new_exercise(title="Sooner", facilitator=erin, planned_for=now + timedelta(days=2))
    playing = new_exercise(title="Playing", facilitator=erin)
    playing.start()
    order = [playing, sooner, later, undated, past]
    assert shown(client.get("/facilitator/sessions/")) == [one.code for one in order]
    for when, found in (("now", [playing]), ("coming", [sooner, later, undated]), ("past", [past]), ("never", [])):
        assert shown(client.get(f"/facilitator/sessions/?when={when}")) == [one.code for one in found]


@pytest.mark.parametrize("q", ["autumn", "AUTUMN", "Dana", "Cobal", "knight", "{code}"])
def test_it_is_found_by_title_code_team_player_and_scenario(client, erin, q):
    exercise = new_exercise(title="Autumn", facilitator=erin)
    taken_seat(exercise, name="Dana")
    new_exercise(title="Other", team="Amber", scenario="quiet-open", facilitator=erin)
    assert shown(client.get("/facilitator/sessions/", {"q": q.format(code=exercise.code)})) == [exercise.code]
    assert shown(client.get("/facilitator/sessions/", {"q": "nothing' OR 1=1 --"})) == []


def test_what_is_archived_shows_only_when_asked_for_and_comes_back(client, erin):
    exercise = new_exercise(title="Autumn", facilitator=erin)
    assert "is archived" in words(client.post(f"/facilitator/{exercise.code}/archive/", follow=True))
    for page in ("/facilitator/sessions/", "/facilitator/", "/"):
        assert exercise.code not in words(client.get(page)), page
    assert shown(client.get("/facilitator/sessions/?archived=on")) == [exercise.code]
    client.post(f"/facilitator/{exercise.code}/archive/", {"do": "back"})
    assert shown(client.get("/facilitator/sessions/")) == [exercise.code]
    exercise.start()
    assert "is being played: end it before it is archived" in words(client.post(f"/facilitator/{exercise.code}/archive/", follow=True))
    assert not Exercise.objects.get().archived


def test_what_was_put_away_and_is_played_all_the_same_is_in_sight(client, erin):
    exercise = new_exercise(facilitator=erin, archived=True)
    exercise.start()
    assert shown(client.get("/facilitator/sessions/")) == [exercise.code] and exercise.code in words(client.get("/facilitator/"))


def test_a_long_list_says_that_there_is_more(client, erin, monkeypatch):
    monkeypatch.setattr("game.views.schedule.SHOWN", 2)
    for number in range(3):
        new_exercise(title=f"Number {number}", facilitator=erin)
    page = client.get("/facilitator/sessions/")
    assert len(shown(page)) == 2 and "Showing the first 2. Search to find others." in words(page)


def test_what_is_prepared_for_another_day_is_not_on_the_public_page(client, erin):
    soon = new_exercise(title="Soon", facilitator=erin, planned_for=timezone.now() + timedelta(hours=2))
    new_exercise(title="Secret plans", facilitator=erin, planned_for=timezone.now() + timedelta(days=3))
    page = words(client.get("/"))
    assert soon.code in page and "Secret plans" not in page


def test_a_prepared_session_is_deleted_after_saying_what_goes_with_it(client, erin):
    exercise = new_exercise(title="Autumn", facilitator=erin)
    taken_seat(exercise)
    address = f"/facilitator/{exercise.code}/delete/"
    assert "This also deletes 1 team, 1 player, 0 runs, 0 notes, 0 commands, 0 events" in words(client.get(address)) and Exercise.objects.exists()
    assert client.post(address).headers["location"] == "/facilitator/sessions/"
    assert not Exercise.objects.exists() and not Player.objects.exists() and not Seat.objects.exists()


@pytest.mark.parametrize("state", ["running", "paused", "ended"])
def test_what_was_played_is_not_deleted_by_its_facilitator(client, erin, state):
    exercise = new_exercise(facilitator=erin)
    exercise.start()
    {"paused": exercise.pause, "ended": exercise.end}.get(state, lambda: None)()
    assert "has been played" in words(client.post(f"/facilitator/{exercise.code}/delete/", follow=True)) and Exercise.objects.exists()
    if state != "ended":
        with pytest.raises(RuleBroken, match="end it before it is deleted"):
            schedule.remove(exercise)


def test_a_broken_scenario_is_offered_to_nobody_and_breaks_no_page(client, erin, monkeypatch):
    real = engine.load_scenario

    def broken(scenario_id: str):
        if scenario_id == "quiet-open":
            raise engine.ScenarioError("scenario.toml: cash.usd is -1: expected at least 0")
        return real(scenario_id)

    monkeypatch.setattr("engine.load_scenario", broken)
    page = words(client.get("/facilitator/"))
    assert 'value="knight-2012"' in page and "quiet-open" not in page
    assert not NewExercise({"title": "x", "scenario": "quiet-open"}).is_valid()


def test_a_log_is_deleted_in_short_writes_so_that_other_markets_go_on(monkeypatch):
    exercise, other = ended(title="Gone"), ended(title="Stays")
    for run in (exercise.runs().get(), other.runs().get()):
        Event.objects.bulk_create([Event(run=run, number=number, step=number, kind="mail.arrived") for number in range(1, 2502)])
    lengths, given = [], exercise.runs().get().commands.count()
    real = sqlite_writer.write
    monkeypatch.setattr(sqlite_writer, "write", lambda *write: lengths.append(real(*write)) or lengths[-1])
    schedule.remove(exercise)
    assert [length for length in lengths if length] == [1000, 1000, 501, given]
    assert Exercise.objects.get() == other and Event.objects.filter(run=other.runs().get()).count() == 2501


@pytest.mark.parametrize(
    ("zone", "hour"), [("Europe/Berlin", 8), ("Asia/Kolkata", 3), ("America/New_York", 14), ("UTC", 9), ("", 9), ("Nowhere/Else", 9), ("../../etc/passwd", 9)]
)
def test_a_time_counts_in_the_zone_it_was_typed_in(erin, client, zone, hour):
    client.post("/facilitator/new/", {"title": "Autumn", "planned_for": "2026-12-01T09:00", "zone": zone})
    exercise = Exercise.objects.get()
    assert (exercise.planned_for.hour, exercise.planned_for.tzinfo) == (hour, UTC)
    assert f'<time data-moment datetime="2026-12-01T{hour:02d}' in client.get("/facilitator/sessions/").content.decode()
    assert re.search(rf"Tue 1 Dec 2026, {hour:02d}:\d\d UTC", client.get("/facilitator/sessions/").content.decode())


def test_an_edit_that_says_no_number_of_teams_is_refused_and_changes_nothing(client):
    exercise = new_exercise(title="Autumn", facilitator=new_facilitator())
    client.force_login(exercise.facilitator)
    answer = client.post(f"/facilitator/{exercise.code}/edit/", {"title": "Winter", "scenario": "knight-2012", "seed_from": "keep"})
    assert answer.status_code == 400 and "teams-error" in answer.content.decode()
    exercise.refresh_from_db()
    assert exercise.title == "Autumn" and exercise.teams.count() == 1
