"""What a seed draws: where a round begins, how many teams play it, and what is done to its processes when.

A seed fixes the plan, not the moment in the market at which a kill arrives: that is the machine's.
"""

import random
from dataclasses import dataclass

PHASES = ("advance", "planning", "bell", "unwind")
KILLS: dict[str, tuple[str, ...]] = {
    "one games worker": (),  # either of them
    "both games workers": ("games-1", "games-2"),
    "control": ("control",),
    "web": ("web",),
    "broker": ("broker",),
    "broker and games workers": ("broker", "games-1", "games-2"),
}
FREEZE, FROZEN_S = "a games worker stopped for 10 s", 10.0
WORKERS = ("games-1", "games-2")


@dataclass(frozen=True)
class Act:
    """Something that is done to processes, so many wall seconds after the market has begun to move."""

    at_s: float
    kind: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """A round."""

    seed: int
    phase: str
    teams: int
    speed: float
    acts: tuple[Act, ...]
    begins_s: float | None  # when the evening that is planned begins; None: it is planned to the end
    ends_s: float


def drawn(seed: int) -> Plan:
    """The round of a seed. Seeds in a row take the phases in turn."""
    chance = random.Random(seed)
    phase = PHASES[seed % len(PHASES)]
    acts: list[Act] = []
    at = chance.uniform(0.3, 3.5)
    for _ in range(chance.choice((1, 2, 2, 3))):
        frozen = any(act.kind == FREEZE for act in acts)
        kind = chance.choice([*KILLS, *([] if frozen else [FREEZE])])
        acts.append(Act(round(at, 2), kind, KILLS.get(kind) or (chance.choice(WORKERS),)))
        at += chance.uniform(0.3, 5.0)
    last = max(act.at_s + (FROZEN_S if act.kind == FREEZE else 0.0) for act in acts)
    return Plan(
        seed=seed,
        phase=phase,
        teams=chance.randint(1, 3),
        speed=90.0 if phase == "unwind" else chance.choice((5.0, 10.0, 20.0)),
        acts=tuple(acts),
        begins_s=round(chance.uniform(1.0, last + 2.0), 2) if chance.random() < 0.5 else None,
        ends_s=round(last + chance.uniform(0.1, 6.0), 2),
    )
