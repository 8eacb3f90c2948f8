/** Files of models that the tests of model files share. */
import { BlobReader, BlobWriter, ZipReader, ZipWriter } from "@zip.js/zip.js";

/** @typedef {import("playwright-core").Page} Page */

/** One wide layer: a model file of 60 MB. */
export const LARGE = [
  { class_name: "Flatten", config: {} },
  { class_name: "Dense", config: { units: 19_200, activation: "relu" } },
  { class_name: "Dense", config: { units: 10, activation: "softmax" } },
];

/**
 * A model of the digits, as a file of each format.
 * @param {Page} page
 * @returns {Promise<Record<string, Buffer>>}
 */
export async function digitsFiles(page) {
  const files = await page.evaluate(async () => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    const lab = await openLab({ device: "cpu", seed: 1, workers: 1 });
    const dataset = await lab.importDemo("digits");
    const model = await lab.createModel({ recipe: "digits", dataset });
    /** @type {Record<string, string>} */
    const files = {};
    for (const format of ["safetensors", "keras", "h5"]) {
      const bytes = new Uint8Array(await (await lab.exportModel(model, format)).blob.arrayBuffer());
      files[format] = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    }
    await lab.close();
    return files;
  });
  return Object.fromEntries(Object.entries(files).map(([format, base64]) => [format, Buffer.from(base64, "base64")]));
}

/**
 * A .keras archive with other files in it.
 * @param {Buffer} archive
 * @param {Record<string, string | null | ((text: string) => string)>} changes by name: what is in the file instead; null leaves it out
 */
export async function changed(archive, changes) {
  const entries = await new ZipReader(new BlobReader(new Blob([new Uint8Array(archive)]))).getEntries();
  const writer = new ZipWriter(new BlobWriter());
  for (const entry of entries) {
    const content = changes[entry.filename];
    if (entry.directory || content === null) continue;
    const before = await entry.getData(new BlobWriter());
    const blob = content === undefined ? before : new Blob([typeof content === "function" ? content(await before.text()) : content]);
    await writer.add(entry.filename, new BlobReader(blob), { level: 0 });
  }
  return Buffer.from(await (await writer.close()).arrayBuffer());
}
