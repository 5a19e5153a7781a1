"""The sections of `scenario.toml` and the rows of its tables: every number with its bounds. `scenario.py` reads and joins them."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from engine import market_time

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Section(BaseModel):
    """A part of a scenario: frozen, nothing beside what is named, nothing converted."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _moment(text: str) -> str:
    if market_time.step_at(text) < 0:
        raise ValueError("expected a time of the day itself")
    return text


def _copied(text: str) -> str:
    if market_time.step_at(text) >= 0:
        raise ValueError("expected a time on an evening of the week, such as 27 Jul 18:30")
    return text


def _evening(text: str) -> str:
    if not market_time.BLOCK <= market_time.step_at(text) <= market_time.END or market_time.step_at(text) % 20:
        raise ValueError("expected a time from 18:30 to 19:00, in whole five seconds")
    return text


Moment = Annotated[str, AfterValidator(_moment)]
Evening = Annotated[str, AfterValidator(_evening)]
Words = Annotated[str, Field(min_length=1, max_length=400)]
Positive = Annotated[int, Field(gt=0)]
Part = Annotated[float, Field(ge=0, le=1)]
Minutes = Annotated[float, Field(ge=0, le=480)]
Rate = Annotated[float, Field(gt=0, le=10_000)]
PerMinute = tuple[Annotated[float, Field(ge=0)], Annotated[float, Field(ge=0)], Annotated[float, Field(ge=0)]]
Desk = Literal["deployer", "operator", "risk"]
Phase = Literal["deployment", "premarket", "bell", "unwind", "block"]
Behaviour = Literal["refuse", "route", "rlp", "power_peg", "stall", "oversize", "misprice", "duplicate"]


class Cash(Section):
    start_usd: Positive
    fee_share_hc: Annotated[int, Field(ge=0, le=10_000)]
    fee_sale_e7: Annotated[int, Field(ge=0, le=1_000_000)]


class Release(Section):
    """A build of SMARS: what it does with an order, by the order's flag."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
    built: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    hash: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    flag_clear: Behaviour
    flag_set: Behaviour
    flag_set_before_open: Behaviour
    flag: Annotated[str, Field(pattern=r"^[A-Z]$")] = "P"  # the one it reads
    build: Minutes | None = None  # of a hand, in the week: until then there is none


class Fleet(Section):
    servers: Annotated[int, Field(ge=1, le=8)]
    name: Annotated[str, Field(pattern=r"\{n\}")]
    target: str
    reported: str
    flag: Annotated[str, Field(pattern=r"^[A-Z]$")] = "P"  # the one that clients set
    copied: Annotated[tuple[Annotated[str, Field(pattern=r"^\d{2} [A-Z][a-z]{2} \d{2}:\d{2}$"), AfterValidator(_copied)], ...], Field(strict=False)]
    copies_an_evening: Positive
    stale_seeds: dict[str, int]
    release: Annotated[tuple[Release, ...], Field(min_length=1, strict=False)]
    copies_arrive: bool = False  # every first copy by hand too
    mirror: bool = False  # a host outside of the fleet, on the oldest release, gets a part of the flagged orders before the open as well

    @model_validator(mode="after")
    def _releases_exist(self) -> "Fleet":
        names = [release.name for release in self.release]
        for key in ("target", "reported"):
            if getattr(self, key) not in names:
                raise ValueError(f"{key} = {getattr(self, key)!r} is not a release: expected one of {', '.join(names)}")
        if len(self.copied) != self.servers:
            raise ValueError(f"copied names {len(self.copied)} times: expected {self.servers}, one a server")
        for seed, server in self.stale_seeds.items():
            if not seed.isdigit() or not 1 <= server <= self.servers:
                raise ValueError(f"stale_seeds {seed} = {server}: expected a seed and a server from 1 to {self.servers}")
        return self


class Flow(Section):
    premarket_flagged: Annotated[int, Field(ge=0, le=100_000)]
    premarket_from: Moment
    premarket_to: Moment
    queued_flagged: Annotated[int, Field(ge=0, le=10_000)]
    flagged_per_min: Annotated[float, Field(ge=0, le=1000)]
    flagged_tau_min: Annotated[float, Field(gt=0)]
    flagged_last: Moment
    history_rollback: Moment
    history_short: Annotated[int, Field(ge=0)]
    rate_sd: Annotated[float, Field(ge=0, le=3)]
    rate_most: Rate
    partner_rate: Part
    plain_premarket_per_min: Annotated[float, Field(ge=0, le=10_000)]
    plain_bell_per_min: Annotated[float, Field(ge=0, le=10_000)]
    plain_day_per_min: Annotated[float, Field(ge=0, le=10_000)]
    large_share: Part
    large_adv_part: Positive
    large_most: Positive
    qty_lots: Annotated[int, Field(ge=1, le=100)]


class Market(Section):
    open: Moment
    bell_end: Moment
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
    breakers_from: Moment
    breakers_to: Moment
    breaker_active_bp: Positive
    breaker_other_bp: Positive
    breaker_penny_bp: Positive
    breaker_active_usd: Positive
    pause_s: Annotated[float, Field(ge=0)]
    ladder: Annotated[int, Field(ge=256, le=65_536)]
    pool: Annotated[int, Field(ge=64, le=16_384)]
    parents: Annotated[int, Field(ge=16, le=1024)]


class Router(Section):
    send_scale: Annotated[float, Field(gt=0, le=1)]
    route_per_s: Rate
    rest_s: Annotated[float, Field(ge=0)]
    wait_s: Annotated[float, Field(ge=0)]
    oversize_times: Positive
    misprice_bp: Positive
    cap_reopen: Part
    unwind_part: Part
    unwind_per_s: Rate


class Monitor(Section):
    calm_lag_s: Annotated[int, Field(ge=0, le=300)]
    busy_from_per_s: Positive
    lag_least_s: Annotated[int, Field(ge=0, le=300)]
    lag_most_s: Annotated[int, Field(ge=0, le=300)]
    lag_full_per_s: Positive
    allocate_min: Positive
    account_limit_usd: Positive


class Exchange(Section):
    bust_bp: Positive
    bust_request_min: Positive
    bust_ruling_min: Positive
    call_ratio: Annotated[float, Field(gt=0)]
    call_after_s: Positive
    cut_until: Moment


class BlockBid(Section):
    """A bank's bid for the block: the formula's discount and `more`, from one moment of the evening until another."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)

    id: Annotated[str, Field(pattern=ID.pattern)]
    bank: Words
    from_: Evening = Field(alias="from")
    until: Evening
    more: Part
    says: Words

    @model_validator(mode="after")
    def _lasts(self) -> "BlockBid":
        if market_time.step_at(self.from_) >= market_time.step_at(self.until):
            raise ValueError(f"from = {self.from_!r}, until = {self.until!r}: expected a bid that lasts")
        return self


class Block(Section):
    base: Part
    slope: Part
    at_usd: Positive
    today_share: Part
    today_cost: Part
    today_at_usd: Positive
    credit_usd: Annotated[int, Field(ge=0)]
    counter: Part
    says_better: Words
    says_worse: Words
    bid: Annotated[tuple[BlockBid, ...], Field(min_length=1, strict=False)]

    @model_validator(mode="after")
    def _the_last_bid_stands_until_the_end(self) -> "Block":
        ids, last = [bid.id for bid in self.bid], self.bid[-1]
        if len(set(ids)) < len(ids):
            raise ValueError(f"bid ids {', '.join(ids)}: expected each once")
        if market_time.step_at(last.until) != market_time.END:
            raise ValueError(f"bid {last.id}: until = {last.until!r}: expected 19:00, the last bid is the one that stands")
        if any(market_time.step_at(bid.from_) > market_time.step_at(last.from_) for bid in self.bid):
            raise ValueError(f"bid {last.id}: from = {last.from_!r}: expected no bid after it")
        return self


class CapitalOffer(Section):
    """Somebody who would buy into the firm: `price` is what a dollar of the firm's worth is to them."""

    id: Annotated[str, Field(pattern=ID.pattern)]
    lender: Words
    amount_usd: Positive
    price: Annotated[float, Field(gt=0, le=10)]
    says: Words


class Capital(Section):
    worth_usd: Positive
    worth_lost: Annotated[float, Field(ge=0, le=10)]
    worth_least_usd: Positive
    offer: Annotated[tuple[CapitalOffer, ...], Field(strict=False)]

    @model_validator(mode="after")
    def _each_once(self) -> "Capital":
        ids = [offer.id for offer in self.offer]
        if len(set(ids)) < len(ids):
            raise ValueError(f"offer ids {', '.join(ids)}: expected each once")
        return self


class Costs(Section):
    halting: Annotated[PerMinute, Field(strict=False)]
    client_harm: Annotated[PerMinute, Field(strict=False)]
    after_bell: Part
    hand_hour_usd: Annotated[int, Field(ge=0)]
    rlp_late_usd: Annotated[int, Field(ge=0)]
    cut_off_usd: Annotated[int, Field(ge=0)]
    away_share: Part
    refused_order_usd: Annotated[int, Field(ge=0)]
    clients_gone_usd: Annotated[int, Field(ge=0)]


class Cause(Section):
    """Something that may be wrong; `server`: a diagnosis of it may name one."""

    id: Annotated[str, Field(pattern=ID.pattern)]
    label: Annotated[str, Field(min_length=8, max_length=120)]
    server: bool


class Diagnosis(Section):
    """What a desk may declare, and what is right: its server is the one that was drawn."""

    right: str
    cause: Annotated[tuple[Cause, ...], Field(min_length=2, strict=False)]

    @model_validator(mode="after")
    def _right_is_a_cause(self) -> "Diagnosis":
        ids = [cause.id for cause in self.cause]
        if self.right not in ids or len(set(ids)) != len(ids):
            raise ValueError(f"right = {self.right!r}: expected one of {', '.join(ids)}, each once")
        return self


class EveningHands(Section):
    deployer: Positive
    operator: Positive
    risk: Positive


class Hands(EveningHands):
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


class SymbolRow(Section):
    """One stock: opening price, average daily volume, and the numbers of the price law, as integers."""

    symbol: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9.]{0,7}$")]
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
