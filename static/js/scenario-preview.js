/* A preview's page: it brings itself again with every seed that is played. */
import { awaitMore } from "./lib/awaited.js";
import { bindSettings } from "./lib/settings.js";

bindSettings();
const waits = document.querySelector("[data-awaits]");
if (waits instanceof HTMLElement) awaitMore(waits.dataset.awaits ?? "");
