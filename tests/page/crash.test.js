import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseDevice, useBrowser } from "./browser.js";

const { open } = useBrowser({ expected: /a bug in the engine/ });

/**
 * The workers of the page that are engines, not helpers of one.
 * @param {import("playwright-core").Page} page
 */
function engines(page) {
  return page.workers().filter((worker) => worker.url().endsWith("/worker.js"));
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
  const hands = () => page.workers().filter((worker) => worker.url().endsWith("/hand.js"));
  const before = hands();
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
  const own = hands().filter((hand) => !before.includes(hand));
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
  for (let tries = 0; hands().length > before.length && tries < 50; tries++) await page.waitForTimeout(100);
  assert.equal(hands().length, before.length);
});
