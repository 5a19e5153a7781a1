/* The result: the loss curve from the page's own data. */
import { writeAmounts } from "./lib/amounts.js";
import { awaitMore } from "./lib/awaited.js";
import { bindDialogs } from "./lib/dialogs.js";
import { bindFill } from "./lib/fill.js";
import { bindPanels } from "./lib/panels.js";
import { bindSettings } from "./lib/settings.js";
import { mountCourses } from "./cards/courses.js";
import { curve } from "./cards/curve.js";
import { mountLabs } from "./cards/lab.js";
import { mountLanes } from "./cards/lanes.js";
import { mountWorths } from "./cards/worth.js";

awaitMore("result");
bindDialogs();
bindFill();
bindPanels(document.querySelector("[data-panels]"));
bindSettings();
writeAmounts();
const data = document.getElementById("curve");
const root = document.querySelector("[data-card=curve]");
mountLabs(document.querySelectorAll("[data-lab]"));
mountLanes(document.querySelectorAll("[data-lanes]"));
if (data && root) {
  const drawn = JSON.parse(data.textContent);
  const draw = curve(root);
  draw(drawn);
  void mountWorths(document.querySelectorAll("[data-worth]"), mountCourses(root, draw, drawn));
}
const lessons = document.querySelector("[data-lessons]"); // behind a tab
if (lessons) void import("./cards/lessons.js").then(({ mountLessons }) => mountLessons(lessons));

/* Canvas does not follow print's CSS: the page takes the light theme while it prints, and the chart is drawn again. */
const html = document.documentElement;
let before = html.dataset.theme;
addEventListener("beforeprint", () => {
  before = html.dataset.theme;
  html.dataset.theme = "light";
});
addEventListener("afterprint", () => (html.dataset.theme = before));
