"""The HTTP API: what a facilitator's program may do by token, and that its document says so; schemathesis tries what it says."""

from datetime import UTC, datetime

import pytest
import schemathesis
from django.contrib.auth.models import User
from django.core.wsgi import get_wsgi_application
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import positive_data_acceptance

import engine
from game.models import ApiToken, Exercise, KeptScenario, Run
from game.models.api_tokens import TOKENS_MAX
from game.people import limiter
from game.views import http_api
from game.views.scenarios import read
from tests import days
from tests.builders import new_exercise, new_facilitator, pinned, taken_seat

pytestmark = pytest.mark.django_db
PAGE = "/facilitator/tokens/"


class Program:
    """A program of somebody's."""

    def __init__(self, owner: User) -> None:
        self.owner, self.token = owner, ApiToken.issue(owner, "rota")
        self.client = Client(headers={"authorization": f"Bearer {self.token}"})

    def get(self, path: str, status: int = 200):
        answer = self.client.get(f"/api/v1/{path}")
        assert answer.status_code == status, answer.content
        return answer.json()

    def post(self, path: str, body: object = None, status: int = 200):
        answer = self.client.post(f"/api/v1/{path}", body or {}, content_type="application/json")
        assert answer.status_code == status, answer.content
        return answer.json()


@pytest.fixture
def erins() -> Program:
    return Program(new_facilitator("erin"))


def test_a_program_prepares_an_exercise_and_starts_pauses_and_ends_it(erins):
    made = erins.post("exercises", {"title": "Monday's class", "scenario": "quiet-open", "teams": 3, "seed": 5, "start": "09:20"}, 201)
    exercise = Exercise.objects.get()
    assert (exercise.facilitator, exercise.seed, exercise.calendar.clock(exercise.start_step)) == (erins.owner, 5, "09:20:00")
    assert made["code"] == exercise.code and made["teams"] == 3 and made["state"] == "lobby" and "seed" not in made
    assert [one["code"] for one in erins.get("exercises")] == [exercise.code]
    for verb, state in (("start", "running"), ("pause", "paused"), ("resume", "running"), ("end", "ended")):
        assert erins.post(f"exercises/{exercise.code.lower()}/{verb}")["state"] == state
    assert "ended" in erins.post(f"exercises/{exercise.code}/start", status=409)["detail"]
    assert erins.get(f"exercises/{exercise.code}")["state"] == "ended"


def test_a_program_can_have_the_clock_wait_for_programs(erins):
    code = erins.post("exercises", {"title": "Agents", "move_s": 20}, 201)["code"]
    assert Exercise.objects.get(code=code).move_s == 20
    assert Exercise.objects.get(code=erins.post("exercises", {"title": "People"}, 201)["code"]).move_s == 0
    (told,) = erins.post("exercises", {"title": "Agents", "move_s": 601}, 422)["detail"]
    assert told["loc"][-1] == "move_s" and "600" in told["msg"]


def test_it_reads_teams_and_results_as_the_control_room_shows_them(erins):
    exercise = new_exercise(facilitator=erins.owner)
    taken_seat(exercise, name="Dana")
    (team,) = erins.get(f"exercises/{exercise.code}/teams")
    assert (team["state"], team["loss_usd"]) == ("", None) and ["Dana"] in [seat["people"] for seat in team["seats"]]
    assert "not ended" in erins.get(f"exercises/{exercise.code}/results", 409)["detail"]
    exercise.start()
    Run.objects.update(state="ended", step=days.step_at("09:50"), curve=[[days.OPEN, 0], [days.step_at("09:50"), 7_000_000]], **pinned())
    exercise.end()
    (result,) = erins.get(f"exercises/{exercise.code}/results")
    assert (result["team"], result["loss_usd"], result["whole"]) == (team["name"], 7_000_000, False)
    assert erins.get(f"exercises/{exercise.code}/teams")[0]["clock"] == "09:50:00"


def test_what_a_form_refuses_is_told_by_its_field(erins):
    told = erins.post("exercises", {"title": "", "teams": 99, "seed": -1}, 422)["detail"]
    assert {one["loc"][-1] for one in told} == {"title", "teams", "seed"} and all(one["msg"] for one in told)
    told = erins.post("exercises", {"title": "One", "scenario": "nobody", "start": "25:00"}, 422)["detail"]
    assert {one["loc"][-1] for one in told} >= {"scenario"} and all(one["msg"] for one in told)
    told = erins.post("exercises", {"title": "One", "start": "25:00"}, 422)["detail"]
    assert [one["loc"] for one in told] == [["body", "start"]] and "HH:MM" in told[0]["msg"]
    assert not Exercise.objects.exists()


def test_scenarios_are_those_that_can_be_played_and_ones_own_can_be_chosen(erins):
    _, made = read(engine.Folder("ours", {"scenario.toml": b'id = "ours"\ntitle = "Ours"\nbased_on = "quiet-open"\ndefault_seed = 5\n'}))
    assert made is not None
    mine, theirs = KeptScenario.keep(erins.owner, made), KeptScenario.keep(new_facilitator("finn"), made)
    assert {one["id"] for one in erins.get("scenarios")} == {*engine.scenario_ids(), mine.ref}
    assert erins.post("exercises", {"title": "One", "scenario": mine.ref}, 201)["scenario"] == mine.ref
    erins.post("exercises", {"title": "One", "scenario": theirs.ref}, 422)


@pytest.mark.parametrize(("sent", "kept"), [("2026-12-01T09:00:00+01:00", 8), ("2026-12-01T09:00:00", 9), ("2026-12-01T09:00:00Z", 9)])
def test_a_planned_time_is_kept_as_the_moment_that_it_is(erins, sent, kept):
    erins.post("exercises", {"title": "One", "planned_for": sent}, 201)
    assert Exercise.objects.get().planned_for == datetime(2026, 12, 1, kept, tzinfo=UTC)


def test_a_drawn_scenario_is_not_told_before_the_end(erins):
    made = erins.post("exercises", {"title": "Drawn", "scenario": "draw"}, 201)
    assert made["scenario"] == "a drawn scenario"


def test_somebody_elses_is_not_there_and_a_wrong_token_opens_nothing(erins, client):
    theirs = new_exercise(facilitator=new_facilitator("finn"))
    for path in ("", "/teams", "/results"):
        assert "somebody else's" in erins.get(f"exercises/{theirs.code}{path}", 404)["detail"]
    erins.post(f"exercises/{theirs.code}/start", status=404)
    assert erins.get("exercises") == []
    for headers in ({}, {"authorization": "Bearer nothing"}, {"authorization": f"Basic {'x' * 300}"}):
        assert client.get("/api/v1/exercises", headers=headers).status_code == 401
    client.force_login(erins.owner)
    assert client.get("/api/v1/exercises").status_code == 401, "a browser's session is no token: a page of somebody else's could use it"
    User.objects.filter(pk=erins.owner.pk).update(is_active=False)
    erins.get("exercises", 401)


def test_a_program_that_asks_too_often_waits(erins, monkeypatch):
    monkeypatch.setattr(http_api, "CALLS", limiter.Kind("api-few", 3))
    for _ in range(3):
        erins.get("scenarios")
    assert "at most 3 a minute" in erins.get("scenarios", 429)["detail"]


def test_a_token_is_shown_once_and_deleted(client):
    client.force_login(erin := new_facilitator("erin"))
    page = client.post(PAGE, {"name": "the rota"}).content.decode()
    token = page.partition('translate="no">')[2].partition("</code>")[0]
    assert ApiToken.of(token) and "Copy it now" in page and token not in client.get(PAGE).content.decode()
    assert "never used" not in client.get(PAGE).content.decode(), "it was, just now"
    theirs = ApiToken.of(ApiToken.issue(new_facilitator("finn"), "theirs"))
    client.post(PAGE, {"delete": theirs.pk})
    client.post(PAGE, {"delete": "x"})
    client.post(PAGE, {"delete": ApiToken.objects.get(owner=erin).pk})
    assert ApiToken.of(token) is None and ApiToken.objects.count() == 1
    for number in range(TOKENS_MAX + 1):
        page = client.post(PAGE, {"name": f"number {number}"}, follow=True).content.decode()
    assert "delete one first" in page and ApiToken.objects.filter(owner=erin).count() == TOKENS_MAX
    assert "in 1 to 60 characters" in client.post(PAGE, {"name": "  "}, follow=True).content.decode()


def test_the_page_for_programs_lists_every_call(client):
    page = client.get("/api/").content.decode()
    for operations in http_api.api.get_openapi_schema()["paths"]:
        assert operations in page


def test_nothing_that_the_document_allows_ends_in_an_error_or_an_answer_that_it_does_not_know(erins):
    document = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    operations = [found.ok() for found in document.get_all_operations()]
    assert len(operations) == 11
    for operation in operations:

        @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def tried(case):
            limiter.forget()
            if "code" in case.path_parameters and len(str(case.path_parameters["code"])) % 2:  # else nearly all would be of one that is none
                case.path_parameters["code"] = (Exercise.objects.first() or new_exercise(facilitator=erins.owner)).code
            # Which scenarios there are and when theirs begin no schema says: what is refused for that is told as such.
            case.call_and_validate(headers={"Authorization": f"Bearer {erins.token}"}, excluded_checks=[positive_data_acceptance])

        tried()
