/* A panel of several parts, one shown at a time: buttons with data-part-for, parts with data-part. */

/* -> show(name) */
/** @param {Found} root @param {string} first @param {(name: string) => void} [shown] */
export function parts(root, first, shown = () => {}) {
  const all = [...root.querySelectorAll("[data-part]")];
  const buttons = [...root.querySelectorAll("[data-part-for]")];
  /** @param {string} name */
  const show = (name) => {
    for (const p of all) p.hidden = p.dataset.part !== name;
    for (const b of buttons) b.setAttribute("aria-pressed", String(b.dataset.partFor === name));
    shown(name);
  };
  buttons.forEach((b) => b.addEventListener("click", () => show(b.dataset.partFor)));
  show(first);
  return show;
}
