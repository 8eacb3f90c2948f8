import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { beginDigits, historyOf, trainingIs, useBrowser } from "./browser.js";

const { open } = useBrowser({ tuned: true });

const LAYERS = [
  { class_name: "Conv2D", config: { filters: 4, activation: "relu" } },
  { class_name: "MaxPooling2D", config: {} },
  { class_name: "Flatten", config: {} },
  { class_name: "Dropout", config: { rate: 0.3 } },
  { class_name: "Dense", config: { units: 10, activation: "softmax" } },
];

/**
 * Runs on one model after the other, all of the digits; runs in the page.
 * @param {{ device: "cpu" | "webgpu", layers: object[], runs: object[][] }} given the runs of each model
 * @returns {Promise<{ losses: number[], epochs: number, file: number[], told: (number | undefined)[] }[]>}
 */
async function trained({ device, layers, runs }) {
  const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
  const lab = await openLab({ device, seed: 7, workers: 2 });
  const dataset = await lab.importDemo("digits");
  const found = [];
  for (const each of runs) {
    const model = await lab.createModel({ layers, dataset });
    /** @type {number[]} */
    const losses = [];
    /** @type {(number | undefined)[]} */
    const told = [];
    for (const options of each) {
      const history = await lab.fit(model, dataset, { batchSize: 16, stepsPerEpoch: 3, ...options }, (/** @type {any} */ event) => {
        if (event.type === "epoch") told.push(event.epoch, event.trainedEpochs);
      }).finished;
      losses.push(...history.loss);
    }
    const { blob } = await lab.exportModel(model, "safetensors");
    found.push({ losses, told, epochs: model.epochs, file: Array.from(new Uint8Array(await blob.arrayBuffer())) });
  }
  await lab.close();
  return found;
}

const ADAM = { name: "adam", learning_rate: 0.005 };
const DRAWN = { optimizer: ADAM, augmentation: { rotation_range: 20, zoom_range: 0.2 } };

test("three epochs and three are six, to the bit on the CPU, and with initial all begins anew", async () => {
  const page = await open();
  const three = { ...DRAWN, epochs: 3 };
  const runs = [[{ ...DRAWN, epochs: 6 }], [three, three], [three], [{ ...three, epochs: 1 }, { ...three, initial: true }]];
  const [six, seam, once, anew] = await page.evaluate(trained, { device: /** @type {const} */ ("cpu"), layers: LAYERS, runs });
  assert.equal(six.epochs, 6);
  assert.deepEqual(seam, { ...six, told: [1, 1, 2, 2, 3, 3, 1, 4, 2, 5, 3, 6] });
  assert.notDeepEqual(once.file, six.file);
  assert.deepEqual(anew.file, once.file);
  assert.deepEqual([anew.epochs, anew.losses.slice(1)], [3, once.losses]);
});

test("so they are on WebGPU, within rounding", async () => {
  const page = await open();
  const three = { ...DRAWN, epochs: 3 };
  const runs = [[{ ...DRAWN, epochs: 6 }], [three, three]];
  const [six, seam] = await page.evaluate(trained, { device: /** @type {const} */ ("webgpu"), layers: LAYERS, runs });
  assert.deepEqual([six.epochs, seam.epochs, seam.losses.length], [6, 6, 6]);
  six.losses.forEach((loss, epoch) => {
    const apart = Math.abs(seam.losses[epoch] - loss) / loss;
    assert.ok(apart <= 0.01, `epoch ${epoch + 1}: ${loss} in one run, ${seam.losses[epoch]} in two`);
  });
});

for (const device of /** @type {const} */ (["cpu", "webgpu"]))
  test(`a rate that is too large takes a trained network nothing on ${device}`, async () => {
    const page = await open();
    const found = await page.evaluate(async ({ device, layers }) => {
      const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
      const lab = await openLab({ device, seed: 7 });
      const dataset = await lab.importDemo("digits");
      const model = await lab.createModel({ layers, dataset });
      const run = { batchSize: 16, stepsPerEpoch: 4 };
      await lab.fit(model, dataset, { ...run, epochs: 2 }).finished;
      const { imageData } = await lab.image(dataset, "test", 0);
      const state = async () => {
        const { blob } = await lab.exportModel(model, "safetensors");
        const file = new File([blob], "model.safetensors");
        const opened = await lab.importModel(file);
        const epochs = opened.epochs;
        await opened.close();
        const bytes = Array.from(new Uint8Array(await blob.arrayBuffer()));
        return { predictions: await lab.predict(model, imageData), bytes, epochs, of: model.epochs };
      };
      const before = await state();
      const spoilt = [];
      const wild = { name: "sgd", learning_rate: 1e35 };
      for (const stepsPerEpoch of [4, 1]) {
        /** @type {any[]} */
        const events = [];
        const run = lab.fit(model, dataset, { batchSize: 16, stepsPerEpoch, epochs: 2, optimizer: wild }, (/** @type {any} */ event) => events.push(event));
        const message = await run.finished.then(() => "no error", (/** @type {Error} */ error) => error.message);
        spoilt.push({ message, last: events.slice(-2), after: await state() });
      }
      await lab.close();
      return { before, spoilt };
    }, { device, layers: LAYERS });
    assert.deepEqual([found.before.epochs, found.before.of], [2, 2]);
    for (const { message, last, after } of found.spoilt) {
      assert.match(message, /^Training failed: the (loss|validation loss|network's parameters) became NaN or infinite in epoch 1, step \d\. /);
      assert.match(message, /The network was set back to how it was before this run\. Use a smaller learning rate\.$/);
      assert.deepEqual(last.map(({ type }) => type), ["restored", "error"]);
      assert.deepEqual([last[0].epoch, last[0].step, last[0].trainedEpochs], [0, 0, 2]);
      assert.deepEqual(after, found.before);
    }
  });

test("on the page curves go on, also of a network from a file, and end where a spoilt one was set back to", async () => {
  const page = await open();
  await beginDigits(page);
  await page.locator("#start-afresh").waitFor();
  await page.locator("#steps-per-epoch").fill("3");
  await page.locator("#epochs").fill("2");
  await page.locator("#start-afresh").click();
  const labels = () => page.locator("#history tbody th").allTextContents();
  await page.waitForFunction(() => document.querySelectorAll("#history tbody tr").length === 2);
  await trainingIs(page, "done");
  await page.locator("#start").click();
  await page.waitForFunction(() => document.querySelectorAll("#history tbody tr").length === 4);
  await trainingIs(page, "done");
  assert.deepEqual(await labels(), ["1", "2", "3", "4"]);
  const before = await historyOf(page);

  await page.locator("#optimizer").selectOption("sgd");
  await page.locator("#learning-rate").fill("1e35");
  await page.locator("#start").click();
  await trainingIs(page, "failed");
  const said = (await page.locator("#training-error").textContent()) ?? "";
  assert.match(said, /^Training failed: .* was set back to how it was before this run\./);
  assert.deepEqual(await historyOf(page), before);
  assert.deepEqual(await labels(), ["1", "2", "3", "4"]);

  const downloading = page.waitForEvent("download");
  await page.locator("#save-model").click();
  const path = await (await downloading).path();
  await page.locator("#open-model").setInputFiles({
    name: "kept.safetensors",
    mimeType: "application/octet-stream",
    buffer: await readFile(path),
  });
  await page.locator("[data-testid=file-note]", { hasText: "Opened" }).waitFor();
  assert.equal(await page.locator("#file-error").textContent(), "");
  await page.locator("#optimizer").selectOption("adam");
  await page.locator("#start").click();
  await page.waitForFunction(() => document.querySelectorAll("#history tbody tr").length === 2);
  await trainingIs(page, "done");
  assert.deepEqual(await labels(), ["5", "6"]);
});
