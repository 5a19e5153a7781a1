"""What can be wrong on a morning: a scenario's `faults.toml`. One fault that is always the same, or a deck from which the seed draws one.

A fault is data; the mechanisms it may name are code (`engine/market/faults.py`). What people and machines say of it they say of the run's
state, in `[[state]]`, `[[call]]`, `[[headline]]` and `[[hint]]` of the same file, and never of the fault: those are read with the texts.
"""

from string import Formatter
from typing import Annotated, Literal

from pydantic import Field, model_validator

from engine.scenario.folders import ID
from engine.scenario.parts import Part, Section

Mechanism = Literal[
    "stale-release", "stale-process", "mirror", "defective-release", "market-wide", "stale-config", "broker-replay", "stuck-sessions",
    "stale-reference", "overloaded-flag",
]  # fmt: skip
BEGINS = ("broker-replay", "stuck-sessions", "stale-reference")  # in the course of the day
SAYS = ("server", "other", "servers", "where", "brokers", "one_in", "times", "before", "per_min")  # what story and epilogue are filled with
STRENGTHS = {"market-wide": (1.0, 10.0), "broker-replay": (1.0, 10_000.0)}  # of the others a share
IN_STOCKS = ("market-wide", "stale-reference")
MOST_QUOTED = 5  # stocks of stale-reference
NOTICED = ("state", "call", "headline", "hint")  # tables of the file that are read with the evidence


_Share = Annotated[float, Field(ge=0.001, le=1)]


class SecondFault(Section):
    """A second fault on another server: a config that was left there, the same share of whose orders meets it."""

    mechanism: Literal["stale-config"]
    cause: str
    version: str


class FaultText(Section):
    """Something that is wrong. `strength` is drawn between its two figures, evenly on a logarithmic scale: the share of flagged orders that
    meet it (of `stale-config` the share of all of that server's), of `market-wide` how many times as much is traded, of `broker-replay` orders a
    minute, of `stale-reference` how often our offers are taken, and of `stuck-sessions` nothing. `stocks`: how many it is in. `beside`: what
    else is wrong. `version`: of the config that was left. `clean_before`: the chance that the release before has not the
    same defect. `onset`: when what begins in the course of the day does, and `lasts_min` the minutes after which it ends by itself, where it
    does. `leaves`: when the brokers of `overloaded-flag` do. `story` and `epilogue` are for the debrief: what it was, and what would have helped.
    """

    id: Annotated[str, Field(pattern=ID.pattern)]
    mechanism: Mechanism
    weight: Annotated[int, Field(ge=1, le=1000)] = 1
    cause: str
    strength: Annotated[tuple[float, float], Field(strict=False)] = (1.0, 1.0)
    stocks: Annotated[int, Field(ge=1)] | None = None
    version: str | None = None
    clean_before: Part = 0.0
    onset: Annotated[str, Field(pattern=r"^\d{2}:\d{2}$")] | None = None
    leaves: Annotated[str, Field(pattern=r"^\d{2}:\d{2}$")] | None = None
    lasts_min: Annotated[int, Field(ge=1, le=390)] | None = None
    beside: SecondFault | None = None
    story: Annotated[str, Field(min_length=8)]
    epilogue: Annotated[str, Field(min_length=8)]

    @model_validator(mode="after")
    def _strength_is_a_range(self) -> "FaultText":
        least, most = self.strength
        low, high = STRENGTHS.get(self.mechanism, (0.001, 1.0))
        if not low <= least <= most <= high:
            raise ValueError(f"strength = {[least, most]}: expected two numbers from {low:g} to {high:g}, the smaller first")
        return self

    @model_validator(mode="after")
    def _parameters_belong_to_it(self) -> "FaultText":
        if (self.stocks is not None) is not (self.mechanism in IN_STOCKS):
            raise ValueError(f"stocks = {self.stocks}: expected a number of {', '.join(IN_STOCKS)}, and of nothing else")
        if self.mechanism == "stale-reference" and self.stocks not in range(1, MOST_QUOTED + 1):
            raise ValueError(f"stocks = {self.stocks}: expected 1 to {MOST_QUOTED} of stale-reference")
        if self.beside and self.mechanism != "stale-release":
            raise ValueError("beside: expected of stale-release alone")
        if (self.version is not None) is not (self.mechanism == "stale-config"):
            raise ValueError(f"version = {self.version!r}: expected one of stale-config, and of nothing else")
        if (self.onset is not None) is not (self.mechanism in BEGINS):
            raise ValueError(f"onset = {self.onset!r}: expected a time of {', '.join(BEGINS)}, and of nothing else")
        if (self.leaves is not None) is not (self.mechanism == "overloaded-flag"):
            raise ValueError(f"leaves = {self.leaves!r}: expected a time of overloaded-flag, and of nothing else")
        if self.lasts_min is not None and self.onset is None:
            raise ValueError(f"lasts_min = {self.lasts_min}: expected of what has an onset alone")
        if self.clean_before and self.mechanism != "defective-release":
            raise ValueError(f"clean_before = {self.clean_before}: expected of defective-release alone")
        return self

    @model_validator(mode="after")
    def _words_can_be_filled(self) -> "FaultText":
        for key in ("story", "epilogue"):
            for _, name, _, _ in Formatter().parse(getattr(self, key)):
                if name is not None and name not in SAYS:
                    raise ValueError(f"{key}: {{{name}}}: expected one of {', '.join(SAYS)}")
        return self


class Benign(Section):
    """What is out of the ordinary and does no harm, drawn by itself whatever the fault is: the chance that a forgotten host mails rejects, and
    the least and the greatest share of one server's flagged orders that it gets; the chance that a server has another config on purpose, and
    the same of reference data, the first version that has a ticket, and of the fleet's hotfix.
    """

    mirror: Part = 0.0
    agreed: Part = 0.0
    strength: Annotated[tuple[_Share, _Share], Field(strict=False)] = (1.0, 1.0)

    @model_validator(mode="after")
    def _strength_is_a_range(self) -> "Benign":
        if self.strength[0] > self.strength[1]:
            raise ValueError(f"strength = {list(self.strength)}: expected the smaller first")
        return self


class Faults(Section):
    """What can be wrong: one fault, or a deck."""

    fault: Annotated[tuple[FaultText, ...], Field(min_length=1, strict=False)]
    benign: Benign = Benign()

    @model_validator(mode="after")
    def _each_once(self) -> "Faults":
        ids = [fault.id for fault in self.fault]
        if len(set(ids)) != len(ids):
            raise ValueError(f"faults {', '.join(ids)}: expected each id once")
        return self

    @property
    def deck(self) -> bool:
        """Whether the seed draws one, so that nobody may be told which before the end."""
        return len(self.fault) > 1
