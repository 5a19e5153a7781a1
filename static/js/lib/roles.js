/* The three desks: a word, an icon and a hue (css: [data-desk]) each, always together. */
import { html } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "./icons.js";

export const DESKS = ["deployer", "operator", "risk"];
const WORDS = { deployer: "Deployer", operator: "Operator", risk: "Risk", facilitator: "Facilitator" };
const TITLES = { deployer: "the deployer", operator: "the operator", risk: "the risk manager", facilitator: "the facilitator" };
const ICONS = { deployer: "package", operator: "activity", risk: "scale", facilitator: "flag" };

export const roleWord = (desk) => WORDS[desk] ?? desk;
export const roleTitle = (desk) => TITLES[desk] ?? desk;
export const roleIcon = (desk) => icon(ICONS[desk] ?? "user");

/* An icon and a word in the desk's hue; `word` where it is not the desk's own, such as "You". */
export const role = (desk, word = roleWord(desk)) => html`<span class="role" data-desk=${desk}>${roleIcon(desk)}<span>${word}</span></span>`;

/* "the deployer and the risk manager" */
export const listed = (words) => (words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`);
