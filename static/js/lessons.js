/* The survey on a phone: what is typed stays on it until the server has it, and is sent again when the line is back. */
import { keep, kept } from "./lib/kept.js";
import { bindSettings } from "./lib/settings.js";
import { gettext } from "./lib/words.js";

const AGAIN_MS = 5000;
const form = document.querySelector("[data-draft]");
const said = form.querySelector("[data-said]");
const name = form.dataset.draft;
const boxes = [...form.querySelectorAll("[data-most] input")];
const most = Number(form.querySelector("[data-most]")?.dataset.most);
let sending = false;
let waiting = 0; // to send again

bindSettings();
restore();
limit();
form.addEventListener("input", () => {
  limit();
  write("typed");
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void send();
});
addEventListener("online", () => waiting && send());

function read() {
  return [...new FormData(/** @type {any} */ (form))].filter(([field]) => field !== "csrfmiddlewaretoken");
}

/* `how`: typed, waiting (for the line), or sent. */
/** @param {string} how */
function write(how) {
  keep(name, JSON.stringify({ how, fields: read() }));
}

/* What was typed here and has not reached the server goes before what the server has. */
function restore() {
  const text = kept(name, "");
  if (!text || "tried" in form.dataset) return;
  /** @type {{ how: string, fields: [name: string, value: string][] }} */
  const { how, fields } = JSON.parse(text);
  if (how === "sent" && read().some(([, value]) => value)) return;
  /** @param {string} field @param {string} value */
  const given = (field, value) => fields.some(([f, v]) => f === field && v === value);
  for (const input of form.querySelectorAll("input[type=checkbox], input[type=radio]")) input.checked = given(input.name, input.value);
  for (const area of form.querySelectorAll("textarea")) area.value = fields.find(([f]) => f === area.name)?.[1] ?? "";
  said.textContent = gettext("Your earlier draft was restored from this device.");
  if (how === "waiting") void send();
}

function limit() {
  const full = boxes.filter((b) => b.checked).length >= most;
  for (const box of boxes) box.disabled = full && !box.checked;
}

async function send() {
  if (sending) return;
  sending = true;
  clearTimeout(waiting);
  waiting = 0;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(/** @type {any} */ (form)), credentials: "same-origin", headers: { Accept: "application/json" } });
    tell(await answer.json());
  } catch {
    write("waiting");
    said.textContent = gettext("You are offline. Your answers are saved on this device and will be sent when you are back online.");
    waiting = setTimeout(send, AGAIN_MS);
  }
  sending = false;
}

/** @param {{ kept: boolean, reason: string }} answer */
function tell({ kept: there, reason }) {
  if (there) write("sent");
  said.dataset.state = there ? "done" : "refused";
  said.textContent = there ? gettext("Saved. You can change them until the facilitator archives the exercise.") : reason;
  if (there) document.querySelector("[data-result]").className = "btn btn-prime btn-big";
}
