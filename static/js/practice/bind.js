/* Practice tasks of the lobby: each is loaded when its box is first opened. */
const TASKS = { operator: () => import("./operator.js"), deployer: () => import("./deployer.js"), risk: () => import("./risk.js") };

export function bindPractice(voice) {
  for (const box of document.querySelectorAll("[data-practice]")) {
    const load = TASKS[box.dataset.practice];
    if (!load) {
      box.hidden = true;
      continue;
    }
    const done = (learnt) => {
      box.querySelector("[data-done]").hidden = false;
      const line = box.querySelector("[data-learnt]");
      line.querySelector("span").textContent = learnt;
      line.hidden = false;
      voice.say(`Practice done. ${learnt}`, true);
    };
    let begun = false;
    const begin = async () => {
      if (begun || !box.open) return;
      begun = true;
      (await load()).mount(box.querySelector("[data-stage]"), voice, done);
    };
    box.addEventListener("toggle", begin);
    begin();
  }
}
