/* The page that a facilitator opens beforehand, in the room: scripts, cookies, clock, the socket, the slower line, and how fast both are. */
import { bindSettings } from "./lib/settings.js";
import { SlowLine } from "./lib/slow-line.js";
import { SLOW_ROOT, socketAddress } from "./socket.js";
import { gettext } from "./lib/words.js";

/** @typedef {{ ms: number, most: number, ahead_s: number }} Answered */

const PATH = "/ws/check/";
const OPENS_MS = 4000;
const ANSWERS_MS = 4000;
const ASKED = 10;
const SLOW_MS = 400;    // beyond it a desk answers late to every press
const CLOCK_S = 60;     // the game takes no time from this device; certificates and cookies do
/** @type {Record<string, string>} */
const SIGNS = { ok: "circle-check", warn: "triangle-alert", bad: "octagon-x" };
/** @type {Record<string, string>} */
const found = {};

/** @param {Found} el @param {string} state */
function sign(el, state) {
  el.dataset.state = state;
  const use = el.querySelector("use");
  use.setAttribute("href", (use.getAttribute("href") ?? "").replace(/#.*/, `#${SIGNS[state]}`));
}

/** @param {string} name @param {string} state @param {string} words */
function tell(name, state, words, figure = "") {
  const row = document.querySelector(`[data-check=${name}]`);
  found[name] = state;
  sign(row, state);
  row.querySelector("p").textContent = words;
  row.querySelector(".check-figure").textContent = figure;
}

/* Ask a line again and again: {ms: the middle of the times there and back, most, ahead_s: this clock before the server's} or null. */
/** @param {any} line @returns {Promise<Answered | null>} */
function ask(line) {
  return new Promise((answered) => {
    /** @type {number[]} */
    const times = [];
    let sent = 0, ahead = 0, n = 0, timer = 0;
    /** @param {Answered | null} value */
    const end = (value) => {
      clearTimeout(timer);
      line.onclose = line.onmessage = null;
      line.close();
      answered(value);
    };
    const next = () => {
      timer = setTimeout(() => end(null), ANSWERS_MS);
      sent = performance.now();
      line.send(String(n++));
    };
    timer = setTimeout(() => end(null), OPENS_MS);
    line.onopen = () => {
      clearTimeout(timer);
      next();
    };
    line.onclose = () => end(null);
    line.onmessage = (/** @type {{ data: string }} */ { data }) => {
      clearTimeout(timer);
      const took = performance.now() - sent;
      times.push(took);
      if (took <= Math.min(...times)) ahead = (Date.now() - took / 2 - JSON.parse(data).now) / 1000;
      if (times.length < ASKED) return next();
      times.sort((a, b) => a - b);
      end({ ms: Math.round(times[ASKED / 2]), most: Math.round(times[times.length - 1]), ahead_s: Math.round(ahead) });
    };
  });
}

function socket() {
  try {
    return ask(new WebSocket(socketAddress(PATH)));
  } catch {
    return null;
  }
}

/** @param {string} name @param {Answered | null} line @param {string} works @param {string} fails @param {string} failed */
function tellLine(name, line, works, fails, failed) {
  if (!line) return tell(name, failed, fails);
  const slow = line.ms > SLOW_MS;
  tell(name, slow ? "warn" : "ok", slow ? gettext("%(works)s It is slow. Move closer to the access point, or have fewer people on this network.", { works }) : works, gettext("%(ms)s ms, at most %(most)s", { ms: line.ms, most: line.most }));
}

/** @param {Answered | null} line */
function tellClock(line) {
  if (!line) return tell("clock", "warn", gettext("Could not be checked: the server could not be reached."));
  const off = Math.abs(line.ahead_s);
  const where = `${off} s ${line.ahead_s > 0 ? "ahead" : "behind"}`;
  if (off < CLOCK_S) tell("clock", "ok", gettext("It agrees with the server's."), off ? where : gettext("same second"));
  else tell("clock", "warn", gettext("It differs from the server's. The game uses the server's clock, so you can play, but set this device's clock: sign-ins and certificates depend on it."), where);
}

function verdict() {
  const el = document.getElementById("verdict");
  /** @param {string} state @param {string} words */
  const say = (state, words) => {
    sign(el, state);
    el.querySelector("span").textContent = words;
  };
  if (found.cookies === "bad" || found.slow === "bad" && found.socket !== "ok") say("bad", gettext("This browser cannot play on this network. See the marked items for what to do."));
  else if (found.socket === "warn" && found.slow !== "bad" && !found.open) say("warn", gettext("It works, over the slow connection. If you can, ask for WebSockets to be allowed."));
  else if (Object.values(found).includes("warn") || Object.values(found).includes("bad")) say("warn", gettext("It works. The marked items could be better."));
  else say("ok", gettext("Ready: desks, big screen and control room will work here."));
}

bindSettings();
tell("scripts", "ok", gettext("They are running."));
document.cookie = "check=1; path=/; SameSite=Lax";
if (document.cookie.includes("check=1")) tell("cookies", "ok", gettext("They are accepted: a desk is recognised by its cookie."));
else tell("cookies", "bad", gettext("This browser rejects cookies from here, so it cannot hold a seat. Allow cookies for this address, or leave the private window."));
document.cookie = "check=; path=/; max-age=0";

const line = await socket();
if (line) found.open = "yes";
tellLine("socket", line, gettext("It works in both directions."),
  gettext("It does not open: this network, a proxy or an extension blocks WebSockets. The slow connection is used instead. To fix it, allow Upgrade: websocket to this address and port."), "warn");
const slow = await ask(new SlowLine(SLOW_ROOT, PATH));
tellLine("slow", slow, gettext("It works in both directions, for networks that block WebSockets."),
  line ? gettext("It does not get through: a proxy here delays answers. It is not needed while the WebSocket works.") : gettext("It does not get through either: a proxy here delays answers, or the address is blocked. Use another network or a hotspot."), line ? "warn" : "bad");
tellClock(line ?? slow);
verdict();
