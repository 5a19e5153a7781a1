/* What this browser remembers. Storage may be switched off: then nothing is remembered and nothing breaks. */
/** @param {string} key @param {string} fallback */
export function kept(key, fallback) {
  try {
    return localStorage.getItem(key) ?? fallback;
  } catch {
    return fallback;
  }
}

/** @param {string} key @param {string} value */
export function keep(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    /* not remembered */
  }
}
