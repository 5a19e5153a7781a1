/* The operator's desk. */
import { startApp, mountCards } from "./lib/app.js";
import { speakRefusals } from "./lib/answer.js";
import { arming } from "./lib/arm.js";
import { bindDialogs } from "./lib/dialogs.js";
import { bindSettings } from "./lib/settings.js";
import { bindTabs } from "./lib/tabs.js";
import { deskKeys } from "./lib/desk-keys.js";
import { stayAwake } from "./lib/awake.js";
import * as alerts from "./cards/alerts.js";
import * as bands from "./cards/bands.js";
import * as chart from "./cards/chart.js";
import * as chosen from "./cards/chosen.js";
import * as clock from "./cards/clock.js";
import * as inbox from "./cards/inbox.js";
import * as levers from "./cards/levers.js";
import * as link from "./cards/link.js";
import * as log from "./cards/log.js";
import * as look from "./cards/look.js";
import * as rates from "./cards/rates.js";
import * as servers from "./cards/servers.js";
import * as work from "./cards/work.js";

const app = startApp(() => "/ws/seat/");
arming(app);
mountCards(app, {
  alerts: alerts.mount, bands: bands.mount, chart: chart.mount, chosen: chosen.mount, clock: clock.mount, inbox: inbox.mount, levers: levers.mount,
  link: link.mount, log: log.mount, look: look.mount, rates: rates.mount, servers: servers.mount, work: work.mount,
});
speakRefusals(app);
bindTabs();
bindDialogs();
bindSettings();
deskKeys(app);
stayAwake();
app.line.open();
