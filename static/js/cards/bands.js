/* Full-width bands: paused, the line, the end. An alarm is spoken once when a band comes. */
import { base } from "../lib/base.js";
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../lib/icons.js";
import { covered } from "../lib/reasons.js";
import { DESKS, roleTitle } from "../lib/roles.js";
import { around, gettext } from "../lib/words.js";

const PATIENCE_MS = 5000; // then a page says that it is not live
const PLAYED = [...DESKS, "lobby"]; // pages that somebody joined to see

/** @param {Found} root @param {App<any>} app */
export function mount(root, app) {
  let before = {};
  app.store.on("standing", (s) => {
    render(s.hello.desk === "projector" ? onWall(s) : html`${line(s)}${state(s, app)}${seat(app, s)}`, root);
    const said = alarm(s, before);
    if (said) app.voice.alarm(said);
    before = s;
  });
}

/* The wall has nothing to press, and its own pictures of before the start and after the end. */
/** @param {Stands} s */
function onWall(s) {
  if (s.link === "closed") return html`<div class="band band-link">${icon("unplug")}<span>${s.reason || gettext("The server closed this page.")} ${gettext("Reload it.")}</span></div>`;
  if (s.link === "connecting" && performance.now() - s.since > PATIENCE_MS) {
    return html`<div class="band band-link">${icon("wifi-off")}<span>${gettext("Not live. The server could not be reached: check this network at %(where)s", { where: `${location.host}${base}/check/` })}</span></div>`;
  }
  if (s.link === "reconnecting" || s.link === "stalled") {
    return html`<div class="band band-link">${icon("wifi-off")}<span class="num">${gettext("Not live. Last update %(age)s s ago.", { age: Math.round((performance.now() - s.since) / 1000) })}</span></div>`;
  }
  return s.state === "paused" ? paused(s) : nothing;
}

/** @param {Stands} s */
const paused = (s) => html`<div class="band band-warn">${icon("pause")}<span>${gettext("PAUSED. Market time is stopped%(also)s.", { also: s.stateReason ? `: ${s.stateReason}` : "" })}</span></div>`;

/** @param {Stands} s */
function line(s) {
  if (s.link === "closed") {
    return html`<div class="band band-link">${icon("unplug")}<span>${s.reason || gettext("The server closed this page.")}</span> <a class="btn" href="">${gettext("Reopen")}</a>${PLAYED.includes(s.hello.desk) && !s.hello.watching ? html`<a class="btn" href=${`${base}/join/${s.hello.exercise.code}/`}>${gettext("Join again")}</a>` : nothing}</div>`;
  }
  if (s.link === "connecting" && performance.now() - s.since > PATIENCE_MS && !s.hello.as_it_was) return notLive();
  if (s.link === "reconnecting" || s.link === "stalled") {
    if (s.hello.as_it_was) return html`<div class="band band-link">${icon("hourglass")}<span>${gettext("The machine is busy. This moment is loading.")}</span></div>`;
    const age = Math.round((performance.now() - s.since) / 1000);
    const word = s.link === "stalled" ? gettext("No response from the server") : gettext("Reconnecting");
    return html`<div class="band band-link">${icon("wifi-off")}<span class="num">${gettext("%(word)s. Last update %(age)s s ago. You can give commands again once connected.", { word, age })}</span></div>`;
  }
  return nothing;
}

/* A page without a line yet, the control room's as well. */
export const notLive = () => html`<div class="band band-link">${icon("wifi-off")}<span>${gettext("Not live: this is how things stood when the page loaded. The server could not be reached. Try another network.")}</span> <a class="btn" href="">${gettext("Reload")}</a> <a class="btn" href=${`${base}/check/`}>${gettext("Check this network")}</a></div>`;

/** @param {Stands} s @param {App<any>} app */
function state(s, app) {
  if (s.state === "paused" && s.upgrade && s.hello.owner) return upgraded(s.upgrade, app);
  if (s.begins === "now") return begin(app);
  if (s.begins === "soon") return html`<div class="band band-info">${icon("hourglass")}<span>${gettext("Your morning is being prepared. The clock will stop and wait for you.")}</span></div>`;
  if (s.state === "paused") return paused(s);
  if (s.state === "lobby") return waiting(s.hello, app);
  if (s.state === "ended") {
    return html`<div class="band band-info">${icon("flag")}<span>${s.stateReason || gettext("The exercise has ended.")}</span>${s.result ? html`<a class="btn btn-prime" href=${s.result}>${gettext("See the result")}</a>` : nothing}${PLAYED.includes(s.hello.desk) && !s.hello.watching && !s.stateReason ? html` <a class="btn" href=${`${base}/lessons/`}>${gettext("What did you learn?")}</a>` : nothing}</div>`;
  }
  if (s.waits) {
    return html`<div class="band band-info">${icon("hourglass")}<span class="num">${around(s.waits.moves ? gettext("Waiting for %(teams)s, at most %(left_s)s s.") : gettext("Your clock is ahead. Waiting for %(teams)s, at most %(left_s)s s."), { teams: html`<bdi>${s.waits.for.join(", ")}</bdi>`, left_s: s.waits.left_s })}</span></div>`;
  }
  return nothing;
}

/* The clock of a game for one stands at its start: time to look around. */
/** @param {App<any>} app */
const begin = (app) => html`<div class="band band-info">${icon("hourglass")}<span>${gettext("The clock is standing. Look around; it starts when you press Begin.")}</span> <button type="button" class="btn btn-prime" data-begin @click=${() => app.line.send({ t: "drive", do: "resume" })}>${icon("play")}${gettext("Begin")}</button></div>`;

/* Who plays alone decides how a market of an earlier version goes on. */
/** @param {Upgrade} upgrade @param {App<any>} app */
function upgraded({ words, may_play_on }, app) {
  /** @param {string} verb */
  const drive = (verb) => () => app.line.send({ t: "drive", do: verb });
  return html`<div class="band band-warn">${icon("pause")}<span>${gettext("The game was upgraded, and this market has stopped: %(words)s. %(also)s", { words, also: may_play_on ? gettext("Continue with the new version (the result will say so), or end it here.") : gettext("It cannot continue with the new version.") })}</span>
    <span class="row">${may_play_on ? html`<button type="button" class="btn btn-prime" @click=${drive("play_on")}>${icon("play")}${gettext("Continue")}</button>` : nothing}<button type="button" class="btn" @click=${drive("end")}>${icon("flag")}${gettext("End here")}</button></span></div>`;
}

/** @param {Hello} hello @param {App<any>} app */
function waiting(hello, app) {
  if (hello.desk === "lobby") return nothing; // the page itself is about nothing else
  if (hello.watching) return html`<div class="band band-info">${icon("hourglass")}<span>${gettext("The exercise has not started.")}</span></div>`;
  if (hello.owner) {
    const start = () => app.line.send({ t: "drive", do: "start" });
    return html`<div class="band band-info">${icon("hourglass")}<span>${gettext("Press Start when you are ready.")}</span> <button type="button" class="btn btn-prime" @click=${start}>${icon("play")}${gettext("Start")}</button> <a class="btn" href=${`${base}/lobby/`}>${gettext("Go to the lobby")}</a></div>`;
  }
  return html`<div class="band band-info">${icon("hourglass")}<span>${gettext("Waiting for the facilitator to start.")}</span> <a class="btn" href=${`${base}/lobby/`}>${gettext("Go to the lobby")}</a></div>`;
}

/* Whose hands are on this desk, where they are not the person's. */
/** @param {App<any>} app @param {Stands} s */
function seat(app, s) {
  if (s.hello.as_it_was) return html`<div class="band band-info">${icon("history")}<span>${around(gettext("What %(desk)s of team %(team)s saw then. You can only watch here."), { desk: roleTitle(s.hello.desk), team: html`<span dir="auto">${s.hello.team}</span>` })}</span> <a class="btn btn-small" href=${s.result}>${gettext("Go to the result")}</a></div>`;
  if (s.hello.watching) return html`<div class="band band-info">${icon("eye")}<span>${around(gettext("Watching %(desk)s of team %(team)s. You can only watch here."), { desk: roleTitle(s.hello.desk), team: html`<span dir="auto">${s.hello.team}</span>` })}</span></div>`;
  if (!covered(s.hello) || s.link === "closed" || s.state === "ended") return nothing;
  return html`<div class="band band-warn">${icon("bot")}<span>${gettext("The assistant is playing your seat.")}</span> <button type="button" class="btn" @click=${() => app.line.send({ t: "back" })}>${gettext("Take it back")}</button></div>`;
}

/** @type {Record<State, string | null>} */
const SAID = { lobby: null, paused: gettext("The exercise is paused."), running: gettext("The exercise is running."), ended: gettext("The exercise has ended.") };

/** @param {Stands} now @param {Partial<Stands>} before */
function alarm(now, before) {
  /** @param {Partial<Stands>} s */
  const down = (s) => s.link === "reconnecting" || s.link === "closed";
  if (now.hello.as_it_was) return now.link === "closed" && before.link !== "closed" ? now.reason : null;
  if (down(now) && !down(before) && before.link) return now.link === "closed" ? now.reason : gettext("Connection lost.");
  if (now.link === "live" && down(before)) return gettext("Reconnected.");
  if (before.hello && covered(now.hello) && !covered(before.hello)) return gettext("The assistant is playing your seat.");
  if (now.state === before.state || !before.state) return null;
  if (now.begins === "now") return gettext("The clock is standing. Look around; it starts when you press Begin.");
  return SAID[now.state];
}
