/* The hot lane: text nodes found once and patched only when their words change. */
export function texts(root) {
  const nodes = new Map();
  for (const el of root.querySelectorAll("[data-text]")) {
    if (!el.firstChild) el.append("");
    if (!nodes.has(el.dataset.text)) nodes.set(el.dataset.text, []);
    nodes.get(el.dataset.text).push(el.firstChild);
  }
  return (name, value) => {
    for (const node of nodes.get(name) ?? []) if (node.data !== value) node.data = value;
  };
}
