"""What one desk may see: the only code that turns state into something a browser, an autopilot or a log may read.

A sight is cards, name -> JSON-able object. Money in whole dollars, clocks as text. Only the facilitator's holds the truth.
Each desk's cards are in a file of its own; here is the door.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from engine.evidence.telling import ENGLISH, Language, told
from engine.firm.simulation import Simulation
from engine.sights.cards import SPOKEN, DeskCards, ProjectorCards
from engine.sights.deployer import deployer
from engine.sights.facilitator import FacilitatorCards, facilitator
from engine.sights.operator import operator
from engine.sights.parts import bell_card, clock_card, headlines_card, kept, money, tiles_card
from engine.sights.pins import register_pins
from engine.sights.risk import risk

register_pins()  # what desks may share is made of their cards


def projector(sim: Simulation, help_level: str) -> ProjectorCards:
    """The room: clock, price moves, headlines, and the loss so far (which the game may delay or hide)."""
    return {
        "clock": clock_card(sim),
        "bell": bell_card(sim),
        "tiles": tiles_card(sim),
        "loss": {"clock": sim.calendar.clock(sim.now), "loss_usd": round(money(sim)["total"])},
        "headlines": headlines_card(sim),
    }


Sight = DeskCards | ProjectorCards | FacilitatorCards
OF_DESKS: dict[str, Callable[[Simulation, str], DeskCards]] = {"deployer": deployer, "operator": operator, "risk": risk}
SIGHTS: dict[str, Callable[[Simulation, str], Sight]] = {**OF_DESKS, "projector": projector, "facilitator": facilitator}


def sight(sim: Simulation, desk: str, help_level: str | None = None) -> Sight:
    """Cards of one desk at a help level (the run's own unless one is named). Raises KeyError for a desk that has no sight."""
    return SIGHTS[desk](sim, help_level or sim.day.help_level)


def told_sight(sim: Simulation, desk: str, help_level: str, language: Language = ENGLISH) -> DeskCards:
    """The same cards of one of the team's desks with the words of their texts, as whoever sits there reads them. Those that stay as they were are
    not read anew. Raises KeyError for another desk."""
    found: dict[str, Any] = {**desk_sight(sim, desk, help_level)}
    for name in filter(found.__contains__, SPOKEN):
        card, named = found[name], f"told {language.code} {desk} {name}"
        found[name] = kept(sim, named, card, partial(_told_card, sim, card, language, named))
    words: Any = found
    read: DeskCards = words
    return read


def _told_card(sim: Simulation, card: Any, language: Language, named: str) -> Any:
    """Row by row where rows have ids: most of a card that has changed says what it said."""
    return {part: _told_part(sim, value, language, f"{named} {part}") for part, value in card.items()}


def _told_part(sim: Simulation, part: Any, language: Language, named: str) -> Any:
    if not isinstance(part, list) or not all(isinstance(row, dict) and "id" in row for row in part):
        return told(sim.scenario, part, language)
    known: dict[int | str, tuple[Any, Any]] = kept(sim, named, None, dict)
    for row in part:
        before = known.get(row["id"])
        if before is None or before[0] != row:
            known[row["id"]] = (row, told(sim.scenario, row, language))
    return [known[row["id"]][1] for row in part]


def desk_sight(sim: Simulation, desk: str, help_level: str) -> DeskCards:
    """Cards of one of the team's desks. Raises KeyError for another."""
    return OF_DESKS[desk](sim, help_level)
