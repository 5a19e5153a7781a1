/* What people read, in the page's language. Its catalogue is a script before this one (game/views/words.py); where there is none, the
   English that the code says itself stands. Looked up when the page is loaded: another language is another page. */
const brought = globalThis.django;

/** @param {string} text @param {Record<string, unknown>} values */
const filled = (text, values) => text.replace(/%\((\w+)\)s/g, (_whole, name) => String(values[name]));

/* Words; what they name as %(name)s comes from `values`. */
/** @param {string} english @param {Record<string, unknown>} [values] */
export function gettext(english, values) {
  const text = brought?.gettext(english) ?? english;
  return values ? filled(text, values) : text;
}

/* Words about n things: %(n)s is the number. */
/** @param {string} one @param {string} many @param {number} n @param {Record<string, unknown>} [values] */
export function ngettext(one, many, n, values) {
  const english = n === 1 ? one : many;
  return filled(brought?.ngettext(one, many, n) ?? english, { n, ...values });
}

/* Words around parts of a page: the pieces in their order, for a template. */
/** @param {string} text @param {Record<string, unknown>} parts */
export const around = (text, parts) => text.split(/%\((\w+)\)s/).map((piece, i) => (i % 2 ? parts[piece] : piece));
