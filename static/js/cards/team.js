/* The panel of the bridge: which of its parts shows. */

/** @param {Found} root @param {App} app */
export function mount(root, app) {
  const tabs = [...root.querySelectorAll("[data-show]")];
  const parts = [...root.querySelectorAll("[data-part]")];
  /** @param {string} name */
  const show = (name, focus = false) => {
    for (const t of tabs) {
      const on = t.dataset.show === name;
      t.setAttribute("aria-selected", String(on));
      t.tabIndex = on ? 0 : -1;
      if (on && focus) t.focus();
    }
    for (const p of parts) p.hidden = p.dataset.part !== name;
    app.store.set("part", name);
  };
  tabs.forEach((tab, i) => {
    tab.addEventListener("click", () => show(tab.dataset.show));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) show(tabs[(i + step + tabs.length) % tabs.length].dataset.show, true);
    });
  });
  app.showPart = show;
  show("talk");
}
