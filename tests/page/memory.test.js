import assert from "node:assert/strict";
import { test } from "node:test";
import { useBrowser } from "./browser.js";

const { open } = useBrowser();

/** What the engine says of too little memory: the bytes, and what to do. */
const PHOTO_BY_PHOTO =
  /even photo by photo this needs (\d+) MiB of memory, and this device may use 1024 MiB; use smaller images or a smaller network/;

/**
 * A model file of a few kilobytes, the network of which makes so many values of each of 512 x 512 pixels.
 * @param {number} filters
 * @returns {number[]} its bytes
 */
function wideModel(filters) {
  const conv = (/** @type {number} */ filters) => ({
    class_name: "Conv2D",
    config: { filters, kernel_size: 1, use_bias: false },
  });
  const layers = [
    conv(filters),
    conv(2),
    { class_name: "MaxPooling2D", config: { pool_size: 512 } },
    { class_name: "Flatten", config: {} },
    { class_name: "Dense", config: { units: 2, activation: "softmax", use_bias: false } },
  ];
  const network = { name: "wide", input_shape: [512, 512, 3], layers };
  /** @type {Record<string, number[]>} */
  const shapes = { "conv2d/kernel": [1, 1, 3, filters], "conv2d_1/kernel": [1, 1, filters, 2], "dense/kernel": [2, 2] };
  /** @type {Record<string, unknown>} */
  const header = { __metadata__: { fovea: JSON.stringify({ network, classes: ["a", "b"] }) } };
  let end = 0;
  for (const [name, shape] of Object.entries(shapes)) {
    const begin = end;
    end += 4 * shape.reduce((product, size) => product * size, 1);
    header[name] = { dtype: "F32", shape, data_offsets: [begin, end] };
  }
  const text = JSON.stringify(header);
  const padded = text.padEnd(Math.ceil(text.length / 8) * 8);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  const values = Buffer.from(new Float32Array(end / 4).fill(0.01).buffer);
  return [...Buffer.concat([length, Buffer.from(padded), values])];
}

test("what does not fit into memory is done in parts, or told with its bytes, and the engine goes on", async () => {
  const page = await open();
  const [large, largest] = [700, 1100].map(wideModel);
  assert.ok(largest.length < 25_000, `${largest.length} bytes`);
  const told = await page.evaluate(
    async ([large, largest]) => {
      const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
      const lab = await openLab({ device: "cpu", seed: 1, workers: 2 });
      const digits = await lab.importDemo("digits");
      const model = await lab.createModel({ recipe: "digits", dataset: digits });
      const optimizer = { name: "sgd", learning_rate: 1e-4 };
      const shortly = { epochs: 1, batchSize: 8, stepsPerEpoch: 2, optimizer };
      await lab.fit(model, digits, shortly).finished;

      /** Photos of two classes; the same one many times over will do. */
      const photos = async (/** @type {number} */ count, /** @type {number} */ side) => {
        const blobs = await Promise.all(
          ["#803020", "#2060a0"].map((colour) => {
            const canvas = new OffscreenCanvas(side, side);
            const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
            context.fillStyle = colour;
            context.fillRect(side / 4, 0, side / 2, side);
            return canvas.convertToBlob();
          }),
        );
        const entry = (/** @type {unknown} */ _, /** @type {number} */ at) => ({
          path: `photos/${"ab"[at % 2]}/${at}.png`,
          blob: blobs[at % 2],
        });
        const options = { imageSize: side, validation: 0, test: 0.1, storage: "memory" };
        return lab.importImages(Array.from({ length: count }, entry), options);
      };
      /** @type {Record<string, string>} */
      const said = {};
      const fails = (/** @type {string} */ name, /** @type {Promise<unknown>} */ call) =>
        call.then(
          () => (said[name] = "no error"),
          (/** @type {Error} */ error) => (said[name] = error.message),
        );

      const many = await photos(2222, 150);
      const layers = [
        { class_name: "Conv2D", config: { filters: 64, kernel_size: 1, activation: "relu" } },
        { class_name: "Conv2D", config: { filters: 8, kernel_size: 3, strides: 4, activation: "relu" } },
        { class_name: "Flatten" },
        { class_name: "Dense", config: { units: 1, activation: "sigmoid" } },
      ];
      const hungry = await lab.createModel({ layers, dataset: many });
      const history = await lab.fit(hungry, many, { epochs: 1, batchSize: 2000, optimizer }).finished;
      const { accuracy } = await lab.evaluate(hungry, many, { split: "test" });
      await fails("a batch of a million", lab.time(hungry, { batchSize: 1e6, runs: 1 }));

      const image = new ImageData(8, 8);
      const file = (/** @type {number[]} */ bytes) => new File([new Uint8Array(bytes)], "wide.safetensors");
      const fits = await lab.predict(await lab.importModel([file(large)]), image);
      const wide = await lab.importModel([file(largest)]);
      await fails("predict", lab.predict(wide, image));
      const few = await photos(20, 512);
      await fails("fit", lab.fit(wide, few, { epochs: 1, batchSize: 2 }).finished);
      await fails("evaluate", lab.evaluate(wide, few, { split: "test" }));

      const again = await lab.fit(model, digits, shortly).finished;
      const predicted = await lab.predict(model, (await lab.image(digits, "test", 0)).imageData);
      const counts = [digits, many, few].map(({ summary }) => summary.counts.train.length);
      const saved = (await lab.exportModel(wide, "safetensors")).blob.size;
      await lab.close();
      return { history, accuracy, said, fits, again, predicted, counts, saved };
    },
    [large, largest],
  );
  assert.ok(Number.isFinite(told.history.loss[0]) && told.accuracy >= 0, JSON.stringify(told.history));
  assert.match(told.said["a batch of a million"], /a batch of 1000000 photos takes \d+ MiB .*use a smaller batch size/);
  assert.equal(told.fits.length, 2);
  for (const name of ["predict", "fit", "evaluate"]) {
    const [, needed] = told.said[name].match(PHOTO_BY_PHOTO) ?? assert.fail(`${name}: ${told.said[name]}`);
    assert.ok(Number(needed) >= 1100, `${name}: ${needed} MiB`);
  }
  assert.equal(told.again.loss.length, 1);
  assert.equal(told.predicted.length, 10);
  assert.deepEqual(told.counts, [10, 2, 2]);
  assert.ok(told.saved > largest.length / 2);
});
