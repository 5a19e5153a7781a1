"""What a debrief tells of a scenario's morning beside the run itself, from `epilogue.toml`: what really happened, with sources; what the fault
was in one sentence, and by which texts a screen showed it first. It is about runs and no part of one.
"""

from string import Formatter
from typing import Annotated, Literal

from pydantic import Field, model_validator

from engine.scenario.fault_texts import SAYS
from engine.scenario.folders import ID
from engine.scenario.parts import Section

_Deed = Literal["release", "flag", "dead-code", "switch", "rollback"]

_Words = Annotated[str, Field(min_length=8, max_length=700)]
_Title = Annotated[str, Field(min_length=3, max_length=80)]
_Source = Annotated[str, Field(min_length=3, max_length=200)]
_Ids = Annotated[tuple[str, ...], Field(strict=False)]


class Passage(Section):
    """A paragraph of what happened. `source`: whose it is; what is invented says so in its text and has none."""

    title: _Title
    text: _Words
    source: _Source | None = None


class Reading(Passage):
    """A way in which what is not known can be read, a row of a table: `assumes`: what it takes for sure; `shares_per_min` and `loss`: what then
    trades and is lost in this game; `text`: what fits it and what speaks against it."""

    assumes: _Words
    shares_per_min: _Title
    loss: _Title
    source: _Source


class Contrast(Section):
    """Something that was so then, to stand beside what a team did about it: `id` is what the engine looks for in the run."""

    id: _Deed
    title: _Title
    then: _Words
    source: _Source


class FaultSigns(Section):
    """Of one fault, by its id: `brief` is a sentence of what it was and where; `signs` are texts that first show it on a screen unasked, in the
    order in which they are named where they come at once; `checks` the levers whose answer shows it, where they name a server it sits on;
    `basis`: what of it is on record."""

    id: Annotated[str, Field(pattern=ID.pattern)]
    brief: _Words
    signs: _Ids = ()
    checks: _Ids = ()
    basis: Passage | None = None

    @model_validator(mode="after")
    def _words_can_be_filled(self) -> "FaultSigns":
        for _, name, _, _ in Formatter().parse(self.brief):
            if name is not None and name not in SAYS:
                raise ValueError(f"brief: {{{name}}}: expected one of {', '.join(SAYS)}")
        return self


class Epilogue(Section):
    """The whole of `epilogue.toml`. `lead`: how much of the morning is on record; `reading`: ways in which what is not known can be read;
    `model`: what the game leaves out or has set by hand."""

    lead: _Words | None = None
    passage: Annotated[tuple[Passage, ...], Field(max_length=16, strict=False)] = ()
    reading: Annotated[tuple[Reading, ...], Field(max_length=6, strict=False)] = ()
    lesson: Annotated[tuple[Contrast, ...], Field(max_length=5, strict=False)] = ()
    model: Annotated[tuple[_Words, ...], Field(max_length=10, strict=False)] = ()
    fault: Annotated[tuple[FaultSigns, ...], Field(max_length=40, strict=False)] = ()

    @model_validator(mode="after")
    def _each_once(self) -> "Epilogue":
        for what, ids in (("lesson", [one.id for one in self.lesson]), ("fault", [one.id for one in self.fault])):
            if len(set(ids)) < len(ids):
                raise ValueError(f"{what}: ids {', '.join(ids)}: expected each once")
        return self

    def of(self, fault: str) -> FaultSigns | None:
        """What is told of a fault."""
        return next((one for one in self.fault if one.id == fault), None)
