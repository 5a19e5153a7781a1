"""Where something is wrong, as a desk says it: a few words, read by a table of the kinds of places there are."""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from engine.arguments import msgid
from engine.commands import Refused
from engine.scenario.scenario import Scenario

NOWHERE = "none"
STOCKS = "stocks"  # a place of as many stocks as are named behind it
_MOST_STOCKS = 5


class PlaceKind(NamedTuple):
    """A kind of places: its heading in a list, "" of no place, and the places of a scenario as they are written down, each with its name."""

    title: str
    places: Callable[[Scenario], dict[str, str]]


def _numbered(kind: str, names: Iterable[str]) -> dict[str, str]:
    return {f"{kind} {n}": name for n, name in enumerate(names, 1)}


def _servers(scenario: Scenario) -> dict[str, str]:
    return _numbered("server", (scenario.fleet.name.format(n=n) for n in range(1, scenario.fleet.servers + 1)))


PLACES: dict[str, PlaceKind] = {
    NOWHERE: PlaceKind("", lambda scenario: {NOWHERE: msgid("No one place")}),
    "server": PlaceKind(msgid("Servers"), _servers),
    "broker": PlaceKind(msgid("Brokers"), lambda scenario: _numbered("broker", scenario.brokers)),
    "exchange": PlaceKind(msgid("Exchanges"), lambda scenario: _numbered("exchange", scenario.exchanges)),
}


def server_place(n: int) -> str:
    """A server as a place is written down."""
    return f"server {n}"


def broker_place(n: int) -> str:
    """A broker as a place is written down."""
    return f"broker {n}"


def read_place(scenario: Scenario, given: object) -> str:
    """A place as it is written down (none, server 3, broker 2, exchange 1, stocks A B), from that or from its name. Raises Refused."""
    if isinstance(given, str):
        asked = re.sub(r"[\s,]+", " ", given[:200]).strip().casefold()
        for kind in PLACES.values():
            for place, name in kind.places(scenario).items():
                if asked in (place.casefold(), name.casefold()):
                    return place
        symbols = set(asked.removeprefix(STOCKS).split())
        found = [name for name in scenario.names if name.casefold() in symbols]
        if 0 < len(found) == len(symbols) <= _MOST_STOCKS:
            return " ".join([STOCKS, *found])
    known = [*filter(None, (next(iter(kind.places(scenario).values()), "") for kind in PLACES.values()))][1:]
    raise Refused(
        "place = {given}: expected none, one such as {known}, or up to {most} stocks such as {stock}",
        given=repr(str(given)[:40]), known=known, most=_MOST_STOCKS, stock=scenario.names[0],
    )


def told_place(scenario: Scenario, place: str) -> str:
    """The name of a place, "" for none."""
    if place == NOWHERE:
        return ""
    kind, _, rest = place.partition(" ")
    return ", ".join(rest.split()) if kind == STOCKS else PLACES[kind].places(scenario)[place]
