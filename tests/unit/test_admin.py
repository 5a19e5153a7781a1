"""The admin: what can be looked at, what can be changed, and that nothing in it touches a run."""

import json
import re
import uuid
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse

import engine
from game.control.forms import NewExercise
from game.models import Checkpoint, Command, Defaults, Event, Exercise, Ghost, Holding, Player, Run, Seat, Stay, Team
from tests.builders import new_exercise, new_facilitator, taken_seat

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")]
OF_A_RUN = (Team, Seat, Holding, Stay, Player, Run, Checkpoint, Command, Event, Ghost)


@pytest.fixture
def chief(client) -> Client:
    client.force_login(new_facilitator("chief", staff=True, is_superuser=True))
    return client


def played(**values: Any) -> Exercise:
    """A running exercise with everything a run leaves behind."""
    exercise = new_exercise(**values)
    taken_seat(exercise)
    exercise.start()
    run = exercise.runs().get()
    Command.objects.create(run=run, desk="operator", kind="server.stop", seq=1, step=5, client_id=uuid.uuid4(), args={"server": 3}, state="applied")
    Event.objects.create(run=run, number=1, step=5, kind="market.opened")
    Checkpoint.objects.create(run=run, step=5, seq=1, events=1, blob=b"x")
    Ghost.objects.get_or_create(scenario="knight-2012", seed=79, made_by="1")
    return exercise


def words(page: Any) -> str:
    return re.sub(r"<[^>]+>", " ", page.content.decode().replace("&#x27;", "'").replace("&quot;", '"'))


def rows(*models: Any) -> list[Any]:
    return [list(model._default_manager.order_by("pk").values()) for model in models or OF_A_RUN]


def test_a_time_carries_its_zone(chief):
    started = played().started_at
    assert f"{started:%-d %b %Y, %H:%M} UTC" in words(chief.get(reverse("admin:game_exercise_changelist")))


def test_every_list_and_every_page_opens(chief):
    played(title="Autumn")
    Defaults.now()
    for model, its in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert chief.get(reverse(f"{name}_changelist"), follow=True).status_code == 200, name
        for row in model._default_manager.all()[:2]:
            assert chief.get(reverse(f"{name}_change", args=[row.pk])).status_code == 200, f"{name} {row}"
        if its.search_fields:
            assert chief.get(reverse(f"{name}_changelist"), {"q": "x"}).status_code == 200, name


def test_nothing_in_it_changes_a_run(chief):
    exercise = played()
    before = rows(*OF_A_RUN, Exercise)
    form = {
        "autopilot": "novice", "state": "ended", "step": "99", "name": "x", "reason": "x", "team": "1", "desk": "risk", "kind": "x", "score": "{}",
        "args": "{}", "title": "x", "seed": "1", "loss_counter": "live", "post": "yes", "_save": "Save",
    }  # fmt: skip
    touched = [model for model in admin.site._registry if model._meta.app_label == "game" and model is not Defaults]
    assert {Run, Command, Event, Seat, Exercise, Team, Player, Holding, Ghost} <= set(touched)
    for model in touched:
        name = f"admin:game_{model._meta.model_name}"
        keys = list(model._default_manager.values_list("pk", flat=True))
        assert keys, f"{name} has a row to try it on"
        chief.post(reverse(f"{name}_add"), form)
        chief.post(
            reverse(f"{name}_changelist"),
            {**form, "form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-id": keys[0], "form-0-autopilot": "novice"},
        )
        for act in ("delete_selected", "archive_selected", "bring_back_selected"):
            chief.post(reverse(f"{name}_changelist"), {"action": act, "_selected_action": keys, "post": "yes"})
        for key in keys:
            for page in ("change", "delete"):
                chief.post(reverse(f"{name}_{page}", args=[key]), {**form, "facilitator": ""})
    assert rows(*OF_A_RUN, Exercise) == before
    assert exercise.state == "running"


def test_an_exercise_that_is_played_is_not_deleted_and_the_admin_says_why(chief):
    exercise = played(title="Autumn")
    for pause in (False, True):
        if pause:
            exercise.pause()
        page = chief.post(reverse("admin:game_exercise_delete", args=[exercise.pk]), {"post": "yes"}, follow=True)
        assert f"{exercise} is being played: end it before it is deleted." in words(page)
        form = {"action": "delete_selected", "_selected_action": [exercise.pk, new_exercise().pk], "post": "yes"}
        page = chief.post(reverse("admin:game_exercise_changelist"), form, follow=True)
        assert "is being played: end it before it is deleted. Nothing was deleted." in words(page)
    assert Exercise.objects.count() == 3


def test_it_is_deleted_with_everything_after_saying_what_that_is(chief):
    exercise = played(title="Autumn")
    exercise.end()
    for address in (reverse("admin:game_exercise_delete", args=[exercise.pk]),):
        assert f"{exercise}: 1 team, 1 player, 1 run, 0 notes, 3 commands, 1 event" in words(chief.get(address))
        assert Exercise.objects.exists()
        chief.post(address, {"post": "yes"})
    assert LogEntry.objects.get().object_repr == str(exercise)
    assert not Exercise.objects.exists() and rows(*(model for model in OF_A_RUN if model is not Ghost)) == [[]] * (len(OF_A_RUN) - 1)


def test_several_are_deleted_together_after_the_same_question(chief):
    ended = [played(title=title) for title in ("One", "Two")]
    for exercise in ended:
        exercise.end()
    form = {"action": "delete_selected", "_selected_action": [exercise.pk for exercise in ended]}
    page = words(chief.post(reverse("admin:game_exercise_changelist"), form))
    assert "One: 1 team, 1 player" in page and "Two: 1 team, 1 player" in page and Exercise.objects.count() == 2
    chief.post(reverse("admin:game_exercise_changelist"), {**form, "post": "yes"})
    assert not Exercise.objects.exists()


def test_exercises_are_found_filtered_archived_and_brought_back(chief):
    erin = new_facilitator("erin")
    autumn = new_exercise(title="Autumn", facilitator=erin)
    winter = new_exercise(title="Winter", scenario="quiet-open")
    taken_seat(winter, name="Dana")
    winter.start()
    winter.end()
    listing = reverse("admin:game_exercise_changelist")
    for query, found in (
        ({"q": "Autumn"}, "Autumn"), ({"q": "Dana"}, "Winter"), ({"q": "erin"}, "Autumn"), ({"state__exact": "ended"}, "Winter"),
        ({"scenario": "quiet-open"}, "Winter"), ({"facilitator__id__exact": erin.pk}, "Autumn"),
    ):  # fmt: skip
        assert [one.title for one in chief.get(listing, query).context["cl"].result_list] == [found], query
    chief.post(listing, {"action": "archive_selected", "_selected_action": [autumn.pk]})
    assert [one.title for one in chief.get(listing, {"archived__exact": 1}).context["cl"].result_list] == ["Autumn"]
    chief.post(listing, {"action": "bring_back_selected", "_selected_action": [autumn.pk]})
    assert not Exercise.objects.filter(archived=True).exists()


def test_an_exercise_is_handed_to_another_facilitator_and_nothing_else_of_it_changes(chief):
    exercise = played(title="Autumn")
    finn = new_facilitator("finn")
    before = Exercise.objects.values().get()
    chief.post(reverse("admin:game_exercise_change", args=[exercise.pk]), {"facilitator": finn.pk, "title": "Stolen", "seed": 1, "state": "ended"})
    assert Exercise.objects.values().get() == {**before, "facilitator_id": finn.pk}


def test_an_export_is_a_download_of_one_or_of_those_chosen(chief):
    exercise = played(title="Autumn")
    answer = chief.get(f"/admin/game/exercise/{exercise.pk}/export", follow=True)
    assert answer.headers["content-type"].startswith("application/json") and f'"{exercise.code}"' in b"".join(answer).decode()
    form = {"action": "export_selected", "_selected_action": [exercise.pk, new_exercise(title="Winter").pk]}
    assert "Winter" in b"".join(chief.post(reverse("admin:game_exercise_changelist"), form)).decode()


def test_a_person_is_exported_by_staff_and_by_nobody_else(chief, client):
    seat, _ = taken_seat(new_exercise())
    player = seat.holders[0]
    told = json.loads(b"".join(chief.get(f"/admin/game/player/{player.pk}/export", follow=True)))
    assert told["player"]["names"] == ["Dana"] and player.word not in str(told)
    client.force_login(new_facilitator("frida"), "django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/admin/game/player/{player.pk}/export").status_code in (302, 403)


def test_a_run_leads_to_its_commands_and_events(chief):
    run = played().runs().get()
    other = played(title="Other").runs().get()
    page = chief.get(reverse("admin:game_run_change", args=[run.pk])).content.decode()
    addresses = re.findall(r'href="([^"]*run__id__exact=\d+)"', page)
    assert len(addresses) == 2
    for address in addresses:
        found = chief.get(address).context["cl"].result_list
        assert {row.run_id for row in found} == {run.pk} != {other.pk}


def test_an_autopilot_is_chosen_until_the_exercise_starts_and_is_one_of_those_there_are(chief):
    exercise = new_exercise()
    seat = Seat.objects.get(team__exercise=exercise, desk="risk")
    address = reverse("admin:game_seat_change", args=[seat.pk])
    assert 'value="competent"' in chief.get(address).content.decode()
    chief.post(address, {"autopilot": "competent"})
    seat.refresh_from_db()
    assert seat.autopilot == "competent"
    page = chief.post(address, {"autopilot": "telepath"})
    assert "is no autopilot: expected one of assistant, competent" in words(page)
    chief.post(address, {"autopilot": ""})
    exercise.start()
    assert chief.post(address, {"autopilot": "novice"}).status_code == 403
    seat.refresh_from_db()
    assert seat.autopilot == ""


def test_the_default_autopilot_is_that_of_new_exercises(chief):
    page = chief.get(reverse("admin:game_defaults_changelist"), follow=True)
    assert page.redirect_chain
    address = page.redirect_chain[-1][0]
    numbers = {"plays_a_minute": 30, "solo_places": 40}
    chief.post(address, {**numbers, "autopilot": "novice"})
    form = NewExercise({"title": "x"})
    assert form.is_valid()
    assert {seat.autopilot for seat in Seat.objects.filter(team__exercise=form.create(new_facilitator()))} == {"novice"}
    assert "not one of the available" in words(chief.post(address, {**numbers, "autopilot": "telepath"}))
    assert chief.post(reverse("admin:game_defaults_add"), {"autopilot": "novice"}).status_code == 403


def test_scenarios_show_their_data_and_a_broken_one_its_fault(chief, monkeypatch):
    real = engine.load_scenario

    def broken(scenario_id: str):
        if scenario_id == "quiet-open":
            raise engine.ScenarioError("scenario.toml: cash.usd is -1: expected at least 0")
        return real(scenario_id)

    monkeypatch.setattr("engine.load_scenario", broken)
    page = words(chief.get(reverse("admin:scenarios")))
    assert "Valid" in page and "scenario.toml: cash.usd is -1: expected at least 0" in page
    assert '"default_seed": 79' in words(chief.get(reverse("admin:scenario", args=["knight-2012"])))
    assert "cash.usd is -1" in words(chief.get(reverse("admin:scenario", args=["quiet-open"])))
    for name in ("titanic", "..", "__init__"):
        assert chief.get(f"/admin/scenarios/{name}/").status_code == 404


def test_staff_makes_an_account_that_may_run_exercises_at_once(chief):
    form = {"username": "erin", "usable_password": "true", "password1": "staple correct 7", "password2": "staple correct 7"}
    assert chief.post(reverse("admin:auth_user_add"), form).status_code == 302
    browser = Client()
    assert browser.post("/account/sign-in/", {"username": "erin", "password": "staple correct 7"}).status_code == 302
    assert browser.get("/facilitator/").status_code == 200 and browser.get("/admin/").status_code == 403


def test_whoever_is_no_superuser_gives_no_powers_and_reaches_no_account_of_the_staff(client):
    clerk = new_facilitator("clerk", staff=True)
    clerk.user_permissions.set(Permission.objects.filter(content_type__app_label="auth", content_type__model="user"))
    client.force_login(clerk)
    erin, chief = new_facilitator("erin"), new_facilitator("boss", staff=True, is_superuser=True)
    powers = {
        "username": "erin",
        "is_active": "on",
        "is_staff": "on",
        "is_superuser": "on",
        "groups": [],
        "last_login_0": "",
        "date_joined_0": "2026-01-01",
        "date_joined_1": "00:00",
    }
    client.post(reverse("admin:auth_user_change", args=[erin.pk]), powers)
    erin.refresh_from_db()
    assert not erin.is_staff and not erin.is_superuser and erin.groups.exists()
    for user in (chief, clerk):
        assert (
            client.post(
                reverse("admin:auth_user_password_change", args=[user.pk]), {"password1": "staple 77 x", "password2": "staple 77 x"}
            ).status_code
            == 403
        )
        client.post(reverse("admin:auth_user_change", args=[user.pk]), {**powers, "username": "gone"})
    client.post(reverse("admin:auth_user_changelist"), {"action": "delete_selected", "_selected_action": [chief.pk], "post": "yes"})
    assert set(User.objects.values_list("username", flat=True)) == {"clerk", "erin", "boss"}
    assert not User.objects.get(username="clerk").is_superuser
    assert (
        client.post(
            reverse("admin:auth_user_password_change", args=[erin.pk]),
            {"usable_password": "true", "password1": "staple 77 x", "password2": "staple 77 x"},
        ).status_code
        == 302
    )


def test_a_locked_account_is_unlocked(chief):
    erin = new_facilitator("erin")
    for _ in range(5):
        Client().post("/account/sign-in/", {"username": "erin", "password": "wrong"})
    assert Client().post("/account/sign-in/", {"username": "erin", "password": "horse battery 9"}).status_code == 429
    chief.post(reverse("admin:auth_user_changelist"), {"action": "unlock", "_selected_action": [erin.pk]})
    assert not AccessAttempt.objects.exists()
    assert Client().post("/account/sign-in/", {"username": "erin", "password": "horse battery 9"}).status_code == 302


def test_staff_without_permissions_looks_and_changes_nothing(client):
    client.force_login(new_facilitator("stella", staff=True))
    exercise = new_exercise()
    assert client.get(reverse("admin:game_exercise_change", args=[exercise.pk])).status_code == 200
    assert client.post(reverse("admin:game_exercise_delete", args=[exercise.pk]), {"post": "yes"}).status_code == 403
    client.post(reverse("admin:game_exercise_changelist"), {"action": "archive_selected", "_selected_action": [exercise.pk]})
    assert client.get(reverse("admin:auth_user_changelist")).status_code == 403
    assert not Exercise.objects.get().archived and Group.objects.exists()


def test_the_admins_policy_allows_what_unfold_needs_and_nothing_inline_else(chief):
    policy = chief.get("/admin/").headers["content-security-policy"]
    assert "script-src 'self' 'unsafe-eval'" in policy and "style-src 'self'" in policy and "style-src-attr 'unsafe-inline'" in policy
    assert policy.count("unsafe-inline") == 1 and "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in chief.get("/facilitator/").headers["content-security-policy"]
    page = chief.get("/admin/").content.decode()
    assert not re.search(r"<script(?![^>]*src=)", page) and "<style" not in page


GARBAGE = (
    {"created__year": "99999999999"}, {"created__month": "-1", "created__year": "0"}, {"created__gte": "never"}, {"created__gte": "99999-01-01"},
    {"id__exact": "9" * 40}, {"pk__in": "x,y"}, {"run__id__exact": "1e9999"}, {"run__id__exact": "9" * 40}, {"step__gte": "9" * 40},
    {"state": "\x00"}, {"q": "\x00"}, {"q": "%" * 500}, {"p": "9" * 40}, {"p": "-1"}, {"o": "9" * 20}, {"o": "-1.x"}, {"scenario": "\x00"},
    {"facilitator__id__exact": "9" * 40}, {"e": "1"}, {"nothing__like": "this"}, {"created__year__lt": "9" * 11}, {"teams__isnull": "maybe"},
)  # fmt: skip


def test_no_address_that_somebody_made_up_upsets_a_list(chief):
    played(title="Autumn")
    for model in admin.site._registry:
        if model is not Defaults:
            address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
            for query in GARBAGE:
                answer = chief.get(address, query)
                assert answer.status_code in (200, 302, 400), f"{address} {query}"
    answer = chief.get(reverse("admin:game_exercise_changelist"), {"created__year": "99999999999"}, follow=True)
    assert "its filters were ignored" in words(answer) and "Autumn" in words(answer)
    for number in ("9" * 40, "x", "%00"):
        assert chief.get(f"/admin/game/exercise/{number}/change/").status_code in (302, 404)


def test_staff_do_not_learn_which_scenario_was_drawn_before_the_end(chief):
    exercise = played(title="Secret", drawn=True, scenario="quiet-open")
    told = played(title="Open", scenario="quiet-open", seed=5)
    Ghost.objects.create(scenario="quiet-open", seed=exercise.seed, made_by="1")
    lists = {name: reverse(f"admin:game_{name}_changelist") for name in ("exercise", "run", "ghost", "team", "seat", "command", "event")}
    shown = [chief.get(lists["exercise"], {"scenario": name}) for name in ("knight-2012", "quiet-open", "drawn")]
    assert [exercise.code in words(page) for page in shown] == [False, False, True] and told.code in words(shown[1])
    runs = [chief.get(lists["run"], {"scenario": name}) for name in ("knight-2012", "quiet-open", "drawn")]
    assert [exercise.code in words(page) for page in runs] == [False, False, True]
    for address in lists.values():
        for lookup in ("scenario__exact", "scenario__startswith", "exercise__scenario", "team__exercise__scenario", "run__team__exercise__scenario"):
            answer = chief.get(address, {lookup: "quiet-open"})
            assert answer.status_code in (302, 400), f"{address} answers to {lookup}"
    assert chief.get(lists["exercise"], {"q": "quiet"}).status_code == 200 and exercise.code not in words(chief.get(lists["exercise"], {"q": "quiet"}))
    assert "quiet-open" not in words(chief.get(lists["ghost"])).split("scenario")[-1]
    exercise.end()
    assert exercise.code in words(chief.get(lists["exercise"], {"scenario": "quiet-open"}))
