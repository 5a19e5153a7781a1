"""The sections of `scenario.toml` and the rows of its tables: every number with its bounds. `scenario.py` reads and joins them."""

import datetime
from collections.abc import Iterator
from functools import lru_cache
from string import Formatter
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, model_validator

from engine.arguments import Phrase, SaidText, Sentence, phrase, remark
from engine.events import DESKS, Desk
from engine.market_time import MOST_EVENINGS, Calendar
from engine.scenario.folders import ID
from engine.scenario.release_texts import Ticket


class Section(BaseModel):
    """A part of a scenario: frozen, nothing beside what is named, nothing converted."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def calendar_of(info: ValidationInfo) -> Calendar:
    """The scenario's calendar, by which what is validated now reads its times: whoever validates says which that is."""
    calendar = (info.context or {}).get("calendar")
    return calendar if isinstance(calendar, Calendar) else Calendar.of()


def _moment(text: str, info: ValidationInfo) -> str:
    if calendar_of(info).step_at(text) < 0:
        raise ValueError("expected a time of the day itself")
    return text


def _copied(text: str, info: ValidationInfo) -> str:
    calendar = calendar_of(info)
    if calendar.step_at(text) >= 0:
        raise ValueError(f"expected a time on an evening of the week, such as {calendar.example}")
    return text


def _evening(text: str, info: ValidationInfo) -> str:
    calendar = calendar_of(info)
    if not calendar.block <= calendar.step_at(text) <= calendar.end or calendar.step_at(text) % 20:
        raise ValueError(f"expected a time from {calendar.hm(calendar.block)} to {calendar.hm(calendar.end)}, in whole five seconds")
    return text


def _label(text: str) -> str:
    try:
        names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError:
        names = []
    if names != ["n"] or "{n}" not in text:
        raise ValueError("expected a name with {n} in it once, for the server's number, and no other braces")
    return text


_Moment = Annotated[str, AfterValidator(_moment), Field(description="a time of the day, such as 09:54")]
_Evening = Annotated[str, AfterValidator(_evening), Field(description="a time between the calendar's block and end, in whole five seconds")]
Copied = Annotated[
    str,
    Field(pattern=r"^\d{1,2} [A-Z][a-z]{2} \d{2}:\d{2}$", description="a time on an evening of the week, such as 27 Jul 18:30"),
    AfterValidator(_copied),
]
Hour = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="a time in whole minutes, such as 09:00")]
_Words = Annotated[str, Field(min_length=1, max_length=400)]
_Name = Annotated[str, Field(min_length=1, max_length=40)]
Positive = Annotated[int, Field(gt=0)]
Part = Annotated[float, Field(ge=0, le=1)]
Minutes = Annotated[float, Field(ge=0, le=480)]
Rate = Annotated[float, Field(gt=0, le=10_000)]


def _each_once(what: str, names: list[str]) -> None:
    """Raises ValueError when two have one name, whatever its capitals."""
    if len({name.casefold() for name in names}) < len(names):
        raise ValueError(f"{what}: names {', '.join(names)}: expected each once")


_COUNTED = (
    remark("one"), remark("two"), remark("three"), remark("four"), remark("five"), remark("six"), remark("seven"), remark("eight"),
)  # fmt: skip
Phase = Literal["deployment", "premarket", "bell", "unwind", "block"]
Behaviour = Literal["refuse", "route", "rlp", "power_peg", "stall", "oversize", "misprice", "duplicate"]


def desk_text(desk: str, part: Literal["title", "short"] = "title") -> str:
    """The id of what whoever sits at a desk is called."""
    return f"desk:{desk}.{part}"


class DeskTitle(Section):
    """What the firm calls whoever sits at a desk, as it stands within a sentence. `short`: where there is little room."""

    title: _Name
    short: Annotated[str, Field(min_length=1, max_length=12)] | None = None


class DeskTitles(Section):
    """The titles of the three desks, by their ids."""

    deployer: DeskTitle = DeskTitle(title="deployer")
    operator: DeskTitle = DeskTitle(title="operator")
    risk: DeskTitle = DeskTitle(title="risk manager", short="risk")


class MailSubjects(Section):
    """By what stands in the subjects of mails the autopilots know which they are; what is left out is not sent in this scenario.
    `briefing`: what the evenings are for, by desk; `changed`: somebody asks what was changed; both are whole subjects. `ticket`, `procedure`:
    a part of those that put the deployer in mind of a second pair of eyes, and of a procedure.
    """

    briefing: dict[Desk, _Name] = {}
    ticket: _Name | None = None
    procedure: _Name | None = None
    changed: _Name | None = None


class Told(Section):
    """What people call what the scenario is about. `firm`: whom the players work for; `system`: what sends the orders; `behaviours`: what
    a release does with an order, where that has a name of its own; `year`, `day`: when it was, in the heads of history's figures.
    """

    firm: Annotated[str, Field(min_length=1, max_length=100)] = "a firm that sends its clients' orders to the exchanges"
    system: _Name = "the router"
    behaviours: dict[Behaviour, _Name] = {}
    year: Annotated[str, Field(pattern=r"^\d{4}$")] | None = None
    day: _Name | None = None
    desks: DeskTitles = DeskTitles()
    subjects: MailSubjects = MailSubjects()

    def title(self, desk: str) -> str:
        """A desk's title within a sentence: "risk manager"."""
        return self._desk(desk).title

    def short(self, desk: str) -> str:
        """The same where there is little room: "risk"."""
        return self._desk(desk).short or self._desk(desk).title

    def called(self, desk: str, part: Literal["title", "short"] = "title") -> Sentence:
        """The same by its id, for a sentence that is told in a reader's language."""
        if desk in DESKS:
            return {"text": desk_text(desk, part), "values": {}}
        return phrase("facilitator") if desk == "facilitator" else desk

    def does(self, behaviour: Behaviour) -> SaidText:
        """What a release does with an order, by its id: its own word where it has no name."""
        return {"text": f"behaviour:{behaviour}", "values": {}}

    @property
    def deeds(self) -> dict[Behaviour, str]:
        """What a release does with an order, in a word, also where that has no name of its own."""
        return {one: self.behaviours.get(one, one) for one in get_args(Behaviour)}

    def wordings(self) -> Iterator[tuple[str, str]]:
        """(id, text) of what the desks are called, and of what a release does with an order."""
        yield from ((f"behaviour:{one}", word) for one, word in self.deeds.items())
        yield from ((desk_text(desk), self.title(desk)) for desk in DESKS)
        yield from ((desk_text(desk, "short"), self.short(desk)) for desk in DESKS)

    def _desk(self, desk: str) -> DeskTitle:
        return getattr(self.desks, desk) if desk in DESKS else DeskTitle.model_construct(title=desk)  # nobody's desk, such as "projector", or ""

    def fill(self, text: str) -> str:
        """A text with {system} and the desks' titles ({deployer}, {operator}, {risk}) filled in, in English, and all other braces left alone."""
        if "{" in text:
            for name, word in (("system", self.system), *((desk, self.title(desk)) for desk in DESKS)):
                text = text.replace(f"{{{name}}}", word)
        return text

    def phrase(self, text: str) -> Phrase:
        """A sentence of the code's own, with what `fill` would fill in as its values."""
        return _phrase(self.system, text)

    @property
    def process(self) -> str:
        """The name of its file on a server."""
        return self.system.split()[-1].lower()

    @property
    def past(self) -> str:
        """What history is headed with: its year, where it has one."""
        return self.year or "history"


@lru_cache(maxsize=1024)
def _phrase(system: str, text: str) -> Phrase:
    """The same sentence for whoever is told it: every look names every lever."""
    names = {"system": system, **{desk: {"text": desk_text(desk), "values": {}} for desk in DESKS}}
    return phrase(text, **{name: word for name, word in names.items() if f"{{{name}}}" in text})


class Days(Section):
    """Days and hours: `date`, the day itself; `evenings`, those of the week before it; when the day starts, when the new release has to be live
    (`due`), when the market closes, when banks begin to bid for the block, and when all is over. The market's `open` and `bell_end` say when
    it opens, and when the first and loudest stretch of it ends.
    """

    date: datetime.date = datetime.date(2012, 8, 1)
    evenings: Annotated[tuple[datetime.date, ...], Field(min_length=1, max_length=MOST_EVENINGS, strict=False)] = (
        datetime.date(2012, 7, 27), datetime.date(2012, 7, 30), datetime.date(2012, 7, 31),
    )  # fmt: skip
    evening_from: Hour = "18:00"
    evening_to: Hour = "21:00"
    start: Hour = "08:00"
    due: Hour = "10:00"
    close: Hour = "16:00"
    block: Hour = "18:30"
    end: Hour = "19:00"

    def calendar(self, opens: str, bell_end: str) -> Calendar:
        """The calendar that these and the market's two hours make. Raises ValueError naming the key that does not fit the others."""
        return Calendar.of(**{key: getattr(self, key) for key in type(self).model_fields}, open=opens, bell_end=bell_end)


class Fact(Section):
    """A figure of the record and what it counts."""

    of: _Name
    figure: _Name


class Door(Section):
    """How the start page offers a game for one on a scenario; the first `place` is what is played by default, and the first three are seen at
    once. `again`: it leads once somebody has played. `minutes`: how long a game for one takes, without the evenings; `level`: for whom it is;
    `teaches`: what is to be learned from it.
    """

    place: Annotated[int, Field(ge=1, le=20)]
    name: _Name
    line: Annotated[str, Field(min_length=1, max_length=120)]
    again: bool = False
    minutes: Annotated[int, Field(ge=1, le=120)] | None = None
    level: Literal["first", "usual", "hard"] | None = None
    teaches: Annotated[str, Field(min_length=1, max_length=90)] | None = None


class FrontPage(Section):
    """What the start page says where this is the scenario that is played by default, and its door there. It is no part of a run."""

    headline: Annotated[str, Field(min_length=1, max_length=80)] = "A morning on a trading floor"
    lead: _Words = (
        "Something goes wrong at the opening bell, and three desks have to find out what. Opening Bell plays that morning order by order, in a "
        "market that answers to what you do."
    )
    fact: Annotated[tuple[Fact, ...], Field(max_length=6, strict=False)] = ()
    door: Door | None = None


class Cash(Section):
    """What the firm starts the day with, and what trading costs it."""

    start_usd: Positive
    fee_share_hc: Annotated[int, Field(ge=0, le=10_000)]
    fee_sale_e7: Annotated[int, Field(ge=0, le=1_000_000)]


class Release(Section):
    """A build of the router's program: what it does with an order, by the order's flag."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
    built: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    hash: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    flag_clear: Behaviour
    flag_set: Behaviour
    flag_set_before_open: Behaviour
    flag: Annotated[str, Field(pattern=r"^[A-Z]$")] = "P"  # the one it reads
    build: Minutes | None = None  # of a hand, in the week: until then there is none


class Hotfix(Release):
    """A build for one server alone: what its note says of it, and the change that lets a server have it; its `title` may hold {server}."""

    note: Annotated[str, Field(min_length=1, max_length=400)]
    ticket: Ticket


class ServerFleet(Section):
    """The servers, the releases, and what the copies of the week did. `stale_seeds`: the server that the first copy missed, by seed; `copied`:
    what the copy tool recorded, one time a server; `deployed`: whether the evenings did that, or the release goes in on the day; `hotfix`: a
    build that one server may have on purpose.
    """

    servers: Annotated[int, Field(ge=1, le=8)]
    name: Annotated[str, Field(pattern=r"\{n\}"), AfterValidator(_label)]
    target: str
    reported: str
    flag: Annotated[str, Field(pattern=r"^[A-Z]$")] = "P"  # the one that clients set
    copied: Annotated[tuple[Copied, ...], Field(strict=False)]
    deployed: bool = True
    copies_an_evening: Positive
    stale_seeds: dict[str, int]
    release: Annotated[tuple[Release, ...], Field(min_length=1, strict=False)]
    hotfix: Hotfix | None = None

    @property
    def releases(self) -> dict[str, Release]:
        """Every build there is, by name: the releases, and behind them the one for a single server."""
        return {one.name: one for one in (*self.release, self.hotfix) if one}

    @property
    def many(self) -> str:
        """How many servers there are, in a word."""
        return _COUNTED[self.servers - 1]

    @model_validator(mode="after")
    def _releases_exist(self) -> "ServerFleet":
        names = [release.name for release in self.release]
        if len(self.releases) < len(names) + (self.hotfix is not None):
            raise ValueError(f"release and hotfix: {', '.join(names)}: expected each name once")
        for key in ("target", "reported"):
            if getattr(self, key) not in names:
                raise ValueError(f"{key} = {getattr(self, key)!r} is not a release: expected one of {', '.join(names)}")
        if len(self.copied) != self.servers:
            raise ValueError(f"copied names {len(self.copied)} times: expected {self.servers}, one a server")
        for evening in dict.fromkeys(at.rsplit(" ", 1)[0] for at in self.copied):
            many = sum(at.startswith(f"{evening} ") for at in self.copied)
            if many > self.copies_an_evening:
                raise ValueError(f"copied names {many} times on {evening}: expected at most copies_an_evening = {self.copies_an_evening}")
        for seed, server in self.stale_seeds.items():
            if not seed.isdigit() or not 1 <= server <= self.servers:
                raise ValueError(f"stale_seeds {seed} = {server}: expected a seed and a server from 1 to {self.servers}")
        return self


class Before(Section):
    """What the evenings have left where nobody plays them: the automation, the brokers' word and the plan to raise the flag by hand (with both
    it is on none of the orders as the day begins).
    """

    done: Annotated[tuple[Literal["automation", "brokers", "ramp"], ...], Field(strict=False)] = ()


class Broker(Section):
    """A broker that sends its clients' orders, and its share of them all."""

    name: _Name
    share: Annotated[float, Field(gt=0, le=1)]


class Flow(Section):
    """The orders that clients send: flagged ones before and after the open, and plain ones. Times are of history; the market does not know them.
    `broker`: who sends them, where that is told.
    """

    premarket_flagged: Annotated[int, Field(ge=0, le=100_000)]
    premarket_from: _Moment
    premarket_to: _Moment
    queued_flagged: Annotated[int, Field(ge=0, le=10_000)]
    flagged_per_min: Annotated[float, Field(ge=0, le=1000)]
    flagged_tau_min: Annotated[float, Field(gt=0)]
    flagged_last: _Moment
    flagged_day_per_min: Annotated[float, Field(ge=0, le=1000)] = 0.0  # beside it, from the end of the bell to the last
    history_rollback: _Moment
    history_short: Annotated[int, Field(ge=0)]
    rate_sd: Annotated[float, Field(ge=0, le=3)]
    rate_most: Rate
    partner_rate: Annotated[float, Field(ge=0.01, le=1)]
    plain_premarket_per_min: Annotated[float, Field(ge=0, le=10_000)]
    plain_bell_per_min: Annotated[float, Field(ge=0, le=10_000)]
    plain_day_per_min: Annotated[float, Field(ge=0, le=10_000)]
    large_share: Part
    large_adv_part: Positive
    large_most: Positive
    qty_lots: Annotated[int, Field(ge=1, le=100)]
    mends_min: Annotated[int, Field(ge=1, le=120)] = 6  # until a broker has mended its gateway, once it was told to look at it
    broker: Annotated[tuple[Broker, ...], Field(max_length=8, strict=False)] = ()

    @model_validator(mode="after")
    def _brokers_share_it(self) -> "Flow":
        _each_once("broker", [broker.name for broker in self.broker])
        total = sum(broker.share for broker in self.broker)
        if self.broker and abs(total - 1) > 1e-6:
            raise ValueError(f"broker: shares add up to {total:g}: expected 1")
        return self

    @model_validator(mode="after")
    def _times_are_in_order(self, info: ValidationInfo) -> "Flow":
        calendar = calendar_of(info)
        times = (self.premarket_from, self.premarket_to, self.flagged_last, self.history_rollback)
        first, until, last, rollback = map(calendar.step_at, times)
        if not first < until <= calendar.open:
            said = f"premarket_from = {self.premarket_from!r}, premarket_to = {self.premarket_to!r}"
            raise ValueError(f"{said}: expected two times up to the open, in order")
        if not calendar.open < last <= calendar.close:
            raise ValueError(f"flagged_last = {self.flagged_last!r}: expected a time between the open and the close")
        if not calendar.open < rollback <= calendar.close:
            raise ValueError(f"history_rollback = {self.history_rollback!r}: expected a time between the open and the close")
        return self


class Market(Section):
    """The market's day and its price law: resilience, impact, depth, jumps, circuit breakers, and the size of its arrays."""

    open: Hour
    bell_end: Hour
    tau_min: Annotated[float, Field(gt=0)]
    phi: Part
    impact_scale: Annotated[float, Field(ge=0, le=10)]
    depth_at: Positive
    depth_shares: Positive
    unit_lot: Positive
    levels: Annotated[int, Field(ge=1, le=64)]
    prepare: Part
    odd_lots: Annotated[int, Field(ge=0, le=256)]
    race: Part
    reply: Annotated[float, Field(ge=0, lt=1)]
    open_share: Part
    taker_shares: Positive
    jump_hazard: Part
    jump_from: Annotated[float, Field(ge=0)]
    jump_most: Annotated[float, Field(ge=0)]
    jump_s: Annotated[float, Field(ge=0)]
    jump_stubs: Annotated[int, Field(ge=0, le=64)]
    jump_stub_bp: Annotated[int, Field(ge=1, le=10_000)]
    breakers_from: _Moment
    breakers_to: _Moment
    breaker_active_bp: Positive
    breaker_other_bp: Positive
    breaker_penny_bp: Positive
    breaker_active_usd: Positive
    pause_s: Annotated[float, Field(ge=0)]
    ladder: Annotated[int, Field(ge=256, le=65_536)]
    pool: Annotated[int, Field(ge=64, le=16_384)]
    parents: Annotated[int, Field(ge=16, le=1024)]

    @model_validator(mode="after")
    def _times_are_of_the_session(self, info: ValidationInfo) -> "Market":
        calendar = calendar_of(info)
        first, until = calendar.step_at(self.breakers_from), calendar.step_at(self.breakers_to)
        if not calendar.open <= first < until <= calendar.close:
            said = f"breakers_from = {self.breakers_from!r}, breakers_to = {self.breakers_to!r}"
            raise ValueError(f"{said}: expected two times of the session, in order")
        return self


class Router(Section):
    """How fast and in what sizes children go out, what the faulty behaviours do, and how patient flattening works. `quote_usd`: what one of the
    firm's own offers is worth."""

    send_scale: Annotated[float, Field(gt=0, le=1)]
    route_per_s: Rate
    rest_s: Annotated[float, Field(ge=0)]
    wait_s: Annotated[float, Field(ge=0)]
    oversize_times: Positive
    misprice_bp: Positive
    cap_reopen: Part
    unwind_part: Part
    unwind_per_s: Rate
    quote_usd: Positive = 5_000


class Monitor(Section):
    """How late the position monitor is, when client fills are allocated, and the limit of account 33."""

    calm_lag_s: Annotated[int, Field(ge=0, le=300)]
    busy_from_per_s: Positive
    lag_least_s: Annotated[int, Field(ge=0, le=300)]
    lag_most_s: Annotated[int, Field(ge=0, le=300)]
    lag_full_per_s: Positive
    allocate_min: Positive
    account_limit_usd: Positive


class Session(Section):
    """The firm's session with an exchange."""

    name: _Name


class Exchange(Section):
    """When executions may be busted, and when surveillance calls. `bust_part`: how much of what is busted is cancelled, for some has been passed
    on by then; `quotes_listed`: whether the firm's own offers are in the exchange's market, so that it may bust those sales too. `session`:
    where orders are sent, where that is told."""

    bust_bp: Positive
    bust_request_min: Positive
    bust_ruling_min: Positive
    bust_part: Part = 1.0
    quotes_listed: bool = False
    call_ratio: Annotated[float, Field(gt=0)]
    call_after_s: Positive
    cut_until: _Moment
    session: Annotated[tuple[Session, ...], Field(max_length=4, strict=False)] = ()

    @model_validator(mode="after")
    def _sessions_have_names(self) -> "Exchange":
        _each_once("session", [session.name for session in self.session])
        return self

    @model_validator(mode="after")
    def _let_in_while_it_trades(self, info: ValidationInfo) -> "Exchange":
        calendar = calendar_of(info)
        if not calendar.open < calendar.step_at(self.cut_until) <= calendar.close:
            raise ValueError(f"cut_until = {self.cut_until!r}: expected a time between the open and the close")
        return self


class BlockBid(Section):
    """A bank's bid for the block: the formula's discount and `more`, from one moment of the evening until another."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)

    id: Annotated[str, Field(pattern=ID.pattern)]
    bank: _Words
    from_: _Evening = Field(alias="from")
    until: _Evening
    more: Part
    says: _Words

    @model_validator(mode="after")
    def _lasts(self, info: ValidationInfo) -> "BlockBid":
        calendar = calendar_of(info)
        if calendar.step_at(self.from_) >= calendar.step_at(self.until):
            raise ValueError(f"from = {self.from_!r}, until = {self.until!r}: expected a bid that lasts")
        return self


def bid_text(bid: str) -> str:
    """The id of what a bank says with its bid."""
    return f"bid:{bid}.says"


def offer_text(offer: str) -> str:
    """The id of what a lender says with an offer."""
    return f"offer:{offer}.says"


COUNTERED = {True: "block:says_better", False: "block:says_worse"}  # ids of what the last bank says to being asked for better: it is, or not


class Block(Section):
    """The block sale in the evening: discount = base + slope sqrt(gross / at), what the day's own unwind costs, and the banks' bids."""

    base: Part
    slope: Part
    at_usd: Positive
    today_share: Part
    today_cost: Part
    today_at_usd: Positive
    credit_usd: Annotated[int, Field(ge=0)]
    counter: Part
    says_better: _Words
    says_worse: _Words
    bid: Annotated[tuple[BlockBid, ...], Field(min_length=1, strict=False)]

    def wordings(self) -> Iterator[tuple[str, str]]:
        """(id, text) of what banks say."""
        yield from ((bid_text(bid.id), bid.says) for bid in self.bid)
        yield from ((COUNTERED[True], self.says_better), (COUNTERED[False], self.says_worse))

    @model_validator(mode="after")
    def _the_last_bid_stands_until_the_end(self, info: ValidationInfo) -> "Block":
        calendar = calendar_of(info)
        ids, last = [bid.id for bid in self.bid], self.bid[-1]
        if len(set(ids)) < len(ids):
            raise ValueError(f"bid ids {', '.join(ids)}: expected each once")
        if calendar.step_at(last.until) != calendar.end:
            raise ValueError(f"bid {last.id}: until = {last.until!r}: expected {calendar.hm(calendar.end)}, the last bid is the one that stands")
        if any(calendar.step_at(bid.from_) > calendar.step_at(last.from_) for bid in self.bid):
            raise ValueError(f"bid {last.id}: from = {last.from_!r}: expected no bid after it")
        return self


class CapitalOffer(Section):
    """Somebody who would buy into the firm: `price` is what a dollar of the firm's worth is to them."""

    id: Annotated[str, Field(pattern=ID.pattern)]
    lender: _Words
    amount_usd: Positive
    price: Annotated[float, Field(gt=0, le=10)]
    says: _Words


class Capital(Section):
    """What the firm is worth to those who would buy into it."""

    worth_usd: Positive
    worth_lost: Annotated[float, Field(ge=0, le=10)]
    worth_least_usd: Positive
    offer: Annotated[tuple[CapitalOffer, ...], Field(strict=False)]

    def wordings(self) -> Iterator[tuple[str, str]]:
        """(id, text) of what lenders say."""
        yield from ((offer_text(offer.id), offer.says) for offer in self.offer)

    @model_validator(mode="after")
    def _each_once(self) -> "Capital":
        ids = [offer.id for offer in self.offer]
        if len(set(ids)) < len(ids):
            raise ValueError(f"offer ids {', '.join(ids)}: expected each once")
        return self


class Costs(Section):
    """What else counts as loss. A share x of the day's client orders that is not routed within a minute costs `day_revenue_usd` x +
    `franchise_usd` x^2: an order of a client who was told counts as `told`, one that was turned away as `rejected`. `server_minute_usd`: a
    server that is down for a minute at the open, `after_bell` of it at any other time. `rlp_late_usd`: the new order type not live on any
    server from when it is due to the close; `cut_off_usd`: a cut by the exchanges while positions grow by `cut_full_usd` in five minutes.
    `yardstick_usd`: what closing for the day costs, the least that a grade is measured against.
    """

    day_revenue_usd: Annotated[int, Field(ge=0)]
    franchise_usd: Annotated[int, Field(ge=0)]
    told: Annotated[float, Field(ge=0, le=1)]
    rejected: Annotated[float, Field(ge=1, le=5)]
    server_minute_usd: Annotated[int, Field(ge=0)]
    after_bell: Part
    away_share: Part
    hand_hour_usd: Annotated[int, Field(ge=0)]
    rlp_late_usd: Annotated[int, Field(ge=0)]
    cut_off_usd: Annotated[int, Field(ge=0)]
    cut_full_usd: Annotated[int, Field(ge=1)]
    yardstick_usd: Annotated[int, Field(ge=1_000_000)]


class Cause(Section):
    """Something that may be wrong."""

    id: Annotated[str, Field(pattern=ID.pattern)]
    label: Annotated[str, Field(min_length=8, max_length=120)]


class Diagnosis(Section):
    """What a desk may declare, in no order of its own; which is right the fault says."""

    cause: Annotated[tuple[Cause, ...], Field(min_length=2, strict=False)]

    @model_validator(mode="after")
    def _each_once(self) -> "Diagnosis":
        ids = [cause.id for cause in self.cause]
        if len(set(ids)) != len(ids):
            raise ValueError(f"causes {', '.join(ids)}: expected each id once")
        return self


class EveningHands(Section):
    """Hands of each desk."""

    deployer: Positive
    operator: Positive
    risk: Positive


class Hands(EveningHands):
    """Hands of each desk on the day, and on an evening of the week."""

    evening: EveningHands


class Holes(Section):
    """Chance that a control which was built and not tested has a hole."""

    hole: Part
    of: dict[str, Part]
    hold_s: Annotated[int, Field(ge=5, multiple_of=5)]  # how long a person takes to let a held parent go

    def chance(self, name: str) -> float:
        """Of one control."""
        return self.of.get(name, self.hole)


class LeverNumbers(Section):
    """What a lever takes: hands (0: the phone), minutes of market time; `each`: for every server named.

    `evening`: minutes on an evening of the week, where it can be used at all; `evening_hands`: of which desks, the one that gives it first;
    `evening_held`: minutes after which a desk has its hand back, where that is before the end; `tonight`: what is not over by 21:00 is
    cut off; without it, it goes on on the next evening. `automated`: minutes for all servers of the inventory once there is automation.
    `phases`: when it may be started, where that is not always.
    """

    hands: Annotated[int, Field(ge=0, le=4)]
    minutes: Minutes
    premarket: Minutes | None = None
    built: Minutes | None = None
    all_minutes: Minutes | None = None
    shared: Annotated[int, Field(ge=1, le=4)] = 1
    each: bool = False
    only_built: bool = False
    automated: Minutes | None = None
    evening: Minutes | None = None
    evening_hands: dict[Desk, Annotated[int, Field(ge=1, le=4)]] = {}
    evening_held: dict[Desk, Minutes] = {}
    tonight: bool = False
    phases: Annotated[tuple[Phase, ...], Field(strict=False)] = ()
    price_usd: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _of_an_evening_only_with_one(self) -> "LeverNumbers":
        said = [key for key in ("evening_hands", "evening_held", "tonight") if getattr(self, key)]
        if said and self.evening is None:
            raise ValueError(f"{said[0]} without evening: expected the minutes on an evening beside it")
        strangers = [desk for desk in self.evening_held if desk not in self.evening_hands]
        if strangers:
            raise ValueError(f"evening_held of {strangers[0]}: expected a desk of evening_hands")
        return self

    def held(self, giver: str, minutes: float) -> list[tuple[str, int, float]]:
        """(desk, hands, minutes until it has them back) of the week, where the lever takes so many minutes; `giver`: the desk that gives it."""
        ends = {str(desk): held for desk, held in self.evening_held.items()}
        hands = {str(desk): count for desk, count in self.evening_hands.items()} or {giver: self.hands}
        return [(desk, count, ends.get(desk, minutes)) for desk, count in hands.items()]


class SymbolRow(Section):
    """One stock: the company, opening price, average daily volume, and the numbers of the price law, as integers."""

    symbol: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9.]{0,7}$")]
    name: _Name | None = None  # data from before the column has none
    adv_shares: Annotated[int, Field(ge=1000, le=1_000_000_000)]
    price_hc: Annotated[int, Field(ge=100, le=100_000_000)]
    daily_vol_e8: Annotated[int, Field(gt=0, le=100_000_000)]
    impact_y_e6: Annotated[int, Field(ge=0, le=100_000_000)]
    half_spread_e10: Annotated[int, Field(gt=0, le=1_000_000_000)]
    rate_e6: Annotated[int, Field(gt=0, le=1_000_000_000)]


class ParentRow(Section):
    """One flagged parent of the default seed, in order of activation."""

    n: Positive
    symbol: str
    side: Literal["BUY", "SELL"]
    rate_e6: Annotated[int, Field(gt=0, le=1_000_000_000)]
    start_ms: Annotated[int, Field(ge=0)] | None
    server: Annotated[int, Field(ge=1, le=8)] | None
