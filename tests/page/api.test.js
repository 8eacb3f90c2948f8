import assert from "node:assert/strict";
import { test } from "node:test";
import { useBrowser } from "./browser.js";

const { open } = useBrowser();

/**
 * Runs each misuse in the page, and gives each error's message.
 * @param {import("playwright-core").Page} page
 * @returns {Promise<Record<string, string>>}
 */
function misuse(page) {
  return page.evaluate(async () => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    /** @type {Record<string, string>} */
    const said = {};
    const expect = async (/** @type {string} */ name, /** @type {() => unknown} */ misused) => {
      try {
        await misused();
        said[name] = "no error";
      } catch (error) {
        said[name] = error instanceof Error ? error.message : `no Error: ${error}`;
      }
    };
    await expect("device", () => openLab({ device: "gpu" }));
    await expect("option", () => openLab({ devise: "cpu" }));
    const lab = await openLab({ device: "cpu" });
    const dataset = await lab.importDemo("digits");
    const model = await lab.createModel({ recipe: "digits", dataset });
    await expect("demo", () => lab.importDemo("letters"));
    await expect("entries", () => lab.importImages(5));
    await expect("entry", () => lab.importImages([{ path: "a/1.jpg", blob: "bytes" }]));
    await expect("empty", () => lab.importImages([]));
    await expect("share", () => lab.importImages([{ path: "a/1.jpg", blob: new Blob() }], { validation: -1 }));
    await expect("unknown import option", () => lab.importImages([], { size: 150 }));
    await expect("recipe", () => lab.createModel({ recipe: "dragons", dataset }));
    await expect("neither", () => lab.createModel({ dataset }));
    await expect("layer", () => lab.createModel({ layers: [{ class_name: "Conv9D", config: {} }], dataset }));
    await expect("no dataset", () => lab.createModel({ recipe: "digits" }));
    await expect("epochs", () => lab.fit(model, dataset, { epochs: 0 }).finished);
    await expect("fit option", () => lab.fit(model, dataset, { batch_size: 3 }).finished);
    await expect("optimizer", () => lab.fit(model, dataset, { epochs: 1, optimizer: { name: "adamant" } }).finished);
    await expect("model", () => lab.fit(dataset, model).finished);
    await expect("split", () => lab.evaluate(model, dataset, { split: "all" }));
    await expect("image", () => lab.predict(model, "cat.jpg"));
    await expect("no image", () => lab.predict(model, new Blob(["text"])));
    await expect("index", () => lab.image(dataset, "test", 1e6));
    await expect("format", () => lab.exportModel(model, "docx"));
    await expect("file", () => lab.importModel([]));
    await expect("aborted", () => lab.importImages([], { signal: AbortSignal.abort(new Error("changed my mind")) }));
    await model.close();
    await expect("closed model", () => lab.predict(model, new Blob()));
    await dataset.close();
    await expect("closed dataset", () => lab.image(dataset, "test", 0));
    const closing = lab.importDemo("digits").catch((/** @type {Error} */ error) => error.message);
    await lab.close();
    said.pending = await closing;
    await expect("closed lab", () => lab.importDemo("digits"));
    said.closed = String(lab.closed);
    return said;
  });
}

test("each misuse gets an Error that names what is wrong", async () => {
  const page = await open();
  const said = await misuse(page);
  /** @type {Record<string, RegExp>} */
  const expected = {
    device: /device must be "auto" or "webgpu" or "cpu", not "gpu"/,
    option: /no option "devise"/,
    demo: /"digits", not "letters"/,
    entries: /entries must be a FileList or an iterable/,
    entry: /entries\[0\]\.blob \(a\/1\.jpg\) must be a Blob, not "bytes"/,
    empty: /empty/,
    share: /validation/,
    "unknown import option": /no option "size".*imageSize/,
    recipe: /"dragons"/,
    neither: /either a recipe.*or layers/,
    layer: /Conv9D/,
    "no dataset": /createModel: dataset must be what importImages/,
    epochs: /epochs must be a whole number from 1, not 0/,
    "fit option": /no option "batch_size".*batchSize/,
    optimizer: /adamant/,
    model: /fit: model must be what createModel/,
    split: /split must be "train" or "validation" or "test", not "all"/,
    image: /Blob.*ImageData, not "cat\.jpg"/,
    "no image": /not a JPEG/,
    index: /1000000/,
    format: /docx/,
    file: /files as a File\[\] or a FileList/,
    aborted: /changed my mind/,
    "closed model": /model has been closed/,
    "closed dataset": /dataset has been closed/,
    pending: /lab is closed/,
    "closed lab": /lab is closed/,
    closed: /true/,
  };
  for (const [name, message] of Object.entries(expected)) assert.match(said[name], message, name);
  assert.deepEqual(Object.keys(said).sort(), Object.keys(expected).sort());
});

test("closing a lab ends its worker and no other", async () => {
  const page = await open();
  const before = page.workers().length;
  await page.evaluate(async () => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    Object.assign(window, { lab: await openLab({ device: "cpu" }) });
  });
  assert.ok(page.workers().length > before);
  await page.evaluate(() => /** @type {any} */ (window).lab.close());
  for (let tries = 0; page.workers().length > before && tries < 50; tries++) await page.waitForTimeout(100);
  assert.equal(page.workers().length, before);
});

test("an import reports its progress, and is cancelled by its signal", async () => {
  const page = await open();
  const { progress, message, kept } = await page.evaluate(async () => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    const lab = await openLab({ device: "cpu" });
    const canvas = new OffscreenCanvas(600, 600);
    canvas.getContext("2d")?.fillRect(0, 0, 300, 600);
    const blob = await canvas.convertToBlob({ type: "image/png" });
    const entries = Array.from({ length: 400 }, (_, nth) => ({
      path: `${nth % 2 ? "a" : "b"}/${nth}.png`,
      blob: nth === 7 ? new Blob(["text"]) : blob,
    }));
    /** @type {import("../../www/shared/types.js").Progress[]} */
    const progress = [];
    const dataset = await lab.importImages(entries, { imageSize: 32 }, (/** @type {any} */ at) => progress.push(at));
    const aborting = new AbortController();
    let message = "";
    try {
      await lab.importImages(entries, { imageSize: 32, signal: aborting.signal }, () =>
        aborting.abort(new Error("enough")),
      );
    } catch (error) {
      message = error instanceof Error ? error.message : "";
    }
    const kept = (await lab.image(dataset, "train", 0)).label;
    await lab.close();
    return { progress, message, kept };
  });
  const counted = progress.map(({ done, total, rejected, decoded }) => ({ done, total, rejected, decoded }));
  assert.deepEqual(counted[0], { done: 0, total: 400, rejected: 0, decoded: 0 });
  assert.deepEqual(counted.at(-1), { done: 400, total: 400, rejected: 1, decoded: 400 });
  assert.ok((progress.at(-1)?.imagesPerSecond ?? 0) > 0 && progress.at(-1)?.etaSeconds === 0);
  assert.ok(progress.length > 2 && progress.every(({ done }, at) => at === 0 || done >= progress[at - 1].done));
  assert.equal(message, "enough");
  assert.equal(kept, "a");
});

test("a lab tells what its buffers take, and how long its steps and their parts take, and leaves the model alone", async () => {
  const page = await open();
  const told = await page.evaluate(async () => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    const lab = await openLab({ device: "cpu", seed: 1 });
    const dataset = await lab.importDemo("digits");
    const model = await lab.createModel({ recipe: "digits", dataset });
    const { imageData } = await lab.image(dataset, "test", 0);
    const before = await lab.predict(model, imageData);
    const profile = await lab.profile(model, { batchSize: 4 });
    const forwards = await lab.profile(model, { batchSize: 4, runs: 1, only: "conv2d + max_pool2d forward" });
    const last = await lab.profile(model, { batchSize: 4, runs: 1, only: "dense forward 4x64, 64x10" });
    const training = await lab.time(model, { batchSize: 4, goal: "train", runs: 4 });
    const predicting = await lab.time(model, { batchSize: 4, goal: "predict", runs: 3 });
    const after = await lab.predict(model, imageData);
    /** @type {string[]} */
    const messages = [];
    const refused = (/** @type {Promise<unknown>} */ call) =>
      call.catch((/** @type {Error} */ error) => messages.push(error.message));
    await refused(lab.profile(model, { batchSize: 0 }));
    await refused(lab.time(model, { goal: "learn" }));
    await refused(lab.time(model, { runs: 0 }));
    const memory = await lab.memory();
    await lab.close();
    return { before, after, profile, forwards, last, training, predicting, messages, memory };
  });
  assert.deepEqual(told.after, told.before);
  assert.deepEqual(told.memory, { bytes: 0, peakBytes: 0 });
  /** @param {import("../../www/shared/types.js").Part[]} parts */
  const sizes = (parts) => parts.filter(({ label }) => /^conv2d.*forward$/.test(label)).map((part) => part.sizes);
  assert.deepEqual(sizes(told.profile), ["4x28x28x1, 3x3x1x32", "4x13x13x32, 3x3x32x64", "4x5x5x64, 3x3x64x64"]);
  // The last convolution has no pooling above it.
  assert.deepEqual(sizes(told.forwards), sizes(told.profile).slice(0, 2));
  assert.equal(told.forwards.length, 2);
  assert.deepEqual([told.last.length, told.last[0].label], [1, "dense forward"]);
  assert.ok(told.profile.every((/** @type {any} */ part) => part.seconds > 0));
  assert.deepEqual([told.training.length, told.predicting.length], [4, 3]);
  assert.ok([...told.training, ...told.predicting].every((seconds) => seconds > 0 && seconds < 10));
  assert.match(told.messages[0], /batch size is 0/);
  assert.match(told.messages[1], /goal must be "train" or "predict", not "learn"/);
  assert.match(told.messages[2], /runs must be a whole number from 1, not 0/);
});
