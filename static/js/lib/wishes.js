/* What an assistant can be asked for, as the page was given it, once a server is chosen: 0 stands for all of them. */
import { MANY, SERVERS, serverName } from "./firm.js";

/** @type {Partial<Record<Desk, Card.Wishes>>} */
const WISHES = JSON.parse(document.documentElement.dataset.wishes ?? "{}");

/** @param {Desk} desk @param {string | undefined} phase @returns {Card.Wish[]} */
export const menuOf = (desk, phase) => WISHES[desk]?.[phase === "deployment" ? "evening" : "day"] ?? [];

/** @param {Card.Wish} wish @param {number} n */
export const wordsOf = (wish, n) => wish.words.replace("{server}", n ? serverName(n) : `all ${MANY}`);

/** @param {Card.Wish} wish @param {number} n @returns {Args} */
export function argsOf(wish, n) {
  if (wish.servers === "none") return wish.args;
  return { ...wish.args, ...(wish.servers === "one" ? { server: n } : { servers: n ? [n] : [...SERVERS] }) };
}

/* Why it cannot be asked for of all servers, or null. */
/** @param {Card.Wish} wish @param {number} n */
export const needsOne = (wish, n) => (!n && (wish.servers === "one" || wish.servers === "some") ? "Choose one server for this." : null);

/* Whether a menu has to ask which server. */
/** @param {Card.Wish[]} menu */
export const asksWhich = (menu) => menu.some((wish) => wish.servers !== "none");
