/* Beside the evening's work: the controls, or the checklists. */
import { parts } from "../lib/parts.js";

export function mount(root, app) {
  app.showWeekPart = parts(root, "checklist");
}
