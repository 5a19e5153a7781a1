/* Moments in the zone of whoever looks: the server writes UTC and says so; here every one is written anew, with the zone's name. */
import { gettext } from "./words.js";
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const lang = document.documentElement.lang;
const told = new Intl.DateTimeFormat(!lang || lang === "en" ? "en-GB" : lang, { weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short" });

export function writeMoments() {
  for (const time of document.querySelectorAll("time[data-moment]")) time.textContent = told.format(new Date(time.dateTime)).replace(",", ""); // Mon 1 Dec, as the server has it
  for (const form of document.querySelectorAll("form")) typedHere(form);
  const zones = /** @type {HTMLSelectElement | null} */ (document.querySelector("[data-zone=here] select"));
  if (zones && [...zones.options].some((one) => one.value === zone)) zones.value = zone;
}

/* A moment that is typed counts in this zone. One that comes from the server is in UTC as long as the form names no zone. */
/** @param {Found} form */
function typedHere(form) {
  const { zone: named, planned_for: moment } = form.elements;
  if (!named || !moment || named.value || !zone) return;
  named.value = zone;
  if (moment.value) moment.value = local(new Date(`${moment.value}Z`));
  const label = form.querySelector(`label[for="${moment.id}"]`);
  if (label) label.textContent = gettext("Planned for (%(zone)s)", { zone });
}

/** @param {Date} moment */
function local(moment) {
  return new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
