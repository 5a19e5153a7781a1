/* What has the focus may be drawn anew, hidden or disabled under somebody's fingers, and a browser then gives the focus to nothing: who
   listens is nowhere. It goes on in what the element stood in, and where that has gone too, at the page's heading. */

const HOLDERS = "[tabindex], section, li, form, dialog, [role=group]";

/* The heading of the page, for who has nowhere else to be. */
export function rest() {
  const head = document.querySelector("h1");
  if (head) take(head);
}

export function keepFocus() {
  /** @type {Element | null} */
  let last = null;
  /** @type {Element[]} */
  let around = []; // what it stands in, the nearest first
  const look = () => {
    if (!last || there(document.activeElement) || there(last)) return;
    const next = around.find((el) => there(el) && el.matches(HOLDERS) && el.getBoundingClientRect().height > 0);
    last = null;
    if (next) take(/** @type {HTMLElement} */ (next));
    else rest();
  };
  document.addEventListener("focusin", ({ target }) => {
    last = /** @type {Element} */ (target);
    around = [];
    for (let el = last.parentElement; el && el.id !== "main" && el !== document.body; el = el.parentElement) around.push(el);
  });
  /* Somebody let go of it, a click beside it or Escape: nothing is lost. */
  document.addEventListener("focusout", ({ target }) => requestAnimationFrame(() => {
    if (target === last && there(last) && !there(document.activeElement)) last = null;
  }));
  new MutationObserver(() => requestAnimationFrame(look)).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["hidden", "disabled", "open"] });
}

/** @param {Element | null} el */
const there = (el) => !!el?.isConnected && el !== document.body && el.checkVisibility() && !el.matches(":disabled");

/** @param {HTMLElement} el */
function take(el) {
  if (!el.hasAttribute("tabindex")) el.tabIndex = -1;
  el.focus({ preventScroll: true });
}
