/** Twenty thousand photos: imported in little memory, aborted, taken up again, and there on the next visit. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { photosOf } from "./browser.js";
import { startKeepingChromium } from "./chromium.js";
import { serveSite } from "./site.js";

const PHOTOS = 20_000;
const IMAGE_SIZE = 150;
const MOST_MEGABYTES = 700;
/** Photos, made small so that the test is soon over, and each repeated with a comment of its own. */
const DIFFERENT = 100;

/**
 * The megabytes that a browser's pages have of the machine's memory, by the system's count: what several processes share,
 * such as the browser's program, is shared out among them.
 * @param {import("playwright-core").CDPSession} session of the browser
 * @returns {Promise<number>}
 */
async function memoryOfPages(session) {
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const pages = processInfo.filter(({ type }) => type === "renderer");
  assert.ok(pages.length > 0, "no process of a page was found");
  let kilobytes = 0;
  for (const { id } of pages) {
    const rollup = await readFile(`/proc/${id}/smaps_rollup`, "utf8").catch(() => "");
    kilobytes += Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0);
  }
  return kilobytes / 1000;
}

/**
 * Opens a lab on the page and makes the photos: the same ones each time.
 * @param {import("playwright-core").Page} page
 * @param {string[]} jpegs in base64
 */
function prepare(page, jpegs) {
  return page.evaluate(
    async ({ jpegs, count }) => {
      const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
      const lab = await openLab({ device: "cpu", workers: 2 });
      const small = await Promise.all(
        jpegs.map(async (jpeg) => {
          const photo = await createImageBitmap(new Blob([Uint8Array.from(atob(jpeg), (letter) => letter.charCodeAt(0))]));
          const canvas = new OffscreenCanvas(160, 120);
          canvas.getContext("2d")?.drawImage(photo, 0, 0, 160, 120);
          return new Uint8Array(await (await canvas.convertToBlob({ type: "image/jpeg", quality: 0.8 })).arrayBuffer());
        }),
      );
      const entries = Array.from({ length: count }, (_, nth) => {
        const jpeg = small[nth % small.length];
        const words = new TextEncoder().encode(String(nth).padStart(6, "0"));
        const comment = new Uint8Array([0xff, 0xfe, 0, 2 + words.length, ...words]);
        const name = `${nth}.jpg`;
        const blob = new File([jpeg.subarray(0, 2), comment, jpeg.subarray(2)], name, { lastModified: 1_700_000_000_000 + nth });
        return { path: `many/${nth % small.length < small.length / 2 ? "cats" : "dogs"}/${name}`, blob };
      });
      Object.assign(window, { lab, entries });
    },
    { jpegs, count: PHOTOS },
  );
}

/**
 * @param {import("playwright-core").Page} page
 * @param {{ abortAt?: number }} [options] the number of files after which the import is aborted
 */
function importAll(page, { abortAt = Infinity } = {}) {
  return page.evaluate(
    async ({ abortAt, imageSize }) => {
      const { lab, entries } = /** @type {any} */ (window);
      const aborting = new AbortController();
      /** @type {any} */
      let last;
      let error = "";
      const options = { imageSize, validation: 0.1, test: 0.1, seed: 3, signal: aborting.signal };
      const dataset = await lab
        .importImages(entries, options, (/** @type {any} */ progress) => {
          last = progress;
          if (progress.done >= abortAt) aborting.abort();
        })
        .catch((/** @type {Error} */ thrown) => void (error = thrown.name));
      Object.assign(window, { dataset });
      return { last, error, summary: dataset?.summary, kept: await lab.keptDatasets() };
    },
    { abortAt: abortAt === Infinity ? 1e9 : abortAt, imageSize: IMAGE_SIZE },
  );
}

test("20,000 photos take little memory, an aborted import goes on, and nothing is decoded twice", async (t) => {
  const pets = await photosOf("pets");
  /** @type {string[]} */
  const jpegs = [];
  for (const animal of ["cats", "dogs"])
    for (const name of (await readdir(join(pets, animal))).sort().slice(0, DIFFERENT / 2))
      jpegs.push((await readFile(join(pets, animal, name))).toString("base64"));
  const profile = await mkdtemp(join(tmpdir(), "fovea-profile-"));
  const site = await serveSite();
  // On a disk: a browser's private window would keep the photos in memory.
  const context = await startKeepingChromium(profile);
  let peak = 0;
  let watching = true;
  try {
    const page = await context.newPage();
    const session = await /** @type {import("playwright-core").Browser} */ (context.browser()).newBrowserCDPSession();
    const watch = (async () => {
      while (watching) {
        peak = Math.max(peak, await memoryOfPages(session));
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    })();
    await page.goto(`${site.url}bench.html`);
    await prepare(page, jpegs);

    const aborted = await importAll(page, { abortAt: 4000 });
    assert.equal(aborted.error, "AbortError");
    assert.deepEqual(
      aborted.kept.map((/** @type {any} */ { name, finished, total }) => ({ name, finished, total })),
      [{ name: "many", finished: false, total: PHOTOS }],
    );
    for (let tries = 0; page.workers().some((worker) => worker.url().endsWith("/decoder_worker.js")) && tries < 50; tries++)
      await page.waitForTimeout(100);
    assert.ok(!page.workers().some((worker) => worker.url().endsWith("/decoder_worker.js")), "no decoder is left behind");

    const resumed = await importAll(page);
    assert.equal(resumed.error, "");
    assert.ok(resumed.last.decoded <= PHOTOS - 4000, `${resumed.last.decoded} were decoded after all`);
    assert.ok(resumed.last.decoded > PHOTOS / 2);
    const { counts, rejected } = resumed.summary;
    assert.deepEqual(rejected, []);
    assert.equal(Object.values(counts).flat().reduce((sum, n) => sum + n, 0), PHOTOS);
    const first = await page.evaluate(async () => {
      const { lab, dataset } = /** @type {any} */ (window);
      const model = await lab.createModel({ recipe: "cats_and_dogs_small", dataset });
      const run = lab.fit(model, dataset, { epochs: 1, batchSize: 20, stepsPerEpoch: 3 }, (/** @type {any} */ event) => {
        if (event.type === "step" && event.step === 3) void run.stop();
      });
      await run.finished;
      const { imageData, path } = await lab.image(dataset, "train", 7000);
      return { path, pixels: Array.from(imageData.data.slice(0, 4000)) };
    });
    const checked = await page.evaluate(async () => {
      const { lab, dataset } = /** @type {any} */ (window);
      const model = await lab.createModel({ recipe: "cats_and_dogs_small", dataset });
      let steps = 0;
      const run = lab.fit(model, dataset, { epochs: 1, batchSize: 4 }, (/** @type {any} */ event) => {
        if (event.type === "step" && ++steps === 20) void run.stop();
      });
      while (!steps) await new Promise((resolve) => setTimeout(resolve, 10));
      const [before, start] = [steps, performance.now()];
      const { exact } = await lab.health(dataset);
      const told = { seconds: (performance.now() - start) / 1e3, steps: steps - before, twins: exact };
      await run.finished;
      return { ...told, twins: told.twins.length, photos: told.twins.flatMap((/** @type {any} */ { photos }) => photos).length };
    });
    t.diagnostic(`checked in ${checked.seconds.toFixed(1)} s, and ${checked.steps} steps of training meanwhile`);
    assert.deepEqual([checked.twins, checked.photos], [DIFFERENT, PHOTOS], "each is there 200 times");
    assert.ok(checked.steps > 5, "training goes on meanwhile");
    await page.close();

    const next = await context.newPage();
    await next.goto(`${site.url}bench.html`);
    await prepare(next, jpegs);
    const opened = await next.evaluate(async () => {
      const { lab } = /** @type {any} */ (window);
      const [kept] = await lab.keptDatasets();
      const start = performance.now();
      const dataset = await lab.openDataset(kept.id);
      const seconds = (performance.now() - start) / 1e3;
      const { imageData, path } = await lab.image(dataset, "train", 7000);
      return { seconds, summary: dataset.summary, path, pixels: Array.from(imageData.data.slice(0, 4000)) };
    });
    assert.deepEqual(opened.summary, resumed.summary);
    assert.deepEqual({ path: opened.path, pixels: opened.pixels }, first);
    assert.ok(opened.seconds < 5, `opened in ${opened.seconds} s`);
    assert.ok(!next.workers().some((worker) => worker.url().endsWith("/decoder_worker.js")), "no decoder is needed");
    const again = await importAll(next);
    assert.equal(again.last.decoded, 0, "the folder chosen once more");
    assert.deepEqual(again.summary, resumed.summary);

    watching = false;
    await watch;
    t.diagnostic(`${peak.toFixed(0)} MB at the most, opened again in ${opened.seconds.toFixed(2)} s`);
    assert.ok(peak > 50, "the memory was measured");
    assert.ok(peak < MOST_MEGABYTES, `the page took ${peak.toFixed(0)} MB`);
  } finally {
    watching = false;
    await context.close();
    await site.close();
    await rm(profile, { recursive: true, force: true });
  }
});
