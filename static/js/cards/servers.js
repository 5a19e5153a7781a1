/* A tile a server: process state, what is being done to the server, stop and start. A tile knows no more. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { answer } from "../lib/answer.js";
import { sure } from "../lib/arm.js";
import { countdown, rate } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { blockedHands } from "../lib/reasons.js";
import { shareInto } from "../lib/share.js";
import { rateHistory } from "../lib/rate-history.js";
import { wordOf, wordSays } from "../lib/word.js";
import { lacksWord, wordLine } from "../lib/word-line.js";
import { gettext } from "../lib/words.js";

/** @type {Record<string, string[]>} */
const STATES = {
  running: ["play", gettext("Running")], starting: ["hourglass", gettext("Starting")],
  stopped: ["square", gettext("Stopped")], disconnected: ["unplug", gettext("Disconnected")],
};
/* In the middle of a sentence. */
/** @type {Record<string, string>} */
const SPOKEN = { running: gettext("running"), starting: gettext("starting"), stopped: gettext("stopped"), disconnected: gettext("disconnected") };

const WORDED = ["server.stop", "server.start"];

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const list = root.querySelector("[data-tiles]");
  const words = root.querySelector("[data-words]");
  const up = root.querySelector("[data-up]");
  const flows = root.querySelector("[data-flows]");
  /** @type {Map<number, Card.Server["state"]>} */
  const before = new Map();
  shareInto(root, app, "servers", gettext("the servers' states"));
  const past = rateHistory(app);
  const draw = () => {
    const d = app.store.get("servers");
    if (!d) return;
    const why = blockedHands(app);
    if (!before.size) list.replaceChildren(); // the skeleton of the first paint
    const hot = new Set(app.store.get("hot"));
    render(d.servers.map((s) => tile(app, s, why, hot.has(s.n))), list);
    render(WORDED.filter((kind) => d.servers.some((s) => lacksWord(app, kind, [s.n]))).map((kind) => wordLine(app, kind, () => list.querySelector("[data-act]")?.focus())), words);
    up.textContent = gettext("%(length)s of %(length2)s up", { length: d.servers.filter((s) => s.state === "running").length, length2: d.servers.length });
    const board = app.store.get("dashboard");
    if (board?.built) void import("../lib/flow-rates.js").then(({ flowRates }) => flowRates(flows, board));
    speak(app, d.servers, before);
    past.draw(d.servers, list, hot);
  };
  app.store.onAny(["servers", "dashboard", "hot", "armed", "standing", "work", "levers", "words"], draw);
  app.commands.addEventListener("change", ({ detail }) => (detail.place.startsWith("server:") || detail.place.startsWith("word:server.")) && draw());
}

/** @param {App} app @param {Card.Server} s @param {string | null} why @param {boolean} hot */
function tile(app, s, why, hot) {
  const board = app.store.get("dashboard")?.servers.find((b) => b.n === s.n);
  const [sign, word] = under(s) ?? STATES[s.state] ?? ["circle-help", s.state];
  const place = `server:${s.n}`;
  const act = ["stop", "start"].find((a) => app.armed(`${place}:${a}`));
  const back = () => document.getElementById(`server-${s.n}`);
  return html`<li class="server" id=${`server-${s.n}`} tabindex="-1" data-state=${s.state} ?data-armed=${!!act} ?data-busy=${!!s.work} ?data-hot=${hot} aria-label=${`${s.name}, ${word}${hot ? gettext(", sends far more than the others") : ""}`}>
    <div class="server-head"><kbd aria-hidden="true">${s.n}</kbd><h3>${s.name}</h3><span class="server-state num">${icon(sign)}${word}</span></div>
    ${act ? html`<div class="server-sure">${sure(app, question(s, act, place), back)}
        <button type="button" class="btn btn-icon btn-bare" @click=${() => { app.disarm(); back().focus(); }}>${icon("x")}<span class="sr">${gettext("Disarm")}</span></button></div>` : nothing}
    ${board ? dashboard(board) : mean(s.rates)}
    <div class="server-acts" ?inert=${!!act}>${acts(app, s, place, why)}</div>
    ${s.work ? nothing : answer(app, place)}
  </li>`;
}

/** @param {Card.Rates | null} rates */
const mean = (rates) => (rates ? html`<p class="server-rate" title=${gettext("Child orders out per second, mean of the last minute")}><span class="num">${rate(rates.children_out)}<span class="unit"> ${gettext("orders/s")}</span></span><canvas class="spark" aria-hidden="true"></canvas></p>` : nothing);

/* With a dashboard: child orders of the last five seconds, and the parent that sends most of them. */
/** @param {Card.DashboardRow} b */
function dashboard(b) {
  const [top] = [...b.parents].sort((a, c) => c.children_per_s - a.children_per_s);
  return html`<p class="server-rate" title=${gettext("Dashboard: child orders per second over the last 5 s, and its busiest parent order")}><span class="num">${rate(b.children_per_s)}<span class="unit"> ${gettext("orders/s")}</span></span>
    <span class="server-parent num">${top ? gettext("one parent %(children_per_s)s", { children_per_s: rate(top.children_per_s) }) : ""}</span></p>`;
}

/* What is being done to it stands where its state stood. */
/** @type {Record<string, string>} */
const DOING = { "server.stop": gettext("Stopping"), "server.start": gettext("Starting"), "server.look": gettext("Looking"), "log.tail": gettext("Reading log") };
/** @param {Card.Server} s */
const under = (s) => s.work && ["hourglass", `${DOING[s.work.kind] ?? s.work.label} ${countdown(s.work.left_s)}`];

/** @param {App} app @param {Card.Server} s @param {string} place @param {string | null} why */
function acts(app, s, place, why) {
  const busy = why ?? (s.work ? gettext("%(label)s is in progress.", { label: s.work.label }) : null);
  /** @param {string} act */
  const off = (act) => busy ?? noWord(app, `server.${act}`, s.n);
  /** @param {string} act */
  const arm = (act) => () => {
    const not = off(act);
    if (not) return app.voice.say(not, true);
    app.arm(`${place}:${act}`);
    return focusGroup(s.n);
  };
  /** @param {string} icon_ @param {string} word @param {() => unknown} run @param {string} name */
  const button = (icon_, word, run, name) => html`<button type="button" class="btn" aria-disabled=${String(!!off(name))} title=${off(name) ?? nothing}
    aria-label=${`${word} ${s.name}${off(name) ? gettext(". Not now: %(name)s", { name: off(name) }) : ""}`} data-act=${name} @click=${run}>${icon(icon_)}<span>${word}</span></button>`;
  if (s.state === "running") return html`${button("square", gettext("Stop"), arm("stop"), "stop")}${button("rotate-cw", gettext("Restart"), arm("start"), "start")}`;
  return button("play", gettext("Start"), arm("start"), "start");
}

/* A third server within five minutes needs the risk manager's word. */
/** @param {App} app @param {string} kind @param {number} n */
function noWord(app, kind, n) {
  const word = lacksWord(app, kind, [n]) ? wordOf(app, kind) : null;
  return word ? `${word.label}. ${wordSays(word)}` : null;
}

/** @param {Card.Server} s @param {string} act @param {string} place */
const question = (s, act, place) => (act === "stop"
  ? { place, kind: "server.stop", args: { server: s.n }, title: gettext("Stop %(name)s", { name: s.name }), says: gettext("Its orders stop. Positions stay open.") }
  : { place, kind: "server.start", args: { server: s.n }, title: s.state === "running" ? gettext("Restart %(name)s", { name: s.name }) : gettext("Start %(name)s", { name: s.name }), says: s.state === "running" ? gettext("Its orders stop; it restarts with what is on its disk.") : gettext("It starts with what is on its disk.") });

/* The group takes the focus, not a button: a second press of the same key must not send anything. */
/** @param {number} n */
function focusGroup(n) {
  requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector(`#server-${n} .sure`)?.focus()));
}

/** @param {App} app @param {Card.Server[]} servers @param {Map<number, Card.Server["state"]>} before */
function speak(app, servers, before) {
  const changed = servers.filter((s) => before.has(s.n) && before.get(s.n) !== s.state);
  if (changed.length) app.voice.say(changed.map((s) => `${s.name} ${SPOKEN[s.state] ?? s.state}`).join(", "));
  for (const s of servers) before.set(s.n, s.state);
}
