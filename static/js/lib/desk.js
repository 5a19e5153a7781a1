/* What every desk's page does; its own cards and keys come from its entry. */
import { startApp, mountCards, mountLater } from "./app.js";
import { speakRefusals } from "./answer.js";
import { arming } from "./arm.js";
import { bindDialogs } from "./dialogs.js";
import { bindSettings } from "./settings.js";
import { bindTabs } from "./tabs.js";
import * as bands from "../cards/bands.js";
import * as bridge from "../cards/bridge.js";
import * as clock from "../cards/clock.js";
import * as inbox from "../cards/inbox.js";
import * as levers from "../cards/levers.js";
import * as link from "../cards/link.js";
import * as team from "../cards/team.js";
import * as work from "../cards/work.js";

const COMMON = { bands, bridge, clock, inbox, levers, link, team, work };
const LATER = {
  mates: () => import("../cards/mates.js"),
  bell: () => import("../cards/bell.js"), // brings the sheet of the others
  calls: () => import("../cards/calls.js"),
  alerts: () => import("../cards/alerts.js"),
  drive: () => import("../cards/drive.js"),
  week: () => import("../cards/week.js"),
  more: () => import("../cards/more.js"),
  tonight: () => import("../cards/tonight.js"),
  before: () => import("../cards/before.js"),
  checklist: () => import("../cards/checklist.js"),
  controls: () => import("../cards/controls.js"),
  elsewhere: () => import("../cards/elsewhere.js"),
  planning: () => import("../cards/planning.js"),
  why: () => import("../cards/why.js"),
  diagnosis: () => import("../cards/diagnosis.js"),
  words: () => import("../cards/words.js"),
  done: () => import("../cards/done.js"),
  asks: () => import("../cards/asks.js"),
  hints: () => import("../cards/hints.js"),
  duties: () => import("../cards/duties.js"),
  guide: () => import("../cards/guide.js"),
  terms: () => import("../cards/terms.js"),
  messages: () => import("../cards/messages.js"),
  coach: () => import("../cards/coach.js"),
  welcome: () => import("../cards/welcome.js"),
};

/* cards: name -> module with mount(root, app); keys(app): binds the desk's own keys; later: name -> () => import(...), see mountLater. */
/** @param {Record<string, CardModule>} cards @param {(app: App) => void} keys @param {Loaders} [later] */
export function startDesk(cards, keys, later = {}) {
  const app = startApp((hello) => hello.line ?? `/ws/seat/${hello.desk}/`);
  arming(app);
  /* Asked before the dialog is there, it opens when it comes. */
  app.askAssistant = (desk) => {
    app.wished = desk;
  };
  mountCards(app, Object.fromEntries(Object.entries({ ...COMMON, ...cards }).map(([name, module]) => [name, module.mount])));
  speakRefusals(app);
  bindTabs();
  bindDialogs();
  bindSettings();
  keys(app);
  void import("./focus.js").then(({ keepFocus }) => keepFocus());
  void import("./awake.js").then(({ stayAwake }) => stayAwake());
  app.line.open();
  mountLater(app, { ...later, ...LATER });
  return app;
}
