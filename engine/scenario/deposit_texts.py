"""The clearing house's calls in the course of the day: what they ask for, and what they say."""

from string import Formatter
from typing import Annotated

from pydantic import Field, ValidationInfo, model_validator

from engine.market_time import STEPS_PER_MINUTE
from engine.scenario.parts import Hour, Section, calendar_of
from engine.scenario.wordings import Wording, wording

_Text = Annotated[str, Field(min_length=1, max_length=400)]
_NAMES = {"called": {"missing", "less", "hm"}, "unmet": {"missing"}, "met": set[str]()}


class Deposit(Section):
    """At each of `calls` a share of what is held, long and short together, against the cash that is left; `minutes` to meet it. What it says
    may name {missing} dollars, and of a call {less}, to be held less by {hm}.
    """

    share: Annotated[float, Field(gt=0, le=1)]
    calls: Annotated[tuple[Hour, ...], Field(min_length=1, max_length=4, strict=False)]
    minutes: Annotated[int, Field(ge=5, le=240)]
    called: _Text
    unmet: _Text
    met: _Text

    @model_validator(mode="after")
    def _while_it_trades(self, info: ValidationInfo) -> "Deposit":
        calendar = calendar_of(info)
        for call in self.calls:
            if not calendar.open < calendar.step_at(call) <= calendar.close - self.minutes * STEPS_PER_MINUTE:
                raise ValueError(f"calls: {call}: expected a time after the open, {self.minutes} minutes or more before the close")
        return self

    @model_validator(mode="after")
    def _says_what_is_known(self) -> "Deposit":
        for key, text in self._texts():
            unknown = {name for _, name, _, _ in Formatter().parse(text) if name is not None} - _NAMES[key]
            if unknown:
                raise ValueError(f"{key}: {{{min(unknown)}}}: expected {', '.join(sorted(_NAMES[key])) or 'nothing'} in braces")
        return self

    def _texts(self) -> tuple[tuple[str, str], ...]:
        return ("called", self.called), ("unmet", self.unmet), ("met", self.met)

    def wordings(self) -> dict[str, Wording]:
        """What it says, by the texts' ids."""
        return {f"deposit:{key}": wording(text) for key, text in self._texts()}
