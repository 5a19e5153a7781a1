"""A look at one desk from its cards alone: for programs that play where the simulation is out of reach."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.autopilots.parts import Move
from engine.env.actions import moves_of
from engine.env.moves import Catalogue
from engine.env.text import rendered


class DeskScreen:
    """What a desk sees at one moment and can do then. `cards`: all of them, name -> JSON, told in English."""

    def __init__(self, catalogue: Catalogue, cards: Mapping[str, Any]) -> None:
        self._catalogue = catalogue
        self._eyes = catalogue.eyes(cards)
        self._mask = catalogue.mask(self._eyes)

    @property
    def moves(self) -> list[int]:
        """The numbers that can be given now."""
        found: list[int] = np.flatnonzero(self._mask).tolist()
        return found

    def text(self, refused: str = "") -> str:
        """The screen as text with the numbered list of moves. `refused`: why the last command was not carried out."""
        return rendered(self._catalogue, self._eyes, self._mask, refused)

    def read(self, action: Any) -> list[Move | None]:
        """What an answer to this look stands for, see engine.env.actions.moves_of. Raises BadAction."""
        return moves_of(self._catalogue, self._eyes, action)
