/* The wall: one exercise, read from 8 m, and nothing on it to press. It paints whole from the page itself; the line only keeps it fresh. */
import { startApp, mountCards, mountLater } from "./lib/app.js";
import { stayAwake } from "./lib/awake.js";
import * as bands from "./cards/bands.js";
import * as board from "./cards/board.js";
import * as clock from "./cards/clock.js";
import * as curve from "./cards/curve.js";
import * as headlines from "./cards/headlines.js";
import * as heroes from "./cards/heroes.js";
import * as link from "./cards/link.js";
import * as tiles from "./cards/tiles.js";

const app = startApp((hello) => `/ws/projector/${encodeURIComponent(hello.exercise.code)}/`);
mountCards(app, {
  bands: bands.mount, board: board.mount, clock: clock.mount, curve: curve.mount, headlines: headlines.mount, heroes: heroes.mount,
  link: link.mount, tiles: tiles.mount,
});
app.store.onAny(["standing", "reveal"], () => {
  const played = app.store.get("reveal")?.on ? "reveal" : "live";
  document.body.dataset.scene = app.store.get("standing").state === "lobby" ? "lobby" : played;
});
stayAwake();
app.line.open();
mountLater(app, {
  lobby: () => import("./cards/guests.js"), reveal: () => import("./cards/reveal.js"), bell: () => import("./cards/bell.js"), moments: () => import("./cards/moments.js"), planning: () => import("./cards/planning.js"),
});
