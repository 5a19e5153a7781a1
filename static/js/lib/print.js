/* Buttons that print the page. */
export function bindPrint() {
  for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());
}
