"""What every desk has to do before the bell: the `[[duty]]` tables of `scenario.toml`. Each has one consequence, until it is done."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from engine.arguments import SaidText
from engine.events import Desk
from engine.scenario.folders import ID
from engine.scenario.parts import Minutes, Part, Section
from engine.scenario.wordings import duty_text

_Names = Annotated[tuple[str, ...], Field(strict=False)]
_Line = Annotated[str, Field(min_length=4, max_length=80)]
DUTY_SAYS: tuple[Literal["label", "otherwise"], ...] = ("label", "otherwise")  # its fields that people read
_CONSEQUENCES = ("certifies", "logs_on", "lists", "locates", "sets", "quickens")


class Duty(Section):
    """Something that a desk does before the open, with one hand, and what it costs where nobody has, from the open on until it is done.

    `certifies`: a broker, whose flagged orders are refused until then; `logs_on`: an exchange, which acknowledges nothing until then; `lists`:
    stocks, orders in which are handed back; `locates`: the part of client orders to sell that are short sales, which are refused. At once and
    until it is done: `sets`: levers that cannot be given; `quickens`: levers that take twice as long. `otherwise` tells it to the desk.
    """

    id: Annotated[str, Field(pattern=ID.pattern)]
    desk: Desk
    label: _Line
    minutes: Annotated[Minutes, Field(gt=0)]
    otherwise: _Line
    certifies: str | None = None
    logs_on: str | None = None
    lists: _Names = ()
    locates: Part = 0.0
    sets: _Names = ()
    quickens: _Names = ()

    def said(self, part: Literal["label", "otherwise"] = "label") -> SaidText:
        """What it is called, or what comes of it where nobody does it, by its id."""
        return {"text": duty_text(self.id, part), "values": {}}

    @model_validator(mode="after")
    def _has_one_consequence(self) -> "Duty":
        said = [name for name in _CONSEQUENCES if getattr(self, name)]
        if len(said) != 1:
            raise ValueError(f"duty {self.id!r}: {', '.join(said) or 'no consequence'}: expected one of {', '.join(_CONSEQUENCES)}")
        return self
