/* The three desks: a word, an icon and a hue (css: [data-desk]) each, always together. The words are the exercise's scenario's. */
import { html } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { TITLES } from "./firm.js";
import { icon } from "./icons.js";
import { gettext } from "./words.js";

/** @type {Desk[]} */
export const DESKS = ["deployer", "operator", "risk"];
/** @type {Record<string, string>} */
const ICONS = { deployer: "package", operator: "activity", risk: "scale", facilitator: "flag" };

/* a short word: "Risk" */
/** @param {string} desk */
export const roleWord = (desk) => TITLES[desk]?.short_head ?? desk;
/* the title as it begins a sentence: "Risk manager" */
/** @param {string} desk */
export const roleHead = (desk) => TITLES[desk]?.head ?? desk;
/* and within one: "the risk manager" */
/** @param {string} desk */
export const roleTitle = (desk) => (TITLES[desk] ? gettext("the %(title)s", { title: TITLES[desk].title }) : desk);
/** @param {string} desk */
export const roleIcon = (desk) => icon(ICONS[desk] ?? "user");

/* An icon and a word in the desk's hue; `word` where it is not the desk's own, such as "You". */
/** @param {string} desk @param {string} [word] */
export const role = (desk, word = roleWord(desk)) => html`<span class="role" data-desk=${desk}>${roleIcon(desk)}<span>${word}</span></span>`;

/* "the deployer and the risk manager" */
/** @param {string[]} words */
export const listed = (words) => (words.length < 2 ? words.join("") : gettext("%(list)s and %(last)s", { list: words.slice(0, -1).join(", "), last: words.at(-1) }));
