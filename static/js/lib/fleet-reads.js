/* What the servers read beside their program: config and reference data, as they were last compared with what is recorded. */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { countdown } from "./format.js";
import { icon } from "./icons.js";
import { share } from "./share.js";
import { READ_WORDS, changes, compared } from "./versions.js";
import { gettext } from "./words.js";

/** @type {Record<string, string>} */
export const SIGNS = { same: "check", other: "history", differs: "triangle-alert", down: "square" };

/* One server's row, and under it the lines that differ. */
/** @param {App} app @param {FleetAt} at @param {Card.Fleet} d @param {Card.Host} s @param {import("./versions.js").Read} what */
export function readsRow(app, at, d, s, what) {
  const c = s[what];
  const on = at.picked.has(s.n);
  const said = compared(c);
  return html`<tr role="row" id=${`fleet-${s.n}`} ?data-on=${on} data-reads=${said.kind} @click=${(e) => e.target.closest("input, label, button, share-button") || at.pick(s.n)}>
    <td role="cell" class="f-pick"><label><input type="checkbox" .checked=${on} @change=${() => at.pick(s.n)}><span class="sr">${gettext("Select %(name)s", { name: s.name })}</span></label></td>
    <th role="rowheader" scope="row" class="f-name"><span class="f-both"><kbd aria-hidden="true">${s.n}</kbd>${s.name}</span></th>
    <td role="cell" class="f-recorded mono">${d[what].name}</td>
    <td role="cell" class="f-disk mono">${c ? html`<span class="f-word">${gettext("disk")} </span>${version(c.disk)}` : html`<span class="quiet">${gettext("not compared")}</span>`}</td>
    <td role="cell" class="f-process mono">${c ? html`<span class="f-word">${gettext("loaded")} </span>${loaded(c)}` : nothing}</td>
    <td role="cell" class="f-state num">${state(s, c)}</td>
    <td role="cell" class="f-share">${c ? share(app, what, s.n, gettext("the %(READS)s of %(name)s", { READS: READ_WORDS[what], name: s.name })) : nothing}</td>
  </tr>${c && said.kind === "differs" ? html`<tr role="row" class="f-diff" data-reads="differs"><td role="cell" colspan="7">${diffs(s, c)}</td></tr>` : nothing}`;
}

/** @param {Card.OneVersion} v */
const version = (v) => html`<span title=${gettext("of %(dated)s, hash %(hash)s", { dated: v.dated, hash: v.hash })}>${v.hash.slice(0, 8)} <span class="f-release">${v.name}</span></span>`;

/** @param {Card.Comparison} c */
function loaded(c) {
  if (!c.loaded) return html`<span class="f-release">${gettext("none running")}</span>`;
  return c.loaded.hash === c.disk.hash ? html`${gettext("the same")}` : version(c.loaded);
}

/** @param {Card.Host} s @param {Card.Comparison | null} c */
function state(s, c) {
  if (s.work) return html`<span class="f-sign" data-sign="busy">${icon("hourglass")}${s.work.label} ${countdown(s.work.left_s)}</span>`;
  const said = compared(c);
  return c ? html`<span class="f-both"><span class="f-sign" data-sign=${said.kind}>${icon(SIGNS[said.kind])}${said.word}</span><span class="f-at">${c.at.slice(0, 5)}</span></span>` : nothing;
}

/* Disk and process apart where they differ from what is recorded in different ways. */
/** @param {Card.Host} s @param {Card.Comparison} c */
function diffs(s, c) {
  const apart = c.loaded && c.loaded.hash !== c.disk.hash;
  /** @type {[string, Card.OneVersion | null][]} */
  const both = apart ? [[gettext("on disk"), c.disk], [gettext("loaded"), c.loaded]] : [["", c.disk]];
  return both.map(([where, v]) => (v?.lines.length ? html`<p class="f-lines"><span class="sr">${s.name} </span>${where ? html`<span class="f-where">${where}</span>` : nothing}${changes(v).map(change)}</p>` : nothing));
}

/** @param {{ key: string, was?: string, is?: string }} o */
const change = ({ key, was, is }) => html`<span class="f-line mono"><span class="f-key">${key}</span> ${was === undefined ? nothing : html`<del><span class="sr">${gettext("recorded")} </span>${was}</del>`} ${is === undefined ? html`<span class="sr">${gettext("not there")}</span>` : html`<ins><span class="sr">${gettext("found")} </span>${is}</ins>`}</span>`;
