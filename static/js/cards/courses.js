/* Other courses of a run on the loss curve, switched on where each is told and off again under the curve; pins of the decisions. */
import { html, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../lib/icons.js";
import { gettext } from "../lib/words.js";

/* draw: see curve.js, d: what it draws. -> {pins(team, decisions), isOn(team, key), toggle(course), onChange(fn)}; course: {team, key, label, address}. */
/** @param {Found} root @param {(d: Curve) => void} draw @param {Curve} d @returns {Courses} */
export function mountCourses(root, draw, d) {
  /** @type {Map<string, Course>} */
  const shown = new Map();
  /** @type {Map<string, { team: string, at: string, number: number }[]>} */
  const pins = new Map();
  /** @type {(() => unknown)[]} */
  const heard = [];
  const list = root.querySelector("[data-courses]");
  const many = d.teams.length > 1;

  const again = () => {
    draw({ ...d, courses: [...shown.values()].flatMap((one) => (one.loss ? [{ name: name(one), loss: one.loss }] : [])), pins: [...pins.values()].flat() });
    list.hidden = !shown.size;
    render(html`<span class="second">${gettext("What if:")}</span>${[...shown.values()].map(chip)}`, list);
    heard.forEach((tell) => tell());
  };
  /** @param {Course} one */
  const name = (one) => (many ? `${one.team.slice(0, 8)}: ${one.label}` : one.label);
  /** @param {Course} one */
  const chip = (one) => html`<button type="button" class="btn btn-small" @click=${() => toggle(one)}>
    ${icon(one.loss ? "x" : "hourglass")}<span dir="auto">${name(one)}</span><span class="sr"> ${gettext("remove from the curve")}</span></button>`;
  /** @param {{ team: string, key: string }} o */
  const id = ({ team, key }) => `${team} ${key}`;

  /** @param {Course} course */
  async function toggle(course) {
    if (shown.delete(id(course))) return again();
    shown.set(id(course), course);
    again();
    try {
      const answer = await fetch(course.address, { credentials: "same-origin", headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      course.loss = (await answer.json()).loss;
    } catch {
      shown.delete(id(course)); // it goes off again, as if it had not been pressed
    }
    again();
  }

  return {
    pins(team, found) {
      pins.set(team, found.map((one) => ({ ...one, team: many ? team : d.teams[0]?.name ?? team }))); // alone, a team is called what the page calls it
      again();
    },
    isOn: (team, key) => shown.has(`${team} ${key}`),
    toggle,
    onChange: (fn) => heard.push(fn),
  };
}
