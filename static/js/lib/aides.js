/* Who is there for a team without a desk: a word for each role. */
import { gettext } from "./words.js";

/** @type {Record<string, () => string>} */
const TITLED = { commander: () => gettext("Incident commander"), scribe: () => gettext("Scribe") };
/** @param {string} role */
export const aideTitle = (role) => TITLED[role]?.() ?? role;
