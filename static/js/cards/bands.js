/* Full-width bands: paused, the line, the end. An alarm is spoken once when a band comes. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../lib/icons.js";
import { covered } from "../lib/reasons.js";
import { roleTitle } from "../lib/roles.js";

const PLAYED = ["deployer", "operator", "risk", "lobby"]; // pages that somebody joined to see

export function mount(root, app) {
  let before = {};
  app.store.on("standing", (s) => {
    render(html`${line(s)}${state(s, app)}${seat(app, s)}`, root);
    const said = alarm(s, before);
    if (said) app.voice.alarm(said);
    before = s;
  });
}

function line(s) {
  if (s.link === "closed") {
    return html`<div class="band band-link">${icon("unplug")}<span>${s.reason || "The server closed this page."}</span> <a class="btn" href="">Open again</a>${PLAYED.includes(s.hello.desk) && !s.hello.watching ? html`<a class="btn" href=${`/join/${s.hello.exercise.code}/`}>Join again</a>` : nothing}</div>`;
  }
  if (s.link === "reconnecting" || s.link === "stalled") {
    if (s.hello.as_it_was) return html`<div class="band band-link">${icon("hourglass")}<span>The machine is busy. This moment is on its way.</span></div>`;
    const age = Math.round((Date.now() - s.since) / 1000);
    const word = s.link === "stalled" ? "No news from the server" : "Reconnecting";
    return html`<div class="band band-link">${icon("wifi-off")}<span class="num">${word}. Last update ${age} s ago. Commands come back with the line.</span></div>`;
  }
  return nothing;
}

function state(s, app) {
  if (s.state === "paused") {
    return html`<div class="band band-warn">${icon("pause")}<span>PAUSED. Market time stands still${s.stateReason ? `: ${s.stateReason}` : ""}.</span></div>`;
  }
  if (s.state === "lobby") return waiting(s.hello, app);
  if (s.state === "ended") {
    return html`<div class="band band-info">${icon("flag")}<span>${s.stateReason || "The exercise has ended."}</span>${s.result ? html`<a class="btn btn-prime" href=${s.result}>See the result</a>` : nothing}${PLAYED.includes(s.hello.desk) && !s.hello.watching && !s.stateReason ? html` <a class="btn" href="/lessons/">Your lessons</a>` : nothing}</div>`;
  }
  return nothing;
}

function waiting(hello, app) {
  if (hello.desk === "lobby") return nothing; // the page itself is about nothing else
  if (hello.watching) return html`<div class="band band-info">${icon("hourglass")}<span>The exercise has not started.</span></div>`;
  if (hello.owner) {
    const start = () => app.line.send({ t: "drive", do: "start" });
    return html`<div class="band band-info">${icon("hourglass")}<span>Press Start when you are ready.</span> <button type="button" class="btn btn-prime" @click=${start}>${icon("play")}Start</button> <a class="btn" href="/lobby/">To the lobby</a></div>`;
  }
  const way = hello.desk === "projector" ? nothing : html` <a class="btn" href="/lobby/">To the lobby</a>`;
  return html`<div class="band band-info">${icon("hourglass")}<span>Waiting for the facilitator to start.</span>${way}</div>`;
}

/* Whose hands are on this desk, where they are not the person's. */
function seat(app, s) {
  if (s.hello.as_it_was) return html`<div class="band band-info">${icon("history")}<span>What ${roleTitle(s.hello.desk)} of team <span dir="auto">${s.hello.team}</span> saw then. Nothing can be done from here.</span> <a class="btn btn-small" href=${s.result}>To the result</a></div>`;
  if (s.hello.watching) return html`<div class="band band-info">${icon("eye")}<span>Watching ${roleTitle(s.hello.desk)} of team <span dir="auto">${s.hello.team}</span>. Nothing can be done from here.</span></div>`;
  if (!covered(s.hello) || s.link === "closed" || s.state === "ended") return nothing;
  return html`<div class="band band-warn">${icon("bot")}<span>The assistant has your seat.</span> <button type="button" class="btn" @click=${() => app.line.send({ t: "back" })}>Take it back</button></div>`;
}

function alarm(now, before) {
  const down = (s) => s.link === "reconnecting" || s.link === "closed";
  if (now.hello.as_it_was) return now.link === "closed" && before.link !== "closed" ? now.reason : null;
  if (down(now) && !down(before) && before.link) return now.link === "closed" ? now.reason : "Connection lost.";
  if (now.link === "live" && down(before)) return "Connected again.";
  if (before.hello && covered(now.hello) && !covered(before.hello)) return "The assistant has your seat.";
  if (now.state === before.state || !before.state) return null;
  return { paused: "The exercise is paused.", running: "The exercise runs.", ended: "The exercise has ended." }[now.state] ?? null;
}
