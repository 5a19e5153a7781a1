/* What the deployer can do to the selected servers: checksum, copy, restart, roll back; compare and load what they read. Restarts and rollbacks
   are armed first. */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { answer } from "./answer.js";
import { sure } from "./arm.js";
import { MANY, SERVERS } from "./firm.js";
import { left, sentence } from "./format.js";
import { icon } from "./icons.js";
import { blocked, blockedHands } from "./reasons.js";
import { wordOf, wordSays } from "./word.js";
import { lacksWord, wordLine } from "./word-line.js";
import { gettext } from "./words.js";

const RESTART = ["server.start", "rotate-cw", gettext("Restart")];
/** @type {Record<FleetAt["view"], string[][]>} */
const ACTS = {
  program: [["checksum.run", "fingerprint", gettext("Checksum")], ["release.copy", "copy", gettext("Copy release")], RESTART, ["release.rollback", "undo-2", gettext("Roll back")]],
  config: [["config.compare", "file-diff", gettext("Compare")], ["config.load", "package", gettext("Load recorded")], RESTART],
  data: [["data.compare", "file-diff", gettext("Compare")], ["data.load", "package", gettext("Load recorded")], RESTART],
};
const ALL_ACTS = [...new Set(Object.values(ACTS).flat())];
const LOOKS = ["checksum.run", "config.compare", "data.compare"]; // beside other work on a server

/** @param {App} app @param {FleetAt} at @param {Card.Fleet} d @param {() => unknown} draw */
export function acts(app, at, d, draw) {
  const picked = d.servers.filter((s) => at.picked.has(s.n));
  const armed = ["server.start", "release.rollback"].find((kind) => app.armed(`fleet:${kind}`));
  if (armed && picked.length) return question(app, armed, picked);
  const levers = new Map((app.store.get("levers")?.levers ?? []).map((l) => [l.kind, l]));
  return html`<div class="acts-row"><p class="acts-on num">${picked.length ? names(picked) : html`<span class="second">${gettext("Select servers to act on")}</span>`}</p>
      <div class="acts" role="group" aria-label=${gettext("Actions for the selected servers")}>${ACTS[at.view].map((a) => act(app, at, a, levers.get(a[0]), picked, draw))}</div></div>
    ${ACTS[at.view].filter(([kind]) => lacksWord(app, kind, taken(kind, picked))).map(([kind]) => wordLine(app, kind, toFleet))}
    ${at.copying ? copying(app, at, levers.get("release.copy"), picked, draw) : nothing}
    ${ALL_ACTS.map(([kind]) => answer(app, `fleet:${kind}`))}`;
}

/** @param {FleetAt} at @param {Card.Fleet} d @param {() => unknown} draw */
export function allOrNone(at, d, draw) {
  const all = at.picked.size === d.servers.length;
  const flip = () => {
    at.picked = new Set(all ? [] : d.servers.map((s) => s.n));
    draw();
  };
  return html`<button type="button" class="btn btn-quiet" @click=${flip}>${all ? gettext("Select none") : gettext("Select all")}</button>`;
}

/* "GATE-1, 2 and 3" */
/** @param {Card.Host[]} picked */
export function names(picked) {
  if (picked.length === SERVERS.length) return gettext("All %(MANY)s servers", { MANY });
  const [first, ...rest] = picked.map((s, i) => (i ? String(s.n) : s.name));
  return rest.length ? gettext("%(x)s and %(at)s", { x: [first, ...rest.slice(0, -1)].join(", "), at: rest.at(-1) }) : first;
}

/* Why not now, or null. The server decides again. */
/** @param {App} app @param {string} kind @param {Card.Lever | undefined} lever @param {Card.Host[]} picked */
function refusal(app, kind, lever, picked) {
  const why = lever?.hands === 0 ? blocked(app) : blockedHands(app);
  if (why) return why;
  if (!lever) return gettext("Not at this hour.");
  if (!lever.allowed) return sentence(lever.reason);
  if (!picked.length) return gettext("Select servers first: keys 1 to %(length)s.", { length: SERVERS.length });
  if (kind === "server.start" && picked.length > 1) return gettext("One server at a time: each needs a hand.");
  const word = lacksWord(app, kind, taken(kind, picked)) ? wordOf(app, kind) : null;
  if (word) return `${word.label}. ${wordSays(word)}`;
  const busy = LOOKS.includes(kind) ? null : picked.find((s) => s.work);
  return busy?.work ? gettext("%(name)s: %(label)s is in progress, %(left_s)s left.", { name: busy.name, label: busy.work.label, left_s: left(busy.work.left_s) }) : null;
}

/* The servers that an act would take: a restart takes one. */
/** @param {string} kind @param {Card.Host[]} picked */
const taken = (kind, picked) => (kind === "server.start" ? picked.slice(0, 1) : picked).map((s) => s.n);

const toFleet = () => document.getElementById("panel-fleet").focus();

/* One server after the other: what is read on the button is what it will take. */
/** @param {Card.Lever | undefined} lever */
const takes = (lever, servers = 1) => (lever?.minutes ? left(lever.minutes * 60 * servers) : "");

/** @param {App} app @param {FleetAt} at @param {string[]} o @param {Card.Lever | undefined} lever @param {Card.Host[]} picked
  @param {() => unknown} draw */
function act(app, at, [kind, sign, word], lever, picked, draw) {
  const why = kind === "release.copy" ? blocked(app) : refusal(app, kind, lever, picked); // what else stands in the way, the copy's own button says
  const numbers = picked.map((s) => s.n);
  const run = () => {
    if (why) return app.voice.say(why, true);
    if (LOOKS.includes(kind) || kind.endsWith(".load")) return app.commands.give(`fleet:${kind}`, kind, { servers: numbers });
    if (kind === "release.copy") {
      at.copying = !at.copying;
      return draw();
    }
    app.arm(`fleet:${kind}`);
    return focusSoon(".fleet-acts .sure");
  };
  const time = takes(lever);
  const whole = takes(lever, Math.max(1, taken(kind, picked).length));
  return html`<button type="button" class="btn" data-act=${kind} aria-disabled=${String(!!why)} title=${why ?? (time ? gettext("%(time)s a server", { time }) : nothing)} aria-expanded=${kind === "release.copy" ? String(at.copying) : nothing}
    aria-label=${`${word} ${picked.length ? names(picked) : ""}${time ? `, ${whole}` : ""}${why ? gettext(". Not now: %(why)s", { why }) : ""}`} @click=${run}>${icon(sign)}<span>${word}</span>${time ? html`<span class="unit num">${whole}</span>` : nothing}</button>`;
}

/* Which release, and before the open the risk manager's word. */
/** @param {App} app @param {FleetAt} at @param {Card.Lever | undefined} lever @param {Card.Host[]} picked @param {() => unknown} draw */
function copying(app, at, lever, picked, draw) {
  const releases = app.store.get("releases")?.releases ?? [];
  at.release ??= app.store.get("fleet")?.target ?? null;
  const word = lever?.word ? wordOf(app, "release.copy") : null;
  const why = refusal(app, "release.copy", lever, picked) ?? (word && word.state !== "given" ? wordSays(word) : null);
  const close = () => {
    at.copying = false;
    draw();
    document.getElementById("panel-fleet").focus();
  };
  /** @param {PageEvent} e */
  const choose = (e) => {
    at.release = e.target.value;
    draw();
  };
  const send = () => {
    if (why) return app.voice.say(why, true);
    app.commands.give("fleet:release.copy", "release.copy", { servers: picked.map((s) => s.n), release: at.release });
    return close();
  };
  return html`<div class="copying"><div class="copy-what"><label for="copy-release">${gettext("Copy")}</label><select class="input input-small mono" id="copy-release" @change=${choose}>${releases.map((r) => html`<option value=${r.name} .selected=${r.name === at.release}>${r.name}</option>`)}</select>
      <span class="num">${gettext("to")} ${picked.length ? names(picked) : gettext("the servers you select")}</span></div>
    <div class="row"><button type="button" class="btn btn-prime" data-act="copy" aria-disabled=${String(!!why)} title=${why ?? nothing} @click=${send}>${gettext("Copy")}<span class="sr"> ${at.release}${why ? gettext(". Not now: %(why)s", { why }) : ""}</span></button>
      <button type="button" class="btn btn-quiet" @click=${close}>${gettext("Cancel")}</button></div>
    ${word ? wordLine(app, "release.copy", toFleet) : nothing}
  </div>`;
}

/** @type {Record<string, string>} */
const SAYS = {
  "server.start": gettext("Its orders stop; it restarts with what is on its disk."),
  "release.rollback": gettext("Each goes back to its previous release. Its orders stop. The flag does not change."),
};

/** @param {App} app @param {string} kind @param {Card.Host[]} picked */
function question(app, kind, picked) {
  const servers = picked.map((s) => s.n);
  const title = `${kind === "server.start" ? gettext("Restart") : gettext("Roll back")} ${names(picked)}`;
  const args = kind === "server.start" ? { server: servers[0] } : { servers };
  const back = () => document.getElementById("panel-fleet");
  return html`<div class="fleet-sure">${sure(app, { place: `fleet:${kind}`, kind, args, title, says: SAYS[kind] }, back)}
    <button type="button" class="btn btn-icon btn-bare" @click=${() => { app.disarm(); back().focus(); }}>${icon("x")}<span class="sr">${gettext("Disarm")}</span></button></div>`;
}

/* The group takes the focus, not a button: a second press of the same key must not send anything. */
/** @param {string} selector */
export function focusSoon(selector) {
  requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector(selector)?.focus()));
}
