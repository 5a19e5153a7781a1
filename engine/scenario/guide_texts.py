"""A guide through a scenario, for somebody who plays it to learn: `guide.toml`, steps in their order, each at one desk.

A step says what to do and why, never what will be found. It is done once the run says so: each line of `done` is a comparison of one of
FACTS, or several with `or` between them, and all of them hold at once.
"""

import operator
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from engine.events import Desk
from engine.scenario.folders import ID
from engine.scenario.parts import Section

# What a step may wait for; `engine/firm/guide.py` says how each is found. All of it stands on some desk's cards, or was asked for.
FACTS = ("recorded", "hashed", "alike", "asked", "approved", "restarted", "open", "flag_percent", "looked", "shared")
_COMPARES: dict[str, Callable[[int, int], bool]] = {">=": operator.ge, "==": operator.eq, "<=": operator.le}
_LINE = re.compile(r"(\w+) (>=|==|<=) (\d+)")
Reads = Callable[[str], int]


@lru_cache(maxsize=128)
def _comparison(text: str) -> Callable[[Reads], bool]:
    match = _LINE.fullmatch(text.strip())
    if not match or match[1] not in FACTS:
        raise ValueError(f"{text.strip()!r}: expected a comparison such as 'hashed >= 8' of one of {', '.join(FACTS)}")
    fact, compare, limit = match[1], _COMPARES[match[2]], int(match[3])
    return lambda reads: compare(reads(fact), limit)


def holds(line: str, reads: Reads) -> bool:
    """Whether a line of `done` holds, by what `reads` says of a fact. Raises ValueError where it cannot be read."""
    comparisons = [_comparison(part) for part in line.split(" or ")]
    return any(compare(reads) for compare in comparisons)


class GuideStep(Section):
    """One thing to do: at which desk, in a few words and in a sentence or two, the lever that does it and the card to look at, and what it is
    done by. `args`: the lever's arguments, where they give nothing away; `"all"` servers and `"target"`, the release to be deployed.
    """

    id: Annotated[str, Field(pattern=ID.pattern)]
    desk: Desk
    title: Annotated[str, Field(min_length=4, max_length=60)]
    text: Annotated[str, Field(min_length=20, max_length=320)]
    card: Annotated[str, Field(pattern=r"^[a-z]+$")] | None = None
    lever: str | None = None
    args: dict[str, str | int] = {}
    done: Annotated[tuple[str, ...], Field(min_length=1, strict=False)]

    @field_validator("done")
    @classmethod
    def _can_be_read(cls, lines: tuple[str, ...]) -> tuple[str, ...]:
        for line in lines:
            holds(line, lambda _: 0)
        return lines


class GuideTexts(Section):
    """The steps, and what is said after the last one; a scenario without any has no guide."""

    step: Annotated[tuple[GuideStep, ...], Field(max_length=24, strict=False)] = ()
    after: Annotated[str, Field(max_length=320)] = ""

    @model_validator(mode="after")
    def _each_once(self) -> "GuideTexts":
        ids = [step.id for step in self.step]
        if len(set(ids)) < len(ids):
            raise ValueError(f"steps {', '.join(ids)}: expected each id once")
        return self

    def wordings(self) -> Iterator[tuple[str, str]]:
        """(id, text) of all that it says."""
        for step in self.step:
            yield guide_text(step.id, "title"), step.title
            yield guide_text(step.id, "text"), step.text
        if self.after:
            yield guide_text("after", "text"), self.after


def guide_text(step: str, part: str) -> str:
    """The id of what a guide says."""
    return f"guide:{step}.{part}"
