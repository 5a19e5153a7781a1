/* What each decision was worth, as the answers come: the same market without it, five minutes earlier, five minutes later, and its share. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { lossShort, minute } from "../lib/format.js";
import { gain } from "../lib/gain.js";
import { icon } from "../lib/icons.js";
import { role } from "../lib/roles.js";
import { barriers } from "./barriers.js";

const AGAIN_MS = 1500;
const LONGEST_MS = 6000; // a whole room looks at the same answers
/** @type {Record<string, string>} */
const SURE = { guessing: "guessing", likely: "likely", certain: "almost certain" };

/* One team after the other: the first that is asked for is answered first. courses: see courses.js. */
/** @param {Iterable<Found>} sections @param {Courses} courses */
export async function mountWorths(sections, courses) {
  for (const section of sections) {
    const root = section.querySelector("[data-body]");
    root.replaceChildren(); // what the page said before the script ran
    await follow(root, section.dataset.worth, courses);
  }
}

/** @param {Found} root @param {string} address @param {Courses} courses */
async function follow(root, address, courses) {
  /** @type {Worth | null} */
  let last = null;
  courses.onChange(() => last && render(view(last, whatIf(last, address, courses)), root));
  for (let wait = AGAIN_MS; ; wait = Math.min(LONGEST_MS, wait * 1.15)) {
    let told = null;
    try {
      const answer = await fetch(address, { credentials: "same-origin", headers: { Accept: "application/json" } });
      told = answer.ok ? await answer.json() : null;
    } catch { /* the server is away: it is asked again */ }
    if (told) {
      told.again = root.closest("section").dataset.again;
      const first = last === null;
      last = told;
      if (first) courses.pins(told.team, told.decisions);
      render(view(told, whatIf(told, address, courses)), root);
      best(told, root.closest("section").dataset.team);
    }
    if (told?.needs || (told?.complete && told.same !== null)) return;
    await new Promise((done) => setTimeout(done, wait));
  }
}

/* The cell of the table beside the other teams, once every decision is known. */
/** @param {Worth} d @param {string | undefined} team */
function best(d, team) {
  const cell = document.querySelector(`[data-best="${team}"]`);
  if (!cell || d.decisions.some((one) => one.worth_usd == null)) return;
  if (!cell.dataset.told) cell.replaceChildren(); // what the page said before
  cell.dataset.told = "yes";
  const [most] = [...d.decisions].sort((a, b) => b.worth_usd - a.worth_usd);
  render(most?.worth_usd > 0 ? html`${gain(most.worth_usd)}<span class="of">${most.words}</span>` : "none saved anything", cell);
}

/* -> draws a figure as a switch of its course on the curve. */
/** @param {Worth} d @param {string} address @param {Courses} courses */
const whatIf = (d, address, courses) => (/** @type {string} */ key, /** @type {string} */ label, /** @type {Drawn} */ figure) => {
  const course = { team: d.team, key, label, address: `${address.replace("worth.json", "course.json")}?key=${encodeURIComponent(key)}` };
  return html`<button type="button" class="what-if" aria-pressed=${String(courses.isOn(d.team, key))} title="Show on the curve" @click=${() => courses.toggle(course)}>${figure}<span class="sr">: ${label}, on the curve</span></button>`;
};

/** @param {Worth} d @param {AsCourse} course */
function view(d, course) {
  if (!d.decisions.length) return html`<p class="second">Nothing this team did changed what was traded.</p>${sureness(d)}${barriers(d, course)}${progress(d)}`;
  return html`<p class="second">The same seed and the same market, the other commands at their own times. A gain is what the team's decision saved; a loss is what it cost. A figure that is pressed shows its course on the curve above.
      Losses are those at ${d.until}, getting out reckoned by formula.${d.nothing_usd == null ? nothing : html` Doing nothing at all would have lost ${course("nothing", "nothing done", lossShort(-d.nothing_usd).replace("+", ""))}.`}</p>
    <div class="table-box" tabindex="0" role="region" aria-label="What each decision of ${d.team} was worth"><table class="plain worth num">
      <thead><tr><th scope="col"><span class="sr">Number on the curve</span></th><th scope="col">At</th><th scope="col">Desk</th><th scope="col">Decision</th><th scope="col">How sure</th><th scope="col" class="n">Worth</th>
        <th scope="col" class="n">5 min earlier</th><th scope="col" class="n">5 min later</th><th scope="col" class="n">Share of all</th></tr></thead>
      <tbody>${d.decisions.map((one) => row(d, one, course))}</tbody></table></div>
    ${sureness(d)}${barriers(d, course)}${progress(d)}`;
}

/** @param {Worth} d */
const unknown = (d) => (d.complete ? "\u2013" : html`<span class="quiet">\u2026</span>`);

/** @param {Worth} d @param {Told} one @param {AsCourse} course */
const row = (d, one, course) => html`<tr><td><span class="pin">${one.number}</span></td><td class="nowrap">${d.again ? html`<a href=${`${d.again}?desk=${one.desk}&at=${one.at}`}>${minute(one.at)}</a>` : minute(one.at)}</td><td class="nowrap">${role(one.desk)}</td><th scope="row">${one.words}</th>
  <td>${SURE[one.confidence] ?? ""}</td><td class="n">${one.worth_usd == null ? gain(null) : course(`without:${one.number}`, `without ${one.number}`, gain(one.worth_usd))}</td>
  ${["earlier", "later"].map((word) => html`<td class="n">${moved(one, one[word], (figure) => course(`${word}:${one.number}`, `${one.number}, 5 min ${word}`, figure))}</td>`)}
  <td class="n">${one.share_usd == null ? unknown(d) : html`${gain(one.share_usd)}${one.error_usd ? html` <span class="quiet">\u00b1 ${lossShort(-one.error_usd).replace("+$", "$")}</span>` : nothing}`}</td></tr>`;

/* What would have been saved more (or lost more) had the same been done then. */
/** @param {Told} one @param {any} found @param {(figure: Drawn) => Drawn} course */
function moved(one, found, course) {
  if (!one.movable) return "\u2013";
  if (found == null) return html`<span class="quiet">\u2026</span>`;
  return found.reason ? html`<span class="quiet" title=${found.reason}>not possible<span class="sr">: ${found.reason}</span></span>` : course(gain(found.usd));
}

/* Of every desk that said how sure it was, and of the team. */
/** @param {Worth} d */
function sureness(d) {
  if (!d.sureness?.length) return nothing;
  return html`<section class="sureness" aria-label=${`How sure ${d.team} was, and how right`}><h3>How sure, and how right</h3>
    <p class="second">The Brier score is the mean squared gap between how sure somebody was (guessing 50 %, likely 75 %, almost certain 95 %) and what came of it: 0 is perfect, 0.25 is what a coin scores.
      Diagnoses count, and decisions that saved or cost at least $100,000.</p>
    <div class="table-box" tabindex="0" role="region" aria-label="Brier scores"><table class="plain num"><thead><tr><th scope="col">Who</th><th scope="col" class="n">Right</th><th scope="col" class="n">Expected</th><th scope="col" class="n">Brier score</th></tr></thead>
      <tbody>${d.sureness.map((row) => html`<tr><th scope="row" class="nowrap">${row.desk ? role(row.desk) : "The team"}</th><td class="n">${row.right} of ${row.said}</td><td class="n">${row.expected.toFixed(1)}</td><td class="n">${row.score.toFixed(2)}</td></tr>`)}</tbody></table></div></section>`;
}

/** @param {Worth} d */
function checked(d) {
  if (d.same === null) return nothing;
  if (d.same === true) return html`<p class="quiet worth-same">${icon("badge-check")}The run was computed again from its log and came out the same to the last bit.</p>`;
  return html`<p class="answer" data-state="refused">${icon("triangle-alert")}The run did not come out the same: ${d.same}.</p>`;
}

/** @param {Worth} d */
function progress(d) {
  const shares = html`<p class="quiet">Shares are Shapley values of the largest decisions${d.exact ? "" : ", over drawn orders, with their standard error"}: they add up to what these decisions avoided together.</p>`;
  if (d.needs) return html`<p class="answer" data-state="refused">${icon("history")}${d.done}${d.of == null ? "" : ` of ${d.of}`} courses of the market are known, and no more will be. ${d.needs}</p>`;
  return d.complete ? html`${shares}${checked(d)}`
    : html`<p class="second" role="status">Playing the market again: ${d.done}${d.of == null ? " of many" : ` of ${d.of}`} courses.</p><progress max=${d.of ?? d.done * 2 + 20} .value=${d.done} aria-label="Courses of the market played again"></progress>`;
}
