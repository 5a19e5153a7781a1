/* A question before something ends, or is skipped. */

/* Ask once, or not any more; the focus goes along. `what`: "all", a team's number, a jump to be made, or null. */
/** @param {Room} page @param {{ redraw(): void }} act @param {Room["asking"]} what @param {string} focus */
export function ask(page, { redraw }, what, focus) {
  page.asking = what;
  redraw();
  document.querySelector(focus)?.focus();
}

/* A jump of the clock: `fields` are posted once it is meant. */
/** @param {Room} page @param {RoomAct} act @param {Fields} fields */
export function jump(page, act, fields) {
  page.jump = fields;
  ask(page, act, "jump", "[data-keep-jump]");
}
