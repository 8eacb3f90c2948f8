import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseDevice, trainingIs, useBrowser } from "./browser.js";

const { open } = useBrowser();

/** A residual network with a frozen beginning, batch norms of both kinds, and squeeze and excite. */
const LAYERS = [
  { class_name: "Conv2D", config: { name: "stem", filters: 8, padding: "same", use_bias: false, trainable: false } },
  { class_name: "BatchNormalization", config: { name: "stem_norm", trainable: false } },
  { class_name: "ReLU", config: { name: "stem_relu", max_value: 6 } },
  { class_name: "DepthwiseConv2D", config: { padding: "same", use_bias: false } },
  { class_name: "BatchNormalization", config: {} },
  { class_name: "Activation", config: { name: "deep", activation: "swish" } },
  { class_name: "GlobalAveragePooling2D", config: { keepdims: true } },
  { class_name: "Dense", config: { name: "gate", units: 8, activation: "hard_sigmoid" } },
  { class_name: "Multiply", config: { name: "excited" }, inbound: ["deep", "gate"] },
  { class_name: "Add", config: { name: "sum" }, inbound: ["excited", "stem_relu"] },
  { class_name: "MaxPooling2D", config: {} },
  { class_name: "Flatten", config: {} },
  { class_name: "Dense", config: { units: 10, activation: "softmax" } },
];

/**
 * Trains it on the digits, and opens it again from its file; runs in the page.
 * @param {{ device: "cpu" | "webgpu", layers: object[] }} given
 */
async function trained({ device, layers }) {
  const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
  const lab = await openLab({ device, seed: 3, workers: 2 });
  const dataset = await lab.importDemo("digits");
  const model = await lab.createModel({ layers, dataset });
  const run = lab.fit(model, dataset, { batchSize: 32, stepsPerEpoch: 25, epochs: 2, optimizer: { name: "adam" } });
  const { loss, accuracy } = await run.finished;
  const { blob } = await lab.exportModel(model, "safetensors");
  const opened = await lab.importModel([new File([blob], "graph.safetensors")]);
  const [before, after] = [await lab.evaluate(model, dataset), await lab.evaluate(opened, dataset)];
  const { summary } = opened;
  const bytes = Array.from(new Uint8Array(await blob.arrayBuffer()));
  await lab.close();
  return { loss, accuracy, before: before.loss, after: after.loss, summary, bytes };
}

for (const device of /** @type {const} */ (["cpu", "webgpu"])) {
  test(`a graph with frozen layers learns on ${device}, and its file opens as it was`, async () => {
    const page = await open();
    const { loss, accuracy, before, after, summary, bytes } = await page.evaluate(trained, { device, layers: LAYERS });
    assert.ok(loss[1] < 0.75 * loss[0], `${loss}`);
    assert.ok(accuracy[1] > 0.6, `${accuracy}`);
    assert.equal(after, before);
    const of = (/** @type {string} */ name) => summary.layers.find((/** @type {{ name: string }} */ layer) => layer.name === name);
    assert.deepEqual([of("input_layer").class_name, of("sum").connected_to], ["InputLayer", ["excited", "stem_relu"]]);
    assert.deepEqual([of("stem").trainable, of("gate").trainable], [false, true]);
    // Kernel and norm of the stem, and the moving statistics of the other norm.
    assert.equal(summary.non_trainable_params, 72 + 4 * 8 + 2 * 8);
    if (device === "webgpu") return;
    await chooseDevice(page, "cpu");
    await page.getByTestId("demo-digits").click();
    await page.waitForSelector("[data-testid=layer-row]");
    // The digits start at once.
    await page.locator("#stop").click();
    await trainingIs(page, "stopped");
    await page.locator("#open-model").setInputFiles({ name: "graph.safetensors", mimeType: "", buffer: Buffer.from(bytes) });
    await page.waitForFunction(() => document.querySelectorAll("[data-testid=layer-row]").length === 14);
    const cells = await page.locator("[data-testid=layer-row] .inputs").allTextContents();
    assert.deepEqual([cells.length, cells[10]], [14, "excited, stem_relu"]);
    // A setting is changed; no layer can be removed, since others read it.
    await page.locator("#layer-8").click();
    assert.equal(await page.locator("#remove-layer").count(), 0);
    await page.locator("#setting-units").fill("8");
    await page.locator("#apply-layer").click();
    await page.waitForFunction(() => document.querySelectorAll("[data-testid=layer-row]").length === 14);
    assert.equal(await page.locator("#setting-units").inputValue(), "8");
  });
}
