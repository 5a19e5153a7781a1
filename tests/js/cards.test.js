/* Real cards (tests/cards.json) have the types that .js/types/cards.d.ts declares: no card and no field more, none less. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const TYPES = { deployer: "Required<DeployerCards>", operator: "Required<OperatorCards>", risk: "Required<RiskCards>", projector: "ProjectorCards" };

/* Every sample as a constant of its card's type: what is written out like this may hold no field that its type has not. */
function typed(samples) {
  const lines = ["export {};"];
  for (const [desk, cards] of Object.entries(samples)) {
    lines.push(`type ${desk} = ${TYPES[desk]};`, `const ${desk}_names: Record<keyof ${desk}, 1> = { ${Object.keys(cards).map((name) => `${name}: 1`).join(", ")} };`);
    for (const [name, found] of Object.entries(cards)) {
      found.forEach((card, i) => lines.push(`const ${desk}_${name}_${i}: ${desk}["${name}"] = ${JSON.stringify(card)};`));
    }
  }
  return lines.join("\n");
}

/* What tsc says of them, the constant's name before it. */
function check(samples) {
  const folder = mkdtempSync(join(ROOT, ".js/node_modules/.cards-"));
  try {
    const source = typed(samples);
    writeFileSync(join(folder, "cards.ts"), source);
    const options = ["--strict", "--noEmit", "--skipLibCheck", "--target", "es2023", "--lib", "es2023", "--types", "", "--pretty", "false", "--ignoreConfig"];
    const { stdout, error } = spawnSync(join(ROOT, ".js/node_modules/.bin/tsc"), [...options, join(folder, "cards.ts"), join(ROOT, ".js/types/cards.d.ts")], { encoding: "utf8", cwd: folder });
    if (error) throw error;
    const lines = source.split("\n");
    return stdout.split("\n").filter((line) => line.includes("error")).map((line) => `${/const (\w+)/.exec(lines[Number(/\((\d+),/.exec(line)?.[1]) - 1] ?? "")?.[1]}: ${line}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const SAMPLES = JSON.parse(readFileSync(join(ROOT, "tests/cards.json"), "utf8"));

test("every card is as declared", () => assert.deepEqual(check(SAMPLES), []));

test("a field more, a field less, another word or an unknown card is found", () => {
  const spoilt = structuredClone({ projector: SAMPLES.projector, risk: SAMPLES.risk });
  spoilt.projector.clock[0].extra = 1;
  delete spoilt.projector.tiles[0].paused;
  spoilt.projector.clock.push({ ...SAMPLES.projector.clock[0], phase: "lunch" });
  spoilt.risk.secret = [{}];
  const found = check(spoilt).join("\n");
  for (const name of ["projector_clock_0", "projector_tiles_0", "projector_clock_1", "risk_names", "risk_secret_0"]) assert.ok(found.includes(`${name}:`), `${name} in\n${found}`);
});
