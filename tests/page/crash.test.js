import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseDevice, classify, trainingIs, useBrowser } from "./browser.js";
import { testDigits } from "./digits.js";

const { open } = useBrowser({ expected: /a bug in the engine|unreachable/ });

/**
 * The workers of the page that are engines, not helpers of one.
 * @param {import("playwright-core").Page} page
 */
function engines(page) {
  return page.workers().filter((worker) => worker.url().endsWith("/engine_worker.js"));
}

/**
 * Makes a worker fail as a bug in it would.
 * @param {import("playwright-core").Worker} worker
 */
function crash(worker) {
  return worker.evaluate(() => void setTimeout(() => Promise.reject(new Error("a bug in the engine")), 0));
}

test("when the worker crashes every call under way rejects, and the lab says it is closed", async () => {
  const page = await open();
  const [own] = engines(page);
  await page.evaluate(async () => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    const lab = await openLab({ device: "cpu" });
    const dataset = await lab.importDemo("digits");
    const model = await lab.createModel({ recipe: "digits", dataset });
    /** @type {string[]} */
    const events = [];
    const run = lab.fit(model, dataset, { epochs: 50 }, (/** @type {any} */ event) => events.push(event.type));
    Object.assign(window, { lab, run, dataset, events });
  });
  const worker = engines(page).find((other) => other !== own);
  assert.ok(worker);
  await crash(worker);
  const { training, later, closed, last } = await page.evaluate(async () => {
    const { lab, run, dataset, events } = /** @type {any} */ (window);
    const message = (/** @type {Error} */ error) => error.message;
    const training = await run.finished.catch(message);
    return {
      training,
      later: await lab.image(dataset, "test", 0).catch(message),
      closed: lab.closed,
      last: events.at(-1),
    };
  });
  assert.match(training, /^The engine stopped: .*a bug in the engine.*Start it again/);
  assert.equal(later, training);
  assert.equal(closed, true);
  assert.equal(last, "error");
  assert.equal(await page.locator("#restart").isVisible(), false, "the page's own lab goes on");
});

test("the page says that its engine crashed, and starts it again with the same photos", async () => {
  const page = await open();
  await chooseDevice(page, "cpu");
  await page.locator("#demo-digits").click();
  await page.locator('#training[data-state="running"]').waitFor();
  await crash(engines(page)[0]);
  await page.locator("#restart").waitFor();
  assert.match((await page.locator("#device-line").textContent()) ?? "", /a bug in the engine/);
  await page.locator('#training[data-state="failed"]').waitFor();
  assert.match((await page.locator("#training-error").textContent()) ?? "", /The engine stopped/);
  await page.locator("#restart").click();
  await page.locator("[data-testid=found-line]", { hasText: "10 classes" }).waitFor();
  await page.locator("#start:enabled").waitFor();
  assert.equal(await page.locator("#restart").isVisible(), false);
});

test("when a helper of the engine crashes the training goes on without it, and a closed lab leaves none", async () => {
  const page = await open();
  const helpers = () => page.workers().filter((worker) => worker.url().endsWith("/helper_worker.js"));
  const before = helpers();
  await page.evaluate(async () => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    const lab = await openLab({ device: "cpu", workers: 3 });
    const dataset = await lab.importDemo("digits");
    const model = await lab.createModel({ recipe: "digits", dataset });
    let steps = 0;
    const run = lab.fit(model, dataset, { epochs: 1, batchSize: 32 }, (/** @type {any} */ event) => {
      if (event.type === "step") Object.assign(window, { steps: ++steps });
    });
    Object.assign(window, { lab, run });
  });
  await page.waitForFunction(() => /** @type {any} */ (window).steps > 2);
  const own = helpers().filter((helper) => !before.includes(helper));
  assert.equal(own.length, 2);
  await own[0].evaluate(() => void setTimeout(() => {
    throw new Error("a bug in the engine");
  }, 0));
  const at = await page.evaluate(() => /** @type {any} */ (window).steps);
  await page.waitForFunction((steps) => /** @type {any} */ (window).steps > steps + 10, at);
  const told = await page.evaluate(async () => {
    const { lab, run } = /** @type {any} */ (window);
    await run.stop();
    await run.finished;
    const told = { workers: lab.device.workers, closed: lab.closed };
    await lab.close();
    return told;
  });
  assert.deepEqual(told, { workers: 3, closed: false });
  for (let tries = 0; helpers().length > before.length && tries < 50; tries++) await page.waitForTimeout(100);
  assert.equal(helpers().length, before.length);
});

test("a trap in an import is told as one, and the engine that is started again has the network and the photos", async () => {
  const page = await open();
  await chooseDevice(page, "cpu");
  const [digit] = await testDigits(page, 1);
  await page.locator("#demo-digits").click();
  await trainingIs(page, "running", 60_000);
  await page.locator("#steps-per-epoch").waitFor();
  await page.locator("#history tbody tr").first().waitFor({ state: "attached", timeout: 240_000 });
  await page.locator("#stop").click();
  await trainingIs(page, "stopped");
  const before = await classify(page, digit);
  const history = await page.locator("#history tbody tr").count();

  const [worker] = engines(page);
  // A worker's own address is a blob's.
  await worker.evaluate(async (engine) => {
    const { Importer } = await import(engine);
    // A module whose one function traps.
    const bytes = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 5, 1, 3, 0, 0, 11];
    const { instance } = await WebAssembly.instantiate(new Uint8Array(bytes));
    Importer.prototype.add = () => /** @type {any} */ (instance.exports).f();
  }, new URL("fovea.js", page.url()).href);
  const png = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(40, 40);
    canvas.getContext("2d")?.fillRect(0, 0, 20, 40);
    return Array.from(new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer()));
  });
  const photos = Array.from({ length: 12 }, (_, nth) => ({ name: `${nth % 2 ? "cat" : "dog"}.${nth}.png`, mimeType: "image/png", buffer: Buffer.from(png) }));
  await page.locator("#choose-files").setInputFiles(photos);
  await page.locator("#restart").waitFor();
  for (const line of ["#device-line", "#photos-error"])
    assert.match((await page.locator(line).textContent()) ?? "", /^The engine stopped: .*unreachable.*Start it again to go on\.$/);
  assert.equal(await page.locator("#no-room").isVisible(), false, "it is not told as a lack of room");

  await page.locator("#restart").click();
  await page.locator("[data-testid=found-line]", { hasText: "10 classes" }).waitFor();
  await page.locator("#start:enabled").waitFor();
  assert.deepEqual(await classify(page, digit), before);
  assert.equal(await page.locator("#history tbody tr").count(), history);
  assert.equal(engines(page).length, 1);
  await page.locator("#steps-per-epoch").fill("2");
  await page.locator("#epochs").fill("1");
  await page.locator("#start").click();
  await page.waitForFunction((rows) => document.querySelectorAll("#history tbody tr").length === rows, history + 1);
  await trainingIs(page, "done");
});
