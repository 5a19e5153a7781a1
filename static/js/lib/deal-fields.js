/* What a lever has to be told before it can start: servers, a release, a broker, stocks, words, a figure. One control an argument. */
import { html } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { BEFORE_NUMBER, ROUTES, SERVERS, TARGET } from "./firm.js";
import { amount } from "./money.js";
import { gettext } from "./words.js";

/** @param {number} most @returns {(text: string) => number | null} */
const whole = (most) => (text) => (/^\d+$/.test(text.trim()) && Number(text) <= most ? Number(text) : null);
/** @param {string} text */
const percent = (text) => (/^\d+(\.\d+)?$/.test(text.trim()) && Number(text) >= 0.01 && Number(text) <= 99 ? Number(text) : null);
/** @param {string} text */
const words = (text) => (text.trim().length >= 2 && text.trim().length <= 60 ? text.trim() : null);

/** @param {string} text */
const stocks = (text) => {
  const names = [...new Set(text.toUpperCase().split(/[\s,;]+/).filter(Boolean))];
  return names.length ? names : null;
};

/* name -> {label, hint, read(text) -> value or null, bad} */
/** @type {Record<string, { label: string, hint: string, read(text: string): string | number | string[] | null, bad: string }>} */
const TEXTS = {
  match: { label: gettext("Text"), hint: gettext("in sender, subject or body"), read: words, bad: gettext("2 to 60 characters.") },
  per_second: { label: gettext("Per second"), hint: "5", read: whole(10000), bad: gettext("A whole number up to 10,000. 0 for none.") },
  gross_usd: { label: gettext("Dollars"), hint: "25 M", read: amount, bad: gettext("An amount such as 25 M. 0 for none.") },
  usd: { label: gettext("Dollars"), hint: "100 M", read: amount, bad: gettext("An amount such as 100 M. 0 for none.") },
  shares: { label: gettext("Shares"), hint: "10000", read: whole(1000000), bad: gettext("A whole number up to 1,000,000. 0 for none.") },
  symbols: { label: gettext("Stocks"), hint: gettext("symbols, separated by spaces"), read: stocks, bad: gettext("Name the stocks first.") },
  text: { label: gettext("Search for"), hint: gettext("an order, a stock or a broker"), read: words, bad: gettext("Say what to search for first.") },
  percent: { label: gettext("Percent"), hint: "5", read: percent, bad: gettext("A number from 0.01 to 99.") },
};

/* What was chosen for a lever -> its arguments, or the sentence that says what is missing. given: {servers: Set, server, release, text} */
/** @param {Card.Lever} lever @param {Given} given */
export function argsOf(lever, given) {
  /** @type {Args} */
  const args = {};
  for (const name of lever.args) {
    const { value, missing } = argOf(lever, name, given);
    if (missing) return { missing };
    args[name] = value;
  }
  return { args };
}

/** @param {Card.Lever} lever @param {string} name @param {Given} given @returns {{ value?: unknown, missing?: string }} */
function argOf(lever, name, given) {
  if (name === "servers") return given.servers.size ? { value: [...given.servers].sort((a, b) => a - b) } : { missing: gettext("Choose servers first.") };
  if (name === "server") return given.server ? { value: given.server } : { missing: gettext("Choose a server first.") };
  if (name === "release") return given.release ? { value: given.release } : { missing: gettext("None left to choose.") };
  if (CHOICES[name]) return { value: picked(CHOICES[name].names, given) };
  if (lever.kind === "ramp.set") return { value: given.percent ?? PERCENTS.at(-1) };
  const value = TEXTS[name]?.read(given.text ?? "") ?? null;
  return value === null ? { missing: TEXTS[name]?.bad ?? gettext("Something is missing.") } : { value };
}

/* name -> what there is to choose from */
/** @type {Record<string, { label: string, names: string[] }>} */
const CHOICES = { broker: { label: gettext("Broker"), names: ROUTES.brokers }, exchange: { label: gettext("Exchange"), names: ROUTES.exchanges } };

/** @param {string[]} names @param {Given} given */
const picked = (names, given) => (names.includes(given.text) ? given.text : names[0] ?? "");

const PERCENTS = [0, 1, 10, 100]; // of the flag

/** @param {Card.Lever} lever @param {Given} given @param {string[]} releases @param {() => unknown} draw */
export function fields(lever, given, releases, draw) {
  return lever.args.map((name) => {
    if (lever.kind === "ramp.set") return steps(lever, given, draw);
    if (name === "servers") return chips(lever, "checkbox", (n) => given.servers.has(n), (n) => { if (!given.servers.delete(n)) given.servers.add(n); draw(); });
    if (name === "server") return chips(lever, "radio", (n) => given.server === n, (n) => { given.server = n; draw(); });
    if (name === "release") return release(lever, given, releases, draw);
    const offered = CHOICES[name];
    if (offered) return choice(lever, name, offered.label, offered.names, picked(offered.names, given), (text) => { given.text = text; draw(); });
    const field = TEXTS[name];
    const id = `deal-${lever.kind.replace(".", "-")}-${name}`;
    return html`<label class="deal-text" for=${id}><span class="quiet">${field?.label ?? name}</span><input class="input input-small num" id=${id} maxlength="60" autocomplete="off" placeholder=${field?.hint ?? ""}
      @input=${(e) => { given.text = e.target.value; draw(); }}></label>`;
  });
}

/** @param {Card.Lever} lever @param {string} type @param {(n: number) => boolean} on @param {(n: number) => void} pick */
const chips = (lever, type, on, pick) => html`<div class="seg seg-tight servers-seg" role="group" aria-label=${gettext("%(label)s: servers", { label: lever.label })}>${SERVERS.map((n) => html`<label ?data-on=${on(n)}>
  <input class="sr" type=${type} name=${`deal-${lever.kind}`} .checked=${on(n)} @change=${() => pick(n)}><span class="sr">${BEFORE_NUMBER}</span>${n}</label>`)}</div>`;

/** @param {Card.Lever} lever @param {Given} given @param {() => unknown} draw */
const steps = (lever, given, draw) => html`<div class="seg seg-tight servers-seg" role="group" aria-label=${gettext("%(label)s: percent", { label: lever.label })}>${PERCENTS.map((n) => html`<label ?data-on=${n === (given.percent ?? 100)}>
  <input class="sr" type="radio" name=${`deal-${lever.kind}`} .checked=${n === (given.percent ?? 100)} @change=${() => { given.percent = n; draw(); }}>${n} %</label>`)}</div>`;

/** @param {Card.Lever} lever @param {Given} given @param {string[]} releases @param {() => unknown} draw */
function release(lever, given, releases, draw) {
  if (!releases.includes(given.release)) given.release = releases.includes(TARGET) ? TARGET : releases[0];
  return choice(lever, "release", gettext("Release"), releases, given.release, (name) => { given.release = name; draw(); });
}

/** @param {Card.Lever} lever @param {string} name @param {string} label @param {string[]} offered @param {string} now @param {(name: string) => void} pick */
function choice(lever, name, label, offered, now, pick) {
  const id = `deal-${lever.kind.replace(".", "-")}-${name}`;
  return html`<label class="deal-text" for=${id}><span class="quiet">${label}</span><select class=${`input input-small ${name === "release" ? "mono" : ""}`} id=${id} @change=${(e) => pick(e.target.value)}>
    ${offered.map((one) => html`<option value=${one} .selected=${one === now}>${one}</option>`)}</select></label>`;
}
