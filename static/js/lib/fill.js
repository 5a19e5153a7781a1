/* Buttons that let one part of a page fill the screen of the room; Esc, or the button again, leads back. */
export function bindFill() {
  for (const button of document.querySelectorAll("[data-fill]")) {
    if (!document.fullscreenEnabled) button.hidden = true;
    const part = document.getElementById(button.dataset.fill);
    button.addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : part.requestFullscreen()));
  }
}
