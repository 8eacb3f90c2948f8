import assert from "node:assert/strict";
import { test } from "node:test";
import { beginDigits, useBrowser } from "./browser.js";

const { open } = useBrowser();

for (const device of ["cpu", "webgpu"])
  test(`frozen layers keep their weights while the others are trained, on ${device}`, async () => {
    const page = await open();
    const seen = await page.evaluate(async (device) => {
      const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
      const lab = await openLab({ device, seed: 3 });
      const dataset = await lab.importDemo("digits");
      const layers = [
        { class_name: "Conv2D", config: { filters: 4, kernel_size: 3, activation: "relu" } },
        { class_name: "MaxPooling2D" },
        { class_name: "Flatten" },
        { class_name: "Dense", config: { units: 10, activation: "softmax" } },
      ];
      const model = await lab.createModel({ layers, dataset });
      const train = () => lab.fit(model, dataset, { epochs: 1, batchSize: 16, stepsPerEpoch: 4, optimizer: { name: "sgd", learning_rate: 0.1 } }).finished;
      /** The kernels in its own file, by the names of their tensors. */
      const kernels = async () => {
        const bytes = await (await lab.exportModel(model, "safetensors")).blob.arrayBuffer();
        const length = Number(new DataView(bytes).getBigUint64(0, true));
        const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 8, length)));
        const of = (/** @type {string} */ name) => {
          const [from, to] = header[name].data_offsets;
          return Array.from(new Float32Array(bytes.slice(8 + length + from, 8 + length + to))).join();
        };
        return { conv: of("conv2d/kernel"), dense: of("dense/kernel") };
      };
      const counts = () => [model.summary.trainable_params, model.summary.non_trainable_params];
      const refused = async (/** @type {unknown} */ layers) => lab.setTrainable(model, layers).catch((/** @type {Error} */ error) => error.message);
      await train();
      const [before, all] = [await kernels(), counts()];
      await lab.setTrainable(model, { conv2d: false });
      const [same, half] = [await kernels(), counts()];
      await train();
      const after = await kernels();
      await lab.setTrainable(model, { conv2d: true });
      await train();
      const last = await kernels();
      const messages = [await refused({ conv9: false }), await refused(["conv2d"]), await refused({ conv2d: 1 })];
      const run = lab.fit(model, dataset, { epochs: 50, batchSize: 16 });
      messages.push(await refused({ conv2d: false }));
      await run.stop();
      await run.finished;
      await lab.close();
      return { before, same, after, last, all, half, messages };
    }, device);
    assert.deepEqual([seen.all, seen.half], [[6810, 0], [6770, 40]]);
    assert.deepEqual(seen.same, seen.before, "no weight is lost");
    assert.equal(seen.after.conv, seen.before.conv);
    assert.notEqual(seen.after.dense, seen.before.dense);
    assert.notEqual(seen.last.conv, seen.after.conv, "it is trained again");
    const object = /^setTrainable: the layers must be an object of true or false by the layers' names/;
    for (const [nth, message] of [/^the network has no layer "conv9"/, object, object, /already being trained/].entries())
      assert.match(seen.messages[nth], message);
  });

test("the page's table freezes a layer and keeps what the network has learned", async () => {
  const page = await open();
  await beginDigits(page);
  const kernel = page.getByLabel("Train conv2d", { exact: true });
  await page.locator("#layer-trained-0:enabled").waitFor();
  const trained = page.locator("[data-testid=totals] tr").nth(1);
  const before = await trained.textContent();
  await kernel.focus();
  await page.keyboard.press("Space");
  await page.waitForFunction((before) => document.querySelectorAll("[data-testid=totals] tr")[1].textContent !== before, before);
  assert.equal(await kernel.isChecked(), false);
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("aria-label")), "Train conv2d");
  assert.equal(await page.locator("[data-testid=totals] tr").nth(2).textContent(), "Non-trainable params320");
  await page.locator("button.layer", { hasText: "conv2d_2" }).click();
  await page.locator("#train-from").click();
  const boxes = () => page.locator("#summary input").evaluateAll((all) => all.map((box) => /** @type {HTMLInputElement} */ (box).checked));
  await page.waitForFunction(() => document.querySelectorAll("#summary input:checked").length === 3);
  assert.deepEqual(await boxes(), [false, false, true, true, true]);
  await page.getByLabel("Train conv2d_1", { exact: true }).check();
  await kernel.check();
  await page.waitForFunction((before) => document.querySelectorAll("[data-testid=totals] tr")[1].textContent === before, before);
});
