/* Buttons with data-open="id" open that dialog; data-close closes the one they stand in. */
/** @param {ParentNode} [root] */
export function bindDialogs(root = document) {
  for (const b of root.querySelectorAll("[data-open]")) {
    b.addEventListener("click", () => document.getElementById(b.dataset.open).showModal());
  }
  for (const b of root.querySelectorAll("[data-close]")) {
    b.addEventListener("click", () => b.closest("dialog").close());
  }
}
