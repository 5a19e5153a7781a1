/* Pages without a line: home, join, facilitator, guide, error. */
import { writeAmounts } from "./lib/amounts.js";
import { bindDialogs } from "./lib/dialogs.js";
import { bindPrint } from "./lib/print.js";
import { bindSettings } from "./lib/settings.js";
import { writeMoments } from "./lib/zone.js";

bindDialogs();
bindPrint();
bindSettings();
writeAmounts();
writeMoments();

const morning = document.querySelector("[data-morning]");
if (morning) void import("./cards/morning.js").then(({ mount }) => mount(morning));
