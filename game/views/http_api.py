"""The HTTP API: exercises, teams, results and scenarios for a facilitator's programs, by token. What may be done is what the pages allow."""

from datetime import UTC, datetime
from typing import Any, Literal

from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from ninja import Field, NinjaAPI, Schema, Status
from ninja.errors import ValidationError
from ninja.security import HttpBearer

import engine
from game.control.exercise_controls import drive
from game.control.forms import TEAMS, NewExercise, versions
from game.control.schedule import TITLE_MAX
from game.debrief import results
from game.models import MOVE_MAX_S, ApiToken, Exercise, RuleBroken, Run, Webhook, contents
from game.models.webhooks import ADDRESS_MAX
from game.ops import webhook_events
from game.people import limiter
from game.people.access import exercises_of, scenarios_of
from game.people.accounts import is_facilitator
from game.rules import SEED_MAX
from game.scenarios import level_words, playable
from game.spoken import read

CALLS = limiter.Kind("api", 300)
LISTED = 100


class Bearer(HttpBearer):
    """A token of game.models.ApiToken."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """Whose it is; None for another one. Raises limiter.TooOften."""
        found = ApiToken.of(token)
        if found is None or not is_facilitator(found.owner):
            return None
        if not limiter.take(CALLS, str(found.pk)):
            raise limiter.TooOften(gettext("Too many requests: at most %(most)d a minute were expected.") % {"most": CALLS.most})
        request.user = found.owner
        return found


class NotDone(Schema):
    """Why something was not done."""

    detail: str


class ScenarioOut(Schema):
    """A scenario that can be played."""

    id: str
    title: str
    minutes: float | None = Field(description="that it takes one person alone; null: nobody said")
    for_whom: str
    teaches: str


class NewExerciseIn(Schema):
    """An exercise to prepare. What is left out is as the form of the control room has it at first."""

    title: str = Field(min_length=1, max_length=TITLE_MAX)
    scenario: str = Field("", description="id of a scenario; empty: the first one; draw: one that nobody is told")
    teams: int = Field(2, ge=1, le=len(TEAMS))
    start: str = Field("", max_length=20, description="market time such as 09:28, or an evening such as 31 Jul 18:00; empty: the morning")
    help: Literal["2012", "assisted", "guided"] = "2012"
    second_act: bool = True
    seed: int | None = Field(None, ge=0, le=SEED_MAX, description="null: one is drawn")
    loss_counter: Literal["live", "delayed", "hidden"] = "delayed"
    planned_for: datetime | None = Field(None, description="without a zone it is UTC")
    move_s: int = Field(0, ge=0, le=MOVE_MAX_S, description="seconds that the clock waits at each look for a program's move; 0: it does not wait")


class ExerciseOut(Schema):
    """An exercise as its control room has it."""

    code: str = Field(description="that people join by")
    title: str
    scenario: str
    state: Literal["lobby", "running", "paused", "ended"]
    clock: str = Field(description="market time of the furthest team")
    teams: int
    people: int
    planned_for: datetime | None
    started_at: datetime | None
    ended_at: datetime | None


class SeatOut(Schema):
    """A desk of a team and who sits there."""

    desk: str
    people: list[str]
    autopilot: str = Field(description="that plays it while nobody does; empty: nobody")


class TeamOut(Schema):
    """A team."""

    id: int
    name: str
    state: str = Field(description="of its market; empty before the start")
    clock: str
    loss_usd: int | None
    seats: list[SeatOut]


class ResultOut(Schema):
    """How a team's run came out, in dollars."""

    team: str
    loss_usd: int
    ghost_usd: int | None = Field(description="what history lost to the same moment, on the same market; null while it is worked out")
    avoided_usd: int | None
    grade: float | None = Field(description="0 to 100")
    whole: bool = Field(description="whether the market was played to its close")


class NewWebhookIn(Schema):
    """An address to be told what happens in one's exercises."""

    address: str = Field(max_length=ADDRESS_MAX, description="https://; where it leads is judged at each delivery")


class WebhookOut(Schema):
    """An address that is told."""

    id: int
    address: str
    created: datetime
    off_at: datetime | None = Field(description="null: it is told")


class MadeWebhookOut(WebhookOut):
    """A new one."""

    secret: str = Field(description="whsec_ and the base64 of the key that deliveries are signed with; it is not told again")


class DeliveryOut(Schema):
    """An event for a webhook, and what came of it."""

    id: str = Field(description="webhook-id")
    type: str
    exercise: str = Field(description="its code; empty: a test")
    state: Literal["waiting", "trying", "delivered", "given-up"]
    attempts: int
    created: datetime
    tried_at: datetime | None
    status: int | None = Field(description="of the last answer")
    said: str = Field(description="how the last answer began, or why there was none")


api = NinjaAPI(
    title="Opening Bell",
    version="1",
    description="Exercises, teams, results and scenarios, for a facilitator's programs.",
    auth=Bearer(),
    docs_url=None,  # it would fetch its script from elsewhere: /api/ is the page
    urls_namespace="http-api",
    openapi_extra={"webhooks": webhook_events.documented()},
)
FAULTS: dict[Any, Any] = {401: NotDone, 429: NotDone}


@api.exception_handler(RuleBroken)
def not_now(request: HttpRequest, problem: RuleBroken) -> HttpResponse:
    """What the rules of an exercise do not allow."""
    return api.create_response(request, {"detail": str(problem)}, status=429 if isinstance(problem, limiter.TooOften) else 409)


@api.exception_handler(Http404)
@api.exception_handler(DataError)
def not_there(request: HttpRequest, problem: Exception) -> HttpResponse:
    """Somebody else's is answered as one that does not exist, and so is a code that is no text to the database."""
    return api.create_response(request, {"detail": gettext("There is none, or it is somebody else's.")}, status=404)


@api.get("/scenarios", response={200: list[ScenarioOut], **FAULTS}, operation_id="list_scenarios")
def scenarios(request: HttpRequest) -> list[dict[str, Any]]:
    """What can be played on this server, and the newest version of what was brought along and may be chosen."""
    known = [(look.id, look.scenario) for look in playable() if look.scenario]
    brought = [(ref, contents.here(ref)) for ref, _ in versions(scenarios_of(request.user))]
    return [_scenario(name, one) for name, one in [*known, *brought] if one]


def _scenario(name: str, scenario: engine.Scenario) -> dict[str, Any]:
    scenario = read(scenario)
    door = scenario.front.door
    return {
        "id": name,
        "title": scenario.title,
        "minutes": door.minutes if door else None,
        "for_whom": level_words(door.level if door else None),
        "teaches": door.teaches if door else "",
    }


@api.get("/exercises", response={200: list[ExerciseOut], **FAULTS}, operation_id="list_exercises")
def exercises(request: HttpRequest) -> list[dict[str, Any]]:
    """One's own exercises, for staff everybody's; the newest hundred."""
    return [_exercise(one) for one in exercises_of(request.user).filter(archived=False).order_by("-pk")[:LISTED]]


@api.post("/exercises", response={201: ExerciseOut, 422: Any, **FAULTS}, operation_id="create_exercise")
def create(request: HttpRequest, wanted: NewExerciseIn) -> Status[Any]:
    """Prepare an exercise: people can join it at once."""
    typed = {
        "title": wanted.title, "scenario": wanted.scenario, "teams": wanted.teams, "start": wanted.start, "help": wanted.help,
        "second_act": "yes" if wanted.second_act else "no", "loss_counter": wanted.loss_counter,
        "seed_from": "draw" if wanted.seed is None else "own", "seed": wanted.seed,
        "planned_for": _in_utc(wanted.planned_for),
        "move_s": wanted.move_s,
    }  # fmt: skip
    form = NewExercise(typed, brought=scenarios_of(request.user))
    if not form.is_valid():
        raise ValidationError([{"type": "value_error", "loc": ["body", name], "msg": said[0]} for name, said in form.errors.items()])
    return Status(201, _exercise(form.create(request.user)))  # type: ignore[arg-type]


def _in_utc(moment: datetime | None) -> str:
    """As the form takes it: a time without a zone, which is UTC's. So is one that comes without a zone."""
    if moment is None:
        return ""
    return (moment.astimezone(UTC) if moment.tzinfo else moment).strftime("%Y-%m-%dT%H:%M")


@api.get("/exercises/{code}", response={200: ExerciseOut, 404: NotDone, **FAULTS}, operation_id="show_exercise")
def exercise(request: HttpRequest, code: str) -> dict[str, Any]:
    """One of them."""
    return _exercise(_own(request, code))


@api.get("/exercises/{code}/teams", response={200: list[TeamOut], 404: NotDone, **FAULTS}, operation_id="list_teams")
def teams(request: HttpRequest, code: str) -> list[dict[str, Any]]:
    """Its teams, and who sits where."""
    found = _own(request, code)
    runs = {run.team_id: run for run in found.runs()}
    rows = found.teams.prefetch_related("seats__holdings__player").order_by("pk")
    return [
        {
            "id": team.pk, "name": team.name, **_market(runs.get(team.pk)),
            "seats": [
                {"desk": seat.desk, "people": [one.player.name for one in seat.holdings.all()], "autopilot": seat.autopilot}
                for seat in team.seats.all()
            ],
        }
        for team in rows
    ]  # fmt: skip


def _market(run: Run | None) -> dict[str, Any]:
    if run is None:
        return {"state": "", "clock": "", "loss_usd": None}
    return {"state": run.state, "clock": run.calendar.clock(run.step), "loss_usd": run.curve[-1][1] if run.curve else None}


@api.get("/exercises/{code}/results", response={200: list[ResultOut], 404: NotDone, 409: NotDone, **FAULTS}, operation_id="list_results")
def outcome(request: HttpRequest, code: str) -> list[dict[str, Any]]:
    """How its teams came out, once it has ended."""
    found = _own(request, code)
    if found.state != Exercise.State.ENDED:
        raise RuleBroken(gettext("It has not ended yet: there is no result."))
    return [{"team": run.team.name, **results.of(run, found.ghost)} for run in found.runs()]


# After what else stands below a code: the first address that fits is taken.
@api.post("/exercises/{code}/{verb}", response={200: ExerciseOut, 404: NotDone, 409: NotDone, **FAULTS}, operation_id="drive_exercise")
def act(request: HttpRequest, code: str, verb: Literal["start", "pause", "resume", "end"]) -> dict[str, Any]:
    """Start, pause, resume or end it, for all teams: `verb` is one of these words."""
    found = _own(request, code)
    drive(found, verb, by=request.user.get_username())
    found.refresh_from_db()
    return _exercise(found)


def _own(request: HttpRequest, code: str) -> Exercise:
    found = exercises_of(request.user).filter(code=code.upper()).first()
    if found is None:
        raise Http404
    return found


def _exercise(found: Exercise) -> dict[str, Any]:
    return {
        "code": found.code, "title": found.title, "scenario": found.scenario_told, "state": found.state,
        "clock": found.calendar.clock(found.step), "teams": found.teams.count(), "people": found.players.count(),
        "planned_for": found.planned_for, "started_at": found.started_at, "ended_at": found.ended_at,
    }  # fmt: skip


@api.get("/webhooks", response={200: list[WebhookOut], **FAULTS}, operation_id="list_webhooks")
def webhooks(request: HttpRequest) -> list[Webhook]:
    """One's own webhooks."""
    return list(Webhook.objects.filter(owner=request.user.pk))


@api.post("/webhooks", response={201: MadeWebhookOut, 409: NotDone, 422: Any, **FAULTS}, operation_id="create_webhook")
def make_webhook(request: HttpRequest, wanted: NewWebhookIn) -> Status[Any]:
    """Have an address told of all exercises of one's own that start from now on. What it is sent stands under `webhooks` of this document."""
    return Status(201, Webhook.make(request.user, wanted.address))  # type: ignore[arg-type]


@api.delete("/webhooks/{number}", response={204: None, 404: NotDone, 422: Any, **FAULTS}, operation_id="delete_webhook")
def delete_webhook(request: HttpRequest, number: int) -> Status[None]:
    """Tell it nothing any more."""
    _own_webhook(request, number).delete()
    return Status(204, None)


@api.get("/webhooks/{number}/deliveries", response={200: list[DeliveryOut], 404: NotDone, 422: Any, **FAULTS}, operation_id="list_deliveries")
def deliveries(request: HttpRequest, number: int) -> list[dict[str, Any]]:
    """What it was told, or is to be; the newest hundred of thirty days."""
    rows = _own_webhook(request, number).deliveries.select_related("exercise")[:LISTED]
    return [
        {
            "id": one.name, "type": one.kind, "exercise": one.exercise.code if one.exercise else "", "state": one.state, "attempts": one.attempts,
            "created": one.created, "tried_at": one.tried_at, "status": one.status, "said": one.came_of_it,
        }
        for one in rows
    ]  # fmt: skip


def _own_webhook(request: HttpRequest, number: int) -> Webhook:
    found = Webhook.objects.filter(owner=request.user.pk, pk=number).first()
    if found is None:
        raise Http404
    return found
