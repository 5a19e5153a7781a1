"""Who plays a version's next seed for its preview: one worker at a time, and another where nothing was heard of that one.

The page of a preview asks every few seconds, and sends for the seed again when the claim has stood still for too long. A seed that two play
comes out twice the same and is put down once.
"""

from contextlib import suppress

from game.live import claims, senders
from game.live.broker import BROKER_GONE
from game.models import ScenarioVersion

PATIENCE_S = 120.0  # a seed takes some ten seconds, and as long as it likes while games and debriefs come first


def _name(version: ScenarioVersion) -> str:
    return f"ob:lab:preview:{version.key}"


def send_for(version: ScenarioVersion) -> None:
    """Send for its next seed. Raises QueueGone where the workers cannot be reached."""
    heard(version)
    senders.preview_seed(version.key, len(version.previewed or []) + 1)


def look_after(version: ScenarioVersion, now: float | None = None) -> None:
    """Send for it once more where it goes on and nobody was heard of; silent without a broker, since the page asks again."""
    with suppress(*BROKER_GONE, senders.QueueGone):
        if version.previewing and claims.claim(_name(version), PATIENCE_S, version.key, now):
            senders.preview_seed(version.key, len(version.previewed or []) + 1)


def heard(version: ScenarioVersion) -> None:
    """Somebody is at it."""
    with suppress(*BROKER_GONE):
        claims.renew(_name(version), version.key)
