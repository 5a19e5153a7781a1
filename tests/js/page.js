/* The titles that a scenario may give its desks. */
const titles = JSON.stringify({
  deployer: { title: "deployer", head: "Deployer", short: "deployer", short_head: "Deployer" },
  operator: { title: "operator", head: "Operator", short: "operator", short_head: "Operator" },
  risk: { title: "risk manager", head: "Risk manager", short: "risk", short_head: "Risk" },
});

const calendar = JSON.stringify({
  evenings: ["Fri 27 Jul", "Mon 30 Jul", "Tue 31 Jul"], evenings_long: ["Friday 27 July", "Monday 30 July", "Tuesday 31 July"],
  dates: ["27 Jul", "30 Jul", "31 Jul"], typed: ["27 Jul", "30 Jul", "31 Jul"],
  evening_from: "18:00", evening_s: 3 * 3600, start: "08:00", open: "09:30",
});

const wishes = JSON.stringify({
  operator: {
    evening: [{ kind: "drill.run", words: "Drill", args: {}, servers: "none", chosen: "none" }],
    day: [{ kind: "servers.stop_all", words: "Stop all servers", args: {}, servers: "none", chosen: "none" }],
  },
});

const routes = JSON.stringify({ brokers: ["Birchmont", "Harbor Lane"], exchanges: ["NYSE", "ARCA"] });

/* As much of a page as the pure modules touch when they are loaded, and a clock that a test turns. To be imported first. */
globalThis.document = {
  visibilityState: "visible",
  documentElement: { dataset: { base: "/", icons: "/icons.svg", system: "SMARS", server: "SMARS-{n}", servers: "8", many: "eight", target: "smars-rlp", titles, calendar, wishes, routes } },
  createTreeWalker: () => ({}),
  createComment: () => ({}),
  addEventListener() {},
};

globalThis.HTMLElement = class {};
globalThis.customElements = { define() {} };

/* Frames are painted when a test says so. */
let frames = [];
globalThis.requestAnimationFrame = (fn) => frames.push(fn);
export function paint() {
  const due = frames;
  frames = [];
  for (const fn of due) fn();
}

/* The words of a lit template, tags left out. */
export function textOf(drawn) {
  if (Array.isArray(drawn)) return drawn.map(textOf).join("");
  if (!drawn?.strings) return drawn == null || typeof drawn === "symbol" ? "" : String(drawn);
  const whole = drawn.strings.map((part, i) => part + (i in drawn.values ? textOf(drawn.values[i]) : "")).join("");
  return whole.replace(/<[^>]*>/g, "");
}
