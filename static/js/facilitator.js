/* The control room of one exercise: a line that hears every team, and forms that are posted when something is pressed. */
import { Line } from "./socket.js";
import { bindDialogs } from "./lib/dialogs.js";
import { live } from "./lib/live.js";
import { opening } from "./lib/opening.js";
import { Picture } from "./lib/picture.js";
import { bindRoomKeys } from "./lib/room-keys.js";
import { bindSettings } from "./lib/settings.js";
import { drawExercise } from "./cards/exercise.js";
import { takeLines } from "./cards/feed.js";
import { gettext } from "./lib/words.js";

const { act = "", room = "" } = document.body.dataset;
const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
const voice = live();
/** @type {RoomState} */
const first = JSON.parse(document.getElementById("first").textContent);
/** @type {Room} */
const page = {
  state: first,
  links: {}, reason: "", asking: null, open: new Set(first.teams.length === 1 ? [first.teams[0].id] : []),
  sort: { by: "", down: false }, filter: "", lines: [], kinds: new Set(["decisions", "talk", "engine", "system"]), details: false, team: 0,
  link: { link: "connecting", since: performance.now(), reason: "" },
};
const draw = () => drawExercise(page, { post, tell, redraw: draw });
const noticed = new Set(); // what was spoken already

/* A team that stands or seems stuck is spoken of once, for as long as it does. */
function speak() {
  for (const t of page.state.teams) {
    const troubles = { fault: (t.fault && gettext("%(name)s: its market has stopped.", { name: t.name })) || (t.upgrade && gettext("%(name)s: its market stopped after an upgrade.", { name: t.name })), stuck: page.state.rows[t.id]?.stuck_s != null && gettext("%(name)s may be stuck.", { name: t.name }) };
    for (const [kind, words] of Object.entries(troubles)) {
      if (!words) noticed.delete(`${t.id} ${kind}`);
      else if (!noticed.has(`${t.id} ${kind}`)) {
        noticed.add(`${t.id} ${kind}`);
        if (kind === "fault") voice.alarm(words);
        else voice.say(words);
      }
    }
  }
}
const seen = opening((text) => voice.say(text, true));
const picture = new Picture(first, () => {
  draw();
  speak();
  if (page.state.state === "running") seen(page.state.part, page.state.clock);
});
page.state = /** @type {RoomState} */ (picture.state);

function takeLinks() {
  const seats = page.state.teams.flatMap((t) => t.seats);
  for (const seat of seats) {
    const who = seat.holders.join();
    if (seat.link) page.links[seat.id] = { link: seat.link, who }; // the server shows it once, this page until it is opened or the page is left
    else if (page.links[seat.id] && page.links[seat.id].who !== who) delete page.links[seat.id];
  }
}

/* Post a form, to its end even when the page is left at once; what has changed comes by the line as well. -> whether it was done. */
/** @param {Fields} fields @param {string} [address] */
async function post(fields, address = act) {
  page.reason = "";
  try {
    const answer = await fetch(address, { method: "POST", credentials: "same-origin", keepalive: true, headers: { Accept: "application/json", "X-CSRFToken": token }, body: new URLSearchParams(fields) });
    if (!answer.ok) throw new Error(String(answer.status));
    const { reason, state } = await answer.json();
    Object.assign(page.state, state);
    page.reason = reason;
    takeLinks();
  } catch {
    page.reason = gettext("The server did not accept it. Reload the page and try again.");
  }
  if (page.reason) voice.say(page.reason, true);
  draw();
  return !page.reason;
}
/** @param {Fields} fields */
const tell = (fields) => post(fields, room);

/** @type {PageLine} */
const line = /** @type {any} */ (new Line(`/ws/control/${encodeURIComponent(first.code)}/`, picture));
line.addEventListener("link", ({ detail }) => {
  if (detail.link !== page.link.link && (detail.link === "reconnecting" || detail.link === "closed")) voice.alarm(detail.reason || gettext("Connection lost."));
  page.link = detail;
  document.documentElement.dataset.link = detail.link;
  draw();
});
line.addEventListener("happened", ({ detail }) => {
  takeLines(page, detail);
  picture.ask();
});
line.open();
document.querySelector("[data-part=add]").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { name } = event.target.elements;
  if (await tell({ do: "team-add", name: name.value })) name.value = "";
});
document.querySelector("[data-stuck]").addEventListener("change", (event) => tell({ do: "stuck", minutes: event.target.value }));
bindSettings();
bindDialogs();
bindRoomKeys(page, voice);
void import("./lib/focus.js").then(({ keepFocus }) => keepFocus());
takeLinks();
draw();
