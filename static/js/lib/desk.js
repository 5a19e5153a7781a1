/* What every desk's page does; its own cards and keys come from its entry. */
import { startApp, mountCards } from "./app.js";
import { speakRefusals } from "./answer.js";
import { arming } from "./arm.js";
import { bindDialogs } from "./dialogs.js";
import { bindSettings } from "./settings.js";
import { bindTabs } from "./tabs.js";
import { stayAwake } from "./awake.js";
import * as alerts from "../cards/alerts.js";
import * as bands from "../cards/bands.js";
import * as clock from "../cards/clock.js";
import * as drive from "../cards/drive.js";
import * as inbox from "../cards/inbox.js";
import * as levers from "../cards/levers.js";
import * as link from "../cards/link.js";
import * as work from "../cards/work.js";

const COMMON = { alerts, bands, clock, drive, inbox, levers, link, work };

/* cards: name -> module with mount(root, app); keys(app): binds the desk's own keys. */
export function startDesk(cards, keys) {
  const app = startApp((hello) => `/ws/seat/${hello.desk}/`);
  arming(app);
  mountCards(app, Object.fromEntries(Object.entries({ ...COMMON, ...cards }).map(([name, module]) => [name, module.mount])));
  speakRefusals(app);
  bindTabs();
  bindDialogs();
  bindSettings();
  keys(app);
  stayAwake();
  app.line.open();
  return app;
}
