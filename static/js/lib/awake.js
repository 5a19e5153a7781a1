/* Keep the screen on while the page is looked at; browsers drop the lock when the page is hidden. They give none without https, nor to a
   battery that runs low: then what is marked with data-dims says so. */
export function stayAwake() {
  /** @param {boolean} dims */
  const tell = (dims) => document.querySelectorAll("[data-dims]").forEach((el) => el.toggleAttribute("hidden", !dims));
  const ask = () => {
    if (document.visibilityState !== "visible") return;
    if (!navigator.wakeLock) return tell(true);
    navigator.wakeLock.request("screen").then(() => tell(false), () => tell(true));
  };
  document.addEventListener("visibilitychange", ask);
  ask();
}
