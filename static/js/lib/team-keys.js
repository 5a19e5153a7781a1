/* Keys that every desk has: B bridge, C phone, D cause, W word or why. They move the focus and nothing else. */

/* visit(element): bring it into view and focus it -> key -> fn */
export function teamKeys(app, visit) {
  const get = (id) => document.getElementById(id);
  const part = (name, id) => () => {
    if (!get("panel-team")) return;
    visit(get("panel-team"));
    app.showPart(name);
    requestAnimationFrame(() => visit(get(id)));
  };
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
