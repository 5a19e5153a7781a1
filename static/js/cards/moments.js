/* Losses that stop a room: ten millions, a hundred, all the firm's cash. Made of nothing but the board as the wall shows it, so that one
   that is late, hidden or frozen gives away nothing here either. */
import { html } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { passed } from "../lib/marks.js";
import { takeover } from "../lib/takeover.js";
import { gettext } from "../lib/words.js";

const MARKS = [10_000_000, 100_000_000];

/** @param {Found} root @param {App<WallPage>} app */
export function mount(root, app) {
  const cash = Number(root.dataset.cash);
  const marks = cash ? [...MARKS, cash] : MARKS;
  /** @type {Map<string, number | null>} */
  let before = new Map();
  app.store.on("board", (d) => {
    const running = app.store.get("standing").state === "running";
    for (const { usd, names } of running ? passed(before, d.teams, marks) : []) {
      const head = gettext("\u2212$%(millions)s million", { millions: usd / 1e6 });
      const who = names.join(", ");
      const text = usd === cash ? gettext("The loss is now more than all the firm's cash.") : gettext("lost so far");
      takeover({ tone: "loss", head, text: html`<bdi>${who}</bdi> \u00B7 ${text}` });
      app.voice.say(`${who}: ${head}. ${text}`);
    }
    before = new Map(d.teams.map((t) => [t.name, t.loss_usd]));
  });
}
