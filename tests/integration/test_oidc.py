"""Single sign-on against a real provider of OpenID Connect, in a process of its own: who gets in, who does not, and what is said."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User
from django.test import Client
from django.urls import set_script_prefix
from structlog.testing import capture_logs

from game.environment import Oidc
from game.people.accounts import local_facilitator
from tests.builders import new_facilitator
from tests.oidc_provider import CLIENT, SECRET

pytestmark = pytest.mark.django_db
START, CALLBACK = "/account/oidc/", "/account/oidc/callback/"
HOUSES = ("http://testserver", "https://play.example/bell")
GROUP = {"groups": ["pupils", "bell"]}
PEOPLE = [
    {"name": "erin", "claims": {**GROUP, "name": "Erin Moss", "email": "erin@school.example"}},
    {"name": "paul", "claims": {"groups": ["pupils"]}},
    {"name": "nora", "claims": {}},
    {"name": "wes", "claims": {"groups": "staff bell"}},
    {"name": "local", "claims": GROUP},
    {"name": "issuer", "claims": GROUP, "lies": {"iss": "https://elsewhere.example"}},
    {"name": "audience", "claims": GROUP, "lies": {"aud": "another-client"}},
    {"name": "old", "claims": GROUP, "lies": {"exp": 1_000_000_000}},
    {"name": "nonce", "claims": GROUP, "lies": {"nonce": "of another sign-in"}},
    {"name": "subject", "claims": GROUP, "lies": {"sub": "1"}},
]


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    command = [sys.executable, "-m", "tests.oidc_provider", *(house + CALLBACK for house in HOUSES)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin and process.stdout
    process.stdin.write(json.dumps(PEOPLE) + "\n")
    process.stdin.flush()
    yield process.stdout.readline().strip()
    process.stdin.close()  # it ends with it
    process.wait(10)
    process.stdout.close()


def house_of(issuer: str, **more: str) -> Oidc:
    told = {"client_id": CLIENT, "secret": SECRET, "group": "bell", "name": "School ID", "claim": "groups", **more}
    return Oidc(issuer=issuer, scopes=["openid", "profile", "email"], **told)  # type: ignore[arg-type]


@pytest.fixture
def house(settings, issuer) -> Oidc:
    settings.OIDC = house_of(issuer)
    return settings.OIDC


def at_provider(address: str, name: str) -> str:
    """Where a browser is led back to after somebody signed in at the provider."""
    browser = requests.Session()
    form = browser.get(address, timeout=10)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form.text)[1]
    page = browser.post(form.url, {"username": name, "password": name, "csrfmiddlewaretoken": token}, timeout=10, allow_redirects=False)
    while page.headers["location"].startswith("/"):
        page = browser.get(f"http://{urlsplit(address).netloc}{page.headers['location']}", timeout=10, allow_redirects=False)
    return page.headers["location"]


def back(client: Client, address: str, **more):
    return client.get(CALLBACK, {key: value[0] for key, value in parse_qs(urlsplit(address).query).items()}, **more)


def sign_in(client: Client, name: str, then: str = ""):
    return back(client, at_provider(client.get(START, {"next": then}).headers["location"], name))


def words(page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode().replace("&#x27;", "'")))


def is_in(client: Client) -> bool:
    return client.get("/facilitator/").status_code == 200


def test_off_nothing_is_at_its_addresses_and_the_sign_in_page_names_nobody(client):
    for path in (START, CALLBACK, "/accounts/login/", "/accounts/signup/", "/oidc/login/"):
        assert client.get(path).status_code == client.post(path).status_code == 404, path
    assert START not in client.get("/account/sign-in/").content.decode()


def test_somebody_of_the_group_signs_in_and_goes_on_to_what_they_asked_for(client, house):
    for page in (client.get("/facilitator/guide/"), client.get("/account/sign-in/?next=/facilitator/guide/")):
        link = re.search(r'href="(/account/oidc/[^"]*)"[^>]*>(?:(?!</a>).)*Sign in with School ID', page.content.decode(), re.DOTALL)[1]
    asked = urlsplit(client.get(link).headers["location"])
    query = {key: value[0] for key, value in parse_qs(asked.query).items()}
    assert f"http://{asked.netloc}/o" == house.issuer and query["redirect_uri"] == f"http://testserver{CALLBACK}"
    assert query["code_challenge_method"] == "S256" and all(len(query[part]) >= 16 for part in ("state", "nonce", "code_challenge"))
    assert set(query["scope"].split()) == {"openid", "profile", "email"} and "sessionid" in client.cookies
    before = client.cookies["sessionid"].value
    answer = back(client, at_provider(asked.geturl(), "erin"))
    assert answer.headers["location"] == "/facilitator/guide/" and is_in(client) and client.cookies["sessionid"].value != before
    user = User.objects.get()
    assert (user.username, user.first_name, user.last_name, user.email) == ("erin", "Erin", "Moss", "erin@school.example")
    assert not (user.is_staff or user.is_superuser or user.has_usable_password()) and client.get("/admin/").status_code == 403
    kept = SocialAccount.objects.get()
    assert (kept.provider, kept.extra_data) == (house.issuer, {}) and not EmailAddress.objects.exists()
    assert sign_in(Client(), "erin").headers["location"] == "/facilitator/" and User.objects.count() == 1, "the second time it is the same account"
    assert "no password" in words(client.get("/account/password/"))


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_it_leads_to_no_other_site(client, house, elsewhere):
    assert sign_in(client, "erin", elsewhere).headers["location"] == "/facilitator/"


@pytest.mark.parametrize("name", ["paul", "nora"])
def test_somebody_without_the_group_is_told_so_and_leaves_no_account(client, house, name):
    page = sign_in(client, name)
    assert page.status_code == 403 and "not in the group that may run exercises" in words(page)
    assert not is_in(client) and not User.objects.exists() and not SocialAccount.objects.exists()


def test_the_group_may_be_a_word_in_a_text_another_claim_or_everybody(client, house, settings):
    assert sign_in(client, "wes").status_code == 302 and is_in(client)
    settings.OIDC = house._replace(claim="preferred_username", group="nora")
    assert sign_in(Client(), "nora").status_code == 302 and sign_in(Client(), "erin").status_code == 403
    settings.OIDC = house._replace(group="*")
    assert sign_in(Client(), "paul").status_code == 302


def test_whoever_left_the_group_loses_what_they_had_also_where_they_are_signed_in(client, house, settings):
    sign_in(client, "erin")
    settings.OIDC = house._replace(group="teachers")
    assert sign_in(Client(), "erin").status_code == 403 and client.get("/facilitator/").status_code == 403


def test_an_account_that_is_switched_off_here_stays_out(client, house):
    sign_in(client, "erin")
    User.objects.update(is_active=False)
    page = sign_in(Client(), "erin")
    assert page.status_code == 403 and "disabled" in words(page) and not is_in(client)


def test_a_name_or_an_address_that_is_taken_gives_nobody_anothers_account(client, house):
    mine = new_facilitator("erin", email="erin@school.example")
    local = local_facilitator()
    assert sign_in(client, "erin").status_code == sign_in(Client(), "local").status_code == 302
    made = User.objects.exclude(pk__in=(mine.pk, local.pk))
    assert made.count() == 2 and client.get("/facilitator/").context["user"] not in (mine, local)


def test_nobody_is_called_local_but_the_account_of_plays_link(client, house):
    assert sign_in(client, "local").status_code == 302 and User.objects.get().username != "local"


def test_a_sign_in_that_was_begun_elsewhere_or_was_used_is_refused(client, house):
    address = at_provider(client.get(START).headers["location"], "erin")
    thief = Client()
    for one, query in ((thief, address), (client, re.sub(r"state=\w+", "state=guessed", address)), (client, f"{CALLBACK}?code=x")):
        page = back(one, query)
        assert page.status_code == 400 and "not begun in this browser" in words(page) and not is_in(one)
    assert back(client, address).status_code == 302 and is_in(client)
    assert back(client, address).status_code == 400, "its state was used"


def test_a_code_of_somebody_elses_sign_in_is_worth_nothing(client, house):
    """Put into one's own: PKCE has the provider refuse it."""
    theirs = at_provider(Client().get(START).headers["location"], "erin")
    mine = parse_qs(urlsplit(client.get(START).headers["location"]).query)["state"][0]
    page = client.get(CALLBACK, {"state": mine, "code": parse_qs(urlsplit(theirs).query)["code"][0]})
    assert page.status_code == 502 and not is_in(client)


@pytest.mark.parametrize("name", ["issuer", "audience", "old", "nonce", "subject"])
def test_a_proof_of_another_issuer_client_time_sign_in_or_person_is_none(client, house, name):
    page = sign_in(client, name)
    assert page.status_code == 502 and "cannot be trusted" in words(page) and not is_in(client) and not User.objects.exists()


def test_a_proof_that_another_key_signed_is_none(client, house, monkeypatch):
    from cryptography.hazmat.primitives.asymmetric import rsa

    other = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    monkeypatch.setattr("allauth.socialaccount.internal.jwtkit.lookup_kid_jwk", lambda *args: other)
    assert sign_in(client, "erin").status_code == 502 and not is_in(client)


def test_a_discovery_of_another_issuer_is_not_followed(client, house, settings):
    settings.OIDC = house._replace(issuer=house.issuer.replace("127.0.0.1", "localhost"))
    page = client.get(START)
    assert page.status_code == 502 and "School ID could not sign you in" in words(page)


def test_who_refuses_at_the_provider_is_told_so_and_what_it_cannot_do_too(client, house):
    for error, status, sentence in (("access_denied", 403, "did not sign you in"), ("server_error", 502, "could not sign you in")):
        state = parse_qs(urlsplit(client.get(START).headers["location"]).query)["state"][0]
        page = client.get(CALLBACK, {"state": state, "error": error})
        assert page.status_code == status and sentence in words(page) and "Back to sign-in" in words(page)


def test_a_provider_that_is_down_or_talks_of_something_else_is_a_page_and_a_line_in_the_log(client, house, settings):
    address = at_provider(client.get(START).headers["location"], "erin")
    with capture_logs() as said:
        for away in ("http://127.0.0.1:9/o", house.issuer.removesuffix("/o") + "/login"):
            settings.OIDC = house._replace(issuer=away)
            page = Client().get(START)
            assert page.status_code == 502 and "does not answer" in words(page) and "Back to sign-in" in words(page)
        settings.OIDC = house._replace(secret="another")  # since the way there
        assert back(client, address).status_code == 502
    assert [line["event"] for line in said].count("single sign-on failed") == 3 and not any("exc_info" in line for line in said)


def test_below_a_path_and_behind_tls_it_comes_back_to_where_the_browser_is(house, settings):
    set_script_prefix("/bell/")  # as the server does by BASE_PATH
    settings.ALLOWED_HOSTS = ["play.example"]
    client = Client(HTTP_HOST="play.example")
    try:
        address = client.get(START, {"next": "/bell/facilitator/guide/"}, secure=True).headers["location"]
        assert parse_qs(urlsplit(address).query)["redirect_uri"] == [f"https://play.example/bell{CALLBACK}"]
        answer = back(client, at_provider(address, "erin"), secure=True)
        assert answer.headers["location"] == "/bell/facilitator/guide/"
    finally:
        set_script_prefix("/")


def test_it_asks_for_no_code_of_an_app(client, house, settings):
    settings.TOTP_REQUIRED = True
    assert sign_in(client, "erin").headers["location"] == "/facilitator/" and is_in(client)


def test_one_address_asks_the_provider_sixty_times_a_minute_at_most(client, house, monkeypatch):
    from game.people import limiter

    monkeypatch.setattr(limiter, "SIGN_ONS", limiter.Kind("sign-on-test", 2))
    assert [client.get(START).status_code for _ in range(3)] == [302, 302, 429]
