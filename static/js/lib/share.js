/* The button beside every piece of evidence that pins it to the team's bridge, for all three desks.
   An element of its own, so that a card need not draw itself again for what became of a share. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "./icons.js";
import { blocked } from "./reasons.js";
import { gettext } from "./words.js";

/** @type {Set<ShareButton>} */
const shown = new Set(); // buttons that stand in the page
/** @type {App<any>} */
let app;

/* share(app, "mail", 12, "this mail"): what and id as `evidence.share` takes them; `name` says what is shared to those who only listen;
   `not` is a reason why it cannot be shared yet, or null. */
/** @param {App} from @param {string} what @param {string} [name] @param {string | null} [not] */
export function share(from, what, id = 0, name = what, not = null) {
  listen(from);
  return html`<share-button .given=${{ what, id, name, not }}></share-button>`;
}

/* The same for a card that is not drawn by lit: into its [data-share-slot], where it has one. */
/** @param {Found} root @param {App} from @param {string} what @param {string} name */
export function shareInto(root, from, what, name) {
  const slot = root.querySelector("[data-share-slot]");
  if (slot) render(share(from, what, 0, name), slot);
}

/** @param {App} from */
function listen(from) {
  if (app) return;
  app = from;
  app.commands.addEventListener("change", ({ detail }) => detail.kind === "evidence.share" && drawAll());
  app.store.on("standing", drawAll);
}

const drawAll = () => shown.forEach((button) => button.draw());

/** @typedef {{ what: string, id: number, name: string, not: string | null }} Shared */
const SHARED = /** @type {const} */ (["what", "id", "name", "not"]);

class ShareButton extends HTMLElement {
  /** @type {Shared | null} */
  #given = null;

  connectedCallback() {
    shown.add(this);
    this.draw();
  }

  disconnectedCallback() {
    shown.delete(this);
  }

  /* Drawn again only when what it shares has changed: its card may draw four times a second. */
  /** @param {Shared} given */
  set given(given) {
    const known = this.#given;
    const same = known && SHARED.every((key) => given[key] === known[key]);
    this.#given = given;
    if (!same && this.isConnected) this.draw();
  }

  draw() {
    if (!this.#given) return;
    const { what, id, name, not } = this.#given;
    const place = `share:${what}:${id}`;
    const entry = app.commands.at(place);
    const why = blocked(app) ?? not;
    const waits = entry && ["pending", "received"].includes(entry.state);
    const still = entry?.state === "applied" ? ["check", gettext("Shared")] : ["pin", gettext("Share")];
    const [sign, word] = waits ? ["hourglass", gettext("Sharing")] : still;
    const send = () => (why ? app.voice.say(why, true) : waits || app.commands.give(place, "evidence.share", { what, id }));
    render(html`<button type="button" class="btn btn-quiet" data-share=${what} aria-disabled=${String(!!why)} title=${why ?? gettext("Pin to the bridge for all three desks")}
      @click=${send}>${icon(sign)}<span>${word}</span><span class="sr"> ${gettext("%(name)s with the team", { name })}${why ? gettext(". Not now: %(why)s", { why }) : ""}</span></button>
      ${entry?.state === "refused" ? html`<span class="answer" data-state="refused">${entry.reason}</span>` : nothing}`, this);
  }
}

customElements.define("share-button", ShareButton);
