"""What one desk may see: the only code that turns state into something a browser, an autopilot or a log may read.

A sight is cards, name -> JSON-able object. Money in whole dollars, clocks as text. Only the facilitator's holds the truth.
Each desk's cards are in a file of its own; here is the door.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from engine.evidence.telling import ENGLISH, Language, told
from engine.firm.score import score
from engine.firm.simulation import Simulation
from engine.sights.cards import SPOKEN, DeskCards, Inbox, ProjectorCards
from engine.sights.deployer import deployer
from engine.sights.facilitator import FacilitatorCards, facilitator
from engine.sights.operator import operator
from engine.sights.parts import bell_card, clock_card, headlines_card, kept, tape_card, tiles_card
from engine.sights.pins import register_pins
from engine.sights.risk import risk

register_pins()  # what desks may share is made of their cards


def projector(sim: Simulation, help_level: str) -> ProjectorCards:
    """The room: clock, price moves, headlines, and the loss so far (which the game may delay or hide)."""
    money = score(sim)
    return {
        "clock": clock_card(sim),
        "bell": bell_card(sim),
        "tiles": tiles_card(sim),
        "loss": {"clock": sim.calendar.clock(sim.now), "loss_usd": round(money["total"])},
        "headlines": headlines_card(sim),
        "tape": tape_card(sim),
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
        make = partial(_told_inbox if name == "inbox" else _told_card, sim, found[name], language)
        found[name] = kept(sim, f"told {desk} {name} {language.code}", found[name], make)
    words: Any = found
    read: DeskCards = words
    return read


def _told_card(sim: Simulation, card: Any, language: Language) -> Any:
    return told(sim.scenario, card, language)


def _told_inbox(sim: Simulation, card: Inbox, language: Language) -> Any:
    """A mail never says anything else, but that one which was opened has a body: it is told once."""
    known: dict[Any, Any] = kept(sim, f"told mails {language.code}", None, dict)
    rows = []
    for mail in card["mails"]:
        key = (mail["id"], mail["read"], mail["at"])
        if key not in known:
            known[key] = told(sim.scenario, mail, language)
        rows.append(known[key])
    return {**card, "mails": rows}


def desk_sight(sim: Simulation, desk: str, help_level: str) -> DeskCards:
    """Cards of one of the team's desks. Raises KeyError for another."""
    return OF_DESKS[desk](sim, help_level)
