"""What views and sockets both put on a page."""

from functools import lru_cache
from typing import Any

import segno
from django.conf import settings
from django.http import HttpRequest

from game import __version__
from game.control import board
from game.control.wall import beside_the_market
from game.live.broker import BROKER_GONE, cards_key, client
from game.live.loudspeaker import read_hash
from game.live.words import reader_of
from game.models import Exercise, Run
from game.sockets.protocol import first_cards


def version(request: HttpRequest) -> dict[str, str]:
    """The product's version, for the foot of every page."""
    return {"version": __version__}


@lru_cache(maxsize=64)
def qr_svg(address: str) -> str:
    """A QR code as inline SVG without a style attribute."""
    code = segno.make(address, error="m", micro=False)
    return str(code.svg_inline(omitsize=True, border=2, dark="#0a0f18", light="#ffffff", svgclass=None, lineclass=None))


def join_card(host: str, code: str, *, secure: bool = False) -> dict[str, Any]:
    """Where to go and what to type."""
    where = host + settings.BASE_PATH
    address = f"http{'s' if secure else ''}://{where}/join/{code}/"
    return {"address": where, "code": code, "qr_svg": qr_svg(address)}


def desk_cards(run: Run, desk: str) -> dict[str, Any]:
    """The latest cards of a desk, in words; none when the broker is away (the socket will bring them)."""
    try:
        return first_cards(reader_of(run).cards(read_hash(client().hgetall(cards_key(run.pk, desk))).cards))
    except BROKER_GONE:
        return {}


def projector_cards(exercise: Exercise) -> dict[str, Any]:
    """The projector's cards, composed for one page."""
    sides = []
    for run in exercise.runs():
        side = board.Side.of(run)
        try:
            told = read_hash(client().hgetall(cards_key(run.pk, "projector")))
            side.hear(told.step, told.cards)
        except BROKER_GONE:
            pass
        sides.append(side)
    ghost = exercise.ghost
    composed = board.compose(exercise, sides, ghost.curve if ghost else None, beside_the_market(exercise))
    return {name: {"v": 0, "d": content} for name, content in composed.items()}
