/* What people take away, as their answers arrive: how many, the controls they chose, two scales, and what they wrote, by desk. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { role } from "../lib/roles.js";
import { gettext, ngettext } from "../lib/words.js";

/** @param {Found} section */
export function mountLessons(section) {
  if (!section) return;
  const body = section.querySelector("[data-body]");
  /** @param {Lessons} told */
  const show = (told) => render(view(told), body);
  show(JSON.parse(document.getElementById("lessons-first").textContent));
  setInterval(async () => {
    if (document.visibilityState !== "visible") return;
    try {
      const answer = await fetch(section.dataset.lessons, { credentials: "same-origin", headers: { Accept: "application/json" } });
      if (answer.ok) show(await answer.json());
    } catch { /* the server is away: it is asked again */ }
  }, Number(section.dataset.every) * 1000);
}

/** @param {Lessons} d */
function view(d) {
  const count = html`<p class="second num">${ngettext("%(answers)s of %(n)s person has answered.", "%(answers)s of %(n)s people have answered.", d.people, { answers: d.answers })}</p>`;
  if (!d.answers) return html`${count}<p class="quiet">${gettext("Players answer five short questions on their phones, on this page or at their desks.")}</p>`;
  return html`${count}<div class="answers-cols">
    <div><h3>${gettext("Controls that would have helped most")}</h3>${d.controls.length ? html`<ol class="bars">${d.controls.map((one) => bar(one.label, one.count, d.answers))}</ol>` : html`<p class="quiet">${gettext("No one chose any.")}</p>`}</div>
    <div>${d.scales.map(scale)}</div></div>
    ${d.texts.map(texts)}`;
}

/** @param {string} label @param {number} count @param {number} most */
const bar = (label, count, most) => html`<li><span>${label}</span><meter min="0" max=${most} .value=${count} aria-label=${gettext("%(label)s: %(count)s of %(most)s", { label, count, most })}></meter><span class="num" aria-hidden="true">${count}</span></li>`;

/** @param {Lessons["scales"][number]} one */
const scale = (one) => html`<h3>${one.prompt}</h3>
  <ol class="bars bars-scale">${one.counts.map((count, i) => bar([i + 1, [one.low, "", "", "", one.high][i]].filter(Boolean).join(", "), count, Math.max(1, ...one.counts)))}</ol>
  ${one.mean == null ? nothing : html`<p class="second num">${gettext("Mean %(mean)s", { mean: one.mean })}</p>`}`;

/** @param {Lessons["texts"][number]} part */
const texts = (part) => (part.answers.length ? html`<div><h3>${part.prompt}</h3><ul class="said">${part.answers.map((one) => html`<li><p dir="auto">${one.text}</p>
  <p class="of">${one.team ? html`<span dir="auto">${one.team}</span>, ` : nothing}${role(one.desk)}${one.who ? html`, <span dir="auto">${one.who}</span>` : nothing}</p></li>`)}</ul></div>` : nothing);
