/* The days and hours of the exercise's scenario, as the page was given them; clocks as "09:30". */
import { hhmm, seconds } from "./format.js";

/** @type {{ evenings: string[], evenings_long: string[], dates: string[], typed: string[], evening_from: string, evening_s: number, start: string, open: string, cut_until: string }} */
const told = { evenings: [], evenings_long: [], dates: [], typed: [], evening_from: "00:00", evening_s: 0, start: "00:00", open: "00:00", cut_until: "00:00", ...JSON.parse(document.documentElement.dataset.calendar ?? "{}") };

/* the evenings of the week by their number: "Friday 27 July", "Fri 27 Jul", "27 Jul" */
export const EVENINGS = told.evenings_long;
export const SHORT = told.evenings;
export const DATES = told.dates;
/* the last as the server reads it from an address or a field, in every language */
export const TYPED = told.typed;
export const EVENING_FROM = told.evening_from;
export const EVENING_S = told.evening_s;
/* a clock for every hour of an evening */
export const EVENING_HOURS = Array.from({ length: Math.floor(EVENING_S / 3600) + 1 }, (_, n) => hhmm(seconds(EVENING_FROM) + n * 3600));
/* when the day begins, which is step 0 */
export const START = told.start;
/* the opening bell */
export const OPEN = told.open;
/* a firm that the exchanges cut off stays so until then at least */
export const CUT_UNTIL = told.cut_until;

/* A time that somebody may type: of an evening in the middle, or after the bell. */
/** @param {boolean} week @param {number} minutes after the evening's beginning */
export const example = (week, minutes) => (week ? `${TYPED.at(-1 - Math.floor(SHORT.length / 2)) ?? ""} ${hhmm(seconds(EVENING_FROM) + minutes * 60)}` : hhmm(seconds(OPEN) + 900));
