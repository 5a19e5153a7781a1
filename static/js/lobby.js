/* The lobby: who is where, live; a first lever to try; the way to the desk when the exercise starts. */
import { base } from "./lib/base.js";
import { startApp, mountCards } from "./lib/app.js";
import { stayAwake } from "./lib/awake.js";
import { keep } from "./lib/kept.js";
import { bindSettings } from "./lib/settings.js";
import { bindPractice } from "./practice/bind.js";
import * as bands from "./cards/bands.js";
import * as link from "./cards/link.js";
import * as lobby from "./cards/lobby.js";

const app = startApp(() => "/ws/lobby/");
mountCards(app, { bands: bands.mount, link: link.mount, lobby: lobby.mount });
bindSettings();
stayAwake();
bindPractice(app.voice);
app.store.on("standing", ({ state }) => {
  if (state === "lobby") return;
  for (const { dataset } of document.querySelectorAll("[data-met]")) keep(`met ${dataset.met}`, "yes"); // these desks' first screens
  if (state === "running" || state === "paused") location.replace(`${base}/desk/`);
});
app.line.open();
