/* Words and signs of injects. */
import { listed, roleTitle } from "./roles.js";
import { gettext } from "./words.js";

/** @type {Record<string, string>} */
const SIGNS = { mail: "mail", call: "phone-call", rumour: "message-square", crash: "server", technician: "user", exchange: "landmark", data: "hourglass", press: "newspaper", regulator: "scale" };

/** @param {string} kind */
export const sign = (kind) => SIGNS[kind] ?? "layers";

/* "the operator and the risk manager", or "" for nobody. */
/** @param {string[]} names */
export const desks = (names) => listed(names.map(roleTitle));

/* "All teams", "Cobalt, the operator": row {target, desks}. */
/** @param {{ target?: string | null, desks: string[] }} row */
export const aim = (row) => [row.target ?? gettext("All teams"), desks(row.desks)].filter(Boolean).join(", ");
