/* The form of a scenario: what is wrong stands beside its field while it is typed. */
import { bindSettings } from "./lib/settings.js";

bindSettings();
const AFTER_MS = 700;
const form = document.querySelector("form[data-editor]");
let waits = 0, asked = 0;

/** @param {{ field: string, said: string, where: string }[]} problems */
function show(problems) {
  const left = new Map(problems.map((one) => [one.field, one.said]));
  for (const place of document.querySelectorAll("[data-error]")) {
    const name = place.getAttribute("data-error") ?? "", said = left.get(name) ?? "";
    if (place.textContent !== said) place.textContent = said;
    document.getElementById(`f-${name}`)?.toggleAttribute("aria-invalid", false);
    if (said) document.getElementById(`f-${name}`)?.setAttribute("aria-invalid", "true");
  }
  const list = document.querySelector("[data-elsewhere]");
  if (!(list instanceof HTMLElement)) return;
  const others = problems.filter((one) => !document.getElementById(`f-${one.field}`));
  list.replaceChildren(...others.map((one) => Object.assign(document.createElement("li"), { textContent: `${one.where}: ${one.said}` })));
  list.hidden = others.length === 0;
}

async function check() {
  if (!(form instanceof HTMLFormElement)) return;
  const turn = ++asked, sent = new FormData(form);
  sent.set("do", "check");
  try {
    const answer = await fetch(location.href, { method: "POST", body: sent, credentials: "same-origin" });
    if (answer.ok && turn === asked) show((await answer.json()).problems);
  } catch { /* the server is away: saving says so */ }
}

form?.addEventListener("input", () => {
  clearTimeout(waits);
  waits = setTimeout(check, AFTER_MS);
});
