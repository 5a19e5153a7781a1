/* Words and signs of injects. */
import { listed, roleTitle } from "./roles.js";

const SIGNS = { mail: "mail", call: "phone-call", rumour: "message-square", crash: "server", technician: "user", exchange: "landmark", data: "hourglass", press: "newspaper", regulator: "scale" };

export const sign = (kind) => SIGNS[kind] ?? "layers";

/* "the operator and the risk manager", or "" for nobody. */
export const desks = (names) => listed(names.map(roleTitle));

/* "All teams", "Cobalt, the operator": row {target, desks}. */
export const aim = (row) => [row.target ?? "All teams", desks(row.desks)].filter(Boolean).join(", ");
