/* Hints of the guided help level: one line, the rest behind a button. Never spoken unasked. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../lib/icons.js";
import { gettext } from "../lib/words.js";

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  let open = false;
  const draw = () => {
    const hints = app.store.get("hints")?.hints ?? [];
    root.hidden = !hints.length;
    const flip = () => {
      open = !open;
      draw();
    };
    const shown = open ? hints : hints.slice(0, 1);
    render(html`${icon("lightbulb")}<ul class="scroll">${shown.map((h) => html`<li>${h.text}</li>`)}</ul>
      ${hints.length > 1 ? html`<button type="button" class="btn btn-quiet" aria-expanded=${String(open)} @click=${flip}>${open ? gettext("Fewer") : gettext("%(length)s more", { length: hints.length - 1 })}</button>` : nothing}`, root);
  };
  app.store.on("hints", draw);
}
