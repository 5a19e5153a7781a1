/* Words that explain themselves: a label marked as a term shows what it means on tap, hover or focus, in a box above the page that moves
   nothing. Escape closes it. What terms mean comes with the page. */
const WAIT_MS = 250; // a pointer on its way elsewhere opens nothing
const EDGE = 8;

/** @param {Found} tip */
export function mount(tip) {
  const data = document.getElementById("terms");
  if (!tip.showPopover) return; // a browser without popovers shows labels as they are
  /** @type {Record<string, [string, string]>} */
  const meanings = JSON.parse(data.textContent ?? "{}");
  /** @type {Found | null} */
  let at = null;
  let waits = 0;

  const hide = () => {
    clearTimeout(waits);
    if (!at) return;
    at.removeAttribute("aria-describedby");
    tip.hidePopover();
    at = null;
  };
  /** @param {Found} label */
  const show = (label) => {
    const known = meanings[label.dataset.term];
    if (!known || at === label) return;
    hide();
    tip.querySelector("strong").textContent = known[0];
    tip.querySelector("span").textContent = known[1];
    label.setAttribute("aria-describedby", tip.id);
    tip.showPopover();
    at = label;
    place(label);
  };
  /** @param {Found} label */
  const place = (label) => {
    const [box, own] = [label.getBoundingClientRect(), tip.getBoundingClientRect()];
    const below = box.bottom + EDGE + own.height < innerHeight;
    tip.style.insetBlockStart = `${Math.max(EDGE, below ? box.bottom + EDGE : box.top - EDGE - own.height)}px`;
    tip.style.insetInlineStart = `${Math.max(EDGE, Math.min(box.left, innerWidth - own.width - EDGE))}px`;
  };
  /** @param {PageEvent} event */
  const termOf = (event) => event.target.closest?.("[data-term]");

  document.addEventListener("pointerover", (event) => {
    const label = event.pointerType === "mouse" ? termOf(event) : null;
    clearTimeout(waits);
    if (label) waits = setTimeout(() => show(label), WAIT_MS);
    else if (at && at !== document.activeElement && event.pointerType === "mouse") hide();
  });
  document.addEventListener("focusin", (event) => {
    const label = termOf(event);
    if (!label) hide();
    else if (label.matches(":focus-visible")) show(label);
  });
  document.addEventListener("click", (event) => {
    const label = termOf(event);
    if (!label || at === label) return hide();
    show(label);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
  // A desk grows and scrolls by itself while somebody reads: what is still pointed at keeps its box, and the box goes with it.
  const follow = () => (at?.matches(":hover, :focus-visible") ? place(at) : hide());
  addEventListener("scroll", follow, { capture: true, passive: true });
  addEventListener("resize", hide);
  const meant = document.querySelector("[data-term]:is(:hover, :focus-visible)"); // before this was here
  if (meant) show(meant);
}
