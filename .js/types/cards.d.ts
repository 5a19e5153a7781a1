/* The protocol between engine and browser: every card by its name, and what is in it. Written from engine/sights/cards.py by
   `python -m tests.card_types`: change it there. Cards that the game makes itself are in page.d.ts. */

type Desk = "deployer" | "operator" | "risk";
type Phase = "deployment" | "premarket" | "bell" | "unwind" | "block" | "ended";
type Confidence = "guessing" | "likely" | "certain";
type Args = Record<string, unknown>;

/* Whole dollars unless the name says otherwise: _hc hundredths of a cent, _bp basis points, _s seconds, _min minutes. Clocks are text. */
declare namespace Card {
  interface Clock { step: number; date: string; clock: string; phase: Phase; phase_label: string; open: boolean }
  interface BellOff { on: false }
  interface BellOn { on: true; left_s: number; opened: number; of: number; shares: number }
  type Bell = BellOff | BellOn;
  interface Mail { id: number; at: string; sender: string; subject: string; group: "machines" | "people"; read: boolean; body: string | null }
  interface Inbox { unread: number; total: number; mails: Mail[] }
  interface Alert { at: string; text: string }
  interface RaisedAlert { at: string; text: string; grave: boolean }
  interface Alerts { alerts: RaisedAlert[] }
  interface Task { seq: number; kind: string; label: string; target: string; started: string; left_s: number; total_s: number; hands: number }
  interface Work { hands: number; free: number; tasks: Task[] }
  interface Alone { most: number; lately: number[] }
  interface Lever {
    with: Partial<Record<Desk, number>>; kind: string; label: string; dangerous: boolean; hands: number; args: string[]; minutes: number;
    allowed: boolean; reason: string; word: "needed" | "asked" | "given" | "refused" | null; alone: Alone | null;
  }
  interface Offered { kind: string; says: string }
  interface Menu { title: string; rows: Offered[] }
  /* What an assistant can be asked for. `servers`: "one" and "some" (which may not be all) are chosen on the screen, {server} in the words;
`chosen`: the argument that is asked for beside them, in the words by its name. */
  interface Wish {
    kind: string; words: string; args: Args; servers: "none" | "one" | "some" | "any"; chosen: "none" | "broker" | "exchange" | "symbols" | "text";
  }
  /* On a page and on no card: they are the same as long as a game lasts. */
  interface Wishes { evening: Wish[]; day: Wish[] }
  /* `menu`: the lists in which they stand; on the day one at most, and its title is "". */
  interface Levers { levers: Lever[]; menu: Menu[] }
  interface BridgeItem { id: number; at: string; desk: Desk; kind: string; title: string; lines: string[]; read: Desk[] }
  interface Bridge { items: BridgeItem[] }
  interface Reply { key: string; text: string; dangerous: boolean }
  interface Answer { key: string; text: string }
  interface Call {
    id: number; at: string; caller: string; number: string; opening: string; state: "ringing" | "answered" | "missed"; left_s: number;
    replies: Reply[]; answer: Answer | null;
  }
  interface Calls { calls: Call[] }
  interface Message { from: string; id: number; at: string; text: string; replies: Alert[] }
  interface Messages { messages: Message[] }
  interface Word { what: string; label: string; state: "open" | "asked" | "given" | "refused"; by: "deployer" | "operator" | "risk" | ""; at: string }
  interface Words { words: Word[] }
  interface Cause { id: string; label: string }
  interface Place { kind: string; id: string; label: string }
  interface Declared { at: string; desk: Desk; cause: string; label: string; place: string; where: string; evidence: string[] }
  interface Seen { id: string; title: string }
  interface Diagnosis { causes: Cause[]; places: Place[]; seen: Seen[]; declared: Declared[] }
  interface Deed {
    at: string; kind: string; label: string; target: string; confidence: Confidence | null; state: "refused" | "under way" | "done"; reason: string;
  }
  interface Done { rows: Deed[] }
  interface Ask { from: Desk; id: number; at: string; kind: string; args: Args; label: string; state: "open" | "done" | "refused" }
  interface Asks { asks: Ask[] }
  interface Hint { id: string; text: string }
  interface Hints { hints: Hint[] }
  interface Span {
    from: string; evening: number; to: string; desk: Desk; kind: string; label: string;
    state: "planned" | "under way" | "done" | "cut off" | "abandoned";
  }
  interface Budget { used_min: number; total_min: number }
  interface Week { evening: number | null; date: string; ends_at: string | null; copies_left: number; calendar: Span[]; budget: Record<Desk, Budget> }
  interface Control { name: string; label: string; by: Desk; built: boolean; on: boolean; tested: boolean; set: number | null; hole: string | null }
  interface Controls { rows: Control[] }
  interface Planned { id: number; desk: Desk; kind: string; evening: number; label: string; minutes: number; hands: Partial<Record<Desk, number>> }
  interface Plan { items: Planned[]; planned: Record<Desk, number[]>; supply: Record<Desk, number> }
  interface Ticked { at: string }
  interface CheckItem { id: string; text: string; ticked: Ticked | null }
  interface Others { desk: Desk; ticked: number; of: number }
  interface Checklist { items: CheckItem[]; others: Others[] }
  interface Doing { kind: string; label: string; left_s: number }
  interface Checksum { at: string; disk: string; process: string; disk_release: string; process_release: string; same: boolean }
  interface DiffLine { sign: string; text: string }
  interface OneVersion { name: string; dated: string; hash: string; right: boolean; lines: DiffLine[] }
  /* Of a server's config or reference data. `loaded`: by its process, where that ran; `lines` lead there from the recorded version. */
  interface Comparison { at: string; disk: OneVersion; loaded: OneVersion | null }
  interface Recorded { name: string; dated: string; hash: string; note: string }
  interface Host {
    n: number; name: string; recorded: string; copied_at: string; work: Doing | null; checksum: Checksum | null; config: Comparison | null;
    data: Comparison | null;
  }
  /* Checksums, config and reference data as somebody last checked or compared them. */
  interface Fleet { target: string; config: Recorded; data: Recorded; servers: Host[] }
  interface Release { name: string; built: string; hash: string; note: string; flag_clear: string; flag_set: string }
  interface Diff { id: string; title: string; lines: DiffLine[] }
  interface Releases { releases: Release[]; diffs: Diff[]; to_build: string[] }
  interface Change { when: string; title: string; who: string; state: string }
  interface Changes { rows: Change[] }
  interface Inventory { written: boolean; audited: boolean; hosts: string[] }
  interface Terminal { lines: Alert[] }
  interface FlagWork { label: string; left_s: number }
  interface Flag { set: boolean; percent: number; flag: string; work: FlagWork | null }
  interface Rates { parents_in: number; children_out: number; executions: number; rejects: number }
  interface Server { n: number; name: string; state: "running" | "starting" | "stopped" | "disconnected"; work: Doing | null; rates: Rates | null }
  interface Servers { servers: Server[] }
  interface Chart { from: string; every_s: number; children: number[]; executions: number[] }
  interface LogLine { at: string; level: string; text: string }
  interface NoLog { server: null; at: null; lines: LogLine[] }
  /* The end of one server's log; or of server 0 what a `search` of all of them found, and how many lines are on which (`says`). */
  interface OneLog { server: number; search: string; says: string; at: string; lines: LogLine[] }
  type Log = NoLog | OneLog;
  interface NoLook { server: null; at?: null }
  interface OneLook { parents_in: number; children_out: number; executions: number; rejects: number; server: number; at: string }
  type Look = NoLook | OneLook;
  interface Rule { match: string; since: string }
  interface Rules { rules: Rule[] }
  interface Parent { id: number; symbol: string; children_per_s: number; shares: number; executed: number }
  interface DashboardRow { n: number; name: string; children_per_s: number; parents: Parent[] }
  interface BrokerRates { name: string; orders_per_s: number }
  interface ExchangeRates { name: string; children_per_s: number; executions_per_s: number }
  /* Of servers over the last five seconds; of brokers orders in, and of exchanges orders out and executions, over the last minute. */
  interface Dashboard {
    built: boolean; per_second: number | null; as_of: string | null; servers: DashboardRow[]; brokers: BrokerRates[]; exchanges: ExchangeRates[];
  }
  interface Pnl {
    as_of: string; lag_s: number; mid_usd: number; gross_usd: number; net_usd: number; long_usd: number; short_usd: number; cash_usd: number;
    cash_left_usd: number; gross_per_min_usd: number; sold_now_usd: number | null; growing: boolean;
  }
  interface Exposure { from: string; every_s: number; gross_usd: number[]; mid_usd: number[] }
  interface Symbols { symbols: string[]; companies: string[] }
  interface Positions {
    as_of: string; shares: number[]; price_hc: number[]; move_bp: number[]; notional_usd: number[]; pnl_usd: number[]; paused: number[];
  }
  interface Limits {
    gross_cap_usd: number; rate_per_second: number; collar_percent: number; reconcile: boolean; threshold_usd: number; hold_shares: number;
    credit_usd: number; shut: boolean; account_limit_usd: number; built: string[]; clients_away: boolean;
  }
  interface Price { from: string; symbol: string | null; every_s: number; price_hc: number[]; volume: number[] }
  interface Review { asked: string; ruling_at: string }
  interface Bust { at: string; relief_usd: number }
  interface Exchange { bust: Review | null; busts: Bust[]; cut_off: boolean }
  interface Bid { id: string; bank: string; discount_pct: number; cost_usd: number; until: string; state: "open" | "gone" | "taken"; says: string }
  interface Offer { from: string; id: string; amount_usd: number; stake_pct: number; says: string }
  interface Capital { cash_usd: number; loss_usd: number; need_usd: number; offers: Offer[]; raised: string | null }
  interface Evening { state: "closed" | "bids" | "sold"; bids: Bid[]; capital: Capital; survives: boolean | null }
  interface Tiles { symbols: string[]; moves_bp: number[]; paused: number[] }
  interface Headlines { items: Alert[] }
  interface Print { at: string; symbol: string; price: string; shares: number; move_bp: number }
  interface Tape { items: Print[] }
  interface Loss { clock: string; loss_usd: number }
  /* What is due before the bell: what is lost `otherwise`. */
  interface Duty { id: string; label: string; minutes: number; otherwise: string; state: "open" | "under way" | "done" | "missed"; left_s: number }
  interface Duties { by: string; rows: Duty[] }
  interface GuideRow { id: string; desk: Desk; title: string; state: "done" | "now" | "to come" }
  /* What comes next, at which desk, by which lever and with what to look at; `args` where they give nothing away. */
  interface GuideNow { id: string; desk: Desk; text: string; card: string | null; lever: string | null; args: Args }
  interface Guide { rows: GuideRow[]; done: number; now: GuideNow | null; after: string | null }
}

/* The plan and the checklist are there where a run begins with the week. */
interface WeekCards { week: Card.Week; controls: Card.Controls; plan?: Card.Plan; checklist?: Card.Checklist }
/* What the desks of a team say to each other, and what is said to them; the guide where the scenario has one. */
interface TalkCards {
  bridge: Card.Bridge; calls: Card.Calls; messages: Card.Messages; words: Card.Words; diagnosis: Card.Diagnosis; done: Card.Done; asks: Card.Asks;
  hints: Card.Hints; duties: Card.Duties; guide?: Card.Guide;
}
/* What a desk of a team is told, whichever it is. */
interface TeamCards {
  week: Card.Week; controls: Card.Controls; plan?: Card.Plan; checklist?: Card.Checklist; bridge: Card.Bridge; calls: Card.Calls;
  messages: Card.Messages; words: Card.Words; diagnosis: Card.Diagnosis; done: Card.Done; asks: Card.Asks; hints: Card.Hints; duties: Card.Duties;
  guide?: Card.Guide; clock: Card.Clock; bell: Card.Bell; inbox: Card.Inbox; alerts: Card.Alerts; work: Card.Work; levers: Card.Levers;
}
interface DeployerCards {
  week: Card.Week; controls: Card.Controls; plan?: Card.Plan; checklist?: Card.Checklist; bridge: Card.Bridge; calls: Card.Calls;
  messages: Card.Messages; words: Card.Words; diagnosis: Card.Diagnosis; done: Card.Done; asks: Card.Asks; hints: Card.Hints; duties: Card.Duties;
  guide?: Card.Guide; clock: Card.Clock; bell: Card.Bell; inbox: Card.Inbox; alerts: Card.Alerts; work: Card.Work; levers: Card.Levers;
  fleet: Card.Fleet; releases: Card.Releases; changes: Card.Changes; inventory: Card.Inventory; terminal: Card.Terminal; flag: Card.Flag;
}
interface OperatorCards {
  week: Card.Week; controls: Card.Controls; plan?: Card.Plan; checklist?: Card.Checklist; bridge: Card.Bridge; calls: Card.Calls;
  messages: Card.Messages; words: Card.Words; diagnosis: Card.Diagnosis; done: Card.Done; asks: Card.Asks; hints: Card.Hints; duties: Card.Duties;
  guide?: Card.Guide; clock: Card.Clock; bell: Card.Bell; inbox: Card.Inbox; alerts: Card.Alerts; work: Card.Work; levers: Card.Levers;
  servers: Card.Servers; rates: Card.Rates; chart: Card.Chart; log: Card.Log; look: Card.Look; rules: Card.Rules; dashboard: Card.Dashboard;
}
interface RiskCards {
  week: Card.Week; controls: Card.Controls; plan?: Card.Plan; checklist?: Card.Checklist; bridge: Card.Bridge; calls: Card.Calls;
  messages: Card.Messages; words: Card.Words; diagnosis: Card.Diagnosis; done: Card.Done; asks: Card.Asks; hints: Card.Hints; duties: Card.Duties;
  guide?: Card.Guide; clock: Card.Clock; bell: Card.Bell; inbox: Card.Inbox; alerts: Card.Alerts; work: Card.Work; levers: Card.Levers;
  pnl: Card.Pnl; curve: Card.Exposure; symbols: Card.Symbols; positions: Card.Positions; limits: Card.Limits; tape: Card.Tape;
  headlines: Card.Headlines; price: Card.Price; exchange: Card.Exchange; evening: Card.Evening;
}
interface ProjectorCards { clock: Card.Clock; bell: Card.Bell; tiles: Card.Tiles; loss: Card.Loss; headlines: Card.Headlines }
