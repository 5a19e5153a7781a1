/* Pages without a line: home, result, facilitator, error. */
import { writeAmounts } from "./lib/amounts.js";
import { bindDialogs } from "./lib/dialogs.js";
import { bindSettings } from "./lib/settings.js";

bindDialogs();
bindSettings();
writeAmounts();
