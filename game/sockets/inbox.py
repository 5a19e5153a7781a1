"""From a browser's order to a row: the one way by which people change anything."""

import time
from typing import Any

from django.utils.translation import gettext, gettext_noop

import engine
from game import metrics
from game.models import Command, Holding, Run, Seat, contents
from game.sockets.protocol import CommandMessage, Why, outcome
from game.sqlite_writer import insertion, write

RATE = 10.0  # commands a second a seat
BURST = 20.0
MOVED = gettext_noop("This seat has gone to someone else.")
STANDS = [f"seat__team__run__{name}" for name in ("state", "paused", "stopped")]
STANDING = {
    "lobby": gettext_noop("The exercise has not started yet."),
    "paused": gettext_noop("The exercise is paused: you can give commands when it resumes."),
    "ended": gettext_noop("The exercise has ended."),
}


class Budget:
    """How many commands a seat may give now, or a line messages: a bucket that fills at `rate` a second."""

    def __init__(self, rate: float = RATE, burst: float = BURST) -> None:
        self._rate, self._burst = rate, burst
        self._left = burst
        self._at = time.monotonic()

    def spend(self) -> bool:
        """Take one; false when there is none."""
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


def put(holding_id: int, token_hash: str, order: CommandMessage) -> list[dict[str, Any]]:
    """Write the order of whoever holds a seat by this cookie as a pending command; the answers for the screen that gave it.

    Sent twice (a double click, a reconnect) it stays one row, and the answer says what became of it. What has not the form of its lever is
    refused here: a row is for ever, and everybody reads it.
    """
    whole = Holding.objects.select_related("player", "seat__team__exercise", "seat__team__run")
    lean = whole.only("player__name", "seat__desk", "seat__covered", "seat__team__exercise__state", *STANDS)
    held = lean.filter(pk=holding_id, player__token_hash=token_hash).first()
    if held is None:
        return [{"t": "refused", "id": str(order.id), "reason": gettext(MOVED)}]
    seat = held.seat
    run = getattr(seat.team, "run", None)
    reason = _standing(seat, run)
    if reason or run is None:
        known = Command.objects.filter(run=run, client_id=order.id).first() if run else None
        return _answers(known, seat) if known else [{"t": "refused", "id": str(order.id), "reason": reason}]
    if fault := _misfit(order, seat.desk, run):
        return [{"t": "refused", "id": str(order.id), "reason": fault}]
    row = Command(
        run=run, client_id=order.id, desk=seat.desk, kind=order.kind, args=order.args,
        confidence=order.confidence or "", why=order.why, by=held.player.name,
    )  # fmt: skip
    metrics.RECEIVED.inc(write(*insertion([row], unless_there=True)))
    row = Command.objects.select_related("run").only("client_id", "desk", "state", "step", "reason", "run__state").get(run=run, client_id=order.id)
    if row.run.state == "ended" and row.state == "pending":  # it ended between the look and the row
        Command.refuse_waiting(run)
        row.refresh_from_db()
    return _answers(row, seat)


def _misfit(order: CommandMessage, desk: str, run: Run) -> engine.Sentence:
    """Why an order has not the form of a lever of its run's scenario, or is not for the desk; "" where it has. Most are known without it."""
    if order.kind in engine.KINDS and not engine.misfit(order.kind, order.args):
        return ""
    scenario = contents.told_by(run)
    lever = scenario.kinds.get(order.kind)
    fault = engine.misfit(order.kind, order.args, scenario.kinds)
    return fault and ((lever.not_for(desk, scenario) if lever else "") or fault)


def explain(holding_id: int, token_hash: str, why: Why) -> dict[str, Any]:
    """Keep the reason for a command of the holder's own desk, whatever became of it; the answer for the screen that gave it.

    Nothing that was simulated depends on a reason, so it may come after the command was applied, and again.
    """
    held = Holding.objects.select_related("seat").filter(pk=holding_id, player__token_hash=token_hash).first()
    if held is None:
        return {"t": "error", "reason": gettext(MOVED)}
    mine = Command.objects.filter(run__team_id=held.seat.team_id, desk=held.seat.desk, client_id=why.id)
    if not mine.update(why=why.text):
        return {"t": "error", "reason": gettext("This desk gave no such command.")}
    return {"t": "noted", "id": str(why.id)}


def _answers(row: Command, seat: Seat) -> list[dict[str, Any]]:
    if row.desk != seat.desk:
        return [{"t": "refused", "id": str(row.client_id), "reason": gettext("This id belongs to another desk's command.")}]
    received = {"t": "received", "id": str(row.client_id)}
    return [received] if row.state in ("pending", "stamped") else [received, outcome(row)]


def _standing(seat: Seat, run: Run | None) -> str:
    """Why nothing can be done now; empty when something can."""
    exercise = seat.team.exercise
    if exercise.state != "running":
        return gettext(STANDING[exercise.state])
    if seat.covered:
        return gettext("The assistant is playing your seat. Take it back first.")
    if run is None:
        return gettext(STANDING["lobby"])
    if run.state == "failed":
        return gettext(Run.FAULT)
    if run.state == "standing":
        return gettext(Run.UPGRADED)
    if run.stopped:
        return gettext(Run.STOPPED)
    if run.state == "ended":
        return gettext(STANDING["ended"])
    if run.paused:
        return gettext("The facilitator has paused your team: you can give commands when it resumes.")
    return ""


def outcomes(seat: Seat, ids: list[str]) -> list[dict[str, Any]]:
    """What became of commands whose answer may have been lost."""
    rows = Command.objects.filter(run__team_id=seat.team_id, desk=seat.desk, client_id__in=ids)
    return [outcome(row) for row in rows.filter(state__in=("applied", "refused"))]
