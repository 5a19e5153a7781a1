/* Single-letter keys of a desk: they move the focus or speak, never act. What all desks share is here, the rest is theirs. */
import { goTo, hotkeys } from "./hotkeys.js";
import { revealTab } from "./tabs.js";
import { teamKeys } from "./team-keys.js";
import { gettext } from "./words.js";

/** @typedef {(get: App["store"]["get"]) => (string | number | boolean | null | undefined)[]} Say */

/* Focus an element, on a narrow screen after showing the tab that holds it. */
/** @param {Found} el */
export function visit(el) {
  if (!el) return;
  if (document.body.dataset.view === "plan" && !el.checkVisibility()) document.dispatchEvent(new Event("show-desk"));
  revealTab(el);
  goTo(el);
}

/** @param {string} name */
export const panel = (name) => () => visit(document.getElementById(`panel-${name}`));

/* own: key -> fn; say(get) -> the desk in sentences (array; what is unknown left out), get(name) a card. */
/** @param {App} app @param {Keys} own @param {Say} say */
export function bindKeys(app, own, say) {
  hotkeys({
    i: panel("inbox"),
    e: () => app.showWork?.(),
    k: () => visit(document.querySelector(".guard .switch")),
    s: () => app.voice.say(summary(app, say), true),
    "?": () => document.getElementById("keys").showModal(),
    ...teamKeys(app, visit),
    ...own,
  });
}

/* The desk in a few sentences, for those who listen. */
/** @param {App} app @param {Say} say */
function summary(app, say) {
  const [clock, inbox, work] = [app.store.get("clock"), app.store.get("inbox"), app.store.get("work")];
  const said = [
    clock && `${clock.clock}, ${clock.phase_label}`,
    ...say((name) => app.store.get(name)),
    inbox && gettext("%(unread)s unread mails", { unread: inbox.unread }),
    work && gettext("%(free)s of %(hands)s hands free", { free: work.free, hands: work.hands }),
  ];
  return `${said.filter(Boolean).join(". ")}.`;
}
