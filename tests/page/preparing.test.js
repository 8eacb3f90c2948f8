import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseDevice, trainingIs, useBrowser } from "./browser.js";

const { open } = useBrowser();

test("the page tells how far the GPU is, and stops in there", async () => {
  const page = await open();
  await chooseDevice(page, "webgpu");
  await page.locator("#demo-digits").click();
  const words = page.locator("#training-words");
  await words.filter({ hasText: /^Preparing the GPU: \d+ of \d+ operations$/ }).waitFor({ timeout: 60_000 });
  assert.equal(await page.locator("#training").getAttribute("data-state"), "starting");
  await page.locator("#stop").click();
  await trainingIs(page, "stopped", 30_000);
  assert.equal(await page.locator("#training-error").textContent(), "");
  assert.equal(await page.locator("#history tbody tr").count(), 0);
});

test("a run prepares operation by operation, then steps; one that is stopped in there has no history", async () => {
  const page = await open();
  const heard = await page.evaluate(async () => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    const lab = await openLab({ device: "webgpu" });
    const dataset = await lab.importDemo("digits");
    const model = await lab.createModel({ recipe: "digits", dataset });
    const options = { epochs: 1, batchSize: 8, stepsPerEpoch: 2 };
    /** @type {any[]} */
    const early = [];
    const stopped = lab.fit(model, dataset, options, (/** @type {any} */ event) => {
      early.push(event);
      if (event.type === "preparing" && event.done === 1) void stopped.stop();
    });
    const noHistory = await stopped.finished;
    /** @type {any[]} */
    const events = [];
    const history = await lab.fit(model, dataset, options, (/** @type {any} */ event) => events.push(event)).finished;
    await lab.close();
    return { early, noHistory, events, history };
  });
  assert.deepEqual(heard.noHistory, { loss: [], accuracy: [], val_loss: [], val_accuracy: [] });
  assert.deepEqual(heard.early.at(-1), { type: "done", epoch: 0, stopped: true });
  const prepared = heard.events.filter(({ type }) => type === "preparing");
  const { total } = prepared[0];
  assert.ok(total > 10);
  assert.deepEqual(
    prepared.map(({ done }) => done),
    Array.from({ length: total + 1 }, (_, done) => done),
  );
  assert.ok(heard.early.length < prepared.length, "it was stopped before the end");
  assert.equal(heard.events.findIndex(({ type }) => type !== "preparing"), prepared.length);
  assert.equal(heard.history.loss.length, 1);
});
