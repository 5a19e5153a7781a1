"""A finished run as an evidence bundle."""

import engine
from game.models import Run
from game.worth import log_of


def bundle_of(run: Run) -> engine.Bundle:
    """The log of a run and what came of it. Who gave a command is not in it: desks are."""
    rows = run.events.order_by("number")
    events = [{"step": row.step, "kind": row.kind, "audience": row.audience, "data": row.data} for row in rows]
    return engine.Bundle(log_of(run), run.engine_version, tuple(events), run.score or {}, run.digest)
