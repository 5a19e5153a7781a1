/* The hot lane: text nodes found once and patched only when their words change. */
/** @param {ParentNode} root */
export function texts(root) {
  /** @type {Map<string, [Found, Text][]>} */
  const nodes = new Map();
  for (const el of root.querySelectorAll("[data-text]")) {
    if (!el.firstChild) el.append("");
    const word = /** @type {Text} */ (el.firstChild);
    nodes.set(el.dataset.text, [...(nodes.get(el.dataset.text) ?? []), [el, word]]);
  }
  /** @param {string} name @param {string} value */
  return (name, value) => {
    for (const [el, node] of nodes.get(name) ?? []) {
      if (node.parentNode !== el) el.replaceChildren(node); // a translator has put its own words there
      if (node.data !== value) node.data = value;
    }
  };
}
