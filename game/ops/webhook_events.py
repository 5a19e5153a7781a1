"""What webhooks are told: a kind of event each, as its receiver finds it, and how those of an exercise are found.

Everything is found in rows, a second after the clock has written them: no beat waits for a webhook, and what a killed process had not told is found
again. Of people nothing is told, of a market neither seed nor what is drawn; a loss only where the big screen shows it.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import BaseModel, Field

from game.debrief import results
from game.live import losses
from game.models import Checkpoint, Exercise, Run


class ToldExercise(BaseModel):
    """Which exercise; /exercises/{code} of the HTTP API has the rest."""

    code: str
    scenario: str = Field(description="as it may be told now")


class ToldTeam(BaseModel):
    """Which team; /exercises/{code}/teams has its name."""

    id: int
    place: int = Field(description="1 for the first one")


class OfExercise(BaseModel):
    """Of an exercise."""

    exercise: ToldExercise


class OfTeam(OfExercise):
    """Of the market of one team."""

    team: ToldTeam
    clock: str = Field(description="market time")


class WithLoss(OfTeam):
    """With what it has lost."""

    loss_usd: int | None = Field(description="null: the room does not see it yet")


class EndOfRun(WithLoss):
    """How far a market was played."""

    whole: bool = Field(description="whether it was played to its close")


class ToldResult(BaseModel):
    """How a team came out, in dollars."""

    team: ToldTeam
    loss_usd: int
    ghost_usd: int | None = Field(description="what history lost to the same moment, on the same market; null while it is worked out")
    avoided_usd: int | None
    grade: float | None = Field(description="0 to 100")
    whole: bool = Field(description="whether the market was played to its close")


class ToldResults(OfExercise):
    """How all teams came out."""

    results: list[ToldResult]


class Nothing(BaseModel):
    """An empty object."""


class WebhookKind(NamedTuple):
    """A kind of event: what it has in `data`, and when it comes."""

    data: type[BaseModel]
    when: str


PING, LAST = "ping", "results"  # LAST: the key of what comes last
KINDS = {
    "exercise.started": WebhookKind(OfExercise, "Somebody started it."),
    "run.bell": WebhookKind(OfTeam, "The opening bell of a team's market."),
    "run.contained": WebhookKind(
        WithLoss,
        "No order of a team runs away any more: within half a minute, once each time, and after the end where the scenario is a secret.",
    ),
    "run.ended": WebhookKind(EndOfRun, "A team's market is over."),
    "exercise.ended": WebhookKind(OfExercise, "It is over for everybody, and all teams are scored."),
    "exercise.results": WebhookKind(ToldResults, "The results, as soon as players may see them: at the end, or with the facilitator's reveal."),
    PING: WebhookKind(Nothing, "A facilitator asked for a test."),
}


class WebhookEvent(NamedTuple):
    """Something that happened in an exercise; of its key there is one, however often it is found."""

    kind: str
    key: str
    data: BaseModel


def body(kind: str, data: BaseModel, now: datetime) -> str:
    """What is sent, as JSON."""
    return json.dumps({"type": kind, "timestamp": now.isoformat(timespec="seconds"), "data": data.model_dump()})


def documented() -> dict[str, Any]:
    """The `webhooks` of an OpenAPI document."""
    return {kind: {"post": _operation(kind, one)} for kind, one in KINDS.items()}


def _operation(kind: str, one: WebhookKind) -> dict[str, Any]:
    sent = {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"const": kind},
            "timestamp": {"type": "string", "format": "date-time", "description": "when the game found it"},
            "data": _inlined(one.data.model_json_schema()),
        },
    }
    headers = {
        "webhook-id": "of this event, the same in every attempt: what was taken in under it need not be taken in again",
        "webhook-timestamp": "of this attempt, in seconds since 1970",
        "webhook-signature": "v1, and the base64 of HMAC-SHA256 over id.timestamp.body with the secret (https://www.standardwebhooks.com)",
    }
    return {
        "operationId": f"told_{kind.replace('.', '_')}",
        "summary": one.when,
        "parameters": [
            {"name": name, "in": "header", "required": True, "schema": {"type": "string"}, "description": says} for name, says in headers.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": sent}}},
        "responses": {"2XX": {"description": "It was taken in."}, "410": {"description": "The webhook is switched off."}},
    }


def _inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without references: those of pydantic lead to a place that it has not within another document."""
    parts = schema.pop("$defs", {})

    def whole(node: Any) -> Any:
        if isinstance(node, list):
            return [whole(one) for one in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return whole(parts[node["$ref"].rpartition("/")[2]])
        return {name: whole(value) for name, value in node.items()}

    found: dict[str, Any] = whole(schema)
    return found


def of(exercise: Exercise, known: set[str]) -> Iterator[WebhookEvent]:
    """What has happened in it so far, in its order, but for what is `known` by its key."""
    told = ToldExercise(code=exercise.code, scenario=exercise.scenario_told)
    if "started" not in known:
        yield WebhookEvent("exercise.started", "started", OfExercise(exercise=told))
    runs = list(exercise.runs().defer("curve", "score"))
    scores = {} if exercise.kept_secret else dict(Checkpoint.objects.filter(run__in=runs).values_list("run", "score"))
    for run in runs:
        yield from _of_run(exercise, told, run, scores.get(run.pk), known)
    if exercise.state != Exercise.State.ENDED or any(run.state not in Run.DONE for run in runs):
        return
    if "ended" not in known:
        yield WebhookEvent("exercise.ended", "ended", OfExercise(exercise=told))
    if LAST not in known and not exercise.held:
        yield WebhookEvent("exercise.results", LAST, _results(exercise, told, runs))


def _of_run(exercise: Exercise, told: ToldExercise, run: Run, score: dict[str, Any] | None, known: set[str]) -> Iterator[WebhookEvent]:
    calendar, over = run.calendar, run.state == Run.State.ENDED
    whose: dict[str, Any] = {"exercise": told, "team": ToldTeam(id=run.team_id, place=run.team.place)}
    bell, ended = f"bell {run.pk}", f"ended {run.pk}"
    began = exercise.start_step if run.start_step is None else run.start_step
    if bell not in known and began <= calendar.open <= run.step:
        yield WebhookEvent("run.bell", bell, OfTeam(**whose, clock=calendar.clock(calendar.open)))
    if over and ended not in known and not exercise.kept_secret:
        score = run.score
    if at := (score or {}).get("contained_at"):
        contained = f"contained {run.pk} {at}"
        if contained not in known:
            yield WebhookEvent("run.contained", contained, WithLoss(**whose, clock=at, loss_usd=_loss(exercise, run, calendar.step_at(at))))
    if over and ended not in known:
        loss = _loss(exercise, run, run.step)
        yield WebhookEvent("run.ended", ended, EndOfRun(**whose, clock=calendar.clock(run.step), loss_usd=loss, whole=run.step >= calendar.close))


def _loss(exercise: Exercise, run: Run, step: int) -> int | None:
    """What it had lost, where the room sees it: a wall shows it late, or at the end, or with the reveal."""
    shown = not exercise.held if exercise.state == Exercise.State.ENDED else exercise.loss_counter == Exercise.LossCounter.LIVE
    if not shown or exercise.frozen is not None:
        return None
    return losses.at(run.curve, step) if step < run.step or not run.score else round(float(run.score["total"]))


def _results(exercise: Exercise, told: ToldExercise, runs: list[Run]) -> ToldResults:
    rows = [{"team": ToldTeam(id=run.team_id, place=run.team.place), **results.of(run, exercise.ghost)} for run in runs]
    return ToldResults(exercise=told, results=[ToldResult(**{name: row[name] for name in ToldResult.model_fields}) for row in rows])
