"""Two-step sign-in: a password and a code of an authenticator app. Setting it up, what is asked and counted, recovery, and its end."""

import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from game.models import FacilitatorLink
from game.people import pending, second_factor
from tests.builders import new_facilitator

pytestmark = pytest.mark.django_db
PASSWORD = "horse battery 9"
SIGN_IN, CODE, TWO_STEP = "/account/sign-in/", "/account/code/", "/account/two-step/"


@pytest.fixture
def erin():
    return new_facilitator("erin")


def words(page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode().replace("&#x27;", "'")))


def app_of(user, code_in_periods: int = 0) -> str:
    """What the account's app shows now, or so many half minutes from now. One ahead is taken as well, for clocks differ."""
    return f"{totp(TOTPDevice.objects.get(user=user).bin_key, drift=code_in_periods):06}"


def wrong(user) -> str:
    shown = {app_of(user, periods) for periods in range(-2, 4)}
    return next(code for code in (f"{number:06}" for number in range(10)) if code not in shown)


def with_app(user) -> list[str]:
    """An account with an app none of whose codes was used, and its recovery codes."""
    TOTPDevice.objects.create(user=user, name="app")
    return second_factor.new_recovery_codes(user)


def password(client: Client, name: str = "erin", then: str = "", **more):
    return client.post(SIGN_IN, {"username": name, "password": PASSWORD, "next": then}, **more)


def let_wait_pass() -> None:
    """As if an hour had gone by since the last wrong code."""
    TOTPDevice.objects.update(throttling_failure_timestamp=timezone.now() - timedelta(hours=1))


def is_in(client: Client) -> bool:
    return client.get("/facilitator/").status_code == 200


def first_code(page) -> str:
    """What an app shows that was given the key by hand."""
    from base64 import b32decode

    typed = re.search(r"<code[^>]*>([A-Z2-7 ]+)</code>", page.content.decode())[1].replace(" ", "")
    return f"{totp(b32decode(typed)):06}"


def test_it_is_set_up_with_the_password_and_a_first_code_and_recovery_codes_are_shown_once(client, erin):
    client.force_login(erin)
    page = client.get(TWO_STEP)
    assert "<svg" in page.content.decode() and "otpauth://totp/Opening%20Bell%3Aerin?secret=" in page.content.decode()
    assert "no-store" in page.headers["cache-control"]
    code = first_code(page)
    for form, reason in (
        ({"code": "000000" if code != "000000" else "111111", "password": PASSWORD}, "This is no code of that app"),
        ({"code": code, "password": "wrong"}, "not your current password"),
        ({"code": "12345", "password": PASSWORD}, "A code is six digits"),
        ({"code": "１２３４５６", "password": PASSWORD}, "A code is six digits"),
        ({}, "This field is required"),
    ):
        refused = client.post(TWO_STEP, form)
        assert refused.status_code == 400 and reason in words(refused) and not second_factor.is_set_up(erin), reason
    assert first_code(client.get(TWO_STEP)) == code, "the key stays while it is being set up"
    shown = client.post(TWO_STEP, {"code": f" {code[:3]} {code[3:]} ", "password": PASSWORD}, follow=True)
    codes = re.findall(r"<li>([a-z2-9]{5}-[a-z2-9]{5})</li>", shown.content.decode())
    assert len(set(codes)) == second_factor.RECOVERY_CODES and second_factor.is_set_up(erin)
    again = client.get(TWO_STEP)
    assert not any(one in again.content.decode() for one in codes) and "10 recovery codes are left" in words(again)
    assert not StaticToken.objects.filter(token__in=[*codes, *(one.replace("-", "") for one in codes)]).exists(), "they are kept hashed"


def test_a_right_password_opens_nothing_until_the_code_and_then_what_was_asked_for(client, erin):
    with_app(erin)
    answer = password(client, then="/facilitator/guide/")
    assert answer.headers["location"] == CODE and not is_in(client)
    for path in ("/account/password/", TWO_STEP, "/admin/"):
        assert client.get(path).status_code in (302, 403), path
    assert "The password of erin is right" in words(client.get(CODE))
    assert client.post(CODE, {"code": app_of(erin)}).headers["location"] == "/facilitator/guide/"
    assert is_in(client) and client.get(CODE).headers["location"] == SIGN_IN


def test_the_admin_is_behind_the_same_code(client):
    chief = new_facilitator("chief", staff=True, is_superuser=True)
    with_app(chief)
    door = client.get("/admin/")
    password(client, "chief", then=door.headers["location"].split("next=")[1])
    assert client.get("/admin/").status_code == 302
    assert client.post(CODE, {"code": app_of(chief)}).headers["location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_a_code_is_taken_once_also_in_another_browser(client, erin):
    with_app(erin)
    code, other = app_of(erin), Client()
    password(client), password(other)
    assert client.post(CODE, {"code": code}).status_code == 302
    refused = other.post(CODE, {"code": code})
    assert refused.status_code == 400 and "used before" in words(refused) and not is_in(other)
    let_wait_pass()
    assert other.post(CODE, {"code": app_of(erin, 1)}).status_code == 302, "the next one is"


def test_wrong_codes_are_counted_with_wrong_passwords_and_five_close_the_account_here(client, erin):
    with_app(erin)
    client.post(SIGN_IN, {"username": "erin", "password": "wrong"})
    password(client)
    for _ in range(3):
        assert client.post(CODE, {"code": wrong(erin)}).status_code == 400
        let_wait_pass()
    closed = client.post(CODE, {"code": wrong(erin)})
    assert closed.status_code == 429 and "closed here for 15 minutes" in words(closed)
    let_wait_pass()
    assert client.post(CODE, {"code": app_of(erin)}).status_code == 429 and password(client).status_code == 429 and not is_in(client)
    kept = AccessAttempt.objects.get()
    assert kept.failures_since_start >= 5 and wrong(erin) not in f"{kept.post_data}{kept.get_data}"
    elsewhere = Client(REMOTE_ADDR="10.0.0.9")
    password(elsewhere)
    assert elsewhere.post(CODE, {"code": app_of(erin)}).status_code == 302, "elsewhere it is open, and the code was not used up"


def test_after_each_wrong_code_the_next_waits_longer_wherever_it_comes_from_and_the_page_says_how_long(client, erin):
    with_app(erin)
    for number in range(6):  # from six addresses, so that no lock-out comes first
        let_wait_pass()
        one = Client(REMOTE_ADDR=f"10.0.0.{number}")
        password(one)
        assert one.post(CODE, {"code": wrong(erin)}).status_code == 400
    password(client)
    told = client.post(CODE, {"code": app_of(erin)})
    assert told.status_code == 400 and re.search(r"looked at in (31|32) s", words(told))
    assert AccessAttempt.objects.filter(ip_address="127.0.0.1").count() == 0, "what was not looked at was not wrong"
    let_wait_pass()
    assert client.post(CODE, {"code": app_of(erin)}).status_code == 302


def test_a_known_browser_guesses_codes_no_faster_than_any_other(client, erin):
    with_app(erin)
    password(client)
    assert client.post(CODE, {"code": app_of(erin)}).status_code == 302
    client.post("/account/sign-out/")
    password(client)
    answers = []
    for _ in range(10):
        let_wait_pass()
        answers.append(client.post(CODE, {"code": wrong(erin)}).status_code)
    assert answers == [400] * 9 + [429], "five are forgiven it, five counted"


def test_a_recovery_code_signs_in_once_with_or_without_its_hyphen(client, erin):
    first, second, *_ = with_app(erin)
    password(client)
    assert client.post(CODE, {"code": first.upper()}).status_code == 302 and is_in(client)
    other = Client()
    password(other)
    assert other.post(CODE, {"code": first}).status_code == 400 and not is_in(other)
    from django_otp.plugins.otp_static.models import StaticDevice

    StaticDevice.objects.update(throttling_failure_timestamp=timezone.now() - timedelta(hours=1))
    assert other.post(CODE, {"code": second.replace("-", "")}).status_code == 302 and second_factor.recovery_codes_left(erin) == 8


def test_new_recovery_codes_and_its_end_take_a_code(client, erin):
    old = with_app(erin)
    client.force_login(erin)
    for do in ("off", "codes"):
        assert client.post(TWO_STEP, {"do": do}).status_code == client.post(TWO_STEP, {"do": do, "code": wrong(erin)}).status_code == 400
        let_wait_pass()
    shown = client.post(TWO_STEP, {"do": "codes", "code": app_of(erin)}, follow=True)
    new = re.findall(r"<li>([a-z2-9]{5}-[a-z2-9]{5})</li>", shown.content.decode())
    assert len(new) == 10 and not second_factor.takes(erin, old[0])
    done = client.post(TWO_STEP, {"do": "off", "code": app_of(erin, 1)}, follow=True)
    assert "is off: your password is enough" in words(done) and not StaticToken.objects.exists()
    assert password(Client()).headers["location"] == "/facilitator/"


def test_where_it_is_required_whoever_has_none_sets_it_up_before_they_are_in(client, erin, settings):
    settings.TOTP_REQUIRED = True
    assert password(client, then="/facilitator/guide/").headers["location"] == CODE
    assert client.get(CODE).headers["location"] == TWO_STEP and not is_in(client)
    page = client.get(TWO_STEP)
    assert "This server also asks" in words(page) and "Current password" not in words(page)
    shown = client.post(TWO_STEP, {"code": first_code(page)}, follow=True)
    assert is_in(client) and 'href="/facilitator/guide/"' in shown.content.decode() and "Keep your recovery codes" in words(shown)
    assert "cannot be turned off" in words(client.get(TWO_STEP))
    assert client.post(TWO_STEP, {"do": "off", "code": app_of(erin, 1)}).status_code == 302 and second_factor.is_set_up(erin)


def test_what_a_password_began_ends_after_ten_minutes_with_another_password_and_with_the_account(client, erin):
    with_app(erin)

    def waiting() -> Client:
        one = Client()
        password(one)
        assert one.get(CODE).status_code == 200
        return one

    late, changed = waiting(), waiting()
    session = late.session
    session[pending.KEY] |= {"at": session[pending.KEY]["at"] - pending.LASTS_S - 1}
    session.save()
    assert late.post(CODE, {"code": app_of(erin)}).headers["location"] == SIGN_IN and not is_in(late)
    User.objects.filter(pk=erin.pk).update(is_active=False)
    assert changed.post(CODE, {"code": app_of(erin)}).headers["location"] == SIGN_IN
    User.objects.filter(pk=erin.pk).update(is_active=True)
    erin.set_password("staple correct 7")
    erin.save()
    assert changed.post(CODE, {"code": app_of(erin)}).headers["location"] == SIGN_IN and not is_in(changed)
    assert client.get(CODE).headers["location"] == SIGN_IN and client.get(TWO_STEP).headers["location"].startswith(SIGN_IN)


def test_a_session_from_before_the_password_is_not_the_one_that_waits_for_a_code(erin):
    with_app(erin)
    planted = Client()
    session = planted.session
    session["kept"] = "from before"
    session.save()
    victim = Client()
    victim.cookies["sessionid"] = session.session_key
    password(victim)
    thief = Client()
    thief.cookies["sessionid"] = session.session_key
    assert victim.get(CODE).status_code == 200 and thief.get(CODE).status_code == 302


def test_to_switch_accounts_signs_the_first_one_out_at_once(client, erin):
    with_app(erin)
    client.force_login(new_facilitator("finn"))
    password(client)
    assert not is_in(client) and "The password of erin" in words(client.get(CODE))


def test_nobody_sets_up_a_key_that_another_account_was_shown_in_this_browser(client, erin, settings):
    settings.TOTP_REQUIRED = True
    password(client)
    key = re.search(r"<code[^>]*>([A-Z2-7 ]+)</code>", client.get(TWO_STEP).content.decode())[1]
    client.post(f"/facilitator/{FacilitatorLink.issue(new_facilitator('finn'))}/")
    page = client.get(TWO_STEP)
    assert page.status_code == 200 and page.context["user"].username == "finn" and key not in page.content.decode()


def test_a_one_time_link_asks_for_no_code(client, erin, settings):
    settings.TOTP_REQUIRED = True
    with_app(erin)
    assert client.post(f"/facilitator/{FacilitatorLink.issue(erin)}/").headers["location"] == "/facilitator/" and is_in(client)


def test_an_account_without_a_password_has_nothing_to_add_a_code_to(client, erin):
    erin.set_unusable_password()
    erin.save()
    client.force_login(erin)
    assert client.get(TWO_STEP).status_code == 403


def test_the_admin_shows_who_has_it_and_resets_it_but_shows_no_key(client, erin):
    with_app(erin)
    chief = new_facilitator("chief", staff=True, is_superuser=True)
    with_app(chief)
    helper = new_facilitator("helper", staff=True)
    helper.user_permissions.set(Permission.objects.filter(codename__in=("change_user", "view_user")))
    client.force_login(helper)
    both = {"action": "reset_two_step", "_selected_action": [erin.pk, chief.pk]}
    page = client.post("/admin/auth/user/", both, follow=True)
    assert "erin signs in with the password alone again" in words(page) and "chief is of the staff" in words(page)
    assert (second_factor.is_set_up(erin), second_factor.is_set_up(chief)) == (False, True)
    assert LogEntry.objects.get().change_message == "Reset two-step sign-in" and not StaticToken.objects.filter(device__user=erin).exists()
    client.force_login(chief)
    key = TOTPDevice.objects.get(user=chief).key
    for path in ("/admin/", "/admin/auth/user/", f"/admin/auth/user/{chief.pk}/change/"):
        assert key not in client.get(path).content.decode() and "otp_totp" not in client.get(path).content.decode()
    client.post("/admin/auth/user/", {"action": "reset_two_step", "_selected_action": [chief.pk]})
    assert not second_factor.is_set_up(chief)


def test_a_key_by_hand_and_by_its_address_is_the_same(erin):
    key = "00112233445566778899aabbccddeeff00112233"
    assert second_factor.as_text(key) == "AAIS EM2E KVTH PCEZ VK54 ZXPO 74AB CIRT"
    assert f"secret={second_factor.as_text(key).replace(' ', '')}&" in second_factor.address(erin, key)
