import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseDevice, classify, trainingIs, useBrowser } from "./browser.js";
import { testDigits } from "./digits.js";

const { open } = useBrowser();
const STEPS = 6;

/**
 * The loss of each batch of a short training on the digits.
 * @param {import("playwright-core").Page} page
 * @param {"cpu" | "webgpu"} device
 * @returns {Promise<{ kind: string, software: boolean, losses: number[] }>}
 */
function shortTraining(page, device) {
  return page.evaluate(async ([device, steps]) => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    const lab = await openLab({ device, seed: 7 });
    const dataset = await lab.importDemo("digits");
    const model = await lab.createModel({ recipe: "digits", dataset });
    /** @type {number[]} */
    const losses = [];
    const options = {
      epochs: 1,
      batchSize: 32,
      stepsPerEpoch: steps,
      optimizer: { name: "rmsprop", learning_rate: 1e-3 },
    };
    await lab.fit(
      model,
      dataset,
      options,
      (/** @type {any} */ event) => event.type === "step" && losses.push(event.batch_loss),
    ).finished;
    const { kind, software } = lab.device;
    await lab.close();
    return { kind, software, losses };
  }, /** @type {const} */ ([device, STEPS]));
}

test("WebGPU and the CPU lose alike, step by step", async () => {
  const page = await open();
  const cpu = await shortTraining(page, "cpu");
  const gpu = await shortTraining(page, "webgpu");
  assert.deepEqual([cpu.kind, gpu.kind, gpu.software], ["cpu", "webgpu", true]);
  assert.equal(cpu.losses.length, STEPS);
  assert.equal(gpu.losses.length, STEPS);
  cpu.losses.forEach((loss, step) => {
    const apart = Math.abs(gpu.losses[step] - loss) / loss;
    assert.ok(apart <= 0.01, `step ${step + 1}: ${loss} on the CPU, ${gpu.losses[step]} on WebGPU`);
  });
  assert.notEqual(cpu.losses[0], cpu.losses[STEPS - 1]);
});

test("the same seed trains alike twice", async () => {
  const page = await open();
  assert.deepEqual(await shortTraining(page, "cpu"), await shortTraining(page, "cpu"));
});

test("a network changes the device with all it has learnt", async () => {
  const page = await open();
  await chooseDevice(page, "cpu");
  const digits = await testDigits(page, 1);
  await page.locator("#demo-digits").click();
  await trainingIs(page, "running", 60_000);
  await page.locator("#history tbody tr").first().waitFor({ state: "attached", timeout: 240_000 });
  await page.locator("#stop").click();
  await page.locator("#start").waitFor();
  const before = [];
  for (const digit of digits) before.push(await classify(page, digit));
  const right = before.filter(([{ label }], nth) => label === digits[nth].label).length;
  assert.ok(right >= 7, `${right} of 10 on the CPU`);

  await chooseDevice(page, "webgpu");
  for (const [nth, digit] of digits.entries()) {
    const after = new Map((await classify(page, digit)).map(({ label, probability }) => [label, probability]));
    for (const { label, probability } of before[nth]) {
      const apart = Math.abs((after.get(label) ?? NaN) - probability);
      assert.ok(apart <= 1e-3, `${digit.name} as ${label}: ${probability} on the CPU, ${after.get(label)} on WebGPU`);
    }
  }
  assert.equal(await page.locator("#curves").isVisible(), true, "the curves have come along");
});
