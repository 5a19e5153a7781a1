/* Beside the evening's work: the controls, or the checklists. */
import { parts } from "../lib/parts.js";

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  app.showWeekPart = parts(root, "checklist");
}
