/* The operator's keys. Digits, I, T, L and K move the focus; S speaks; ? lists them. */
import { rate } from "./format.js";
import { goTo, hotkeys } from "./hotkeys.js";
import { revealTab } from "./tabs.js";

export function deskKeys(app) {
  const to = (find) => () => {
    const el = find();
    if (!el) return;
    revealTab(el);
    goTo(el);
  };
  const panel = (name) => to(() => document.getElementById(`panel-${name}`));
  const map = {
    i: panel("inbox"), t: panel("totals"), l: panel("log"),
    k: to(() => document.querySelector(".guard .switch")),
    s: () => app.voice.say(summary(app), true),
    "?": () => document.getElementById("keys").showModal(),
  };
  for (let n = 1; n <= 8; n += 1) {
    map[n] = () => {
      app.store.set("chosen", n);
      to(() => document.getElementById(`server-${n}`))();
    };
  }
  hotkeys(map);
}

/* The desk in a few sentences, for those who listen. */
function summary(app) {
  const { clock, servers, rates, inbox, work, log } = Object.fromEntries(
    ["clock", "servers", "rates", "inbox", "work", "log"].map((name) => [name, app.store.get(name)]));
  const up = servers?.servers.filter((s) => s.state === "running").length;
  return [
    clock && `${clock.clock}, ${clock.phase_label}`,
    servers && `${up} of ${servers.servers.length} servers running`,
    rates && `${rate(rates.parents_in)} parent orders in, ${rate(rates.children_out)} child orders out, ${rate(rates.executions)} executions a second`,
    inbox && `${inbox.unread} unread mails`,
    work && `${work.free} of ${work.hands} hands free`,
    log?.server && `log of SMARS-${log.server} read at ${log.at}`,
  ].filter(Boolean).join(". ") + ".";
}
