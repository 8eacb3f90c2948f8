import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { chooseDevice, classify, trainingIs, useBrowser } from "./browser.js";
import { testDigits } from "./digits.js";
import { drawPhoto } from "./drawing.js";
import { ON_CPU, ON_WEBGPU, assertAlike, trainShortly } from "./short_training.js";

const { open } = useBrowser({ tuned: true });

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

test("neither a device that is not there nor a folder that is gone takes the network or the photos away", async () => {
  const page = await open();
  await chooseDevice(page, "cpu");
  const folder = await mkdtemp(join(tmpdir(), "fovea-"));
  for (const label of ["red", "blue"])
    for (let nth = 0; nth < 6; nth++) {
      await mkdir(join(folder, label), { recursive: true });
      await writeFile(join(folder, label, `${nth}.png`), await drawPhoto(page, nth + label.length * 10));
    }
  await page.locator("#image-size").fill("64");
  await page.locator("#choose-folder").setInputFiles(folder);
  await page.locator("[data-testid=found-line]", { hasText: "Found 12 images" }).waitFor();
  await rm(folder, { recursive: true });
  await page.locator("#epochs").fill("2");
  await page.locator("#steps-per-epoch").fill("1");
  await page.locator("#start:enabled").click();
  await trainingIs(page, "done");
  const whole = async () => ({
    history: await page.locator("#history").textContent(),
    found: await page.locator("[data-testid=found-line]").textContent(),
    network: await page.locator("[data-testid=network-status]").textContent(),
  });
  const before = await whole();

  const [worker] = page.workers().filter((other) => other.url().endsWith("/engine_worker.js"));
  await worker.evaluate(() => {
    const { GPU } = /** @type {any} */ (self);
    Object.assign(self, { requestAdapter: GPU.prototype.requestAdapter });
    GPU.prototype.requestAdapter = async () => null;
  });
  await page.locator("label[for=device-webgpu]").click();
  await page.locator("#device-line.error", { hasText: "This browser offers no WebGPU adapter" }).waitFor();
  await page.locator("#device-cpu:enabled:checked").waitFor({ state: "attached" });
  assert.deepEqual(await whole(), before);
  await page.locator("#start:enabled").waitFor();

  await worker.evaluate(() => {
    const { GPU, requestAdapter } = /** @type {any} */ (self);
    GPU.prototype.requestAdapter = requestAdapter;
  });
  await chooseDevice(page, "webgpu");
  assert.deepEqual(await whole(), before);
  await page.locator("#epochs").fill("1");
  await page.locator("#start:enabled").click();
  await page.waitForFunction(() => document.querySelectorAll("#history tbody tr").length === 3, null, { timeout: 120_000 });
  await trainingIs(page, "done");
  assert.deepEqual(await page.locator("#history tbody th").allTextContents(), ["1", "2", "3"]);
});
