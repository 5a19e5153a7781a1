/* The path that the game lies below, without a slash at its end: empty at the root of its host. */
export const base = (document.documentElement.dataset.base ?? "/").slice(0, -1);
