"""Shapes of the entries in a scenario's injects.toml: what a facilitator has ready to add to a run.

`evidence_texts` reads the file; `injects` delivers.
"""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field, model_validator

from engine.arguments import Args, Play, SaidText
from engine.events import DESKS, Desk
from engine.scenario.acts import parse_act
from engine.scenario.evidence_models import Frozen, Group, Reply, Text

Kind = Literal["mail", "call", "rumour", "crash", "technician", "exchange", "data", "press", "regulator"]
Parameter = Literal["server", "minutes", "text"]
SAMPLE = {"server": 1, "minutes": 10, "text": "text"}  # of the parameters that an entry takes
MINUTES = 120


class Spoken(Frozen):
    """Words for one desk, or for every desk that is chosen."""

    desk: Desk | Literal["chosen"]

    def to(self, chosen: Iterable[str]) -> list[str]:
        """Those of the desks that the inject goes to which these words are for."""
        return [desk for desk in chosen if self.desk in (desk, "chosen")]


class InjectMail(Spoken):
    """A mail to a desk, or to every desk that is chosen."""

    sender: Text
    subject: Text
    body: Text
    group: Group = "people"


class InjectAlert(Spoken):
    """An alert at a desk, or at every desk that is chosen."""

    text: Text


class InjectCall(Frozen):
    """A call of the inject's own."""

    desk: Desk
    caller: Text
    number: Text
    opening: Text
    ring_s: int = Field(ge=5, le=3600)
    replies: tuple[Reply, ...] = Field(min_length=2, strict=False)


class InjectText(Frozen):
    """A ready inject. `effect` tells the facilitator what it changes, beyond its words.

    Words and acts may name what it `takes`: {server}, {minutes}, {text} (the facilitator's own words in place of `text`), and acts
    {desk}: those are done for every desk that is chosen. `rings`: a call of the scenario's comes now, whatever its conditions, with
    `opening` in place of its own. `talk_only`: nothing of it reaches the market, hands or what is measured.
    """

    id: Annotated[str, Field(pattern=r"^[a-z]+(_[a-z]+)*$")]
    kind: Kind
    title: Annotated[str, Field(min_length=1, max_length=60)]
    effect: Text
    takes: tuple[Parameter, ...] = Field(default=(), strict=False)
    minutes: int = Field(default=15, ge=1, le=MINUTES)
    text: str = ""
    mail: tuple[InjectMail, ...] = Field(default=(), strict=False)
    alert: tuple[InjectAlert, ...] = Field(default=(), strict=False)
    call: InjectCall | None = None
    rings: str | None = None
    opening: Text | None = None
    headline: Text | None = None
    does: tuple[str, ...] = Field(default=(), strict=False)
    talk_only: bool = False

    @model_validator(mode="after")
    def _says_what_it_is(self) -> "InjectText":
        for act in self.does:
            try:
                parse_act(act.format(desk=DESKS[0], **{name: SAMPLE[name] for name in self.takes}))
            except (ValueError, IndexError) as error:
                raise ValueError(f"does = {act!r}: expected {error}") from None
            except KeyError as error:
                raise ValueError(f"does = {act!r}: names {error}, expected only desk and what it takes") from None
        if self.talk_only and (self.does or self.call or self.rings):
            raise ValueError("talk_only: expected no acts and no call, whose replies may have some")
        if not (self.does or self.mail or self.alert or self.call or self.rings or self.headline):
            raise ValueError("says and does nothing: expected mail, alert, call, rings, headline or does")
        if bool("text" in self.takes) is not bool(self.text):
            raise ValueError(f"text = {self.text[:40]!r}: expected words of its own where it takes text, and only there")
        if self.call and self.rings:
            raise ValueError("call and rings: expected one of the two")
        return self

    def said(self, part: Literal["title", "text"]) -> SaidText:
        """What it is called, or the words that the facilitator's own may stand for, by its id."""
        return {"text": f"inject:{self.id}.{part}", "values": {}}

    def acts(self, row: Args | Play) -> list[str]:
        """What it does, with the parameters of a play (server, minutes, desks) in it."""
        found = []
        for act in self.does:
            desks = row["desks"] if "{desk}" in act else ("",)
            found += [act.format(server=row["server"], minutes=row["minutes"], desk=desk) for desk in desks]
        return found

    @property
    def per_desk(self) -> bool:
        """Whether what it does is done to every desk that is chosen."""
        return any("{desk}" in act for act in self.does)

    def reaches(self, call_desk: str | None) -> list[str]:
        """The desks that it can go to; `call_desk`: of the scenario's call that it rings. None: nobody is told anything."""
        spoken = {words.desk for words in (*self.mail, *self.alert)} | {self.call.desk if self.call else call_desk}
        return [desk for desk in DESKS if desk in spoken or "chosen" in spoken or self.per_desk]
