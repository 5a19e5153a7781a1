"""What a scenario says about its barriers: the slices of the cheese, and the checklists of the desks, from `barriers.toml`.

Whether an item is so is judged by the engine: by one of its own questions (`truth`), by what was done or agreed (`fact`), or by a control
that stands (`built`; any of them).
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from engine.events import Desk

_Words = Annotated[str, Field(min_length=1, max_length=300)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=40)]
Names = Annotated[tuple[str, ...], Field(strict=False)]
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


class ChecklistItem(_Judged):
    """A line of a desk's checklist."""

    desk: Desk
    text: _Words


class Barriers(_Part):
    """The whole of `barriers.toml`."""

    slice: Annotated[tuple[Barrier, ...], Field(strict=False)] = ()
    item: Annotated[tuple[ChecklistItem, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def _each_once(self) -> "Barriers":
        for what, ids in (("slice", [one.id for one in self.slice]), ("item", [one.id for one in self.item])):
            twice = [name for name in ids if ids.count(name) > 1]
            if twice:
                raise ValueError(f"{what} {twice[0]!r} stands twice: expected each once")
        return self
