/* What every desk's page does; its own cards and keys come from its entry. */
import { startApp, mountCards } from "./app.js";
import { speakRefusals } from "./answer.js";
import { arming } from "./arm.js";
import { bindDialogs } from "./dialogs.js";
import { bindSettings } from "./settings.js";
import { bindTabs } from "./tabs.js";
import { stayAwake } from "./awake.js";
import * as alerts from "../cards/alerts.js";
import * as asks from "../cards/asks.js";
import * as bands from "../cards/bands.js";
import * as bridge from "../cards/bridge.js";
import * as calls from "../cards/calls.js";
import * as clock from "../cards/clock.js";
import * as diagnosis from "../cards/diagnosis.js";
import * as done from "../cards/done.js";
import * as drive from "../cards/drive.js";
import * as hints from "../cards/hints.js";
import * as inbox from "../cards/inbox.js";
import * as levers from "../cards/levers.js";
import * as link from "../cards/link.js";
import * as mates from "../cards/mates.js";
import * as team from "../cards/team.js";
import * as why from "../cards/why.js";
import * as words from "../cards/words.js";
import * as work from "../cards/work.js";

const COMMON = { alerts, asks, bands, bridge, calls, clock, diagnosis, done, drive, hints, inbox, levers, link, mates, team, why, words, work };

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
