/* Stop practice server 3, on the operator's own card. */
import * as servers from "../cards/servers.js";
import * as work from "../cards/work.js";
import { practiceApp, steps } from "./app.js";
import { stage } from "./stage.js";
import { gettext } from "../lib/words.js";

const STOP_S = 60;
const SERVER = 3;
const LEARNT = gettext("Dangerous actions take two steps, and stopping takes market time: the server keeps trading until it has stopped.");

/** @param {Found} root @param {Voice} voice @param {(learnt: string) => void} done */
export function mount(root, voice, done) {
  /** @type {Card.Server[]} */
  const rows = [1, 2, 3, 4].map((n) => ({ n, name: gettext("Practice %(n)s", { n }), state: "running", work: null, rates: null }));
  const at = steps(root, [gettext("Press Stop on Practice 3. That arms it."), gettext("Say how sure you are. That sends it."), gettext("It takes market time. Then it stops.")]);
  const show = () => app.store.set("servers", { servers: rows.map((row) => ({ ...row })) });
  const app = practiceApp("operator", voice, {
    hands: 2,
    rules({ kind, args }) {
      const row = rows[Number(args.server) - 1];
      if (args.server !== SERVER) return gettext("practice uses server 3");
      if (kind !== "server.stop") return gettext("stop it first");
      if (row.state !== "running" || row.work) return gettext("it is being stopped, or has been");
      row.work = { kind, label: gettext("Stop a server"), left_s: STOP_S };
      at(2);
      show();
      return { label: gettext("Stop a server"), target: row.name, seconds: STOP_S, end: () => stopped(row) };
    },
  });
  /** @param {Card.Server} row */
  const stopped = (row) => {
    row.state = "stopped";
    row.work = null;
    at(3);
    show();
    done(LEARNT);
  };
  app.beat = (tasks) => {
    const task = tasks[0];
    if (!task) return;
    const { work: stop } = rows[SERVER - 1];
    if (stop) stop.left_s = task.left_s;
    show();
  };
  app.store.on("armed", (place) => rows[SERVER - 1].state === "running" && !rows[SERVER - 1].work && at(place ? 1 : 0));
  show();
  servers.mount(stage(root, "servers"), app);
  work.mount(stage(root, "work"), app);
}
