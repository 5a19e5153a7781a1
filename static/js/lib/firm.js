/* What the exercise's scenario calls things, as the page was given it: the router, its servers, the releases, the desks, and history. */
import { gettext } from "./words.js";
const { system = "", server = "{n}", servers = "0", many = "", target = "", clean = "", past = "history", alone, titles = "{}", weekday = "", copies = "", routes = "{}" } = document.documentElement.dataset;

/** @param {string} text */
export const head = (text) => text.charAt(0).toUpperCase() + text.slice(1);

export const SYSTEM = system;
export const SYSTEM_HEAD = head(system);
/* how many servers there are, in a word */
export const MANY = many;
export const SERVERS = Array.from({ length: +servers }, (_, i) => i + 1);
/* heard before a server's number where that alone is seen */
export const BEFORE_NUMBER = server.split("{n}")[0];
/* how many copies of a release an evening has room for */
export const COPIES = copies;
/* the release to be deployed */
export const TARGET = target;
/* the first that could be built in the week */
export const CLEAN = clean;
/* beside what a loss stands, as a sentence begins with it */
export const IN_PAST = alone != null ? gettext("With nobody at the desks") : gettext("In %(past)s", { past });
export const PAST_HEAD = head(past);
/* the day: "Wednesday, 1 August" */
export const ON_DAY = weekday;
/* desk -> what is called whoever sits there, and the facilitator */
/** @type {Record<string, { title: string, head: string, short: string, short_head: string }>} */
export const TITLES = { ...JSON.parse(titles), facilitator: { title: gettext("facilitator"), head: gettext("Facilitator"), short: gettext("facilitator"), short_head: gettext("Facilitator") } };

/* by name: who sends clients' orders, and the exchanges they go to */
/** @type {{ brokers: string[], exchanges: string[] }} */
export const ROUTES = { brokers: [], exchanges: [], ...JSON.parse(routes) };

/** @param {number | string} n */
export const serverName = (n) => server.replace("{n}", String(n));
