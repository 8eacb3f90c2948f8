/** The page in a second browser: what Chromium's tests hold in detail is held here where browsers can differ. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { useFirefox } from "./firefox.js";
import { ON_CPU, ON_WEBGPU, assertAlike, trainShortly } from "./short_training.js";

const { open } = useFirefox();

test("in Firefox, WebGPU and the CPU lose alike, step by step", async (t) => {
  const page = await open();
  const cpu = await page.evaluate(trainShortly, ON_CPU);
  const gpu = await page.evaluate(trainShortly, ON_WEBGPU);
  t.diagnostic(`WebGPU on ${gpu.name}`);
  assertAlike(cpu, gpu);
});

test("in Firefox, the page's own buttons train the digits on WebGPU", async () => {
  const page = await open();
  await page.click("label[for=device-webgpu]");
  await page.has("#device-webgpu:enabled:checked");
  await page.has("#device-line .lamp.webgpu");
  await page.click("#demo-digits");
  await page.has('#training[data-state="running"]', 120_000);
  await page.click("#stop");
  await page.has("#start:not([hidden])", 60_000);

  await page.fill("#epochs", "1");
  await page.fill("#steps-per-epoch", "40");
  await page.click("#start-afresh");
  await page.has('#training[data-state="running"]', 120_000);
  await page.has('#training[data-state="done"], #training[data-state="failed"]', 240_000);
  assert.deepEqual(await page.all("#training-error", "textContent"), [""]);
  const [loss, accuracy] = (await page.all("#history tbody tr:only-child td", "textContent")).map(Number);
  assert.ok(loss > 0 && loss < 1.8 && accuracy > 0.4, `loss ${loss}, accuracy ${accuracy}`);

  await page.click("#random-photo");
  await page.has("#predictions li.true");
  const chances = await page.all("#predictions li", "data-probability");
  assert.equal(chances.length, 10);
  assert.ok(Math.abs(chances.map(Number).reduce((sum, chance) => sum + chance) - 1) < 1e-3, chances.join());
});
