import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseDevice, classify, trainingIs, useBrowser } from "./browser.js";
import { testDigits } from "./digits.js";
import { ON_CPU, ON_WEBGPU, assertAlike, trainShortly } from "./short_training.js";

const { open } = useBrowser();

test("WebGPU and the CPU lose alike, step by step", async () => {
  const page = await open();
  const cpu = await page.evaluate(trainShortly, ON_CPU);
  const gpu = await page.evaluate(trainShortly, ON_WEBGPU);
  assertAlike(cpu, gpu);
  assert.equal(gpu.software, true);
});

test("the same seed trains alike twice", async () => {
  const page = await open();
  assert.deepEqual(await page.evaluate(trainShortly, ON_CPU), await page.evaluate(trainShortly, ON_CPU));
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
