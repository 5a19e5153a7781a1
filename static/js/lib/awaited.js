/* A page that waits for something brings itself again once the server has more to show. */
const EVERY_MS = 15_000;

/* what: the value of the data-awaits that the page has until then. */
/** @param {string} what */
export function awaitMore(what) {
  const mark = `data-awaits="${what}"`;
  if (!document.querySelector(`[${mark}]`)) return;
  setInterval(async () => {
    if (document.visibilityState !== "visible") return;
    try {
      const answer = await fetch(location.href, { credentials: "same-origin" });
      if (answer.ok && !(await answer.text()).includes(mark)) location.reload();
    } catch { /* the server is away: it is asked again */ }
  }, EVERY_MS);
}
