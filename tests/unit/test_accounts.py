"""Facilitators' accounts: signing in and out, the lock after too many tries, the laptop's link, and whose an exercise is."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from game.models import Exercise, FacilitatorLink, Player, Seat
from game.people.access import exercises_of, facilitates
from game.people.accounts import FACILITATORS, LOCAL, local_facilitator
from tests.builders import new_exercise, new_facilitator, taken_seat

pytestmark = pytest.mark.django_db
PASSWORD = "horse battery 9"


def sign_in(client: Client, name: str = "erin", password: str = PASSWORD, **more: str):
    return client.post("/account/sign-in/", {"username": name, "password": password, **more})


def sentence(page) -> str:
    return page.content.decode().replace("&#x27;", "'").replace("&quot;", '"')


@pytest.fixture
def erin():
    return new_facilitator("erin")


@pytest.fixture
def finn():
    return new_facilitator("finn")


def test_a_page_of_the_facilitators_asks_for_name_and_password_and_goes_on_to_what_was_asked_for(client, erin):
    exercise = new_exercise(facilitator=erin)
    asked = client.get(f"/facilitator/{exercise.code}/")
    assert asked.status_code == 403 and f'name="next" value="/facilitator/{exercise.code}/"' in sentence(asked)
    assert "sessionid" not in client.cookies
    done = sign_in(client, next=f"/facilitator/{exercise.code}/")
    assert done.headers["location"] == f"/facilitator/{exercise.code}/"
    assert client.get(f"/facilitator/{exercise.code}/").status_code == 200
    assert client.cookies["sessionid"]["httponly"] and client.cookies["sessionid"]["samesite"] == "Lax"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "http:evil"])
def test_signing_in_leads_to_no_other_site(client, erin, elsewhere):
    assert sign_in(client, next=elsewhere).headers["location"] == "/facilitator/"


def test_a_session_from_before_is_not_the_session_after(client, erin):
    session = client.session
    session["kept"] = "from before"
    session.save()
    before = client.session.session_key
    client.cookies["sessionid"] = before
    sign_in(client)
    after = client.cookies["sessionid"].value
    assert after != before
    stolen = Client()
    stolen.cookies["sessionid"] = before
    assert stolen.get("/facilitator/").status_code == 403


@pytest.mark.parametrize(
    ("name", "password"), [("erin", "wrong"), ("nobody", PASSWORD), ("", ""), ("ERIN", PASSWORD), ("erin\0", "x"), ("x" * 999, "x")]
)
def test_what_is_wrong_is_said_and_not_which_of_the_two(client, erin, name, password):
    page = sign_in(client, name, password)
    assert page.status_code == 400 and "sessionid" not in client.cookies
    assert "Account name" in sentence(page) and "Username" not in sentence(page)
    assert not AccessAttempt.objects.filter(username__startswith="xxx").exists(), "what no column holds is not written"
    if name and password and len(name) < 99 and "\0" not in name:
        assert "Wrong name or password" in sentence(page) and "No such" not in sentence(page)


def test_an_account_that_is_switched_off_opens_nothing_also_where_it_was_signed_in(client, erin):
    sign_in(client)
    assert client.get("/facilitator/").status_code == 200
    User.objects.update(is_active=False)
    assert client.get("/facilitator/").status_code == 403
    assert sign_in(Client()).status_code == 400


def test_signing_out_is_a_form_and_ends_it(client, erin):
    exercise = new_exercise(facilitator=erin)
    sign_in(client)
    cookies = {"sessionid": client.cookies["sessionid"].value}
    assert client.get("/account/sign-out/").status_code == 405
    assert client.get("/facilitator/").status_code == 200 and facilitates(cookies, exercise)
    assert client.post("/account/sign-out/").headers["location"] == "/"
    assert client.get("/facilitator/").status_code == 403 and not facilitates(cookies, exercise), "sockets of the old cookie neither"


def test_forms_of_other_sites_do_nothing(erin):
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict).status_code == 403
    strict.force_login(erin)
    for path in ("/account/sign-out/", "/account/password/", "/facilitator/new/"):
        assert strict.post(path, {"title": "x"}).status_code == 403
    assert strict.get("/facilitator/").status_code == 200 and not Exercise.objects.exists()


def test_five_wrong_passwords_close_an_account_for_this_address_and_the_page_says_for_how_long(client, erin):
    for _ in range(4):
        assert sign_in(client, password="wrong").status_code == 400
    page = sign_in(client, password="wrong", next="/facilitator/guide/")
    assert page.status_code == 429 and "closed here for 15 minutes" in sentence(page) and page.headers["retry-after"] == "900"
    assert "next=%2Ffacilitator%2Fguide%2F" in sentence(page)
    assert sign_in(client).status_code == 429, "the right one neither"
    AccessAttempt.objects.update(attempt_time=AccessAttempt.objects.get().attempt_time - timedelta(minutes=10, seconds=30))
    assert "closed here for 5 minutes" in sentence(sign_in(client)), "trying does not make it longer"
    assert client.post("/account/sign-in/", {"username": "erin", "password": PASSWORD}, REMOTE_ADDR="10.0.0.9").status_code == 302, (
        "elsewhere it is open"
    )
    AccessAttempt.objects.update(attempt_time=AccessAttempt.objects.first().attempt_time - timedelta(minutes=5))
    assert sign_in(client).status_code == 302


def test_others_at_the_same_address_are_not_locked_out_and_success_forgets_the_failures(client, erin, finn):
    for _ in range(4):
        sign_in(client, password="wrong")
    assert sign_in(Client(), "finn").status_code == 302
    assert sign_in(client).status_code == 302
    for _ in range(4):
        assert sign_in(Client(), password="wrong").status_code == 400


def test_no_password_is_kept_of_a_failed_try(client, erin):
    sign_in(client, password="my other password")
    kept = AccessAttempt.objects.get()
    assert "my other password" not in f"{kept.post_data}{kept.get_data}{kept.path_info}"


def test_the_password_is_changed_with_the_old_one_and_other_browsers_are_signed_out(client, erin):
    other = Client()
    sign_in(client), sign_in(other)
    form = {"old_password": PASSWORD, "new_password1": "staple correct 7", "new_password2": "staple correct 7"}
    for wrong, reason in (
        ({"old_password": "wrong"}, "not your current password"),
        ({"new_password2": "staple"}, "The new passwords do not match."),
        ({"new_password1": "short", "new_password2": "short"}, "too short"),
        ({"new_password1": "12345678901", "new_password2": "12345678901"}, "entirely numeric"),
    ):
        page = client.post("/account/password/", {**form, **wrong})
        assert page.status_code == 400 and reason in sentence(page)
    done = client.post("/account/password/", form, follow=True)
    assert "no-store" in client.get("/account/password/").headers["cache-control"]
    assert "Your password has been changed" in sentence(done) and done.redirect_chain == [("/facilitator/", 302)]
    assert client.get("/facilitator/").status_code == 200 and other.get("/facilitator/").status_code == 403
    assert sign_in(Client()).status_code == 400 and sign_in(Client(), password="staple correct 7").status_code == 302


def test_the_link_of_play_signs_the_machines_own_account_in_once_and_the_admin_opens(client):
    link = f"/facilitator/{FacilitatorLink.issue()}/"
    assert Client().get(link).status_code == Client().get(link).status_code == Client().head(link).status_code == 200, "a look spends nothing"
    assert not User.objects.filter(username=LOCAL).exists()
    assert client.post(link).headers["location"] == "/facilitator/"
    user = User.objects.get(username=LOCAL)
    assert user.is_staff and user.is_superuser and not user.has_usable_password()
    assert client.get("/admin/").status_code == 200
    assert Client().get(link).status_code == Client().post(link).status_code == 403
    assert client.get(link).status_code == 302, "who is signed in already is led on"
    assert client.get("/account/password/").status_code == 403
    assert sign_in(Client(), LOCAL, "!").status_code == 400


def test_what_the_admin_changed_of_the_machines_account_stays(client):
    User.objects.filter(pk=local_facilitator().pk).update(is_superuser=False, is_staff=False)
    client.post(f"/facilitator/{FacilitatorLink.issue()}/")
    assert client.get("/facilitator/").status_code == 200 and client.get("/admin/").status_code != 200
    User.objects.update(is_active=False)
    assert (
        "Sign in" in sentence(client.post(f"/facilitator/{FacilitatorLink.issue()}/", follow=True)) and client.get("/facilitator/").status_code == 403
    )


def test_a_facilitator_sees_their_own_exercises_and_staff_every_one_but_the_games_for_one(client, erin, finn):
    mine, theirs, nobodys = (new_exercise(title=title, facilitator=user) for title, user in (("Mine", erin), ("Theirs", finn), ("Nobody's", None)))
    alone = new_exercise(title="Alone")
    alone.owner = Player.enter(alone, "Solo")[0]
    alone.save()
    staff, plain = new_facilitator("stella", staff=True), User.objects.create_user("paul")
    assert list(exercises_of(erin)) == [mine] and list(exercises_of(finn)) == [theirs]
    assert set(exercises_of(staff)) == {mine, theirs, nobodys} and not exercises_of(plain).exists()
    sign_in(client)
    listed = sentence(client.get("/facilitator/"))
    assert "Mine" in listed and "Theirs" not in listed
    for other in (theirs, nobodys, alone):
        seat = Seat.objects.filter(team__exercise=other).first()
        for path in (f"/facilitator/{other.code}/", f"/facilitator/{other.code}/watch/{seat.team_id}/risk/"):
            assert client.get(path).status_code == 404, path
        assert client.post(f"/facilitator/exercise/{other.code}/", {"do": "start"}).status_code == 404
        assert client.post(f"/facilitator/seat/{seat.pk}/link/", {"do": "vacate"}).status_code == 404
        other.refresh_from_db()
        assert other.state == "lobby"
    cookies = {"sessionid": client.cookies["sessionid"].value}
    assert [facilitates(cookies, one) for one in (mine, theirs, nobodys, alone)] == [True, False, False, False]


def test_what_a_facilitator_makes_is_theirs(client, erin):
    sign_in(client)
    client.post("/facilitator/new/", {"title": "Autumn"})
    assert Exercise.objects.get().facilitator == erin


def test_whoever_left_the_group_is_told_so_and_keeps_no_socket(client, erin):
    exercise = new_exercise(facilitator=erin)
    sign_in(client)
    erin.groups.clear()
    page = client.get("/facilitator/")
    assert page.status_code == 403 and f"group {FACILITATORS}" in sentence(page)
    assert not facilitates({"sessionid": client.cookies["sessionid"].value}, exercise)


def test_a_player_is_no_facilitator(client):
    exercise = new_exercise()
    _, client.cookies["player"] = taken_seat(exercise)
    assert client.get(f"/facilitator/{exercise.code}/").status_code == 403
    assert client.post(f"/facilitator/exercise/{exercise.code}/", {"do": "start"}).status_code == 403


def test_a_superuser_is_made_on_the_command_line_as_everywhere_and_runs_exercises(client, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", "--noinput", "--username", "root", "--email", "")
    assert sign_in(client, "root").status_code == 302
    assert client.get("/facilitator/").status_code == 200 and client.get("/admin/").status_code == 200


def test_an_account_that_is_deleted_leaves_its_exercises_to_staff(erin):
    exercise = new_exercise(facilitator=erin)
    erin.delete()
    assert list(exercises_of(new_facilitator("stella", staff=True))) == [exercise]


def test_every_page_of_a_facilitator_says_who_is_signed_in_and_how_to_leave(client, erin):
    sign_in(client)
    exercise = new_exercise(facilitator=erin)
    for path in ("/facilitator/", f"/facilitator/{exercise.code}/", "/account/password/"):
        page = sentence(client.get(path))
        assert 'action="/account/sign-out/"' in page and re.search(r"sitenav-who.{,200}erin", page, re.S), path
        assert "/admin/" not in page, "only for staff"


def test_a_link_for_anybody_is_printed_at_any_time_and_the_one_before_opens_no_longer(client, erin):
    def printed(*arguments: str) -> str:
        said = StringIO()
        call_command("facilitator", *arguments, stdout=said, stderr=StringIO())
        return said.getvalue().strip()

    first, second, other = printed("erin"), printed("erin", "--address", "https://play.example/bell/"), printed("gwen")
    assert second.startswith("https://play.example/bell/facilitator/") and first.startswith("http://127.0.0.1:8000/facilitator/")
    path = "/facilitator/" + second.split("/facilitator/")[1]
    assert client.get("/facilitator/" + first.split("/facilitator/")[1]).status_code == 403
    assert "erin" in sentence(client.get(path)) and client.post(path).headers["location"] == "/facilitator/"
    assert client.get("/facilitator/").context["user"] == erin
    gwen = Client()
    assert gwen.post("/facilitator/" + other.split("/facilitator/")[1]).status_code == 302
    assert gwen.get("/facilitator/").status_code == 200 and not User.objects.get(username="gwen").has_usable_password()
    assert Client().post("/facilitator/" + printed().split("/facilitator/")[1]).status_code == 302
    User.objects.create_user("nobody-special")
    for name in ("nobody-special", "no spaces, please", "x" * 200):
        with pytest.raises(CommandError):
            printed(name)
    erin.is_active = False
    erin.save()
    with pytest.raises(CommandError, match="switched off"):
        printed("erin")


def test_thirty_wrong_passwords_from_one_address_make_right_ones_wait_there_but_not_in_a_known_browser(client, erin, finn):
    assert sign_in(client).status_code == 302
    client.post("/account/sign-out/")
    for number in range(31):
        sign_in(Client(), name=f"nobody{number}", password="wrong")
    assert sign_in(Client(), name="finn").status_code == 429
    assert sign_in(Client(REMOTE_ADDR="203.0.113.9"), name="finn").status_code == 302
    assert sign_in(client).status_code == 302


def test_others_wrong_passwords_lock_nobody_out_of_a_browser_their_account_knows_and_its_own_do(client, erin):
    assert sign_in(client).status_code == 302
    client.post("/account/sign-out/")
    for _ in range(6):
        sign_in(Client(), password="wrong")
    assert sign_in(Client()).status_code == 429, "a browser that is not known waits"
    assert sign_in(client).status_code == 302
    client.post("/account/sign-out/")
    assert [sign_in(client, password="wrong").status_code for _ in range(10)] == [400] * 9 + [429], "five are forgiven it, five counted"
    assert sign_in(client).status_code == 429, "and guesses no faster than any other"


def test_a_known_browser_is_known_to_one_account_and_as_long_as_its_password_lasts(client, erin, finn):
    assert sign_in(client).status_code == 302
    client.post("/account/sign-out/")
    for name in ("erin", "finn"):
        for _ in range(6):
            sign_in(Client(), name=name, password="wrong")
    assert sign_in(client, name="finn").status_code == 429
    erin.set_password("staple correct 7")
    erin.save()
    assert sign_in(client, password="staple correct 7").status_code == 429
