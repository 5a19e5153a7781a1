/* A panel of several parts, one shown at a time: buttons with data-part-for, parts with data-part. */

/* -> show(name) */
export function parts(root, first, shown = () => {}) {
  const all = [...root.querySelectorAll("[data-part]")];
  const buttons = [...root.querySelectorAll("[data-part-for]")];
  const show = (name) => {
    for (const p of all) p.hidden = p.dataset.part !== name;
    for (const b of buttons) b.setAttribute("aria-pressed", String(b.dataset.partFor === name));
    shown(name);
  };
  buttons.forEach((b) => b.addEventListener("click", () => show(b.dataset.partFor)));
  show(first);
  return show;
}
