/* Releases and what they do with the flag; diffs line by line in a box of their own. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { share } from "../lib/share.js";
import { term } from "../lib/term.js";
import { gettext } from "../lib/words.js";

/** @type {Record<string, string>} */
const SAID = { "+": gettext("added"), "-": gettext("removed") };

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const parts = [...root.querySelectorAll("[data-part]")];
  const buttons = [...root.querySelectorAll("[data-part-for]")];
  const at = { diff: 0 };
  app.showCode = (name) => {
    for (const p of parts) p.hidden = p.dataset.part !== name;
    for (const b of buttons) b.setAttribute("aria-pressed", String(b.dataset.partFor === name));
  };
  buttons.forEach((b) => b.addEventListener("click", () => app.showCode(b.dataset.partFor)));
  app.showCode("releases");
  const draw = () => {
    const d = app.store.get("releases");
    if (!d) return;
    render(d.releases.map(release), root.querySelector("[data-part=releases]"));
    render(diff(app, at, d.diffs, draw), root.querySelector("[data-part=diff]"));
  };
  app.store.on("releases", draw);
}

/** @param {Card.Release} r */
const release = (r) => html`<article class="release"><h3 class="mono">${r.name}</h3><p class="quiet num">${gettext("built %(built)s, hash", { built: r.built })} <span class="mono">${r.hash}</span></p>
  <p class="release-note">${r.note}</p>
  <dl class="flags"><div><dt>${term("order-flag", gettext("flag clear"))}</dt><dd class="mono">${r.flag_clear}</dd></div><div><dt>${term("order-flag", gettext("flag set"))}</dt><dd class="mono">${r.flag_set}</dd></div></dl></article>`;

/** @param {App} app @param {{ diff: number }} at @param {Card.Diff[]} diffs @param {() => unknown} draw */
function diff(app, at, diffs, draw) {
  const d = diffs[at.diff];
  if (!d) return html`<p class="empty">${gettext("No diff.")}</p>`;
  /** @param {PageEvent} e */
  const choose = (e) => {
    at.diff = Number(e.target.value);
    draw();
    document.querySelector(".diff").scrollTo(0, 0);
  };
  return html`<div class="diff-bar"><label class="sr" for="diff-choice">${gettext("Which diff")}</label><select class="input input-small" id="diff-choice" @change=${choose}>${diffs.map((x, i) => html`<option value=${i} .selected=${i === at.diff}>${x.title}</option>`)}</select>${share(app, "diff", at.diff, gettext("this diff"))}</div>
    <div class="diff scroll mono" tabindex="0" role="region" aria-label=${gettext("%(title)s. Lines added begin with plus, removed with minus.", { title: d.title })}><ol>${d.lines.map((l) => html`<li data-sign=${l.sign}><span class="diff-sign">${l.sign === "@" ? "" : l.sign}</span><span class="diff-text">${SAID[l.sign] ? html`<span class="sr">${SAID[l.sign]}: </span>` : nothing}${l.text}</span></li>`)}</ol></div>`;
}
