"""The protocol between the engine and whoever reads it: every card by its name, and what is in it.

Sights return these, autopilots read them, and .js/types/cards.d.ts, by which the browser's code is checked, is written from them
(`python -m tests.card_types`). Whole dollars unless the name says otherwise: _hc hundredths of a cent, _bp basis points, _s seconds, _min
minutes. Clocks are text. Words that are part of the protocol stand in the type of what is one of them. A Sentence is a text by its id, or what
somebody typed; browsers and autopilots are given its words (engine.evidence.telling).
"""

from typing import Annotated, Literal, NotRequired, TypedDict, final

from engine.arguments import Args, Sentence
from engine.commands import CONFIDENCES
from engine.events import DESKS
from engine.market_time import PHASES

Desk = Annotated[str, *DESKS]
Phase = Annotated[str, *PHASES]
Confidence = Annotated[str, *CONFIDENCES]
SPOKEN = (  # cards that texts stand in
    "inbox", "alerts", "calls", "bridge", "diagnosis", "hints", "done", "work", "log", "headlines", "guide", "checklist", "fleet", "releases",
    "changes", "evening",
)  # fmt: skip
SOME = "some"  # beside a dict by desk: not every desk is in it

_From = TypedDict("_From", {"from": str})


class Clock(TypedDict):
    step: int
    date: str
    clock: str
    phase: Phase
    phase_label: Sentence
    open: bool


class BellOff(TypedDict):
    on: Literal[False]


class BellOn(TypedDict):
    on: Literal[True]
    left_s: int
    opened: int
    of: int
    shares: int


Bell = BellOff | BellOn


class Mail(TypedDict):
    id: int
    at: str
    sender: str
    subject: Sentence
    group: Annotated[str, "machines", "people"]
    read: bool
    body: Sentence | None


class Inbox(TypedDict):
    unread: int
    total: int
    mails: list[Mail]


class Alert(TypedDict):
    at: str
    text: Sentence


class RaisedAlert(TypedDict):
    at: str
    text: Sentence
    grave: bool


class Alerts(TypedDict):
    alerts: list[RaisedAlert]


class Task(TypedDict):
    seq: int
    kind: str
    label: Sentence
    target: Sentence
    started: str
    left_s: int
    total_s: int
    hands: int


class Work(TypedDict):
    hands: int
    free: int
    tasks: list[Task]


_With = TypedDict("_With", {"with": Annotated[dict[Desk, int], SOME]})


class Alone(TypedDict):
    most: int
    lately: list[int]


class Lever(_With):
    kind: str
    label: Sentence
    dangerous: bool
    hands: int
    args: list[str]
    minutes: float
    allowed: bool
    reason: Sentence
    word: Annotated[str, "needed", "asked", "given", "refused"] | None
    alone: Alone | None


class Offered(TypedDict):
    kind: str
    says: Sentence


class Menu(TypedDict):
    title: Sentence
    rows: list[Offered]


class Wish(TypedDict):
    """What an assistant can be asked for. `servers`: "one" and "some" (which may not be all) are chosen on the screen, {server} in the words;
    `chosen`: the argument that is asked for beside them, in the words by its name."""

    kind: str
    words: Sentence
    args: Args
    servers: Annotated[str, "none", "one", "some", "any"]
    chosen: Annotated[str, "none", "broker", "exchange", "symbols", "text"]


class Wishes(TypedDict):
    """On a page and on no card: they are the same as long as a game lasts."""

    evening: list[Wish]
    day: list[Wish]


class Levers(TypedDict):
    """`menu`: the lists in which they stand; on the day one at most, and its title is ""."""

    levers: list[Lever]
    menu: list[Menu]


# -- the team


class BridgeItem(TypedDict):
    id: int
    at: str
    desk: Desk
    kind: str
    title: Sentence
    lines: list[Sentence]
    read: list[Desk]


class Bridge(TypedDict):
    items: list[BridgeItem]


class Reply(TypedDict):
    key: str
    text: Sentence
    dangerous: bool


class Answer(TypedDict):
    key: str
    text: Sentence


class Call(TypedDict):
    id: int
    at: str
    caller: str
    number: str
    opening: Sentence
    state: Annotated[str, "ringing", "answered", "missed"]
    left_s: int
    replies: list[Reply]
    answer: Answer | None


class Calls(TypedDict):
    calls: list[Call]


class Message(_From):
    id: int
    at: str
    text: str
    replies: list[Alert]


class Messages(TypedDict):
    messages: list[Message]


class Word(TypedDict):
    what: str
    label: Sentence
    state: Annotated[str, "open", "asked", "given", "refused"]
    by: Annotated[str, *DESKS, ""]
    at: str


class Words(TypedDict):
    words: list[Word]


class Cause(TypedDict):
    id: str
    label: Sentence


class Place(TypedDict):
    kind: Sentence
    id: str
    label: Sentence


class Declared(TypedDict):
    at: str
    desk: Desk
    cause: str
    label: Sentence
    place: str
    where: str
    evidence: list[Sentence]


class Seen(TypedDict):
    id: str
    title: Sentence


class Diagnosis(TypedDict):
    causes: list[Cause]
    places: list[Place]
    seen: list[Seen]
    declared: list[Declared]


class Deed(TypedDict):
    at: str
    kind: str
    label: Sentence
    target: Sentence
    confidence: Confidence | None
    state: Annotated[str, "refused", "under way", "done"]
    reason: Sentence


class Done(TypedDict):
    rows: list[Deed]


_Asker = TypedDict("_Asker", {"from": Desk})


class Ask(_Asker):
    id: int
    at: str
    kind: str
    args: Args
    label: Sentence
    state: Annotated[str, "open", "done", "refused"]


class Asks(TypedDict):
    asks: list[Ask]


class Hint(TypedDict):
    id: str
    text: Sentence


class Hints(TypedDict):
    hints: list[Hint]


# -- the week


class Span(_From):
    evening: int
    to: str
    desk: Desk
    kind: str
    label: Sentence
    state: Annotated[str, "planned", "under way", "done", "cut off", "abandoned"]


class Budget(TypedDict):
    used_min: int
    total_min: int


class Week(TypedDict):
    evening: int | None
    date: Sentence
    ends_at: str | None
    copies_left: int
    calendar: list[Span]
    budget: dict[Desk, Budget]


class Control(TypedDict):
    name: str
    label: Sentence
    by: Desk
    built: bool
    on: bool
    tested: bool
    set: float | None
    hole: Sentence | None


class Controls(TypedDict):
    rows: list[Control]


class Planned(TypedDict):
    id: int
    desk: Desk
    kind: str
    evening: int
    label: Sentence
    minutes: float
    hands: Annotated[dict[Desk, int], SOME]


class Plan(TypedDict):
    items: list[Planned]
    planned: dict[Desk, list[int]]
    supply: dict[Desk, int]


class Ticked(TypedDict):
    at: str


class CheckItem(TypedDict):
    id: str
    text: Sentence
    ticked: Ticked | None


class Others(TypedDict):
    desk: Desk
    ticked: int
    of: int


class Checklist(TypedDict):
    items: list[CheckItem]
    others: list[Others]


# -- the deployer


class Doing(TypedDict):
    kind: str
    label: Sentence
    left_s: int


class Checksum(TypedDict):
    at: str
    disk: str
    process: str
    disk_release: str
    process_release: str
    same: bool


class DiffLine(TypedDict):
    sign: str
    text: str


class OneVersion(TypedDict):
    name: str
    dated: str
    hash: str
    right: bool
    lines: list[DiffLine]


class Comparison(TypedDict):
    """Of a server's config or reference data. `loaded`: by its process, where that ran; `lines` lead there from the recorded version."""

    at: str
    disk: OneVersion
    loaded: OneVersion | None


class Recorded(TypedDict):
    name: str
    dated: str
    hash: str
    note: Sentence


class Host(TypedDict):
    n: int
    name: str
    recorded: str
    copied_at: str
    work: Doing | None
    checksum: Checksum | None
    config: Comparison | None
    data: Comparison | None


class Fleet(TypedDict):
    """Checksums, config and reference data as somebody last checked or compared them."""

    target: str
    config: Recorded
    data: Recorded
    servers: list[Host]


class Release(TypedDict):
    name: str
    built: str
    hash: str
    note: Sentence
    flag_clear: Sentence
    flag_set: Sentence


class Diff(TypedDict):
    id: str
    title: Sentence
    lines: list[DiffLine]


class Releases(TypedDict):
    releases: list[Release]
    diffs: list[Diff]
    to_build: list[str]


class Change(TypedDict):
    when: str
    title: Sentence
    who: Sentence
    state: Sentence


class Changes(TypedDict):
    rows: list[Change]


class Inventory(TypedDict):
    written: bool
    audited: bool
    hosts: list[str]


class Terminal(TypedDict):
    lines: list[Alert]


class FlagWork(TypedDict):
    label: Sentence
    left_s: int


class Flag(TypedDict):
    set: bool
    percent: int
    flag: str
    work: FlagWork | None


# -- the operator


class Rates(TypedDict):
    parents_in: float
    children_out: float
    executions: float
    rejects: float


class Server(TypedDict):
    n: int
    name: str
    state: Annotated[str, "running", "starting", "stopped", "disconnected"]
    work: Doing | None
    rates: Rates | None


class Servers(TypedDict):
    servers: list[Server]


class Chart(_From):
    every_s: int
    children: list[int]
    executions: list[int]


class LogLine(TypedDict):
    at: str
    level: str
    text: Sentence


class NoLog(TypedDict):
    server: None
    at: None
    lines: list[LogLine]


class OneLog(TypedDict):
    """The end of one server's log; or of server 0 what a `search` of all of them found, and how many lines are on which (`says`)."""

    server: int
    search: str
    says: Sentence
    at: str
    lines: list[LogLine]


Log = NoLog | OneLog


class NoLook(TypedDict):
    server: None
    at: NotRequired[None]


class OneLook(Rates):
    server: int
    at: str


Look = NoLook | OneLook


class Rule(TypedDict):
    match: str
    since: str


class Rules(TypedDict):
    rules: list[Rule]


class Parent(TypedDict):
    id: int
    symbol: str
    children_per_s: float
    shares: int
    executed: int


class DashboardRow(TypedDict):
    n: int
    name: str
    children_per_s: float
    parents: list[Parent]


class BrokerRates(TypedDict):
    name: str
    orders_per_s: float


class ExchangeRates(TypedDict):
    name: str
    children_per_s: float
    executions_per_s: float


class Dashboard(TypedDict):
    """Of servers over the last five seconds; of brokers orders in, and of exchanges orders out and executions, over the last minute."""

    built: bool
    per_second: int | None
    as_of: str | None
    servers: list[DashboardRow]
    brokers: list[BrokerRates]
    exchanges: list[ExchangeRates]


# -- the risk manager


class Pnl(TypedDict):
    as_of: str
    lag_s: int
    mid_usd: int
    gross_usd: int
    net_usd: int
    long_usd: int
    short_usd: int
    cash_usd: int
    cash_left_usd: int
    gross_per_min_usd: int
    sold_now_usd: int | None
    growing: bool


class Exposure(_From):
    every_s: int
    gross_usd: list[int]
    mid_usd: list[int]


class Symbols(TypedDict):
    symbols: list[str]
    companies: list[str]


class Positions(TypedDict):
    as_of: str
    shares: list[int]
    price_hc: list[int]
    move_bp: list[int]
    notional_usd: list[int]
    pnl_usd: list[int]
    paused: list[int]


class Limits(TypedDict):
    gross_cap_usd: int
    rate_per_second: int
    collar_percent: float
    reconcile: bool
    threshold_usd: int
    hold_shares: int
    credit_usd: int
    shut: bool
    account_limit_usd: int
    built: list[str]
    clients_away: bool


class Price(_From):
    symbol: str | None
    every_s: int
    price_hc: list[int]
    volume: list[int]


class Review(TypedDict):
    asked: str
    ruling_at: str


class Bust(TypedDict):
    at: str
    relief_usd: int


class Exchange(TypedDict):
    bust: Review | None
    busts: list[Bust]
    cut_off: bool


class Bid(TypedDict):
    id: str
    bank: str
    discount_pct: float
    cost_usd: int
    until: str
    state: Annotated[str, "open", "gone", "taken"]
    says: Sentence


class Offer(_From):
    id: str
    amount_usd: int
    stake_pct: float
    says: Sentence


class Capital(TypedDict):
    cash_usd: int
    loss_usd: int
    need_usd: int
    offers: list[Offer]
    raised: str | None


class Evening(TypedDict):
    state: Literal["closed", "bids", "sold"]
    bids: list[Bid]
    capital: Capital
    survives: bool | None


# -- the market, for everybody


class Tiles(TypedDict):
    symbols: list[str]
    moves_bp: list[int]
    paused: list[int]


class Headlines(TypedDict):
    items: list[Alert]


class Print(TypedDict):
    at: str
    symbol: str
    price: str
    shares: int
    move_bp: int


class Tape(TypedDict):
    items: list[Print]


class Loss(TypedDict):
    clock: str
    loss_usd: int


# -- sights


class WeekCards(TypedDict):
    """The plan and the checklist are there where a run begins with the week."""

    week: Week
    controls: Controls
    plan: NotRequired[Plan]
    checklist: NotRequired[Checklist]


class Duty(TypedDict):
    """What is due before the bell: what is lost `otherwise`."""

    id: str
    label: Sentence
    minutes: float
    otherwise: Sentence
    state: Annotated[str, "open", "under way", "done", "missed"]
    left_s: int


class Duties(TypedDict):
    by: str
    rows: list[Duty]


class GuideRow(TypedDict):
    id: str
    desk: Desk
    title: Sentence
    state: Annotated[str, "done", "now", "to come"]


class GuideNow(TypedDict):
    """What comes next, at which desk, by which lever and with what to look at; `args` where they give nothing away."""

    id: str
    desk: Desk
    text: Sentence
    card: str | None
    lever: str | None
    args: Args


class Guide(TypedDict):
    rows: list[GuideRow]
    done: int
    now: GuideNow | None
    after: Sentence | None


class TalkCards(TypedDict):
    """What the desks of a team say to each other, and what is said to them; the guide where the scenario has one."""

    bridge: Bridge
    calls: Calls
    messages: Messages
    words: Words
    diagnosis: Diagnosis
    done: Done
    asks: Asks
    hints: Hints
    duties: Duties
    guide: NotRequired[Guide]


class TeamCards(WeekCards, TalkCards):
    """What a desk of a team is told, whichever it is."""

    clock: Clock
    bell: Bell
    inbox: Inbox
    alerts: Alerts
    work: Work
    levers: Levers


@final
class DeployerCards(TeamCards):
    fleet: Fleet
    releases: Releases
    changes: Changes
    inventory: Inventory
    terminal: Terminal
    flag: Flag


@final
class OperatorCards(TeamCards):
    servers: Servers
    rates: Rates
    chart: Chart
    log: Log
    look: Look
    rules: Rules
    dashboard: Dashboard


@final
class RiskCards(TeamCards):
    pnl: Pnl
    curve: Exposure
    symbols: Symbols
    positions: Positions
    limits: Limits
    tape: Tape
    headlines: Headlines
    price: Price
    exchange: Exchange
    evening: Evening


DeskCards = DeployerCards | OperatorCards | RiskCards


class ProjectorCards(TypedDict):
    clock: Clock
    bell: Bell
    tiles: Tiles
    loss: Loss
    headlines: Headlines
