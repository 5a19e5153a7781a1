/* What the pages themselves are made of: what the socket says beside cards, what cards share through the app, and the DOM as this code
   uses it. Declared for all files, so that a comment can name a type without an import. */

type LinkState = "connecting" | "live" | "stalled" | "reconnecting" | "closed";
type State = "lobby" | "running" | "paused" | "ended";
/* Of a game for one whose clock has not gone yet: on the way to its start, or standing there. */
type Begins = "soon" | "now" | null;

interface Upgrade { words: string; may_play_on: boolean }
/* The teams that the clock waits for, or the bots whose moves it waits for, and for how long at most. */
interface Waits { for: string[]; left_s: number; moves?: true }
interface PlanningTold { evening: number; left_s: number; ready: number; of: number }
/* As told, and when it was heard of. */
interface Planning extends PlanningTold { at: number }

interface ExerciseTold {
  code: string; title: string; state: State; speed: number | null; reason: string | null; planning: PlanningTold | null; upgrade?: Upgrade | null; waits?: Waits | null; begins?: Begins;
}
interface TeamSeat {
  desk: Desk; holders: string[]; online: boolean; autopilot: string | null; covered: boolean; ready: number | null; mine: boolean; away_s: number | null;
}
/* The first message of a line, and the page's own first picture. What a kind of page has not is left out. */
interface Hello {
  desk: Desk | "lobby" | "projector" | "facilitator"; team: string; name: string; exercise: ExerciseTold; result: string | null;
  player?: string; resume_word?: string; owner?: boolean; watching?: boolean; as_it_was?: boolean; line?: string; help?: string;
  seat?: number | null; seats?: TeamSeat[]; aides?: Aide[];
}
/* Somebody of the team without a desk: its incident commander or its scribe. */
interface Aide { role: string; name: string; online: boolean }
interface First { hello: Hello; cards: Record<string, Versioned> }
interface Versioned<D = unknown> { v: number; d: D }
type Frame = Record<string, Versioned>;
interface StateTold {
  state: State; speed: number | null; reason: string | null; planning: PlanningTold | null; upgrade?: Upgrade | null; waits?: Waits | null; begins?: Begins; result?: string | null;
}

/* What calls at another desk that the same person holds. */
interface Calling {
  ringing: { id: number; caller: string }[]; asked: { what: string; label: string; at: string }[]; said: { id: number; from: string }[]; alert: string;
}

/* Cards that the game makes: those of the wall, beside the engine's, and of the lobby. */
declare namespace Card {
  interface Standing {
    name: string; stands: string; behind: string; loss_usd: number | null; avoided_usd: number | null; rank: number | null;
  }
  interface Board { as_of: string; mode: "live" | "delayed" | "hidden"; teams: Standing[]; history_usd: number | null; frozen: string | null }
  interface Revealed {
    name: string; rank: number | null; loss_usd: number | null; avoided_usd: number | null; fate: string | null;
    best: { usd: number | null; words: string; at: string; until: string; done: number; of: number; lost: boolean } | null;
  }
  type Step = "curtain" | "field" | "third" | "second" | "first" | "worth" | "photo";
  type Reveal = { on: false } | { on: true; counted: boolean; step: Step; of: number; teams: Revealed[]; history_usd: number | null };
  interface Losses { from: string; every_s: number; history: number[]; teams: { name: string; loss: number[] }[] }
  interface LobbySeat {
    id: number; desk: Desk; holders: { name: string; online: boolean }[]; autopilot: string | null; room: boolean; locked: string;
  }
  interface LobbyTeam { id: number; name: string; seats: LobbySeat[]; aides: Aide[] }
  interface Lobby { state: string; teams: LobbyTeam[]; taken: number; free: number; starting: boolean }
}

/* Cards that a page makes for itself. */
interface Stands {
  link: LinkState; since: number; reason: string; slow?: boolean; state: State; speed: number | null; stateReason: string;
  upgrade: Upgrade | null; planning: Planning | null; waits: Waits | null; begins: Begins; hello: Hello; result: string | null;
}
interface PageCards {
  standing: Stands; armed: string | null; hot: number[]; chosen: number; part: string; view: string; shown: { word: string; symbols: string[] };
  elsewhere: Partial<Record<Desk, Calling>>; state: StateTold;
}
type DeskPage = Required<DeployerCards & OperatorCards & RiskCards> & PageCards;
type WallPage = Omit<ProjectorCards, "loss"> & { board: Card.Board; curve: Card.Losses; lobby: Card.Lobby; reveal: Card.Reveal } & PageCards;
type LobbyPage = { lobby: Card.Lobby } & PageCards;

/* A store as its page sees it: card names and what is in them. Before its first frame a card is unknown; how things stand is always known. */
interface Cards<C> {
  get<K extends keyof C & string>(name: K): K extends "standing" ? C[K] : C[K] | undefined;
  on<K extends keyof C & string>(name: K, fn: (d: C[K]) => unknown): void;
  onAny(names: (keyof C & string)[], fn: () => unknown): void;
  set<K extends keyof C & string>(name: K, d: C[K]): void;
}

interface CommandMessage { t: "command"; id: string; kind: string; args: Args; confidence: Confidence | null; why: string }
/* A command that was given here, and what became of it. */
interface Entry {
  id: string; place: string; kind: string; args: Args; title: string; message: CommandMessage; state: "pending" | "received" | "applied" | "refused";
  reason: string;
}
type Outgoing = CommandMessage | { t: "ack"; seq: number } | { t: "resync" } | { t: "back" } | { t: "ready"; on: boolean }
  | { t: "why"; id: string; text: string } | { t: "drive"; do: string; value?: string | number };

interface Answer { t: string; id: string; reason?: string; step?: number }

interface Commands {
  give(place: string, kind: string, args: Args, confidence?: Confidence | null, title?: string): Entry;
  at(place: string): Entry | undefined;
  again(): void;
  answer(message: Answer): void;
  addEventListener(name: "change", fn: (event: CustomEvent<Entry>) => unknown): void;
}
interface Voice { say(text: string, now?: boolean): void; alarm(text: string): void }

interface LinkTold { link: LinkState; since: number; reason: string; slow?: boolean }
interface LineTold {
  link: LinkTold; hello: Hello; state: StateTold; team: { name: string; seats: TeamSeat[] }; elsewhere: { desks: Partial<Record<Desk, Calling>> };
  answer: Answer; noted: { id: string }; trouble: { reason: string }; happened: { whole: boolean; lines: Happening[] };
}
interface PageLine {
  open(): unknown;
  send(message: Outgoing): boolean;
  addEventListener<K extends keyof LineTold>(name: K, fn: (event: CustomEvent<LineTold[K]>) => unknown): void;
}

/* What a page's parts share. The lower half is put in by the cards that can do it. */
interface App<C = DeskPage> {
  store: Cards<C>; line: PageLine; commands: Commands; voice: Voice;
  arm(place: string): void; armed(place: string): boolean; armedFor(): number; disarm(): void;
  askAssistant(desk: Desk): void; wished?: Desk; showWork?(): void; showView(name: string): void; showPart(name: string, focus?: boolean): void;
  showCode(name: string): void; showAct(name: string): void; showWeekPart(name: string): void; pick(n: number): void; watch(symbol: string): void;
  beat?(tasks: { left_s: number }[]): void;
}
/* A card's module; each takes the app of its own page. */
type Mount = (root: Found, app: App<any>) => unknown;
interface CardModule { mount: Mount }
type Loaders = Record<string, () => Promise<CardModule>>;

/* What is armed: what it sends, and how it is told. */
interface Act { place: string; kind: string; args: Args; title: string; says: string }

/* Elements that a script looks for are on its page, in its own template: where one may be missing, the code asks. What an element is,
   the template decides, so every property that this code uses of any is there. */
type Found = Listening & { getContext(kind: "2d"): CanvasRenderingContext2D } & { dataset: Record<string, string> } & HTMLInputElement & HTMLCanvasElement & HTMLDialogElement & HTMLDetailsElement & HTMLTemplateElement
  & Pick<HTMLAnchorElement, "href" | "search"> & Pick<HTMLFormElement, "elements" | "reset" | "action"> & Pick<HTMLTimeElement, "dateTime">;
type PageEvent = Event & { target: Found } & Pick<PointerEvent, "offsetX" | "offsetY" | "pointerType">
  & Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "repeat">;
type Listening = { addEventListener(type: string, fn: (event: PageEvent) => unknown, options?: AddEventListenerOptions | boolean): void };

interface Node { cloneNode(deep?: boolean): any }
interface ParentNode { querySelector(selectors: string): Found; querySelectorAll(selectors: string): NodeListOf<Found> }
interface Element { closest(selectors: string): Found }
interface Document {
  getElementById(id: string): Found;
  addEventListener(type: string, fn: (event: PageEvent) => unknown, options?: AddEventListenerOptions | boolean): void;
}
interface HTMLFormControlsCollection { [name: string]: any }

/* What can stand in a template: texts and other templates, or a function that hears an event. */
type Drawn = symbol | string | number | boolean | null | undefined | object | ((event: PageEvent) => unknown);

/* Types of modules that others name in their comments. They are imported here, because the server looks for import() in the text of scripts
   when it gives files the names they are served under. */
type Tape = import("../tree/js/lib/tape.js").Tape;
type Store = import("../tree/js/lib/store.js").Store;
type SlowLine = import("../tree/js/lib/slow-line.js").SlowLine;
type UPlot = import("uplot");
type UPlotClass = typeof import("uplot");
type UPlotData = import("uplot").AlignedData;
type UPlotOptions = import("uplot").Options;

declare var htmx: any;

/* Keys of a page: key -> what it does. */
type Keys = Record<string, () => unknown>;

/* A chart, see lib/chart.js. */
interface ChartSeries { label?: string; color: string; dash?: number[]; width?: number; bars?: boolean; scale?: string }
interface ChartSpec {
  series: ChartSeries[]; fmtX(v: number): string; fmtY(v: number, log?: boolean): string; yRange(min: number, max: number, log?: boolean): [number, number];
  marks?: { at: number; text: string }[]; pins?: ChartPin[]; log?: boolean; font?: number; gap?: number; ySpace?: number;
  others?: Record<string, (min: number, max: number) => [number, number]>;
}
interface ChartPin { x: number; y: number; text: string; color: string }

/* The loss by the minute, on the wall and on the result; there also other courses of a run and pins of its decisions. */
interface Curve extends Card.Losses { courses?: { name: string; loss: number[] }[]; pins?: { team: string; at: string; number: number }[] }
interface Course { team: string; key: string; label: string; address: string; loss?: number[] }
interface Courses {
  pins(team: string, found: { at: string; number: number }[]): void; isOn(team: string, key: string): boolean; toggle(course: Course): Promise<void>;
  onChange(fn: () => unknown): void;
}
type AsCourse = (key: string, label: string, figure: Drawn) => Drawn;

/* What was chosen for a lever of the week. */
interface Given { servers: Set<number>; server: number; release: string; text: string; tried: boolean; percent?: number }
/* What an assistant is asked for: whose, and what is chosen on the screen. */
type Wanted = "broker" | "exchange" | "symbols" | "text";
interface Asking { desk: Desk; server: number; given: Record<Wanted, Given> }
/* Which servers are selected, and what is to be copied to them. */
/* `view`: of what a server has, the part that is looked at. */
interface FleetAt { picked: Set<number>; view: "program" | "config" | "data"; copying: boolean; release: string | null; pick(n: number): void }

/* A finished run that is looked at again (game/views: the page's own data). */
type Points = [step: number, usd: number][];
type Phases = [from: number, to: number, label: string, speed: number][];
interface Pin { step: number; at: string; desk: string; text: string; kind: string; of?: string }
interface Replay {
  team: number; desk: string; at: number; from: number; until: number; address: string; frames: number; ways: Record<string, string>; phases: Phases; pins: Pin[];
  loss: Points; history: Points;
}
interface Places { at(step: number): number; step(place: number): number; starts: number[] }
interface Moment { step: number; playing: boolean; waiting: boolean; rate: number }

/* The control room: its picture (game/overview) and what this page knows beside it. What has no type here is an object whose shape only its
   own card knows. */
type Fields = Record<string, any>;
type Told = Record<string, any>;
interface RoomSeat extends TeamSeat {
  id: number; title: string; people: { id: number; name: string; online: boolean }[]; locked: string; link: string | null; watch_url: string; link_url: string;
}
interface RoomTeam {
  id: number; name: string; state: State; paused: boolean; fault: string; upgrade: string; waits: string[]; ended: boolean; speed: number | null;
  can: { drive: boolean; retry: boolean; play_on: boolean }; seats: RoomSeat[]; aides: (Aide & { id: number; title: string })[];
}
/* Empty before a team's first frame. */
interface RoomRow {
  step?: number; date?: string; clock?: string; phase?: string; loss_usd?: number; ghost_usd?: number | null; gross_usd?: number; bad_servers?: number;
  stuck_s?: number | null; rushing?: boolean; last?: { at: string; desk: string; text: string; by: string } | null;
}
interface InjectTeam { team: string; state: string; at: string | null; reason: string }
interface InjectRow {
  id: number; title: string; kind: string; talk_only: boolean; target: string | null; desks: Desk[]; server: number | null; minutes: number | null;
  at: string | null; step: number | null; when: string | null; by: string; state: string; teams: InjectTeam[]; open: boolean;
}
interface InjectMessage {
  id: number; from: string; desks: Desk[]; text: string; target: string | null; by: string; at: string | null; waiting: string[];
  replies: { team: string; desk: Desk; at: string; text: string }[];
}
interface Deck {
  teams: { id: number; name: string }[]; line: InjectRow[]; script: { step: number; at: string; text: string; past: boolean }[]; messages: InjectMessage[];
}
interface RoomState extends Told {
  code: string; title: string; state: State; clock: string; phase: string; week: boolean; speed: number; next: string | null; people: number; closed: boolean;
  joins: number; halt: string; part: string; catching_up: boolean; planning: PlanningTold | null; can: Record<string, boolean>; teams: RoomTeam[];
  rows: Record<string, RoomRow>; curve: Curve; injects: Deck; notes: { id: number; at: string; team: string; text: string }[];
  wall: { mode: string; frozen: string | null; held: boolean; can_freeze: boolean; reveal: { at: number; names: string[]; counted: boolean } | null };
}
interface Happening { n: number; at: string; team: number | null; desk: string; kind: string; text: string; by: string; main: boolean }
interface Room {
  state: RoomState; links: Record<string, { link: string; who: string }>; reason: string; asking: string | number | null; jump?: Fields; open: Set<number>;
  sort: { by: string; down: boolean }; filter: string; lines: Happening[]; kinds: Set<string>; details: boolean; team: number; link: LinkTold;
}
interface RoomAct { post(fields: Fields, address?: string): Promise<boolean>; tell(fields: Fields): Promise<boolean>; redraw(): void }

/* The cards in hand, as the deck offers them, and what is being made of them. */
interface InjectCard { id: string; title: string; kind: string; talk_only: boolean; desks: string[]; takes: string[]; minutes: number; text: string }
interface Ready { cards: InjectCard[]; when: { id: string; says: string; unit: string | null }[]; personas: string[]; servers: number }
interface InjectFields {
  team: string; desks: string[]; server: string | number; minutes: string | number; text: string; mode: string; at: string; what: string; above: string;
}
interface Preview {
  reason?: string;
  preview: { talk_only: boolean; effect: string; room: string; desks: Record<string, { what: string; from: string; title: string; text: string; replies: string[] }[]> } | null;
}
interface Making {
  ready: Ready | null; asked: boolean; view: string; card: string | null; fields: InjectFields; preview: Preview | null; reason: string; words: Fields; behind: boolean;
}
interface Tools { own: Making; deck: Deck; state: RoomState; address: string; post(fields: Fields): Promise<boolean>; redraw(): void }

/* The result: what each decision was worth (worth.json), and what people take away (lessons.json). */
interface Sureness { desk: Desk | ""; said: number; right: number; expected: number; score: number }
interface Worth extends Told { team: string; decisions: Told[]; barriers: Told[]; sureness?: Sureness[]; done: number; of: number | null; complete: boolean; same: string | true | null }
interface Lessons {
  answers: number; people: number; controls: { label: string; count: number }[]; scales: { prompt: string; low: string; high: string; counts: number[]; mean: number | null }[];
  texts: { prompt: string; answers: { text: string; team: string; desk: string; who: string }[] }[];
}

/* What a command of the practice takes and does at its end. */
interface Ruling { label: string; target: string; seconds: number; end(): void }

/* What is shown across the whole page for three seconds. */
interface Takeover { tone: "bell" | "loss"; head: string; text: unknown; caption?: string }
