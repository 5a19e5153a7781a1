/* What comparing config and reference data with what is recorded has shown of a server: in a word, key by key, and for those who listen. */
import { gettext } from "./words.js";

/** @typedef {"config" | "data"} Read */
/** @type {Record<Read, string>} */
export const READS = { config: gettext("Config"), data: gettext("Reference data") };
/* In the middle of a sentence: not every language writes it small. */
/** @type {Record<Read, string>} */
export const READ_WORDS = { config: gettext("config"), data: gettext("reference data") };

/* What a comparison says. */
/** @param {Card.Comparison | null} c */
export function compared(c) {
  if (!c) return { kind: "none", word: "" };
  if (!c.disk.right) return { kind: "differs", word: gettext("Differs") };
  if (!c.loaded) return { kind: "down", word: gettext("Not running") };
  if (!c.loaded.right) return { kind: "differs", word: gettext("Process differs") };
  return { kind: "same", word: gettext("As recorded") };
}

/* Lines "key = value" with their signs -> what was recorded and what is there, by key. */
/** @param {Card.OneVersion} v */
export function changes(v) {
  /** @type {Map<string, { key: string, was?: string, is?: string }>} */
  const found = new Map();
  for (const { sign, text } of v.lines) {
    const [key, value] = text.split(/ = (.*)/s);
    const known = found.get(key) ?? { key };
    found.set(key, sign === "-" ? { ...known, was: value } : { ...known, is: value });
  }
  return [...found.values()];
}

/* What was compared since the last look, for those who listen. */
/** @param {Card.Host[]} servers @param {Map<string, string | undefined>} known */
export function newlyCompared(servers, known) {
  return servers.flatMap((s) => /** @type {Read[]} */ (["config", "data"]).flatMap((what) => {
    const c = s[what];
    return c && c.at !== known.get(`${what} ${s.n}`) ? [`${s.name}: ${READ_WORDS[what]} ${heard(c)}`] : [];
  }));
}

/** @param {Card.Comparison} c */
function heard(c) {
  const disk = c.disk.right ? gettext("as recorded on disk") : gettext("%(name)s on disk, not as recorded", { name: c.disk.name });
  if (!c.loaded) return gettext("%(disk)s, no process", { disk });
  return c.loaded.hash === c.disk.hash ? gettext("%(disk)s, loaded the same", { disk }) : gettext("%(disk)s, %(name)s loaded", { disk, name: c.loaded.name });
}
