"""A finished run as an evidence bundle."""

import engine
from game import __version__
from game.live import run_store
from game.models import Run, contents
from game.models.run_log import log_of
from game.spoken import from_row


def has_one(run: Run) -> bool:
    """Whether there is a bundle of a run: it has ended, by rules that have a number, on data that can be read here, and its log is there."""
    return run.state == "ended" and run.rules is not None and run.log_deleted is None and bool(run.digest) and contents.readable(run)


def bundle_of(run: Run) -> engine.Bundle:
    """The log of a run and what came of it. Who gave a command is not in it: desks are."""
    curve = tuple((step, loss) for step, loss in run.curve)
    ended, notes = run.INTERRUPTED if run.interrupted else "", (engine.tell(None, from_row(run.note)),) if run.note else ()
    events = tuple(dict(event) for event in run_store.events_of(run))
    return engine.Bundle(log_of(run), run.rules or 0, events, run.score or {}, curve, run.digest, ended=ended, notes=notes, version=__version__)
