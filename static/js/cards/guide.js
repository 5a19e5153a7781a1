/* The guide of a lesson: what comes next, at which desk, and where on it. It points, and does nothing itself. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../lib/icons.js";
import { role, roleTitle } from "../lib/roles.js";
import { revealTab } from "../lib/tabs.js";
import { gettext } from "../lib/words.js";

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  let said = "";
  app.store.on("guide", () => {
    const d = app.store.get("guide");
    root.hidden = !d;
    if (!d) return;
    const own = document.body.dataset.desk ?? "";
    render(panel(d, own), root);
    const row = d.rows.find((one) => one.state === "now");
    if (said && row && said !== row.id) app.voice.say(gettext("Next, at %(desk)s's desk: %(title)s.", { desk: roleTitle(row.desk), title: row.title }), true);
    said = row?.id ?? "end";
  });
}

/** @param {Card.Guide} d @param {string} own */
function panel(d, own) {
  const at = d.rows.findIndex((row) => row.state === "now");
  const row = d.rows[at];
  const then = row && d.rows[at + 1];
  const head = row ? html`${row.desk === own ? nothing : role(row.desk)}${row.title}` : html`${icon("circle-check")}${gettext("All done")}`;
  return html`<div class="guide-head"><h2 id="guide-h" tabindex="-1">${head}</h2><p class="second num">${row ? gettext("step %(at)s of %(length)s", { at: at + 1, length: d.rows.length }) : gettext("%(done)s of %(length)s", { done: d.done, length: d.rows.length })}</p></div>
    <progress class="guide-bar" max=${d.rows.length} .value=${d.done} aria-label=${gettext("Steps done")}></progress>
    <div class="guide-now"><p>${d.now ? d.now.text : d.after}</p>${d.now ? way(d.now, own) : nothing}</div>
    <details class="guide-all"><summary class="second">${then ? html`${gettext("Then: %(title)s", { title: then.title })}` : gettext("All steps")}</summary>
      <ol>${d.rows.map((one) => html`<li data-state=${one.state} aria-current=${one.state === "now" ? "step" : nothing}>${one.state === "done" ? icon("check") : nothing}${role(one.desk)}<span>${one.title}${one.state === "done" ? html`<span class="sr">${gettext(", done")}</span>` : nothing}</span></li>`)}</ol></details>`;
}

/* Where it is: on this desk, or at another that one holds as well. */
/** @param {Card.GuideNow} now @param {string} own */
function way(now, own) {
  if (now.desk === own) return now.card ? html`<button type="button" class="btn" @click=${() => point(now)}>${icon("eye")}${gettext("Show me where")}</button>` : nothing;
  const tab = document.querySelector(`.desk-tabs [data-desk=${now.desk}]`);
  return tab ? html`<a class="btn btn-prime" href=${tab.href}>${icon("arrow-right")}${gettext("Go there")}</a>` : nothing;
}

/** @param {Card.GuideNow} now */
function point(now) {
  const card = document.querySelector(`[data-card=${now.card}]:not([hidden])`);
  if (!card) return;
  revealTab(card);
  const folded = card.querySelector("details:has([data-kind])");
  if (folded) folded.open = true;
  const place = card.querySelector(`[data-kind="${now.lever}"]`) ?? card;
  if (!place.hasAttribute("tabindex")) place.tabIndex = -1;
  place.scrollIntoView({ block: "nearest" });
  place.focus({ preventScroll: true });
  place.dataset.pointed = "";
  place.addEventListener("blur", () => delete place.dataset.pointed, { once: true });
}
