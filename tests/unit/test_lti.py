"""LTI 1.3 against a platform that runs: registration, launches and those that are not believed, choices, scores, members, and what is kept."""

import base64
import hmac
import json
import re
from datetime import timedelta
from hashlib import sha256
from ipaddress import ip_network
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from game.courses import attempts, keeping, members, outcomes
from game.models import Attempt, LtiKey, LtiLink, LtiLogin, LtiMember, LtiPlatform, LtiScore, RuleBroken, Student
from game.models.lti import TEXT_MAX, homework_token, student_ident
from game.ops import retention
from game.ops.lti import keys, launch, scores, services
from game.people import limiter
from game.views.lti_teaching import FIELDS
from tests.builders import new_facilitator
from tests.lms_platform import CLAIM, CLIENT, DEEP, DEPLOYMENT, LEARNER, ROLES, TEACHER, Lms, lms_platform
from tests.unit.test_courses import cohort, homework, played, teacher  # noqa: F401

pytestmark = pytest.mark.django_db
TARGET = "http://testserver/lti/launch"


@pytest.fixture
def lms(settings):
    settings.WEBHOOK_NETWORKS = (ip_network("127.0.0.0/8"),)
    with lms_platform() as found:
        found.tool = keys.own_set()
        yield found


@pytest.fixture
def platform(lms, cohort) -> LtiPlatform:  # noqa: F811
    return LtiPlatform.register(cohort.course.teacher, lms.registered())


@pytest.fixture
def work(cohort):  # noqa: F811
    return homework(cohort, deadline=timezone.now() + timedelta(days=1))


def login(client: Client, lms: Lms, **more: str) -> dict[str, str]:
    """What the platform is asked after a login."""
    asked = {"iss": lms.issuer, "login_hint": "42", "target_link_uri": TARGET, "client_id": CLIENT, "lti_message_hint": "31", **more}
    answer = client.post("/lti/login", asked)
    assert answer.status_code == 302, answer.content.decode()
    assert answer.headers["location"].startswith(f"{lms.issuer}/auth?")
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


def launched(client: Client, token: str, state: str):
    """The platform's form, and where it leads to."""
    answer = client.post("/lti/launch", {"id_token": token, "state": state})
    return client.get(answer.headers["location"]) if answer.status_code == 303 else answer


def arrive(client: Client, lms: Lms, platform: LtiPlatform, work, **claims):
    """A whole launch of a link."""
    asked = login(client, lms)
    return launched(client, lms.sign(lms.resource(asked["nonce"], homework_token(platform, work), **claims)), asked["state"])


# Registration.


def test_a_facilitator_registers_a_platform_and_sees_what_it_has_to_know(lms, cohort, client):  # noqa: F811
    page = teacher(client).get("/facilitator/lti/").content.decode()
    assert all(f"http://testserver/lti/{name}" in page for name in ("login", "launch", "keys", "config.json"))
    assert client.post("/facilitator/lti/", lms.registered()).status_code == 302
    one = LtiPlatform.objects.get()
    assert (one.issuer, one.client, one.deployments, one.owner) == (lms.issuer, CLIENT, ["1", DEPLOYMENT], cohort.course.teacher)
    again = client.post("/facilitator/lti/", lms.registered())
    assert again.status_code == 400 and "registered already" in again.content.decode()
    other = Client()
    other.force_login(new_facilitator("finn"))
    assert lms.issuer not in other.get("/facilitator/lti/").content.decode()
    assert other.post("/facilitator/lti/", {"delete": one.pk}).status_code == 404
    assert client.post("/facilitator/lti/", {"delete": one.pk}).status_code == 302 and not LtiPlatform.objects.exists()


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", " ", "1 to 80 characters"), ("issuer", "", "Platform ID"), ("client", "x" * (TEXT_MAX + 1), "Client ID"),
        ("deployments", " , ", "1 to 50"), ("deployments", ",".join(map(str, range(51))), "1 to 50"), ("login_url", "javascript:alert(1)", "Authentication"),
        ("token_url", "https://a:b@lms.example/", "Access token"), ("keys_url", "ftp://lms.example/", "Public keyset"),
    ],
)  # fmt: skip
def test_a_platform_that_cannot_be_reached_or_named_is_refused_with_what_was_expected(lms, cohort, client, field, typed, said):  # noqa: F811
    answer = teacher(client).post("/facilitator/lti/", {**lms.registered(), field: typed})
    assert answer.status_code == 400 and said in answer.content.decode() and not LtiPlatform.objects.exists()
    assert set(lms.registered()) == set(FIELDS)


def test_what_a_platform_is_told_of_this_server_is_json_with_a_key_of_its_own(client):
    told = client.get("/lti/config.json").json()
    assert told["oidc_initiation_url"] == "http://testserver/lti/login" and told["target_link_uri"] == TARGET
    (key,) = client.get(urlsplit(told["public_jwk_url"]).path).json()["keys"]
    assert key["kty"] == "RSA" and key["alg"] == "RS256" and set(key) <= {"kty", "n", "e", "kid", "use", "alg"}


def test_the_key_stays_until_the_servers_key_is_another_one_and_its_private_half_is_in_no_row(settings):
    first = keys.own()[0]
    assert keys.own()[0] == first and "PRIVATE" not in str(list(LtiKey.objects.values()))
    settings.SECRET_KEY = "another one, of thirty-two characters or more"
    assert keys.own()[0] != first
    assert [one["kid"] for one in keys.own_set()["keys"]] == [keys.own()[0], first]


# A launch.


def test_a_learner_becomes_a_student_of_the_cohort_and_comes_to_the_homework(lms, platform, work, client):
    answer = arrive(client, lms, platform, work)
    student = LtiMember.objects.get().student
    assert (student.name, student.cohort, student.ident) == ("Ada Lovelace", work.cohort, f"lti-{platform.pk}:42")
    assert answer.headers["location"] == f"/learn/{student.token}/#homework-{work.pk}"
    page = client.get(answer.headers["location"])
    assert "Begin attempt 1" in page.content.decode() and "Moodle gets the grade that counts" in page.content.decode()
    begun = client.post(f"/learn/{student.token}/", {"homework": work.pk})
    assert begun.headers["location"] == "/lobby/" and Attempt.objects.get().student == student
    assert "Continue attempt 1" in client.get(arrive(client, lms, platform, work, name="Ada King").headers["location"]).content.decode()
    student.refresh_from_db()
    assert student.name == "Ada King" and LtiMember.objects.count() == 1
    link = LtiLink.objects.get()
    assert link.line_item.endswith("?type_id=1") and link.members_url == f"{lms.issuer}/members" and link.context == "Operational risk"


def test_the_same_subject_of_two_platforms_and_of_a_roster_is_three_people(lms, platform, work, client):
    arrive(client, lms, platform, work, subject="77")
    with lms_platform() as other:
        second = LtiPlatform.register(work.cohort.course.teacher, other.registered())
        arrive(client, other, second, work, subject="77")
    assert Student.objects.filter(cohort=work.cohort, ident__endswith="77").count() == 3


def test_subjects_that_differ_in_capitals_alone_are_two_students(lms, platform, work, client):
    for subject in ("abc", "ABC", "a" * TEXT_MAX, "ß \u2028"):
        arrive(client, lms, platform, work, subject=subject, name="", given_name="A", family_name="B")
    assert LtiMember.objects.count() == 4 and len({student_ident(platform, one.subject) for one in LtiMember.objects.all()}) == 4
    assert set(Student.objects.exclude(lti_member=None).values_list("name", flat=True)) == {"A B"}


def test_a_teacher_comes_to_the_cohort_where_it_is_theirs_and_to_a_plain_page_elsewhere(lms, platform, work, client):
    assert "A homework of Opening Bell" in arrive(client, lms, platform, work, roles=TEACHER).content.decode()
    assert arrive(teacher(client), lms, platform, work, roles=TEACHER).headers["location"] == f"/facilitator/courses/cohort/{work.cohort_id}/"
    other = Client()
    other.force_login(new_facilitator("finn"))
    assert arrive(other, lms, platform, work, roles=TEACHER).status_code == 200
    assert not LtiMember.objects.exists()


@pytest.mark.parametrize("roles", [[], [f"{ROLES}institution/person#Student"], [f"{ROLES}membership#Mentor"], None, "Learner", [7]])
def test_who_is_neither_student_nor_teacher_of_the_course_is_told_so(lms, platform, work, client, roles):
    assert arrive(client, lms, platform, work, roles=roles).status_code == 403
    assert not LtiMember.objects.exists() and not LtiLink.objects.exists()


def test_a_link_to_a_homework_is_good_on_the_platform_that_it_was_made_for_alone(lms, platform, work, client):
    with lms_platform() as other:
        second = LtiPlatform.register(work.cohort.course.teacher, other.registered())
        asked = login(client, other)
        answer = launched(client, other.sign(other.resource(asked["nonce"], homework_token(platform, work))), asked["state"])
        assert answer.status_code == 404
        assert arrive(client, other, second, work).status_code == 302
    for made_up in (str(work.pk), "", homework_token(platform, work)[:-1] + "x"):
        asked = login(client, lms)
        assert launched(client, lms.sign(lms.resource(asked["nonce"], made_up)), asked["state"]).status_code == 404


# Launches that are not believed.


def lies() -> dict:
    """What a launch may not say."""
    soon = int(timezone.now().timestamp())
    return {
        "another nonce": {"nonce": "of another launch"}, "no nonce": {"nonce": None}, "another audience": {"aud": "somebody"},
        "two audiences and nobody who was meant": {"aud": [CLIENT, "somebody"]}, "meant for somebody else": {"aud": [CLIENT, "somebody"], "azp": "somebody"},
        "another issuer": {"iss": "https://lms.example"}, "expired": {"exp": soon - 61}, "old": {"iat": soon - 3600, "exp": soon + 3600},
        "of the future": {"iat": soon + 120, "exp": soon + 240}, "no time": {"exp": None}, "a time in words": {"exp": "tomorrow"},
        "a time that is true": {"iat": True}, "no end of time": {"exp": float("nan")},
        "an end too far away": {"exp": 10**400}, "a beginning before all": {"iat": -(10**400)}, "another deployment": {"deployment_id": "8"}, "no deployment": {"deployment_id": None},
        "a deployment in a list": {"deployment_id": [DEPLOYMENT]}, "an old version": {"version": "1.1"}, "another message": {"message_type": "LtiSubmissionReviewRequest"},
        "nobody": {"sub": None}, "an empty subject": {"sub": ""}, "a long subject": {"sub": "x" * (TEXT_MAX + 1)}, "a subject that is a number": {"sub": 42},
        "no link": {"resource_link": None}, "a link without an ID": {"resource_link": {"id": 31}},
    }  # fmt: skip


LIES = tuple(lies())


@pytest.mark.parametrize("lie", LIES)
def test_a_launch_that_says_something_else_than_it_must_is_not_believed(lms, platform, work, client, lie):
    asked = login(client, lms)
    claims = lms.resource(asked["nonce"], homework_token(platform, work))
    for name, value in lies()[lie].items():
        claims[name if name in claims or name in ("azp",) else f"{CLAIM}{name}"] = value
    answer = client.post("/lti/launch", {"id_token": lms.sign({name: value for name, value in claims.items() if value is not None}), "state": asked["state"]})
    assert answer.status_code == 400 and "cannot be trusted" in answer.content.decode()
    assert LtiLogin.objects.get().told is None and not LtiMember.objects.exists()


def unsigned(head: dict, claims: dict) -> str:
    def part(told: dict) -> str:
        return base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")

    return f"{part(head)}.{part(claims)}."


def test_a_launch_that_no_key_of_the_platform_signed_is_not_believed(lms, platform, work, client):
    asked = login(client, lms)
    claims = lms.resource(asked["nonce"], homework_token(platform, work))
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = lms.keys[lms.name].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    good = lms.sign(claims)
    tokens = [
        "", "x", "a.b.c", good[:-4] + "AAAA", unsigned({"alg": "none", "kid": lms.name}, claims), unsigned({"alg": "none"}, claims),
        jwt.encode(claims, stranger, algorithm="RS256", headers={"kid": lms.name}), jwt.encode(claims, lms.keys[lms.name], algorithm="RS256"),
        jwt.encode(claims, lms.keys[lms.name], algorithm="PS256", headers={"kid": lms.name}), lms.sign(claims, kid="x" * 300),
        lms.sign({**claims, "padding": "x" * launch.TOKEN_MOST}), unsigned({"alg": "RS256", "kid": ["x"]}, claims), "[" * 20_000,
    ]  # fmt: skip
    head, body, _ = unsigned({"alg": "HS256", "kid": lms.name}, claims).split(".")
    mac = base64.urlsafe_b64encode(hmac.digest(pem, f"{head}.{body}".encode(), sha256)).decode().rstrip("=")
    tokens.append(f"{head}.{body}.{mac}")
    for token in tokens:
        answer = client.post("/lti/launch", {"id_token": token, "state": asked["state"]})
        assert answer.status_code == 400, token[:80]
    assert launched(client, good, asked["state"]).status_code == 302, "and none of them has spoiled the launch that is good"


def test_a_state_is_good_once_for_ten_minutes_and_in_the_browser_that_began(lms, platform, work, client):
    asked = login(client, lms)
    token = lms.sign(lms.resource(asked["nonce"], homework_token(platform, work)))
    thief = Client()
    answer = client.post("/lti/launch", {"id_token": token, "state": asked["state"]})
    assert answer.status_code == 303
    assert client.post("/lti/launch", {"id_token": token, "state": asked["state"]}).status_code == 400, "replayed"
    assert thief.get(answer.headers["location"]).status_code == 400, "another browser"
    assert client.get(answer.headers["location"]).status_code == 302
    assert client.get(answer.headers["location"]).status_code == 400, "used"
    old = login(client, lms)
    LtiLogin.objects.filter(told__isnull=True).update(created=timezone.now() - timedelta(minutes=11))
    assert launched(client, lms.sign(lms.resource(old["nonce"], homework_token(platform, work))), old["state"]).status_code == 400, "old"
    for state in ("", "x", "x" * 5000, "\0"):
        assert client.post("/lti/launch", {"id_token": token, "state": state}).status_code == 400
        assert client.get("/lti/enter", {"state": state}).status_code == 400


def test_a_nonce_of_one_launch_is_no_good_for_another(lms, platform, work, client):
    first, second = login(client, lms), login(client, lms)
    token = lms.sign(lms.resource(first["nonce"], homework_token(platform, work)))
    assert launched(client, token, second["state"]).status_code == 400
    assert launched(client, token, first["state"]).status_code == 302


@pytest.mark.parametrize(
    "target", ["https://evil.example/lti/launch", "http://testserver.evil.example/", "//evil.example/", "http://testserver@evil.example/", "javascript:alert(1)", "", "http://["]
)
def test_a_target_elsewhere_is_refused_and_nobody_is_led_there(lms, platform, client, target):
    answer = client.post("/lti/login", {"iss": lms.issuer, "login_hint": "42", "target_link_uri": target})
    assert answer.status_code == 400 and not LtiLogin.objects.exists()


def test_a_login_of_a_platform_that_is_not_known_or_says_too_little_is_refused(lms, platform, client):
    good = {"iss": lms.issuer, "login_hint": "42", "target_link_uri": TARGET}
    for wrong in ({"iss": ""}, {"iss": "x" * 3000}, {"iss": "https://lms.example"}, {"client_id": "another"}, {"login_hint": None}, {"login_hint": "x" * 5000}):
        assert client.get("/lti/login", {name: value for name, value in {**good, **wrong}.items() if value is not None}).status_code == 400, wrong
    assert client.get("/lti/login", good).status_code == 302
    LtiPlatform.register(platform.owner, {**lms.registered(), "client": "another"})
    assert client.get("/lti/login", good).status_code == 400, "of two it has to say which"
    assert client.get("/lti/login", {**good, "client_id": CLIENT}).status_code == 302


def test_the_cookie_of_a_launch_is_for_this_site_alone_and_no_page_is_framed(lms, platform, client):
    login(client, lms)
    (cookie,) = client.cookies.values()
    assert cookie["samesite"] == "Lax" and cookie["httponly"]
    assert "frame-ancestors 'none'" in client.get("/lti/enter", {"state": "x"}).headers["content-security-policy"]


# Keys of a platform.


def test_a_key_that_is_new_is_believed_at_once_and_one_that_was_taken_back_is_not(lms, platform, work, client):
    assert arrive(client, lms, platform, work).status_code == 302
    assert arrive(client, lms, platform, work).status_code == 302
    assert lms.asked_for_keys == 1
    old, name = lms.keys[lms.name], lms.name
    lms.new_key()
    assert arrive(client, lms, platform, work).status_code == 302, "within the same second"
    assert lms.asked_for_keys == 2
    lms.keys[name], lms.name = old, name
    lms.keys = {name: old}
    asked = login(client, lms)
    token = lms.sign(lms.resource(asked["nonce"], homework_token(platform, work)))
    lms.new_key()
    assert launched(client, token, asked["state"]).status_code == 400


def test_keys_that_are_not_known_ask_a_platform_so_often_and_no_more(lms, platform, work, client, monkeypatch):
    assert arrive(client, lms, platform, work).status_code == 302
    left = iter([True, True])
    monkeypatch.setattr(limiter, "take", lambda kind, whose: kind is not limiter.PLATFORM_KEYS or next(left, False))
    for _ in range(5):
        asked = login(client, lms)
        assert client.post("/lti/launch", {"id_token": lms.sign(lms.resource(asked["nonce"], "x"), kid="made up"), "state": asked["state"]}).status_code == 400
    assert lms.asked_for_keys == 3
    assert arrive(client, lms, platform, work).status_code == 302, "and who has a known one comes in"
    LtiPlatform.objects.update(keys_at=timezone.now() - timedelta(hours=2))
    assert arrive(client, lms, platform, work).status_code == 302
    assert lms.asked_for_keys == 4, "old ones are asked for again"


def test_a_platform_in_the_house_is_asked_for_nothing_unless_it_is_allowed(lms, platform, work, client, settings):
    asked = login(client, lms)
    settings.WEBHOOK_NETWORKS = ()
    assert launched(client, lms.sign(lms.resource(asked["nonce"], homework_token(platform, work))), asked["state"]).status_code == 400
    assert lms.asked_for_keys == 0


# A choice of what a course links to.


def choice(client: Client, lms: Lms, **claims):
    asked = login(client, lms)
    return launched(client, lms.sign(lms.choice(asked["nonce"], **claims)), asked["state"])


def test_a_teacher_chooses_a_homework_of_theirs_and_the_platform_gets_a_signed_link_with_a_line_item(lms, platform, work, client):
    page = choice(teacher(client), lms)
    page = client.get(page.headers["location"])
    assert f"form-action 'self' {lms.issuer}" in page.headers["content-security-policy"]
    assert "connect-src" in page.headers["content-security-policy"]
    (token,) = re.findall(r'name="JWT" value="([^"]+)"', page.content.decode())
    told = lms.by_tool(token, lms.issuer)
    assert told[f"{CLAIM}message_type"] == "LtiDeepLinkingResponse" and told[f"{DEEP}data"] == "csrf:9" and told[f"{CLAIM}deployment_id"] == DEPLOYMENT
    (item,) = told[f"{DEEP}content_items"]
    assert (item["title"], item["url"], item["lineItem"]["scoreMaximum"], item["window"]) == ("One", TARGET, 100, {"targetName": "_blank"})
    asked = login(client, lms)
    again = launched(client, lms.sign(lms.resource(asked["nonce"], item["custom"]["homework"])), asked["state"])
    assert again.headers["location"].startswith("/learn/")


def test_a_choice_shows_nothing_of_others_and_nothing_to_who_is_not_signed_in(lms, platform, work, client):
    asked = choice(client, lms)
    assert client.get(asked.headers["location"]).status_code == 403
    client.force_login(new_facilitator("finn"))
    page = client.get(asked.headers["location"])
    assert page.status_code == 200 and "JWT" not in page.content.decode()
    teacher(client)
    assert client.get(choice(client, lms, roles=LEARNER).headers["location"]).status_code == 403
    LtiLogin.objects.update(created=timezone.now() - timedelta(hours=2))
    assert client.get(asked.headers["location"]).status_code == 404
    assert client.get("/facilitator/lti/made-up/").status_code == 404


def test_a_choice_that_would_go_nowhere_is_not_believed(lms, platform, client):
    for returns in (None, "", "javascript:alert(1)", "https://a:b@lms.example/", 7):
        asked = login(client, lms)
        claims = lms.choice(asked["nonce"])
        claims[f"{DEEP}deep_linking_settings"]["deep_link_return_url"] = returns
        assert launched(client, lms.sign(claims), asked["state"]).status_code == 400


# Scores.


def sent() -> None:
    """What the watch and the worker do."""
    scores.Registrar()._put_down(list(LtiLink.objects.exclude(line_item="").select_related("homework__cohort", "platform")))
    for platform in LtiPlatform.objects.all():
        scores.tell_lms(platform.pk)


@pytest.fixture
def student(lms, platform, work, client) -> Student:
    arrive(client, lms, platform, work)
    return LtiMember.objects.get().student


def test_a_score_that_counts_comes_to_the_gradebook_and_a_better_one_after_it(lms, platform, work, student, client):
    for number, line_up in enumerate(("history", "competent"), 1):
        attempts.begin(work, student, timezone.now(), "operator")
        sent()
        assert len(lms.scores) == number - 1, "nothing before the end"
        played(Attempt.objects.get(number=number), line_up)
        sent()
        sent()
        assert len(lms.scores) == number
    first, second = lms.scores
    counted = outcomes.of_homework(work)[[row.student for row in outcomes.of_homework(work)].index(student)].cells[0].counted
    assert second["userId"] == "42" and second["scoreMaximum"] == 100 and second["gradingProgress"] == "FullyGraded"
    assert second["scoreGiven"] == pytest.approx(counted.grade, abs=0.01) and second["scoreGiven"] > first["scoreGiven"]
    assert "The platform has the grade" in teacher(client).get(f"/facilitator/courses/cohort/{work.cohort_id}/").content.decode()


def test_a_worse_attempt_changes_nothing_where_the_best_counts_and_everything_where_the_last_does(lms, platform, work, student):
    for number, line_up in enumerate(("competent", "history"), 1):
        attempts.begin(work, student, timezone.now(), "operator")
        played(Attempt.objects.get(number=number), line_up)
        sent()
    assert len(lms.scores) == 1
    work.counts = "last"
    work.save()
    sent()
    assert len(lms.scores) == 2 and lms.scores[1]["scoreGiven"] < lms.scores[0]["scoreGiven"]


def one_score(work, student) -> LtiScore:
    attempts.begin(work, student, timezone.now(), "operator")
    played(Attempt.objects.get(), "competent")
    scores.put_down(work, list(work.lti_links.all()))
    return LtiScore.objects.get()


@pytest.mark.parametrize(("status", "state"), [(503, "waiting"), (429, "waiting"), (401, "waiting"), (403, "given-up"), (404, "given-up"), (400, "given-up")])
def test_a_refusal_is_shown_to_the_teacher_and_tried_again_where_that_may_help(lms, platform, work, student, client, status, state):
    one = one_score(work, student)
    lms.answers = [status]
    scores.tell_lms(platform.pk)
    one.refresh_from_db()
    assert (one.state, one.status, one.attempts) == (state, status, 1) and "gradebook is closed" in one.said
    page = teacher(client).get(f"/facilitator/courses/cohort/{work.cohort_id}/").content.decode()
    assert str(status) in page and "gradebook is closed" in page
    scores.tell_lms(platform.pk)
    assert lms.scores == [], "not before its time"
    client.post(f"/facilitator/courses/cohort/{work.cohort_id}/", {"do": "again"})
    scores.tell_lms(platform.pk)
    one.refresh_from_db()
    assert one.state == "delivered" and len(lms.scores) == 1


def test_what_a_killed_worker_had_comes_again_and_of_two_workers_one_has_it(lms, platform, work, student):
    one = one_score(work, student)
    now = timezone.now()
    assert LtiScore.take(platform.pk, now) == one, "and its worker is killed"
    assert LtiScore.take(platform.pk, now) is None
    later = now + timedelta(minutes=1)
    again = LtiScore.take(platform.pk, later)
    assert again is not None and again.attempts == 2
    again.answered(200)
    one.refresh_from_db()
    assert one.state == "delivered"


def test_a_grade_that_changes_on_its_way_is_sent_once_more(lms, platform, work, student):
    one = one_score(work, student)
    taken = LtiScore.take(platform.pk, timezone.now())
    assert LtiScore.put_down(one.link, one.member, 12.5, one.ended, timezone.now())
    taken.answered(200)
    one.refresh_from_db()
    assert one.state == "waiting", "what was taken in was the grade before"


def test_a_platform_that_does_not_know_our_key_is_told_of_to_the_teacher(lms, platform, work, student, client):
    one = one_score(work, student)
    lms.tool = {"keys": []}
    scores.tell_lms(platform.pk)
    one.refresh_from_db()
    assert one.state == "waiting" and "invalid_client" in one.came_of_it and "(400)" in one.came_of_it
    assert "invalid_client" in teacher(client).get(f"/facilitator/courses/cohort/{work.cohort_id}/").content.decode()


@pytest.mark.parametrize(
    ("item", "where"),
    [("https://a/x/lineitem?type_id=1", "https://a/x/lineitem/scores?type_id=1"), ("https://a/x/", "https://a/x/scores"), ("https://a/x", "https://a/x/scores")],
)
def test_scores_go_below_the_path_of_a_line_item_whatever_is_asked_behind_it(item, where):
    assert services.scores_url(item) == where


# Names and roles.


def bring(client: Client, work) -> str:
    where = f"/facilitator/courses/cohort/{work.cohort_id}/"
    teacher(client).post(where, {"do": "members", "link": LtiLink.objects.get().pk})
    return client.get(where).content.decode()


def test_a_teacher_brings_the_roster_of_all_pages_and_whoever_launched_is_there_once(lms, platform, work, student, client):
    lms.members = [
        ("42", "Ada King", LEARNER, "Active"), ("43", "Bo", LEARNER, "Active"), ("9", "Prof", TEACHER, "Active"), ("44", "Cy", ["Learner"], "Active"),
        ("45", "Gone", LEARNER, "Inactive"),
    ]  # fmt: skip
    assert "2 new students, 1 changed" in bring(client, work)
    assert {one.subject: one.student.name for one in LtiMember.objects.all()} == {"42": "Ada King", "43": "Bo", "44": "Cy"}
    assert "0 new students, 0 changed" in bring(client, work)
    arrive(client, lms, platform, work, subject="43", name="Bo B.")
    assert LtiMember.objects.count() == 3


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("<http://127.0.0.2:1/members>; rel=next", "another host"), ('<{here}/members>; rel="next"', "no end"), ("", "2 new"),
        ('<{here}/x>; rel="prev"', "2 new"),
    ],
)  # fmt: skip
def test_a_list_of_members_ends_and_stays_where_it_is(lms, platform, work, student, client, link, said, monkeypatch):
    lms.members = [("43", "Bo", LEARNER, "Active"), ("44", "Cy", LEARNER, "Active")]
    real = services.outbound.ask

    def with_link(method, address, *rest):
        reply = real(method, address, *rest)
        return reply._replace(headers={**reply.headers, "link": link.replace("{here}", lms.issuer)}) if "/members" in address else reply

    monkeypatch.setattr(services.outbound, "ask", with_link)
    assert said in bring(client, work)


def test_a_platform_that_refuses_its_members_is_quoted(lms, platform, work, student, client):
    lms.tool = {"keys": []}
    page = bring(client, work)
    assert "gave no access token (400)" in page and LtiMember.objects.count() == 1


def test_a_cohort_that_would_be_too_large_is_refused_whole(lms, platform, work, monkeypatch):
    monkeypatch.setattr(members, "STUDENTS_MOST", 4)
    with pytest.raises(RuleBroken, match="at most 4"):
        members.join(platform, work.cohort, [members.PlatformMember(str(number), "X") for number in range(2)])
    assert not LtiMember.objects.exists()


# What is kept.


def test_a_person_takes_the_platforms_word_for_them_along_and_erasing_leaves_none_of_it(lms, platform, work, student, client, capsys):
    one_score(work, student)
    scores.tell_lms(platform.pk)
    call_command("person", "export", f"#{student.pk}", "--student")
    told = json.loads(capsys.readouterr().out)
    assert told["platforms"][0]["subject"] == "42" and told["platforms"][0]["scores"][0]["state"] == "delivered"
    call_command("person", "erase", f"#{student.pk}", "--student")
    assert not LtiMember.objects.exists() and not LtiScore.objects.exists() and not LtiLogin.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, ident, key FROM game_student WHERE id = %s", [student.pk])
        assert "lti" not in str(cursor.fetchone())
    arrive(client, lms, platform, work)
    assert LtiMember.objects.get().student_id != student.pk, "who comes back is somebody new"


def test_launches_go_after_an_hour_and_members_with_their_cohorts_names(lms, platform, work, student, client):
    assert LtiLogin.objects.exists()
    LtiLogin.objects.update(created=timezone.now() - timedelta(hours=2))
    assert retention.sweep_sign_ins(None)["launches"] == 1 and not LtiLogin.objects.exists()
    keeping.forget(work.cohort, "results")
    assert not LtiMember.objects.exists() and Student.objects.filter(pk=student.pk, name__startswith="Student").exists()
    after = timezone.now() + timedelta(days=400)
    assert keeping.due(after, "results") == []
    arrive(client, lms, platform, work)
    assert keeping.due(after, "results") == [work.cohort], "who comes afterwards is forgotten in their turn"
