/* "Show as table": what a canvas shows, as rows, in the page's one table dialog. */
import { html, render } from "../../vendor/lit-html-3.3.3/lit-html.js";

/* heads: words; rows: arrays of words; the first column is the row's head, the others are numbers. */
/** @param {string} title @param {string[]} heads @param {Drawn[][]} rows */
export function showTable(title, heads, rows) {
  const dialog = document.getElementById("table");
  dialog.querySelector("h2").textContent = title;
  render(html`<table class="plain">
    <thead><tr>${heads.map((h, i) => html`<th scope="col" class=${i ? "n" : ""}>${h}</th>`)}</tr></thead>
    <tbody>${rows.map((r) => html`<tr>${r.map((cell, i) => (i ? html`<td class="n">${cell}</td>` : html`<th scope="row">${cell}</th>`))}</tr>`)}</tbody>
  </table>`, dialog.querySelector("[data-rows]"));
  dialog.showModal();
}

/* Runs fn at most every `ms`: sentences behind pictures change slowly, so that they can be read. */
/** @template {unknown[]} A @param {(...args: A) => unknown} fn @returns {(...args: A) => void} */
export function slowly(fn, ms = 10000) {
  let last = -Infinity;
  return (...args) => {
    if (performance.now() - last < ms) return;
    last = performance.now();
    fn(...args);
  };
}
