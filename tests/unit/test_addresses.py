"""Every address of urls.py with every method, as nobody, as a player, as another facilitator: what is not theirs they do not get."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

import engine
from game.models import (
    Attempt,
    Cohort,
    Command,
    Exercise,
    Experiment,
    FacilitatorLink,
    Homework,
    KeptScenario,
    LtiLogin,
    LtiPlatform,
    Player,
    Run,
    Seat,
    Student,
    TaughtCourse,
)  # fmt: skip
from game.ops.lti.launch import CHOICE, Launch
from tests import days
from tests.addresses import PAGES, Who, pages, who
from tests.builders import new_exercise, new_facilitator, taken_seat
from tests.unit.test_fictional import FOLDER, ID

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")]
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
KEPT_OUT = (401, 403, 404)
NOT_SO = 405  # a method the address does not have: nothing was done, nothing was said
TITLE = "Erin's autumn class"
# A form that would do something at any address that let it in.
FORM = {"do": "end", "speed": "2", "to": "10:00", "title": "stolen", "name": "stolen", "text": "stolen", "post": "yes", "action": "delete_selected"}
ROUTES = dict(pages())


class House:
    """Erin's exercise, running, with a player in it; and the browsers that knock."""

    def __init__(self) -> None:
        self.erin = new_facilitator("erin")
        self.exercise = new_exercise(title=TITLE, facilitator=self.erin, start_step=days.step_at("09:28"))
        self.seat, cookie = taken_seat(self.exercise, name="Dana")
        self.exercise.start()
        self.run = Run.objects.get(team__exercise=self.exercise)
        self.experiment = Experiment.begin(self.erin, title=TITLE, scenario="knight-2012", players="nobody", safeguards=["clean"], seeds=2)
        self.kept = KeptScenario.keep(self.erin, engine.read_folder(FOLDER / ID)).scenario
        course = TaughtCourse.objects.create(title=TITLE, teacher=self.erin)
        self.cohort = Cohort.objects.create(course=course, name=TITLE)
        student = Student.objects.create(cohort=self.cohort, name="Dana", ident="7", key="7")
        self.homework = Homework.objects.create(cohort=self.cohort, title=TITLE, scenario="knight-2012", deadline=self.exercise.created)
        ended = new_exercise(title=TITLE, facilitator=self.erin, state="ended")
        self.attempt = Attempt.objects.create(homework=self.homework, student=student, number=1, exercise=ended, begun=self.exercise.created)
        at = "https://lms.example/"
        platform = LtiPlatform.objects.create(owner=self.erin, name="Moodle", issuer=at, client="1", login_url=at, token_url=at, keys_url=at)
        told = Launch(CHOICE, "9", "Prof", "teacher", "1", "", "", "", "", "", at, None, True, True)._asdict()
        self.choice = LtiLogin.begin(platform, timezone.now())[0]
        LtiLogin.objects.update(told=told, entered_at=timezone.now())
        self.nobody, self.player, self.other, self.owner, self.staff = (Client() for _ in range(5))
        self.player.cookies["player"] = cookie
        self.other.force_login(new_facilitator("finn"))
        new_exercise(title="Finn's own", facilitator=User.objects.get(username="finn"))
        self.owner.force_login(self.erin)
        self.staff.force_login(new_facilitator("stella", staff=True, is_superuser=True))

    def path(self, route: str) -> str:
        """The address with everything in it that is variable, as it stands for Erin's exercise."""
        known = {
            "code": self.exercise.code, "team": self.seat.team_id, "seat_id": self.seat.pk, "desk": "risk", "verb": "start", "number": 1, "name": "risk", "run": self.run.pk,
            "token": self.choice.token if "/lti/" in route else "a-token-that-opens-nothing", "object_id": self.exercise.pk, "content_type_id": 1, "app_label": "game", "id": self.user_id(route), "url": "nowhere", "what": "attendance",
            "course": self.cohort.course_id, "cohort": self.cohort.pk, "homework": self.homework.pk, "attempt": self.attempt.pk,
            "experiment": self.experiment.pk, "scenario": self.kept.pk, "scenario_id": "knight-2012", "version": 1, "part": "mail", "language": "en", "digest": "0" * 16,
        }  # fmt: skip

        def fill(found: re.Match[str]) -> str:
            name = found[1].rsplit(":", 1)[-1]
            assert name in known, f"/{route} has a part {name}: say in this test what stands there"
            return str(known[name])

        plain = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"<\1>", route)  # the admin's last patterns are regular expressions
        return "/" + re.sub(r"<([^>]+)>", fill, plain).replace("^", "").replace("$", "").replace("\\", "").replace("/?", "/")

    def user_id(self, route: str) -> int:
        """The admin's address of a password has a user's number in it."""
        return int(self.erin.pk)

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Everything there is, but what a visit leaves behind."""
        visits = ("sessions", "axes", "contenttypes")
        models = [model for model in apps.get_models() if model._meta.app_label not in visits]
        return {model.__name__: [{**row, "last_login": None} for row in model._default_manager.order_by("pk").values()] for model in models}


@pytest.fixture
def house() -> House:
    return House()


def knock(client: Client, method: str, path: str, accept: str = "text/html"):
    return client.generic(method, path, **_body(method), headers={"accept": accept})


def _body(method: str) -> dict[str, Any]:
    if method != "POST":
        return {}
    return {"data": "&".join(f"{key}={value}" for key, value in FORM.items()), "content_type": "application/x-www-form-urlencoded"}


def leads_to_signing_in(answer: Any) -> bool:
    return answer.status_code == 302 and answer.headers["location"].startswith("/account/sign-in/?next=")


def test_every_address_has_its_say_and_none_is_listed_that_is_not_there():
    said = {route: who(route, PAGES) for route in ROUTES}
    assert set(PAGES) == {route for route in said if not route.startswith("admin/")}


def kept_from(whose: Who, visitor: str) -> bool:
    """Whether an address is closed to a visitor."""
    open_to = {
        Who.ANYBODY: {"nobody", "player", "other"}, Who.PLAYER: {"player"}, Who.SIGNED_IN: {"other"}, Who.FACILITATOR: {"other"},
    }  # fmt: skip
    return visitor not in open_to.get(whose, set())


@pytest.mark.parametrize("route", [route for route in ROUTES if not route.startswith("admin/")])
def test_an_address_is_closed_to_whoever_has_no_business_there_whatever_the_method(house, route):
    check_closed(house, route)


def test_every_address_of_the_admin_is_closed_to_everybody_but_the_staff(house):
    routes = [route for route in ROUTES if route.startswith("admin/")]
    assert len(routes) > 40, "the walk goes into the admin"
    for route in routes:
        check_closed(house, route)


def check_closed(house: House, route: str) -> None:
    whose, path = who(route, PAGES), house.path(route)
    before = house.rows()
    for visitor in ("nobody", "player", "other"):
        if not kept_from(whose, visitor):
            continue
        answers = {}
        for method in METHODS:
            for accept in ("text/html", "application/json"):
                answer = knock(getattr(house, visitor), method, path, accept)
                where = f"{method} {path} as {visitor}: {answer.status_code}"
                asked_in = visitor != "other" and leads_to_signing_in(answer)
                led_home = whose is Who.PLAYER and answer.status_code == 302 and answer.headers["location"] == "/lobby/"
                assert answer.status_code in (*KEPT_OUT, NOT_SO) or asked_in or led_home, where
                body = b"".join(answer).replace(path.encode(), b"")
                assert TITLE.encode() not in body and house.exercise.code.encode() not in body, where
                answers[method] = answer.status_code
        assert set(answers.values()) != {NOT_SO}, f"{path} has no method at all: {answers}"
    assert house.rows() == before, f"something was done at {path}"


@pytest.mark.parametrize("route", [route for route in PAGES if PAGES[route] in (Who.OWN, Who.FACILITATOR)])
def test_it_opens_to_whom_it_belongs_so_that_the_walk_knocks_at_the_right_door(house, route):
    for client in (house.owner, house.staff):
        answers = {method: knock(client, method, house.path(route)).status_code for method in ("GET", "POST")}
        assert any(status < 400 or status in (400, 409) for status in answers.values()), answers
        assert all(status < 400 or status in (400, 405, 409) for status in answers.values()), answers


def test_the_admins_pages_open_to_staff(house):
    for route in ROUTES:
        if route.startswith("admin/") and "<" not in route and "(" not in route:
            assert knock(house.staff, "GET", house.path(route)).status_code in (200, 302, 403, 404, 405), route
    assert house.staff.get("/admin/").status_code == 200 and house.staff.get("/admin/game/exercise/").status_code == 200


def test_a_list_of_the_facilitators_shows_nobody_elses(house):
    for route, whose in PAGES.items():
        if whose is Who.FACILITATOR and "<" not in route:
            text = b"".join(house.other.get(f"/{route}", follow=True)).decode()
            assert "Erin" not in text and house.exercise.code not in text, route


def test_a_code_in_small_letters_is_the_same_door(house):
    path = f"/facilitator/{house.exercise.code.lower()}/"
    assert (house.owner.get(path).status_code, house.other.get(path).status_code) == (200, 404)


def answered(client: Client, address: str, code: str) -> tuple[int, str]:
    """Status and page, without what the choice of a language at its foot has anew each time: its token, and the address that it leads back to."""
    answer = client.get(address.format(code))
    return answer.status_code, re.sub(r'(name="csrfmiddlewaretoken" value=")\w+', r"\1", answer.content.decode()).replace(code, "")


def test_an_exercise_that_is_not_there_answers_as_one_that_is_somebody_elses(house):
    for address in ("/facilitator/{}/", "/facilitator/{}/watch/1/risk/"):
        theirs, none = (answered(house.other, address, code) for code in (house.exercise.code, "ZZ-ZZZ"))
        assert theirs == none
    assert not Command.objects.exclude(desk="facilitator").exists() and Player.objects.count() == 1 and Exercise.objects.count() == 3
    assert Seat.objects.get(pk=house.seat.pk).holders and not FacilitatorLink.objects.exists()
