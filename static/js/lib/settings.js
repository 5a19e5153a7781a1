/* Switches of this browser: theme, single-letter keys. Drawn as role=switch buttons with data-setting. */
import { keep } from "./kept.js";
import { keysOn, setKeys } from "./hotkeys.js";
import { setSound, setVolume, soundOn, volume } from "./sound.js";

/** @type {Record<string, { get(): boolean, set(on: boolean): void }>} */
const settings = {
  light: {
    get: () => document.documentElement.dataset.theme === "light",
    set(on) {
      document.documentElement.dataset.theme = on ? "light" : "dark";
      keep("theme", on ? "light" : "dark");
    },
  },
  keys: { get: keysOn, set: setKeys },
  sound: { get: soundOn, set: setSound },
};

/** @param {ParentNode} [root] */
export function bindSettings(root = document) {
  const buttons = [...root.querySelectorAll("[data-setting]")];
  const show = () => buttons.forEach((b) => b.setAttribute("aria-checked", String(settings[b.dataset.setting].get())));
  for (const b of buttons) {
    b.addEventListener("click", () => {
      const setting = settings[b.dataset.setting];
      setting.set(!setting.get());
      show();
    });
  }
  for (const slider of root.querySelectorAll("[data-volume]")) {
    slider.value = String(volume());
    slider.addEventListener("change", () => setVolume(Number(slider.value)));
  }
  if (buttons.length) new MutationObserver(show).observe(document.documentElement, { attributeFilter: ["data-theme"] }); // the system's may change
  show();
}
