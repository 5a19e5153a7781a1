/* The word, given or refused when the practice's operator asks for it, on the risk manager's own card. */
import * as words from "../cards/words.js";
import { head } from "../lib/firm.js";
import { roleTitle } from "../lib/roles.js";
import { practiceApp, steps } from "./app.js";
import { stage } from "./stage.js";
import { gettext } from "../lib/words.js";

const ASKED_MS = 2500;
const WHAT = "servers.stop_all";
/** @type {Record<string, string>} */
const LEARNT = {
  given: gettext("From now on, %(roleTitle)s may stop all servers, and not before. Approving needs no hand; you can do it before anyone asks, and withdraw it.", { roleTitle: roleTitle("operator") }),
  refused: gettext("%(head)s is told at once and cannot stop all servers until you approve. It needs no hand.", { head: head(roleTitle("operator")) }),
};

/** @param {Found} root @param {Voice} voice @param {(learnt: string) => void} done */
export function mount(root, voice, done) {
  const word = { what: WHAT, label: gettext("Stop all practice servers"), state: "open", by: "", at: "" };
  const at = steps(root, [gettext("Wait: %(roleTitle)s of the practice will ask for your approval.", { roleTitle: roleTitle("operator") }), gettext("Read what it is for, then approve or refuse."), gettext("The list below shows how it stands.")]);
  const show = () => app.store.set("words", { words: [{ ...word }] });
  let learnt = false;
  const app = practiceApp("risk", voice, {
    hands: 1,
    rules({ kind }) {
      const end = () => {
        Object.assign(word, { state: kind === "authorise.give" ? "given" : "refused", by: "risk", at: "08:01:10" });
        at(3);
        show();
        if (!learnt) done(LEARNT[word.state]);
        learnt = true;
      };
      return { label: gettext("Approval"), target: "", seconds: 0, end };
    },
  });
  show();
  const asked = /** @type {Found} */ (document.createElement("div"));
  root.append(asked);
  words.mount(asked, app);
  words.mount(stage(root, "words").querySelector("[data-part]"), app);
  setTimeout(() => {
    if (word.state !== "open") return; // given unasked, which is as good
    Object.assign(word, { state: "asked", by: "operator", at: "08:01:00" });
    at(1);
    show();
  }, ASKED_MS);
}
