/* After a command that can hurt was sent: why, if the person likes to say. Never in the way; gone after half a minute. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../lib/icons.js";
import { gettext } from "../lib/words.js";

const SHOWN_MS = 30000;
const THANKS_MS = 4000;
/** @type {Record<string, string>} */
const SURE = { guessing: gettext("guessing"), likely: gettext("likely"), certain: gettext("almost certain") };

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  /** @type {{ entry: Entry | null, title: string, state: string, timer: number }} */
  const at = { entry: null, title: "", state: "", timer: 0 };
  const hide = () => {
    at.entry = null;
    draw();
  };
  /** @param {number} ms */
  const later = (ms) => {
    clearTimeout(at.timer);
    at.timer = setTimeout(() => (root.contains(document.activeElement) && at.state === "asking" ? later(ms) : hide()), ms);
  };
  const draw = () => {
    root.hidden = !at.entry;
    document.body.toggleAttribute("data-why", !!at.entry);
    render(at.entry ? view(at, hide) : nothing, root);
  };
  app.commands.addEventListener("change", ({ detail }) => {
    if (detail.message.confidence && detail.state === "pending") {
      Object.assign(at, { entry: detail, title: detail.title ?? gettext("Sent"), state: "asking" });
      root.reset();
      later(SHOWN_MS);
      draw();
    } else if (detail === at.entry && detail.state === "refused" && at.state === "asking") hide();
  });
  app.line.addEventListener("noted", ({ detail }) => {
    if (detail.id !== at.entry?.id) return;
    at.state = "kept";
    app.voice.say(gettext("Your reason is saved."), true);
    later(THANKS_MS);
    draw();
  });
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = root.querySelector("input").value.trim();
    if (!text || !at.entry) return;
    if (app.line.send({ t: "why", id: at.entry.id, text })) at.state = "sending";
    else app.voice.say(gettext("You are offline. Try again in a moment."), true);
    draw();
  });
  root.addEventListener("keydown", (event) => event.key === "Escape" && hide());
}

/** @param {{ entry: Entry | null, title: string, state: string, timer: number }} at @param {() => void} hide */
function view(at, hide) {
  if (at.state === "kept") return html`<p class="why-title">${icon("check")}${gettext("Saved. It will appear in the debrief.")}</p>`;
  return html`<label class="why-title" for="why-text"><span>${at.title}, ${SURE[at.entry?.message.confidence ?? ""]}.</span> <strong>${gettext("Why?")}</strong> <span class="quiet">${gettext("(optional)")}</span></label>
    <input class="input input-small" id="why-text" maxlength="500" autocomplete="off" enterkeyhint="done">
    <button type="submit" class="btn" ?disabled=${at.state === "sending"}>${at.state === "sending" ? gettext("Saving") : gettext("Save")}</button>
    <button type="button" class="btn btn-icon btn-bare" @click=${hide}>${icon("x")}<span class="sr">${gettext("Skip")}</span></button>`;
}
