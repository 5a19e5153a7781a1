/* What each decision was worth, as the answers come: the same market without it, five minutes earlier, five minutes later, and its share. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { lossShort, minute } from "../lib/format.js";
import { gain } from "../lib/gain.js";
import { icon } from "../lib/icons.js";
import { role } from "../lib/roles.js";
import { barriers } from "./barriers.js";
import { firstOf, waits } from "./first.js";
import { around, gettext } from "../lib/words.js";

const AGAIN_MS = 1500;
const LONGEST_MS = 6000; // a whole room looks at the same answers
/** @type {Record<string, string>} */
const SURE = { guessing: gettext("guessing"), likely: gettext("likely"), certain: gettext("almost certain") };

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
  const { team, again } = root.closest("section").dataset;
  const first = firstOf(team);
  const beside = document.querySelector(`[data-barriers="${team}"] [data-body]`);
  beside?.replaceChildren(); // what the page said before the script ran
  /** @param {Worth} d */
  const show = (d) => {
    const course = whatIf(d, address, courses);
    render(view(d, course), root);
    if (beside) render(html`${barriers(d, course)}${d.complete ? nothing : progress(d)}`, beside);
  };
  courses.onChange(() => last && show(last));
  for (let wait = AGAIN_MS; ; wait = Math.min(LONGEST_MS, wait * 1.15)) {
    let told = null;
    try {
      const answer = await fetch(address, { credentials: "same-origin", headers: { Accept: "application/json" } });
      told = answer.ok ? await answer.json() : null;
    } catch { /* the server is away: it is asked again */ }
    if (told) {
      told.again = again;
      if (last === null) courses.pins(told.team, told.decisions);
      last = told;
      show(told);
      best(told, team);
      first(told);
    }
    if (over(told)) return;
    await new Promise((done) => setTimeout(done, wait));
  }
}

/* Whether nothing more will come, or is waited for. */
/** @param {Worth | null} d */
const over = (d) => d !== null && (Boolean(d.needs) || (d.complete && d.same !== null && !waits()));

/* The cell of the table beside the other teams, once every decision is known. */
/** @param {Worth} d @param {string | undefined} team */
function best(d, team) {
  const cell = document.querySelector(`[data-best="${team}"]`);
  if (!cell || d.decisions.some((one) => one.worth_usd == null)) return;
  if (!cell.dataset.told) cell.replaceChildren(); // what the page said before
  cell.dataset.told = "yes";
  const [most] = [...d.decisions].sort((a, b) => b.worth_usd - a.worth_usd);
  render(most?.worth_usd > 0 ? html`${gain(most.worth_usd)}<span class="of">${most.words}</span>` : gettext("none had saved anything by %(until)s", { until: d.until }), cell);
}

/* -> draws a figure as a switch of its course on the curve. */
/** @param {Worth} d @param {string} address @param {Courses} courses */
const whatIf = (d, address, courses) => (/** @type {string} */ key, /** @type {string} */ label, /** @type {Drawn} */ figure) => {
  const course = { team: d.team, key, label, address: `${address.replace("worth.json", "course.json")}?key=${encodeURIComponent(key)}` };
  return html`<button type="button" class="what-if" aria-pressed=${String(courses.isOn(d.team, key))} title=${gettext("Show on the curve")} @click=${() => courses.toggle(course)}>${figure}<span class="sr">${gettext(": %(label)s, on the curve", { label })}</span></button>`;
};

/** @param {Worth} d @param {AsCourse} course */
function view(d, course) {
  if (!d.decisions.length) return html`<p class="second">${gettext("Nothing this team did changed any trades.")}</p>${sureness(d)}${progress(d)}`;
  return html`<p class="second">${gettext("Same seed, same market, all other commands unchanged. A gain is what the decision saved; a loss is what it cost. Select a figure to show it on the curve above. Losses are as of %(until)s, with the cost of getting out estimated by formula.", { until: d.until })}${d.nothing_usd == null ? nothing : html` ${around(gettext("With nothing done, the loss would have been %(course)s."), { course: course("nothing", gettext("nothing done"), lossShort(-d.nothing_usd).replace("+", "")) })}`}</p>
    <div class="table-box" tabindex="0" role="region" aria-label=${gettext("What each decision of %(team)s was worth", { team: d.team })}><table class="plain worth num">
      <thead><tr><th scope="col"><span class="sr">${gettext("Number on the curve")}</span></th><th scope="col">${gettext("At")}</th><th scope="col">${gettext("Desk")}</th><th scope="col">${gettext("Decision")}</th><th scope="col">${gettext("Confidence")}</th><th scope="col" class="n">${gettext("Worth")}</th>
        <th scope="col" class="n">${gettext("5 min earlier")}</th><th scope="col" class="n">${gettext("5 min later")}</th><th scope="col" class="n">${gettext("Share of all")}</th></tr></thead>
      <tbody>${d.decisions.map((one) => row(d, one, course))}</tbody></table></div>
    ${sureness(d)}${progress(d)}`;
}

/** @param {Worth} d */
const unknown = (d) => (d.complete ? "\u2013" : html`<span class="quiet">\u2026</span>`);

/** @param {Worth} d @param {Told} one @param {AsCourse} course */
const row = (d, one, course) => html`<tr><td><span class="pin">${one.number}</span></td><td class="nowrap">${d.again ? html`<a href=${`${d.again}?desk=${one.desk}&at=${one.at}`}>${minute(one.at)}</a>` : minute(one.at)}</td><td class="nowrap">${role(one.desk)}</td><th scope="row">${one.words}</th>
  <td>${SURE[one.confidence] ?? ""}</td><td class="n">${one.worth_usd == null ? gain(null) : course(`without:${one.number}`, gettext("without %(number)s", { number: one.number }), gain(one.worth_usd))}</td>
  ${["earlier", "later"].map((when) => html`<td class="n">${moved(one, one[when], (figure) => course(`${when}:${one.number}`, when === "earlier" ? gettext("%(number)s, 5 min earlier", { number: one.number }) : gettext("%(number)s, 5 min later", { number: one.number }), figure))}</td>`)}
  <td class="n">${one.share_usd == null ? unknown(d) : html`${gain(one.share_usd)}${one.error_usd ? html` <span class="quiet">\u00b1 ${lossShort(-one.error_usd).replace("+$", "$")}</span>` : nothing}`}</td></tr>`;

/* What would have been saved more (or lost more) had the same been done then. */
/** @param {Told} one @param {any} found @param {(figure: Drawn) => Drawn} course */
function moved(one, found, course) {
  if (!one.movable) return "\u2013";
  if (found == null) return html`<span class="quiet">\u2026</span>`;
  return found.reason ? html`<span class="quiet" title=${found.reason}>${gettext("not possible")}<span class="sr">: ${found.reason}</span></span>` : course(gain(found.usd));
}

/* Of every desk that said how sure it was, and of the team. */
/** @param {Worth} d */
function sureness(d) {
  if (!d.sureness?.length) return nothing;
  return html`<section class="sureness" aria-label=${gettext("Confidence and accuracy of %(team)s", { team: d.team })}><h3>${gettext("Confidence and accuracy")}</h3>
    <p class="second">${gettext("The Brier score is the mean squared gap between stated confidence (guessing 50 %, likely 75 %, almost certain 95 %) and the outcome: 0 is perfect, 0.25 is a coin toss. It counts diagnoses, and decisions that saved or cost at least $100,000.")}</p>
    <div class="table-box" tabindex="0" role="region" aria-label=${gettext("Brier scores")}><table class="plain num"><thead><tr><th scope="col">${gettext("Who")}</th><th scope="col" class="n">${gettext("Right")}</th><th scope="col" class="n">${gettext("Expected")}</th><th scope="col" class="n">${gettext("Brier score")}</th></tr></thead>
      <tbody>${d.sureness.map((row) => html`<tr><th scope="row" class="nowrap">${row.desk ? role(row.desk) : gettext("The team")}</th><td class="n">${gettext("%(right)s of %(said)s", { right: row.right, said: row.said })}</td><td class="n">${row.expected.toFixed(1)}</td><td class="n">${row.score.toFixed(2)}</td></tr>`)}</tbody></table></div></section>`;
}

/** @param {Worth} d */
function checked(d) {
  if (d.same === null) return nothing;
  if (d.same === true) return html`<p class="quiet worth-same">${icon("badge-check")}${gettext("The run was recomputed from its log and came out identical.")}</p>`;
  return html`<p class="answer" data-state="refused">${icon("triangle-alert")}${gettext("The recomputed run differs: %(same)s.", { same: d.same })}</p>`;
}

/** @param {Worth} d */
function progress(d) {
  const shares = html`<p class="quiet">${d.exact ? gettext("Shares are Shapley values of the largest decisions: they add up to what these decisions avoided together.") : gettext("Shares are Shapley values of the largest decisions, estimated from sampled orderings, with standard errors: they add up to what these decisions avoided together.")}</p>`;
  if (d.needs) return html`<p class="answer" data-state="refused">${icon("history")}${d.of == null ? gettext("%(done)s replays are done; no more will run.", { done: d.done }) : gettext("%(done)s of %(of)s replays are done; no more will run.", { done: d.done, of: d.of })} ${d.needs}</p>`;
  return d.complete ? html`${shares}${checked(d)}`
    : html`<p class="second" role="status">${d.of == null ? gettext("Replaying the market: %(done)s replays so far.", { done: d.done }) : gettext("Replaying the market: %(done)s of %(of)s replays.", { done: d.done, of: d.of })}</p><progress max=${d.of ?? d.done * 2 + 20} .value=${d.done} aria-label=${gettext("Market replays")}></progress>`;
}
