/* What an assistant can be asked for, as the page was given it, once a server is chosen (0 stands for all of them), or a broker, an exchange,
 * stocks or words to search for. */
import { argsOf as chosenArgs } from "./deal-fields.js";
import { MANY, SERVERS, serverName } from "./firm.js";
import { gettext } from "./words.js";

/** @type {Partial<Record<Desk, Card.Wishes>>} */
const WISHES = JSON.parse(document.documentElement.dataset.wishes ?? "{}");

/** @param {Desk} desk @param {string | undefined} phase @returns {Card.Wish[]} */
export const menuOf = (desk, phase) => WISHES[desk]?.[phase === "deployment" ? "evening" : "day"] ?? [];

/* A lever that has nothing but the argument a wish asks for, as the fields of levers know it. */
/** @param {Wanted} name @returns {Card.Lever} */
export const fieldOf = (name) => /** @type {Card.Lever} */ ({ kind: `ask.${name}`, label: "", args: [name] });

/** @param {Card.Wish} wish @param {Asking} at @returns {{ args?: Args, missing?: string }} */
const chosenFor = (wish, at) => (wish.chosen === "none" ? { args: {} } : chosenArgs(fieldOf(wish.chosen), at.given[wish.chosen]));

const UNNAMED = { broker: gettext("a broker"), exchange: gettext("an exchange"), symbols: gettext("stocks"), text: gettext("an order, a stock or a broker") };

/** @param {Card.Wish} wish @param {Asking} at */
export function wordsOf(wish, at) {
  const words = wish.words.replace("{server}", at.server ? serverName(at.server) : gettext("all %(MANY)s", { MANY }));
  if (wish.chosen === "none") return words;
  const value = chosenFor(wish, at).args?.[wish.chosen] ?? UNNAMED[wish.chosen];
  return words.replace(`{${wish.chosen}}`, Array.isArray(value) ? value.join(", ") : String(value));
}

/** @param {Card.Wish} wish @param {Asking} at @returns {Args} */
export function argsOf(wish, at) {
  const args = { ...wish.args, ...chosenFor(wish, at).args };
  if (wish.servers === "none") return args;
  return { ...args, ...(wish.servers === "one" ? { server: at.server } : { servers: at.server ? [at.server] : [...SERVERS] }) };
}

/* Why it cannot be asked for as things are chosen, or null. */
/** @param {Card.Wish} wish @param {Asking} at */
export const lacks = (wish, at) => (!at.server && (wish.servers === "one" || wish.servers === "some") ? gettext("Choose one server for this.") : chosenFor(wish, at).missing ?? null);

/* Whether a menu has to ask which server. */
/** @param {Card.Wish[]} menu */
export const asksWhich = (menu) => menu.some((wish) => wish.servers !== "none");

/* What else a menu has to ask, in its order. */
/** @param {Card.Wish[]} menu @returns {Wanted[]} */
export const asksElse = (menu) => [...new Set(menu.flatMap((wish) => (wish.chosen === "none" ? [] : [wish.chosen])))];
