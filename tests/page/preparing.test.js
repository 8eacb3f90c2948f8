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

test("a second visit to the same browser times no kernels again", async () => {
  const page = await open();
  const context = page.context();
  // Counts the pipelines that the worker asks for: those of candidates that lost are not asked for again.
  const counting = `const channel = new BroadcastChannel("pipelines"), made = GPUDevice.prototype.createComputePipelineAsync;
    GPUDevice.prototype.createComputePipelineAsync = function (it) { channel.postMessage(it.label); return made.call(this, it); };\n`;
  await context.route("**/www/worker/engine_worker.js", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: counting + (await response.text()) });
  });
  const visit = async () => {
    const visited = await context.newPage();
    await visited.goto(page.url());
    const seen = await visited.evaluate(async () => {
      const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
      let pipelines = 0;
      const channel = new BroadcastChannel("pipelines");
      channel.onmessage = () => pipelines++;
      const lab = await openLab({ device: "webgpu", seed: 3 });
      const dataset = await lab.importDemo("digits");
      const model = await lab.createModel({ recipe: "digits", dataset });
      await lab.fit(model, dataset, { epochs: 1, batchSize: 8, stepsPerEpoch: 2 }).finished;
      await lab.close();
      /** @type {any[]} */
      const stored = await new Promise((resolve) => {
        const opening = indexedDB.open("fovea");
        opening.onsuccess = () => {
          const all = opening.result.transaction("tunings").objectStore("tunings").getAll();
          all.onsuccess = () => resolve(all.result);
        };
      });
      return { pipelines, stored };
    });
    await visited.close();
    return seen;
  };
  const [first, second] = [await visit(), await visit()];
  assert.equal(first.stored.length, 1);
  assert.deepEqual(Object.keys(first.stored[0]).sort(), ["adapter", "engine", "winners"]);
  assert.ok(Object.keys(first.stored[0].winners).length > 2);
  assert.deepEqual(second.stored, first.stored);
  assert.ok(second.pipelines > 10, `${second.pipelines} pipelines`);
  assert.ok(second.pipelines < first.pipelines, `${first.pipelines} pipelines, then ${second.pipelines}`);
});

test("without storage the engine finds out anew", async () => {
  const page = await open();
  await page.context().route("**/www/worker/engine_worker.js", async (route) => {
    const response = await route.fetch();
    const none = 'Object.defineProperty(self, "indexedDB", { get: () => { throw new Error("forbidden"); } });\n';
    await route.fulfill({ response, body: none + (await response.text()) });
  });
  const epochs = await page.evaluate(async () => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    const lab = await openLab({ device: "webgpu" });
    const dataset = await lab.importDemo("digits");
    const model = await lab.createModel({ recipe: "digits", dataset });
    const history = await lab.fit(model, dataset, { epochs: 1, batchSize: 8, stepsPerEpoch: 1 }).finished;
    await lab.close();
    return history.loss.length;
  });
  assert.equal(epochs, 1);
});
