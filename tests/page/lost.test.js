import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseDevice, classify, historyOf, trainingIs, useBrowser } from "./browser.js";
import { testDigits } from "./digits.js";

const { open } = useBrowser({ expected: /GPU|context lost|device was lost/i, tuned: true });

/**
 * Ends the process that the GPU is driven from, as a driver that crashes does.
 * @param {import("playwright-core").Page} page
 */
async function crashGpu(page) {
  const browser = page.context().browser();
  assert.ok(browser);
  const session = await browser.newBrowserCDPSession();
  // It is gone before it can answer.
  await session.send(/** @type {any} */ ("Browser.crashGpuProcess")).catch(() => {});
  await session.detach();
}

/** @param {import("playwright-core").Page} page */
async function save(page) {
  const downloading = page.waitForEvent("download");
  await page.locator("#save-model").click();
  return (await downloading).suggestedFilename();
}

for (const [button, lamp] of /** @type {const} */ ([["#use-cpu", "cpu"], ["#try-webgpu", "webgpu"]]))
  test(`a GPU that is lost in mid-training leaves the network, and it goes on on ${lamp}`, async () => {
    const page = await open();
    await chooseDevice(page, "webgpu");
    const [digit] = await testDigits(page, 1);
    await page.locator("#demo-digits").click();
    await trainingIs(page, "running", 120_000);
    await page.locator("#stop").click();
    await trainingIs(page, "stopped");
    await page.locator("#steps-per-epoch").fill("3");
    await page.locator("#epochs").fill("2");
    await page.locator("#start-afresh").click();
    await page.waitForFunction(() => document.querySelectorAll("#history tbody tr").length === 2);
    await trainingIs(page, "done");
    const before = await classify(page, digit);
    const history = await historyOf(page);

    await page.locator("#steps-per-epoch").fill("400");
    await page.locator("#start").click();
    await trainingIs(page, "running");
    await crashGpu(page);
    await page.locator("#device-lost").waitFor();
    await trainingIs(page, "failed").catch(() => {});
    const said = (await page.locator("#training-error").textContent()) ?? "";
    assert.match(said, /^Training failed: the GPU stopped working \(.*\)\. The network was set back to how it was before this run\./);
    assert.match((await page.locator("#device-line").textContent()) ?? "", /^The GPU stopped working\./);

    // All that needs the network works at once, and says what it said before.
    assert.match(await save(page), /\.safetensors$/);
    const meanwhile = new Map((await classify(page, digit)).map(({ label, probability }) => [label, probability]));
    for (const { label, probability } of before)
      assert.ok(Math.abs((meanwhile.get(label) ?? NaN) - probability) <= 1e-3, label);
    await page.locator("#evaluate").click();
    await page.locator("[data-testid=test-accuracy]").waitFor({ timeout: 120_000 });
    assert.deepEqual(await historyOf(page), history);
    // The charts' pictures were lost with the GPU, and are drawn again.
    await page.waitForFunction(
      () => {
        const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector("#chart-loss canvas"));
        const { data } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
        return data.some((value) => value !== 0);
      },
      null,
      { timeout: 30_000 },
    );

    await page.locator(button).click();
    await page.locator(`#device-line .lamp.${lamp}`).waitFor();
    assert.equal(await page.locator("#device-lost").isVisible(), false);
    assert.equal(await page.locator("#training-error").textContent(), "");
    await page.locator("#steps-per-epoch").fill("3");
    await page.locator("#epochs").fill("1");
    await page.locator("#start").click();
    await page.waitForFunction(() => document.querySelectorAll("#history tbody tr").length === 3, null, { timeout: 120_000 });
    await trainingIs(page, "done");
    assert.deepEqual((await historyOf(page)).slice(0, 2), history);
  });

test("a GPU that is lost while nothing runs is told by the next training, and any device can be chosen", async () => {
  const page = await open();
  await chooseDevice(page, "webgpu");
  const [digit] = await testDigits(page, 1);
  await page.locator("#demo-digits").click();
  await trainingIs(page, "running", 120_000);
  await page.locator("#stop").click();
  await trainingIs(page, "stopped");
  const before = new Map((await classify(page, digit)).map(({ label, probability }) => [label, probability]));
  await crashGpu(page);
  for (const { label, probability } of await classify(page, digit))
    assert.ok(Math.abs((before.get(label) ?? NaN) - probability) <= 1e-3, label);
  await page.locator("#start").click();
  await page.locator("#device-lost").waitFor();
  assert.match(
    (await page.locator("#training-error").textContent()) ?? "",
    /^The GPU stopped working \(.*\): continue on the CPU, or try WebGPU again\.$/,
  );
  // The only adapter here is a software one, so this is the CPU.
  await page.locator("label[for=device-auto]").click();
  await page.locator("#device-line .lamp.cpu").waitFor();
  assert.equal(await page.locator("#device-lost").isVisible(), false);
  await page.locator("#steps-per-epoch").fill("2");
  await page.locator("#epochs").fill("1");
  const rows = await page.locator("#history tbody tr").count();
  await page.locator("#start").click();
  await page.waitForFunction((count) => document.querySelectorAll("#history tbody tr").length === count, rows + 1);
  await trainingIs(page, "done");
});
