/* Tabs of a page that is read: a list of links to its parts becomes a tab list, and one part shows at a time. Without this script, and on
   paper, all parts stand one below the other (css/pages/result-first.css). */

/* nav: the list; a part is where its link leads. A link from elsewhere to something within a part opens that part. */
/** @param {Found | null} nav */
export function bindPanels(nav) {
  if (!nav) return;
  const tabs = [...nav.querySelectorAll("a")];
  const panels = tabs.map((tab) => document.getElementById(tab.hash.slice(1)));
  /** @param {number} chosen @param {boolean} [focus] */
  const choose = (chosen, focus = false) => {
    tabs.forEach((tab, i) => {
      tab.setAttribute("aria-selected", String(i === chosen));
      tab.tabIndex = i === chosen ? 0 : -1;
      panels[i].toggleAttribute("data-off", i !== chosen);
    });
    if (focus) tabs[chosen].focus();
  };
  const fromAddress = () => {
    const aim = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
    const at = panels.findIndex((panel) => aim && panel.contains(aim));
    if (at >= 0) choose(at);
    if (at >= 0 && aim !== panels[at]) aim.scrollIntoView();
  };

  nav.setAttribute("role", "tablist");
  tabs.forEach((tab, i) => {
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panels[i].id);
    panels[i].setAttribute("role", "tabpanel");
    panels[i].setAttribute("aria-labelledby", tab.id);
    panels[i].tabIndex = 0;
    tab.addEventListener("click", (event) => {
      event.preventDefault();
      choose(i);
      history.replaceState(history.state, "", tab.hash);
    });
    tab.addEventListener("keydown", (event) => {
      const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: tabs.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      choose((to + tabs.length) % tabs.length, true);
    });
  });
  choose(0);
  fromAddress();
  addEventListener("hashchange", fromAddress);
}
