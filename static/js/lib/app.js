/* What a live page is made of: the first picture in the page, the line, commands and their answers, and how things stand. */
import { base } from "./base.js";
import { Commands } from "./commands.js";
import { lines } from "./lines.js";
import { live } from "./live.js";
import { Store } from "./store.js";

const SOON_MS = 1000;
const AGAIN_MS = 3000;

/* pathOf(hello) -> the socket's path. The local card "standing" is
   {link, since, reason, state, speed, stateReason, upgrade, planning, waits, begins, hello, result}. */
/** @param {(hello: Hello) => string} pathOf */
export function startApp(pathOf) {
  /** @type {First} */
  const first = JSON.parse(document.getElementById("first").textContent);
  const store = new Store(first.cards);
  /** @type {PageLine} */
  const line = lines.make(pathOf(first.hello), store);
  const commands = new Commands((message) => line.send(message));
  const app = /** @type {App<any>} */ (/** @type {unknown} */ ({ store, line, commands, voice: live() }));

  /** @type {Stands} */
  let standing = { link: "connecting", since: performance.now(), reason: "", ...fromHello(first.hello) };
  /** @param {Partial<Stands>} part */
  const change = (part) => {
    standing = { ...standing, ...part };
    document.documentElement.dataset.link = standing.link;
    document.documentElement.dataset.state = standing.state;
    document.documentElement.toggleAttribute("data-watching", !!standing.hello.watching);
    store.set("standing", standing);
  };
  change({});

  line.addEventListener("link", ({ detail }) => change(detail));
  line.addEventListener("hello", ({ detail }) => {
    change(fromHello(detail));
    commands.again();
  });
  line.addEventListener("state", ({ detail }) => {
    change({ state: detail.state, planning: stamp(detail.planning), speed: detail.speed ?? standing.speed, stateReason: detail.reason ?? "", upgrade: detail.upgrade ?? null, waits: detail.waits ?? null, begins: detail.begins ?? null, result: "result" in detail ? detail.result : standing.result });
  });
  line.addEventListener("team", ({ detail: { name: team, ...rest } }) => {
    change({ hello: { ...standing.hello, ...rest, team } });
    for (const el of document.querySelectorAll("[data-text=team]")) el.textContent = team;
  });
  line.addEventListener("elsewhere", ({ detail }) => store.set("elsewhere", detail.desks));
  line.addEventListener("answer", ({ detail }) => commands.answer(detail));
  line.addEventListener("trouble", ({ detail }) => app.voice.say(detail.reason, true));
  store.on("state", (d) => change({ state: d.state, planning: stamp(d.planning), speed: d.speed, stateReason: d.reason ?? "", upgrade: d.upgrade ?? null, begins: null }));
  return app;
}

/* A planning pause counts down from when it was heard of. */
/** @param {PlanningTold | null} planning */
const stamp = (planning) => (planning ? { ...planning, at: performance.now() } : null);

/** @param {Hello} hello */
const fromHello = (hello) => ({
  hello, state: hello.exercise.state, speed: hello.exercise.speed, stateReason: hello.exercise.reason ?? "", upgrade: hello.exercise.upgrade ?? null, planning: stamp(hello.exercise.planning), waits: hello.exercise.waits ?? null, begins: hello.exercise.begins ?? null, result: hello.result ?? `${base}/result/${hello.exercise.code}/`,
});

/* Draw every [data-card] element with its module. */
/** @param {App<any>} app @param {Record<string, Mount>} modules */
export function mountCards(app, modules) {
  for (const el of document.querySelectorAll("[data-card]")) modules[el.dataset.card]?.(el, app);
}

/* The same for cards that nobody sees at first: fetched when the page is painted and has nothing better to do.
   An element's data-sheet is the address of a sheet that comes with its card. loaders: name -> () => import(...), in the order in which they are wanted. */
/** @param {App<any>} app @param {Loaders} loaders */
export function mountLater(app, loaders) {
  /** @param {() => unknown} fn */
  const idle = (fn) => ("requestIdleCallback" in globalThis ? requestIdleCallback(fn, { timeout: SOON_MS }) : setTimeout(fn, SOON_MS / 4));
  for (const [name, load] of Object.entries(loaders)) {
    const places = [...document.querySelectorAll(`[data-card="${name}"]`)];
    /** @param {CardModule} module */
    const draw = (module) => places.forEach((el) => {
      if (el.dataset.sheet) document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: el.dataset.sheet }));
      module.mount(el, app);
    });
    const fetch = () => load().then(draw, () => setTimeout(fetch, AGAIN_MS)); // the line may be down
    if (places.length) idle(fetch);
  }
}
