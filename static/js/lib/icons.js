/* An icon of the sprite, for lit-html templates. Always beside a word. */
import { html } from "../../vendor/lit-html-3.3.3/lit-html.js";

const sprite = document.documentElement.dataset.icons;
/** @param {string} name */
export const icon = (name) => html`<svg class="i" aria-hidden="true"><use href=${`${sprite}#${name}`}></use></svg>`;
