"""What a scenario says about its barriers: the slices of the cheese, and the checklists of the desks, from `barriers.toml`.

Whether an item is so is judged by the engine: by one of its own questions (`truth`), by what was done or agreed (`fact`), or by a control
that stands (`built`; any of them).
"""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from engine.arguments import SaidText
from engine.events import Desk

_Words = Annotated[str, Field(min_length=1, max_length=300)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=40)]
Names = Annotated[tuple[str, ...], Field(strict=False)]
_SAYS: tuple[Literal["label", "stops"], ...] = ("label", "stops")
_Truth = Literal["arrived", "restarted", "compared", "second", "retired", "own-flag", "tested"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Judged(_Part):
    id: Id
    truth: _Truth | None = None
    fact: str = ""
    built: Names = ()

    @model_validator(mode="after")
    def _one_way_to_judge(self) -> "_Judged":
        if sum(map(bool, (self.truth, self.fact, self.built))) != 1:
            raise ValueError(f"{self.id!r}: expected one of truth, fact and built")
        return self


class Barrier(_Judged):
    """A barrier between the error and the loss. `open_part`: how often it is open when nobody acts; `stops`: what it would have stopped."""

    label: _Words
    open_part: Annotated[float, Field(ge=0, le=1)]
    stops: _Words

    def said(self, part: Literal["label", "stops"] = "label") -> SaidText:
        """What it is called, or what it would have stopped, by its id."""
        return {"text": barrier_text(self.id, part), "values": {}}


class ChecklistItem(_Judged):
    """A line of a desk's checklist."""

    desk: Desk
    text: _Words


class Barriers(_Part):
    """The whole of `barriers.toml`."""

    slice: Annotated[tuple[Barrier, ...], Field(strict=False)] = ()
    item: Annotated[tuple[ChecklistItem, ...], Field(strict=False)] = ()

    def wordings(self) -> Iterator[tuple[str, str]]:
        """(id, text) of what barriers are called and would have stopped, and of what the checklists say."""
        yield from ((barrier_text(one.id, part), getattr(one, part)) for one in self.slice for part in _SAYS)
        yield from ((checklist_text(item.id), item.text) for item in self.item)

    @model_validator(mode="after")
    def _each_once(self) -> "Barriers":
        for what, ids in (("slice", [one.id for one in self.slice]), ("item", [one.id for one in self.item])):
            twice = [name for name in ids if ids.count(name) > 1]
            if twice:
                raise ValueError(f"{what} {twice[0]!r} stands twice: expected each once")
        return self


def barrier_text(barrier: str, part: Literal["label", "stops"]) -> str:
    """The id of what a barrier is called, or of what it would have stopped."""
    return f"barrier:{barrier}.{part}"


def checklist_text(item: str) -> str:
    """The id of a checklist's line."""
    return f"checklist:{item}"
