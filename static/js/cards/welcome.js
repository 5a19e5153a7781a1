/* The first screen of a desk, for who comes by a link or late and has not met it in the lobby. The market goes on behind it: what rings
   meanwhile is said on it. */
import { html, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../lib/icons.js";
import { keep, kept } from "../lib/kept.js";
import { gettext } from "../lib/words.js";
import { around } from "./coach.js";

/** @param {Found} dialog @param {App} app */
export function mount(dialog, app) {
  const { hello } = app.store.get("standing");
  const key = `met ${hello.desk}`;
  const several = (hello.seats ?? []).filter((seat) => seat.mine).length > 1;
  const met = kept(key, "") || several || hello.owner; // in the lobby, that is
  const done = () => {
    keep(key, "yes");
    around(app);
  };
  if (met) return done();
  const rings = dialog.querySelector("[data-rings]");
  app.store.on("calls", (d) => {
    const call = d?.calls.find((one) => one.state === "ringing");
    rings.hidden = !call;
    render(call ? html`${icon("phone-call")}${gettext("The phone is ringing: %(caller)s", { caller: call.caller })}` : "", rings);
  });
  dialog.querySelector("[data-begin]").addEventListener("click", () => {
    dialog.close();
  });
  dialog.addEventListener("close", done, { once: true });
  dialog.showModal();
}
