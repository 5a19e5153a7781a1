/* Keys that every desk has: B bridge, C phone, D cause, W word or why. They move the focus and nothing else, at once where what they lead
 * to is there: what is typed meanwhile would be taken for keys. */

/* visit(element): bring it into view and focus it -> key -> fn */
/** @param {App} app @param {(el: Found) => void} visit */
export function teamKeys(app, visit) {
  /** @param {string} id */
  const get = (id) => document.getElementById(id);
  /** @param {string} name @param {string} id */
  const part = (name, id) => () => {
    if (!get("panel-team")) return;
    visit(get("panel-team"));
    app.showPart(name);
    visit(get(id));
    if (document.activeElement !== get(id)) requestAnimationFrame(() => visit(get(id)));
  };
  /** @param {string} id */
  const shown = (id) => get(id)?.hidden === false;
  return {
    b: part("talk", "say-text"),
    c: () => (shown("phone") ? visit(get("phone")) : part("calls", "show-calls")()),
    d: part("cause", "cause"),
    w: () => {
      if (get("why-text")) visit(get("why-text"));
      else if (shown("asked")) visit(get("asked"));
      else if (get("show-words")) part("words", "show-words")();
    },
  };
}
