/* The desk's checklist, and how far the others are. Who ticked what, and when, is kept; whether it is so, nobody says here. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { answer } from "../lib/answer.js";
import { blocked } from "../lib/reasons.js";
import { role } from "../lib/roles.js";
import { around, gettext } from "../lib/words.js";

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const draw = () => {
    const d = app.store.get("checklist");
    if (!d) return;
    render(html`<ul class="checks">${d.items.map((i) => mine(app, i, draw))}</ul>
      <p class="checks-others num">${d.others.map((o) => html`<span>${around(gettext("%(desk)s %(ticked)s of %(of)s ticked"), { desk: role(o.desk), ticked: o.ticked, of: o.of })}</span>`)}</p>`, root);
  };
  app.store.onAny(["checklist", "standing"], draw);
  app.commands.addEventListener("change", ({ detail }) => detail.place.startsWith("check:") && draw());
}

/** @param {Card.CheckItem} item */
const when = (item) => (item.ticked ? html`<span class="quiet num">${item.ticked.at}</span>` : nothing);

/** @param {App} app @param {Card.CheckItem} item @param {() => unknown} draw */
function mine(app, item, draw) {
  const why = blocked(app);
  /** @param {PageEvent} e */
  const flip = (e) => {
    if (why) {
      e.target.checked = !!item.ticked;
      app.voice.say(why, true);
    } else app.commands.give(`check:${item.id}`, item.ticked ? "check.untick" : "check.tick", { item: item.id });
    draw();
  };
  return html`<li><label class="check"><input type="checkbox" .checked=${!!item.ticked} @change=${flip}><span>${item.text}</span>${when(item)}</label>${answer(app, `check:${item.id}`)}</li>`;
}
