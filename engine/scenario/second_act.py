"""What may come beside the morning's own fault: a scenario's `second-act.toml`. The seed draws one for every team, and when it begins.

What is said of it stands in `[[state]]`, `[[call]]` and `[[headline]]` of the same file, under the condition `act ID`; what an answer costs
stands with the reply, or with the mail that comes of it.
"""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from engine.scenario.folders import ID
from engine.scenario.parts import Section
from engine.scenario.wordings import Wording, act_text, literal, wording

SAID = ("state", "call", "headline")  # tables of the file that are read with the evidence
_Line = Annotated[str, Field(min_length=8, max_length=400)]


class ActText(Section):
    """One smaller event. `mechanism` with `strength` and `lasts_min`: what it does to the market, at a place that the seed draws; without one
    it is what people say. `story` and `epilogue` are for the story and the debrief: what it was, and what would have been best; they may name
    the {place}.
    """

    id: Annotated[str, Field(pattern=ID.pattern)]
    weight: Annotated[int, Field(ge=1, le=1000)] = 1
    mechanism: Literal["broker-replay", "stuck-sessions", "stale-reference"] | None = None
    strength: Annotated[float, Field(gt=0, le=10_000)] | None = None
    lasts_min: Annotated[int, Field(ge=1, le=30)] | None = None
    story: _Line
    epilogue: _Line

    @model_validator(mode="after")
    def _numbers_belong_to_a_mechanism(self) -> "ActText":
        if {self.mechanism is None, self.strength is None, self.lasts_min is None} != {self.mechanism is None}:
            raise ValueError(f"act {self.id!r}: expected mechanism, strength and lasts_min together, or none of them")
        return self


def _with_place(text: str) -> str:
    return literal(text).replace("{{place}}", "{place}")


class SecondActs(Section):
    """Those there are; a scenario without any has no second act."""

    act: Annotated[tuple[ActText, ...], Field(strict=False)] = ()

    def wordings(self) -> Iterator[tuple[str, Wording]]:
        """(id, text) of what is told of each."""
        for act in self.act:
            yield act_text(act.id), wording(_with_place(act.story))
            yield act_text(act.id, "epilogue"), wording(_with_place(act.epilogue))

    @model_validator(mode="after")
    def _each_once(self) -> "SecondActs":
        ids = [act.id for act in self.act]
        if len(set(ids)) < len(ids):
            raise ValueError(f"acts {', '.join(ids)}: expected each id once")
        return self
