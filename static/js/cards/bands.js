/* Full-width bands: paused, the line, the end. An alarm is spoken once when a band comes. */
import { base } from "../lib/base.js";
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../lib/icons.js";
import { covered } from "../lib/reasons.js";
import { DESKS, roleTitle } from "../lib/roles.js";

const PATIENCE_MS = 5000; // then a page that is not live says so, and what to try
const PLAYED = [...DESKS, "lobby"]; // pages that somebody joined to see

/** @param {Found} root @param {App<any>} app */
export function mount(root, app) {
  let before = {};
  app.store.on("standing", (s) => {
    render(html`${line(s)}${state(s, app)}${seat(app, s)}`, root);
    const said = alarm(s, before);
    if (said) app.voice.alarm(said);
    before = s;
  });
}

/** @param {Stands} s */
function line(s) {
  if (s.link === "closed") {
    return html`<div class="band band-link">${icon("unplug")}<span>${s.reason || "The server closed this page."}</span> <a class="btn" href="">Open again</a>${PLAYED.includes(s.hello.desk) && !s.hello.watching ? html`<a class="btn" href=${`${base}/join/${s.hello.exercise.code}/`}>Join again</a>` : nothing}</div>`;
  }
  if (s.link === "connecting" && performance.now() - s.since > PATIENCE_MS && !s.hello.as_it_was) return notLive();
  if (s.link === "reconnecting" || s.link === "stalled") {
    if (s.hello.as_it_was) return html`<div class="band band-link">${icon("hourglass")}<span>The machine is busy. This moment is on its way.</span></div>`;
    const age = Math.round((performance.now() - s.since) / 1000);
    const word = s.link === "stalled" ? "No news from the server" : "Reconnecting";
    return html`<div class="band band-link">${icon("wifi-off")}<span class="num">${word}. Last update ${age} s ago. Commands come back with the line.</span></div>`;
  }
  return nothing;
}

/* A page without a line yet, the control room's as well. */
export const notLive = () => html`<div class="band band-link">${icon("wifi-off")}<span>Not live: this is how things stood when the page loaded. No line has reached the server yet. Try another network.</span> <a class="btn" href="">Load again</a> <a class="btn" href=${`${base}/check/`}>Check this network</a></div>`;

/** @param {Stands} s @param {App<any>} app */
function state(s, app) {
  if (s.state === "paused" && s.upgrade && s.hello.owner) return upgraded(s.upgrade, app);
  if (s.state === "paused") {
    return html`<div class="band band-warn">${icon("pause")}<span>PAUSED. Market time stands still${s.stateReason ? `: ${s.stateReason}` : ""}.</span></div>`;
  }
  if (s.state === "lobby") return waiting(s.hello, app);
  if (s.state === "ended") {
    return html`<div class="band band-info">${icon("flag")}<span>${s.stateReason || "The exercise has ended."}</span>${s.result ? html`<a class="btn btn-prime" href=${s.result}>See the result</a>` : nothing}${PLAYED.includes(s.hello.desk) && !s.hello.watching && !s.stateReason ? html` <a class="btn" href=${`${base}/lessons/`}>Your lessons</a>` : nothing}</div>`;
  }
  return nothing;
}

/* Who plays alone decides how a market of an earlier version goes on. */
/** @param {Upgrade} upgrade @param {App<any>} app */
function upgraded({ words, may_play_on }, app) {
  /** @param {string} verb */
  const drive = (verb) => () => app.line.send({ t: "drive", do: verb });
  return html`<div class="band band-warn">${icon("pause")}<span>The game was upgraded, and this market stands still: ${words}. ${may_play_on ? "Play on with what is here now, and the result says so; or end it here." : "It cannot go on with what is here now."}</span>
    <span class="row">${may_play_on ? html`<button type="button" class="btn btn-prime" @click=${drive("play_on")}>${icon("play")}Play on</button>` : nothing}<button type="button" class="btn" @click=${drive("end")}>${icon("flag")}End here</button></span></div>`;
}

/** @param {Hello} hello @param {App<any>} app */
function waiting(hello, app) {
  if (hello.desk === "lobby") return nothing; // the page itself is about nothing else
  if (hello.watching) return html`<div class="band band-info">${icon("hourglass")}<span>The exercise has not started.</span></div>`;
  if (hello.owner) {
    const start = () => app.line.send({ t: "drive", do: "start" });
    return html`<div class="band band-info">${icon("hourglass")}<span>Press Start when you are ready.</span> <button type="button" class="btn btn-prime" @click=${start}>${icon("play")}Start</button> <a class="btn" href=${`${base}/lobby/`}>To the lobby</a></div>`;
  }
  const way = hello.desk === "projector" ? nothing : html` <a class="btn" href=${`${base}/lobby/`}>To the lobby</a>`;
  return html`<div class="band band-info">${icon("hourglass")}<span>Waiting for the facilitator to start.</span>${way}</div>`;
}

/* Whose hands are on this desk, where they are not the person's. */
/** @param {App<any>} app @param {Stands} s */
function seat(app, s) {
  if (s.hello.as_it_was) return html`<div class="band band-info">${icon("history")}<span>What ${roleTitle(s.hello.desk)} of team <span dir="auto">${s.hello.team}</span> saw then. Nothing can be done from here.</span> <a class="btn btn-small" href=${s.result}>To the result</a></div>`;
  if (s.hello.watching) return html`<div class="band band-info">${icon("eye")}<span>Watching ${roleTitle(s.hello.desk)} of team <span dir="auto">${s.hello.team}</span>. Nothing can be done from here.</span></div>`;
  if (!covered(s.hello) || s.link === "closed" || s.state === "ended") return nothing;
  return html`<div class="band band-warn">${icon("bot")}<span>The assistant has your seat.</span> <button type="button" class="btn" @click=${() => app.line.send({ t: "back" })}>Take it back</button></div>`;
}

/** @type {Record<State, string | null>} */
const SAID = { lobby: null, paused: "The exercise is paused.", running: "The exercise runs.", ended: "The exercise has ended." };

/** @param {Stands} now @param {Partial<Stands>} before */
function alarm(now, before) {
  /** @param {Partial<Stands>} s */
  const down = (s) => s.link === "reconnecting" || s.link === "closed";
  if (now.hello.as_it_was) return now.link === "closed" && before.link !== "closed" ? now.reason : null;
  if (down(now) && !down(before) && before.link) return now.link === "closed" ? now.reason : "Connection lost.";
  if (now.link === "live" && down(before)) return "Connected again.";
  if (before.hello && covered(now.hello) && !covered(before.hello)) return "The assistant has your seat.";
  if (now.state === before.state || !before.state) return null;
  return SAID[now.state];
}
