/* A question before something ends. */

/* Ask once, or not any more; the focus goes along. `what`: "all", a team's number, or null. */
/** @param {Room} page @param {{ redraw(): void }} act @param {Room["asking"]} what @param {string} focus */
export function ask(page, { redraw }, what, focus) {
  page.asking = what;
  redraw();
  document.querySelector(focus)?.focus();
}
