/* The facilitator's page of one exercise: looks every two seconds, posts what is pressed. */
import { bindSettings } from "./lib/settings.js";
import { live } from "./lib/live.js";
import { drawExercise } from "./cards/exercise.js";

const EVERY_MS = 2000;
const { act, look } = document.body.dataset;
const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
const voice = live();
const page = { state: JSON.parse(document.getElementById("first").textContent), links: {}, reason: "", at: Date.now(), late: false, asking: false };

const draw = () => drawExercise(page, { post, redraw: draw });

function take(state) {
  for (const seat of state.teams.flatMap((t) => t.seats)) {
    if (seat.link) page.links[seat.id] = seat.link; // the server shows it once, this page until it is left
    if (seat.holders.length && !seat.link && page.state.teams.flatMap((t) => t.seats).find((s) => s.id === seat.id)?.holders.join() !== seat.holders.join()) delete page.links[seat.id];
  }
  Object.assign(page, { state, at: Date.now(), late: false });
}

async function fetched(address, options = {}) {
  const answer = await fetch(address, { credentials: "same-origin", ...options, headers: { Accept: "application/json", ...options.headers } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function post(fields, address = act) {
  page.reason = "";
  try {
    const { reason, state } = await fetched(address, { method: "POST", headers: { "X-CSRFToken": token }, body: new URLSearchParams(fields) });
    take(state);
    page.reason = reason;
  } catch {
    page.reason = "The server did not take it. Load this page again and repeat it.";
  }
  if (page.reason) voice.say(page.reason, true);
  draw();
}

setInterval(async () => {
  if (document.visibilityState === "hidden") return;
  try {
    take(await fetched(look));
  } catch {
    page.late = true;
  }
  draw();
}, EVERY_MS);

bindSettings();
take(page.state);
draw();
