/* The two numbers that the room follows: the best team, in dollars saved against history, and history at this minute. Where history may not
   show, losses alone; before the bell the time to it. What is hidden or late is so on the server. */
import { html, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { OPEN } from "../lib/calendar.js";
import { ON_DAY, PAST_HEAD } from "../lib/firm.js";
import { arrow, lossClass, lossShort, lossSpoken, seconds, short } from "../lib/format.js";
import { gettext, ngettext } from "../lib/words.js";

/** @type {(string | undefined)[]} */
const BEFORE = ["deployment", "premarket"];

/** @param {Found} root @param {App<WallPage>} app */
export function mount(root, app) {
  app.store.onAny(["board", "clock"], () => {
    const d = app.store.get("board");
    const clock = app.store.get("clock");
    const before = BEFORE.includes(clock?.phase);
    document.body.toggleAttribute("data-before", before);
    if (d) render(before && clock ? toTheBell(clock) : view(d), root);
  });
}

/* Before the bell next to nothing can be lost: the wall counts the time to it instead. */
/** @param {Card.Clock} clock */
function toTheBell(clock) {
  const week = clock.phase === "deployment";
  return hero(week ? gettext("The market opens on %(ON_DAY)s", { ON_DAY }) : gettext("The market opens in"), html`<span role="timer" aria-live="off">${week ? OPEN : until(seconds(OPEN) - seconds(clock.clock))}</span>`);
}

/* "1:19:00", "4:30" */
/** @param {number} s */
const until = (s) => new Date(Math.max(0, s) * 1000).toISOString().slice(s < 3600 ? 14 : 11, 19).replace(/^0/, "");

/** @param {Card.Board} d */
function view(d) {
  const losses = d.teams.map((t) => t.loss_usd).filter((usd) => usd != null);
  if (d.mode === "hidden" || !losses.length) return hero(gettext("Loss so far"), html`<span class="hero-hidden">${gettext("hidden until the end")}</span>`);
  const [best] = d.teams;
  if (best.avoided_usd != null && d.history_usd != null) {
    return html`${hero(best.avoided_usd < 0 ? gettext("%(who)s. Lost more than %(past)s by", { who: leaders(d), past: PAST_HEAD }) : gettext("%(who)s. Saved against %(past)s", { who: leaders(d), past: PAST_HEAD }), saved(best.avoided_usd))}
      ${hero(gettext("%(past)s, same minute", { past: PAST_HEAD }), loss(d.history_usd, "second"))}`;
  }
  if (d.teams.length === 1) return hero(gettext("Loss so far"), loss(losses[0]));
  return html`${hero(gettext("%(who)s. Lost least", { who: leaders(d) }), loss(best.loss_usd))}${hero(gettext("All teams together"), loss(losses.reduce((a, b) => a + b, 0)))}`;
}

/** @param {Card.Board} d */
function leaders(d) {
  const first = d.teams.filter((t) => t.rank === 1);
  if (d.teams.length > 1 && first.length === d.teams.length) return gettext("All level");
  return gettext("Best: %(who)s", { who: first.length > 2 ? ngettext("%(n)s team", "%(n)s teams", first.length) : first.map((t) => t.name).join(", ") });
}

/** @param {Drawn} label @param {Drawn} number */
const hero = (label, number) => html`<div class="hero"><p class="wall-label" dir="auto">${label}</p><p class="wall-number num">${number}</p></div>`;

/** @param {number} usd */
const saved = (usd) => html`<span class=${lossClass(-usd)}>$${short(usd)}</span>`;

/** @param {number | null} usd */
const loss = (usd, tone = lossClass(usd)) => html`<span class=${tone}><span class="sr">${lossSpoken(usd)}</span><span aria-hidden="true"><span class="tri">${arrow(-(usd ?? 0))}</span>${lossShort(usd)}</span></span>`;
