import assert from "node:assert/strict";
import { test } from "node:test";
import { useBrowser } from "./browser.js";

const { open } = useBrowser();

test("a photo to classify becomes an image as the training photos did, in an opened file, too", async () => {
  const page = await open();
  const told = await page.evaluate(async () => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    const lab = await openLab({ device: "cpu", seed: 3 });
    // Wide photos, finer than the network sees: each way of resizing makes something else of them.
    const drawn = async (/** @type {number} */ nth, /** @type {string} */ type) => {
      const canvas = new OffscreenCanvas(150, 70);
      const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
      for (let at = 0; at < 900; at++) {
        context.fillStyle = `hsl(${(at * 67 + nth * 41) % 360} 70% ${(at * 31 + nth * 59) % 100}%)`;
        context.fillRect((at * 13 + nth * 17) % 150, (at * 29 + nth * 23) % 70, 5 + (nth % 2) * 9, 3);
      }
      return canvas.convertToBlob({ type });
    };
    /** @type {import("../../www/shared/types.js").Entry[]} */
    const entries = [];
    for (let nth = 0; nth < 12; nth++) {
      const type = nth % 3 ? "image/png" : "image/jpeg";
      entries.push({ path: `${nth % 2 ? "long" : "short"}/${nth}.${type.slice(6)}`, blob: await drawn(nth, type) });
    }
    const sizing = { imageSize: 24, interpolation: "nearest", cropToAspectRatio: true };
    const options = { validation: 0, test: 0, storage: "memory" };
    const dataset = await lab.importImages(entries, { ...options, ...sizing });
    const stretched = await lab.importImages(entries, { ...options, imageSize: 24 });
    const layers = [{ class_name: "Flatten", config: {} }, { class_name: "Dense", config: { units: 2, activation: "softmax" } }];
    const model = await lab.createModel({ layers, dataset });
    await lab.fit(model, dataset, { epochs: 5, batchSize: 4 }).finished;
    const images = await lab.images(dataset, "train", Array.from({ length: 12 }, (_, index) => index));
    const probability = async (/** @type {any} */ model, /** @type {any} */ image) =>
      (await lab.predict(model, image)).find((/** @type {any} */ { label }) => label === "long")?.probability;
    const ofFile = (/** @type {any} */ model, /** @type {string} */ path) =>
      probability(model, entries.find((entry) => entry.path === path)?.blob);
    const { blob, filename } = await lab.exportModel(model, "safetensors");
    const again = await lab.importModel(new File([blob], filename));
    // One that was made for stretched photos, and then trained on the others.
    const other = await lab.createModel({ layers, dataset: stretched });
    const before = await ofFile(other, images[1].path);
    const pixels = await lab.images(stretched, "train", [1]);
    const asStretched = await probability(other, pixels[0].imageData);
    await lab.fit(other, dataset, { epochs: 1, batchSize: 4 }).finished;
    const rows = [];
    for (const { imageData, path } of images)
      rows.push({
        path,
        pixels: await probability(model, imageData),
        file: await ofFile(model, path),
        opened: await ofFile(again, path),
        otherPixels: await probability(other, imageData),
        otherFile: await ofFile(other, path),
      });
    const hits = rows.filter(({ path, file }) => file > 0.5 === path.startsWith("long/")).length;
    const { accuracy } = await lab.evaluate(model, dataset, { split: "train" });
    const refused = await lab.predict(model, new Blob(["text"])).catch((/** @type {Error} */ error) => error.message);
    await lab.close();
    return { rows, before, asStretched, accuracy, hits, refused };
  });
  assert.equal(told.rows.length, 12);
  for (const { path, pixels, file, opened, otherPixels, otherFile } of told.rows) {
    assert.equal(file, pixels, path);
    assert.equal(opened, pixels, `${path}, in the opened file`);
    assert.equal(otherFile, otherPixels, `${path}, after training on other images`);
  }
  assert.equal(told.before, told.asStretched);
  assert.ok(Math.abs(told.accuracy - told.hits / 12) < 1e-6, `${told.accuracy} and ${told.hits} of 12`);
  assert.equal(told.refused, "the image cannot be read: not a JPEG, PNG, GIF, BMP or WebP image");
});
