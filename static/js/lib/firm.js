/* What the exercise's scenario calls things, as the page was given it: the router, its servers, the releases, and history. */
const { system = "", server = "{n}", servers = "0", many = "", target = "", clean = "", past = "history" } = document.documentElement.dataset;

/** @param {string} text */
const head = (text) => text.charAt(0).toUpperCase() + text.slice(1);

export const SYSTEM = system;
export const SYSTEM_HEAD = head(system);
/* how many servers there are, in a word */
export const MANY = many;
export const SERVERS = Array.from({ length: Number(servers) }, (_, i) => i + 1);
/* of a server's name: where the number alone is seen, this is heard before it */
export const BEFORE_NUMBER = server.split("{n}")[0];
/* the release to be deployed */
export const TARGET = target;
/* the first that could be built in the week */
export const CLEAN = clean;
export const PAST = past;
export const PAST_HEAD = head(past);

/** @param {number | string} n */
export const serverName = (n) => server.replace("{n}", String(n));
