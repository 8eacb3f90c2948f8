/**
 * Photos a second: Fovea's decoding of a folder in two workers, beside the browser's plain
 * `createImageBitmap`, with its pixels read back and without. The built page has to be there.
 *
 *   node tests/bench/decoding.js [folder] [--size 150] [--workers 2] [--rounds 5]
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { photosOf } from "../page/browser.js";
import { startChromium } from "../page/chromium.js";
import { serveSite } from "../page/site.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: "string", default: "150" },
    workers: { type: "string", default: "2" },
    rounds: { type: "string", default: "5" },
  },
});
const WAYS = /** @type {const} */ (["fovea", "canvas", "plain"]);
/** Files at a time with which `createImageBitmap` is fastest: with two it is as fast, with one a third slower. */
const PLAIN_AT_ONCE = 4;
/** What each worker has at a time, as the page's own decoders do: batches of files, or single ones for `createImageBitmap`. */
const AT_ONCE = 2;
const BATCH = 16;

const site = await serveSite();
const browser = await startChromium();
try {
  const page = await browser.newPage();
  await page.goto(`${site.url}bench.html`);
  await page.evaluate(() => document.body.append(Object.assign(document.createElement("input"), { type: "file", multiple: true, id: "folder" })));
  const folder = positionals[0] ?? (await photosOf("pets"));
  const names = (await readdir(folder, { recursive: true })).filter((name) => /\.(jpe?g|png|gif|bmp|webp)$/i.test(name));
  await page.locator("#folder").setInputFiles(names.map((name) => join(folder, name)));
  await page.evaluate(
    async ({ size, count }) => {
      const module = await WebAssembly.compile(await (await fetch("photos_bg.wasm")).arrayBuffer());
      const files = Array.from(/** @type {HTMLInputElement} */ (document.querySelector("#folder")).files ?? []);
      const workers = Array.from({ length: count }, () => new Worker("www/bench/worker/decoding_worker.js", { type: "module" }));
      const ask = (/** @type {Worker} */ worker, /** @type {object} */ order) =>
        new Promise((resolve, reject) => {
          worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data));
          worker.onerror = (event) => reject(new Error(event.message));
          worker.postMessage(order);
        });
      const sizing = { imageSize: size, interpolation: "bilinear", cropToAspectRatio: false };
      await Promise.all(workers.map((worker) => ask(worker, { module, sizing })));
      const askAll = (/** @type {object} */ order) =>
        Promise.all(workers.map((worker, nth) => ask(worker, { ...order, files: files.filter((_, at) => at % count === nth) })));
      Object.assign(window, { askAll });
    },
    { size: Number(values.size), count: Number(values.workers) },
  );
  const askAll = (/** @type {object} */ order) =>
    page.evaluate((order) => /** @type {any} */ (window).askAll(order), order);

  /** @type {Record<string, number[]>} */
  const rates = {};
  // In turns, so that a slow moment of the machine is everybody's.
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const way of WAYS) {
      const start = performance.now();
      const how = way !== "fovea" ? { atOnce: PLAIN_AT_ONCE, batch: 1 } : { atOnce: AT_ONCE, batch: BATCH };
      const told = await askAll({ way, ...how });
      const rate = names.length / ((performance.now() - start) / 1e3);
      if (told.some((/** @type {any} */ { failed }) => failed)) console.log(`${way}: some files could not be decoded`);
      (rates[way] ??= []).push(rate);
    }
  }
  for (const way of WAYS) {
    const sorted = rates[way].toSorted((a, b) => a - b);
    console.log(`${way}: ${sorted[sorted.length >> 1].toFixed(0)} photos a second (${sorted.map((rate) => rate.toFixed(0)).join(", ")})`);
  }
} finally {
  await browser.close();
  await site.close();
}
