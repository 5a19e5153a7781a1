/* The phone's four tabs: which panels show is a word on the body; wider screens ignore it. */
export function bindTabs() {
  const tabs = [...document.querySelectorAll("[data-tab-for]")];
  /** @param {Found} tab @param {boolean} focus */
  const choose = (tab, focus) => {
    document.body.dataset.tab = tab.dataset.tabFor;
    for (const t of tabs) {
      t.setAttribute("aria-selected", String(t === tab));
      t.tabIndex = t === tab ? 0 : -1;
    }
    if (focus) tab.focus();
    scrollTo(0, 0);
  };
  tabs.forEach((tab, i) => {
    tab.addEventListener("click", () => choose(tab, false));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) choose(tabs[(i + step + tabs.length) % tabs.length], true);
    });
  });
}

/* Show the tab that holds a panel, so that a key can reach it on a narrow screen too. */
/** @param {Found} el */
export function revealTab(el) {
  const names = el.closest("[data-tabs]")?.dataset.tabs.split(" ");
  if (!names || names.includes(document.body.dataset.tab ?? "")) return;
  document.querySelector(`[data-tab-for=${names[0]}]`)?.click();
}
