/* The wall: one exercise, read from 8 m. It paints whole from the page itself; the line only keeps it fresh. */
import { startApp, mountCards, mountLater } from "./lib/app.js";
import { bindDialogs } from "./lib/dialogs.js";
import { stayAwake } from "./lib/awake.js";
import * as bands from "./cards/bands.js";
import * as board from "./cards/board.js";
import * as clock from "./cards/clock.js";
import * as curve from "./cards/curve.js";
import * as headlines from "./cards/headlines.js";
import * as link from "./cards/link.js";
import * as tape from "./cards/tape.js";
import * as tiles from "./cards/tiles.js";

const app = startApp((hello) => `/ws/projector/${encodeURIComponent(hello.exercise.code)}/`);
mountCards(app, {
  bands: bands.mount, board: board.mount, clock: clock.mount, curve: curve.mount, headlines: headlines.mount,
  link: link.mount, tape: tape.mount, tiles: tiles.mount,
});
bindDialogs();
stayAwake();
app.line.open();
mountLater(app, { bell: () => import("./cards/bell.js"), planning: () => import("./cards/planning.js") });
