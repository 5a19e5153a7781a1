/* What a desk can start on an evening of the week, for how long and with whose hands; and on which evening it means to. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { answer } from "../lib/answer.js";
import { sure } from "../lib/arm.js";
import { busy } from "../lib/busy.js";
import { argsOf, fields } from "../lib/deal-fields.js";
import { lists } from "../lib/deals.js";
import { SHORT } from "../lib/calendar.js";
import { left, sentence } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { blocked, blockedHands } from "../lib/reasons.js";
import { listed, roleTitle } from "../lib/roles.js";
import { gettext } from "../lib/words.js";

const NO_HAND = gettext("no hand free"); // said once, above the list

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const list = root.querySelector("[data-deals]");
  const note = root.querySelector("[data-general]");
  /** @type {Map<string, Given>} */
  const given = new Map(); // kind -> what was chosen for it
  const draw = () => {
    const d = app.store.get("levers");
    if (!d || app.store.get("clock")?.phase !== "deployment") return;
    const general = blockedHands(app);
    note.textContent = general && !blocked(app) ? general : "";
    render(lists(d).map(([group, rows]) => html`<h3 class="label deal-group">${group}</h3><ul class="deals-list">${rows.map(([l, says]) => deal(app, l, chosen(given, l.kind), draw, { says }))}</ul>`), list);
  };
  app.store.onAny(["levers", "plan", "work", "standing", "releases", "week"], draw);
  app.commands.addEventListener("change", ({ detail }) => /^(deal|plan):/.test(detail.place) && draw());
}

/** @param {Map<string, Given>} given @param {string} kind @returns {Given} */
export function chosen(given, kind) {
  const at = given.get(kind) ?? { servers: new Set(), server: 0, release: "", text: "", tried: false };
  given.set(kind, at);
  return at;
}

/* One lever: what it does, what it has to be told, its button. plan: with the evenings; guard: one that can hurt is armed first. */
/** @param {App} app @param {Card.Lever} lever @param {Given} at @param {() => unknown} draw
  @param {{ says: string, plan?: boolean, guard?: boolean }} how */
export function deal(app, lever, at, draw, { says, plan = true, guard = false }) {
  const place = `deal:${lever.kind}`;
  const { args = {}, missing } = argsOf(lever, at);
  const no = blocked(app) ?? (lever.allowed ? null : sentence(lever.reason));
  const start = () => {
    if (no) return app.voice.say(no, true);
    at.tried = !!missing;
    if (missing) app.voice.say(missing, true);
    else if (guard && lever.dangerous) app.arm(place);
    else {
      app.commands.give(place, lever.kind, args, null, lever.label);
      app.voice.say(gettext("%(label)s: sent.", { label: lever.label }), true);
      at.servers.clear();
    }
    return draw();
  };
  const count = lever.args.includes("servers") ? Math.max(1, at.servers.size) : 1;
  const others = Object.keys(lever.with);
  const tasks = busy(app, lever.kind);
  return html`<li class="deal" data-kind=${lever.kind} ?data-off=${!lever.allowed}>
    <div class="deal-words"><p class="deal-title">${lever.label}</p><p class="deal-says">${says}</p></div>
    ${plan ? days(app, lever) : nothing}
    <button type="button" class="btn" data-start=${lever.kind} aria-disabled=${String(!!no)} title=${no ?? nothing} @click=${start}>${icon(lever.hands ? "play" : "phone")}<span>${gettext("Start")}</span><span class="unit num">${left(lever.minutes * 60 * count)}</span><span class="sr">: ${lever.label}${no ? gettext(". Not now: %(no)s", { no }) : ""}</span></button>
    ${lever.args.length && lever.allowed ? html`<div class="deal-fields">${fields(lever, at, releasesFor(app, lever.kind), draw)}</div>` : nothing}
    <div class="deal-notes num">${guard && app.armed(place) && !missing ? html`<div class="fleet-sure">${sure(app, { place, kind: lever.kind, args, title: lever.label, says: "" }, () => document.querySelector(`[data-start="${lever.kind}"]`))}</div>` : nothing}${others.length ? html`<p>${icon("hand")}${gettext("Also needs a hand from %(listed)s.", { listed: listed(others.map(roleTitle)) })}</p>` : nothing}
      ${lever.kind === "mail.page" ? rules(app) : nothing}${tasks}${at.tried && missing ? html`<p class="error">${icon("triangle-alert")}${missing}</p>` : nothing}${answer(app, place)}${answer(app, `plan:${lever.kind}`)}
      ${!lever.allowed && tasks === nothing && lever.reason !== NO_HAND ? html`<p>${sentence(lever.reason)}</p>` : nothing}</div>
  </li>`;
}

/* Words that page already. */
/** @param {App} app */
function rules(app) {
  const found = app.store.get("rules")?.rules ?? [];
  return found.length ? html`<p>${icon("bell")}${gettext("Pages %(listed)s.", { listed: listed(found.map((r) => `"${r.match}"`)) })}</p>` : nothing;
}

/** @param {App} app @param {string} kind */
function releasesFor(app, kind) {
  const d = app.store.get("releases");
  return (kind === "release.build" ? d?.to_build : d?.releases.map((r) => r.name)) ?? [];
}

/* Three small switches: on which evening it is meant to be done. */
/** @param {App} app @param {Card.Lever} lever */
function days(app, lever) {
  const plan = app.store.get("plan");
  if (!plan) return nothing;
  const desk = document.body.dataset.desk;
  const tonight = app.store.get("week")?.evening ?? 0;
  const place = `plan:${lever.kind}`;
  return html`<div class="deal-days" role="group" aria-label=${gettext("%(label)s: planned for", { label: lever.label })}>${SHORT.map((day, n) => {
    const entry = plan.items.find((r) => r.desk === desk && r.kind === lever.kind && r.evening === n);
    const no = blocked(app) ?? (n < tonight ? gettext("That evening is over.") : null);
    const flip = () => {
      if (no) app.voice.say(no, true);
      else if (entry) app.commands.give(place, "plan.drop", { id: entry.id });
      else app.commands.give(place, "plan.add", { kind: lever.kind, evening: n });
    };
    return html`<button type="button" class="day" aria-pressed=${String(!!entry)} aria-disabled=${String(!!no)} title=${entry ? gettext("Planned. Remove from the plan.") : gettext("Plan it for %(day)s", { day })} @click=${flip}>${day.slice(0, 3)}<span class="sr"> ${day.slice(4)}</span></button>`;
  })}</div>`;
}
