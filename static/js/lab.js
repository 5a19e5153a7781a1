/* An experiment's page: its distribution as the trials come. */
import { bindSettings } from "./lib/settings.js";
import { mountLabs } from "./cards/lab.js";

bindSettings();
mountLabs(document.querySelectorAll("[data-lab]"));
