/** Projects to go on with in Python: what is in them is the dataset to the byte, whatever its files and classes are called. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { BlobReader, BlobWriter, ZipReader } from "@zip.js/zip.js";
import { beginDigits, photosOf, useBrowser } from "./browser.js";

const { open } = useBrowser();

const LAYERS = [
  { class_name: "Conv2D", config: { filters: 4, kernel_size: 3, activation: "relu" } },
  { class_name: "Flatten", config: {} },
];

/**
 * @param {Buffer} bytes
 * @returns {Promise<Map<string, Buffer>>} the files by their paths
 */
async function unpacked(bytes) {
  const entries = await new ZipReader(new BlobReader(new Blob([new Uint8Array(bytes)])), { checkCrc32: true }).getEntries();
  const files = new Map();
  for (const entry of entries) {
    if (entry.directory) continue;
    const blob = await entry.getData(new BlobWriter());
    files.set(entry.filename, Buffer.from(await blob.arrayBuffer()));
  }
  return files;
}

/**
 * @param {Buffer | undefined} table
 * @returns {string[][]} rows below the head; apostrophes are taken off as photos.py does
 */
function rowsOf(table) {
  const text = table?.toString() ?? "";
  assert.ok(text.startsWith('"path","label","png"\n'), text.slice(0, 40));
  const row = /"((?:[^"]|"")*)","((?:[^"]|"")*)","((?:[^"]|"")*)"\n/gy;
  row.lastIndex = '"path","label","png"\n'.length;
  const rows = [];
  let end = row.lastIndex;
  for (let found = row.exec(text); found; found = row.exec(text)) {
    rows.push(found.slice(1).map((field) => field.replaceAll('""', '"').replace(/^'/, "")));
    end = row.lastIndex;
  }
  assert.equal(end, text.length, "every row can be read");
  return rows;
}

/**
 * The pixels of PNG files as the browser reads them: without alpha, by lines.
 * @param {import("playwright-core").Page} page
 * @param {Buffer[]} files
 * @returns {Promise<string[]>}
 */
function pixelsOf(page, files) {
  return page.evaluate(
    async (files) => {
      const all = [];
      for (const base64 of files) {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }), { colorSpaceConversion: "none" });
        const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
        context?.drawImage(bitmap, 0, 0);
        all.push(String(context?.getImageData(0, 0, bitmap.width, bitmap.height).data));
      }
      return all;
    },
    files.map((file) => file.toString("base64")),
  );
}

/**
 * Exports in the page what `globalThis.state` has, and reads the dataset beside it.
 * @param {import("playwright-core").Page} page
 * @param {Record<string, unknown>} options
 */
async function exported(page, options) {
  const { base64, ...rest } = await page.evaluate(async (options) => {
    const { lab, model, dataset } = /** @type {any} */ (globalThis).state;
    /** @type {any[]} */
    const progress = [];
    const onProgress = (/** @type {any} */ event) => progress.push(event);
    const { blob, filename, photos } = await lab.exportProject(model, dataset, { ...options, onProgress });
    /** @type {Record<string, { path: string, label: string, pixels: string }[]>} */
    const splits = {};
    for (const split of /** @type {const} */ (["train", "validation", "test"])) {
      const count = dataset.summary.counts[split].reduce((/** @type {number} */ sum, /** @type {number} */ n) => sum + n, 0);
      splits[split] = [];
      for (let nth = 0; nth < count; nth++) {
        const { path, label, imageData } = await lab.image(dataset, split, nth);
        splits[split].push({ path, label, pixels: String(imageData.data) });
      }
    }
    const bytes = new Uint8Array(await blob.arrayBuffer());
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    return { base64: btoa(text), filename, photos, progress, splits, classes: dataset.summary.classes };
  }, options);
  return { ...rest, files: await unpacked(Buffer.from(base64, "base64")) };
}

/**
 * Holds tables and photos against the dataset.
 * @param {import("playwright-core").Page} page
 * @param {Awaited<ReturnType<typeof exported>>} project
 */
async function check(page, { files, splits, filename }) {
  const folder = filename.replace(/\.zip$/, "");
  for (const [split, photos] of Object.entries(splits)) {
    const rows = rowsOf(files.get(`${folder}/${split}.csv`));
    assert.deepEqual(
      rows.map(([path, label]) => [path, label]),
      photos.map(({ path, label }) => [path, label]),
      split,
    );
    const pngs = rows.map(([, , png]) => files.get(`${folder}/${png}`) ?? Buffer.alloc(0));
    assert.deepEqual(await pixelsOf(page, pngs), photos.map(({ pixels }) => pixels), `${split}: the photos' pixels`);
  }
}

test("a project has the splits, the photos to the byte and the settings, also of photos that were kept", async () => {
  const page = await open();
  await page.evaluate(() => {
    const input = Object.assign(document.createElement("input"), { type: "file", id: "given", webkitdirectory: true });
    document.body.append(input);
  });
  await page.locator("#given").setInputFiles(await photosOf("pets"));
  await page.evaluate(async (layers) => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    const lab = await openLab({ device: "cpu", seed: 3, workers: 1 });
    const all = /** @type {HTMLInputElement} */ (document.getElementById("given")).files ?? [];
    const files = Array.from(all).filter((_, nth) => nth % 12 === 0);
    const read = await lab.importImages(files, { imageSize: [20, 24], cropToAspectRatio: true, validation: 0.2, test: 0.2 });
    const id = read.kept?.id;
    await read.close();
    // As on the next visit.
    const dataset = await lab.openDataset(id);
    const dense = { class_name: "Dense", config: { units: 2, activation: "softmax" } };
    const model = await lab.createModel({ layers: [...layers, dense], dataset });
    await lab.fit(model, dataset, { epochs: 1, batchSize: 8, optimizer: { name: "adam", learning_rate: 0.002 } }).finished;
    Object.assign(globalThis, { state: { lab, model, dataset } });
  }, LAYERS);
  const augmentation = { rotation_range: 40, zoom_range: [0.8, 1.2] };
  const project = await exported(page, { epochs: 3, batchSize: 5, augmentation, classWeight: "balanced" });
  assert.deepEqual([project.filename, project.photos], ["sequential-project.zip", true]);
  const counts = Object.values(project.splits).map((photos) => photos.length);
  assert.ok(Math.min(...counts) > 5, `photos in each split: ${counts.join(", ")}`);
  const total = counts.reduce((sum, count) => sum + count, 0);
  assert.deepEqual(project.progress.at(0), { stage: "building", done: 0, total: 0 });
  assert.deepEqual(project.progress.at(-1).stage, "photos");
  assert.equal(project.progress.at(-1).total, total);
  await check(page, project);

  const programs = ["train.py", "photos.py", "augmentation.py", "requirements.txt"];
  for (const name of programs) {
    const source = await readFile(new URL(`../../model_files/project/${name}`, import.meta.url));
    assert.deepEqual(project.files.get(`sequential-project/${name}`), source, name);
  }
  const names = [...programs, "README.md", "settings.json", "model.keras", ...["train", "validation", "test"].map((split) => `${split}.csv`)];
  const others = [...project.files.keys()].filter((name) => !name.startsWith("sequential-project/photos/"));
  assert.deepEqual(others.sort(), names.map((name) => `sequential-project/${name}`).sort());
  assert.equal(project.files.size, names.length + total);
  const { optimizer, class_weight, ...settings } = JSON.parse(String(project.files.get("sequential-project/settings.json")));
  const { rotation_range, zoom_range, horizontal_flip, fill_mode } = settings.augmentation;
  assert.deepEqual([rotation_range, zoom_range, horizontal_flip, fill_mode], [40, [0.8, 1.2], false, "nearest"]);
  // The model's own optimizer goes on.
  const { learning_rate, beta_1, epsilon } = optimizer.config;
  assert.deepEqual([optimizer.class_name, learning_rate, beta_1, epsilon], ["Adam", 0.002, 0.9, 1e-7]);
  assert.equal(class_weight.length, 2);
  assert.deepEqual(
    { ...settings, augmentation: undefined },
    {
      classes: ["cats", "dogs"], input_shape: [20, 24, 3], interpolation: "bilinear", crop_to_aspect_ratio: true, rescale: 1 / 255,
      augmentation: undefined, epochs: 3, batch_size: 5, steps_per_epoch: null, shuffle: true, seed: 3, loss: "categorical_crossentropy",
    },
  );

  // The network comes back as it is, with its optimizer's state.
  const base64 = project.files.get("sequential-project/model.keras")?.toString("base64") ?? "";
  const [got, wanted, notes] = await page.evaluate(async (base64) => {
    const { lab, model, dataset } = /** @type {any} */ (globalThis).state;
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const opened = await lab.importModel(new File([bytes], "model.keras"));
    const { imageData } = await lab.image(dataset, "test", 0);
    return [await lab.predict(opened, imageData), await lab.predict(model, imageData), opened.notes];
  }, base64);
  assert.deepEqual([got, notes], [wanted, []]);
  await page.evaluate(() => /** @type {any} */ (globalThis).state.lab.close());
});

test("no name of a file or a class leads out of the project, and none becomes a formula", async () => {
  const page = await open();
  const classes = ["=1+1", '"quoted", twice', "two\nlines", "../../고양이", "'-apostrophe", "<b>bold"];
  await page.evaluate(
    async ({ classes, layers }) => {
      const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
      const lab = await openLab({ device: "cpu", seed: 3, workers: 1 });
      const dataset = await lab.createDataset({ imageSize: 6, validation: 0, test: 0, storage: "memory" });
      for (const [label, name] of classes.entries()) {
        const entries = [];
        for (const [nth, path] of ["../../../etc/passwd.png", "@SUM(1).png", 'a,"b"\n.png', "same.png", "same.png"].entries()) {
          const canvas = new OffscreenCanvas(6, 6);
          const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
          context.fillStyle = `rgb(${label * 40}, ${nth * 50}, 7)`;
          context.fillRect(0, 0, 6, 6);
          entries.push({ path, blob: await canvas.convertToBlob() });
        }
        await dataset.add(entries, { class: name });
      }
      const dense = { class_name: "Dense", config: { units: classes.length, activation: "softmax" } };
      const model = await lab.createModel({ layers: [...layers, dense], dataset });
      Object.assign(globalThis, { state: { lab, model, dataset } });
    },
    { classes, layers: LAYERS },
  );
  const project = await exported(page, {});
  assert.deepEqual(project.classes, classes);
  assert.equal(project.splits.train.length, 30);
  await check(page, project);
  for (const name of project.files.keys()) assert.match(name, /^sequential-project\/[a-z0-9_./]+$/i);
  const table = String(project.files.get("sequential-project/train.csv"));
  assert.doesNotMatch(table, /(^|,)"[=+\-@]/m);
  assert.match(table, /"'@SUM\(1\)\.png","'=1\+1","photos\/train\/0000\d\d\.png"/);
  assert.match(table, /"''-apostrophe"/);
  assert.deepEqual(JSON.parse(String(project.files.get("sequential-project/settings.json"))).classes, classes);
  // Splits without a photo have a table without a row.
  assert.equal(String(project.files.get("sequential-project/test.csv")), '"path","label","png"\n');

  const bare = await exported(page, { photos: false });
  assert.equal(bare.photos, false);
  assert.ok([...bare.files.keys()].every((name) => !name.includes("/photos/")));
  assert.ok(rowsOf(bare.files.get("sequential-project/train.csv")).every(([, , png]) => png === ""));

  const misused = await page.evaluate(async () => {
    const { lab, model, dataset } = /** @type {any} */ (globalThis).state;
    const said = (/** @type {Promise<any>} */ call) => call.then(() => "no error", (/** @type {Error} */ error) => error.message);
    const digits = await lab.importDemo("digits");
    const aborting = new AbortController();
    const large = await lab.createModel({ recipe: "digits", dataset: digits });
    const onProgress = (/** @type {any} */ { stage }) => stage === "photos" && aborting.abort(new Error("enough"));
    const cancelled = said(lab.exportProject(large, digits, { signal: aborting.signal, onProgress }));
    return [
      await said(lab.exportProject(model, digits)),
      await said(lab.exportProject(model)),
      await said(lab.exportProject(model, dataset, { epochs: 0 })),
      await said(lab.exportProject(model, dataset, { photos: "yes" })),
      await said(lab.exportProject(model, dataset, { loss: "binary_crossentropy" })),
      await said(lab.exportProject(model, dataset, { classWeight: [1] })),
      await said(lab.exportProject(model, dataset, { augmentation: { rotation_range: -1 } })),
      await said(lab.exportProject(model, dataset, { initial: true })),
      await cancelled,
      // The engine goes on.
      String((await lab.image(dataset, "train", 0)).label),
    ];
  });
  const expected = [
    /the network is for images of \[6, 6, 3\].*the dataset's are \[28, 28, 1\]/,
    /^exportProject: dataset must be what/,
    /^exportProject: epochs must be a whole number from 1/,
    /^exportProject: photos must be true or false/,
    /^the project cannot be made: .*binary_crossentropy/,
    /^the project cannot be made: classWeight has 1 numbers, and the network tells 6 classes apart/,
    /^the project cannot be made: .*rotation_range is -1/,
    /^exportProject: there is no option "initial"/,
    /^enough$/,
    /^=1\+1$/,
  ];
  for (const [nth, message] of expected.entries()) assert.match(misused[nth], message);
  await page.evaluate(() => /** @type {any} */ (globalThis).state.lab.close());
});

test("the page saves a project with the settings of its form, tells how far it is, and can be told to stop", async () => {
  const page = await open();
  await beginDigits(page);
  await page.locator("#epochs").fill("7");
  await page.locator("label[for=save-as-project]").click();
  await page.locator("label[for=project-photos]", { hasText: /10,000, 7\.8 MB at most/ }).waitFor();
  assert.equal(await page.locator("#project-photos").isChecked(), true);
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#save-model").click()]);
  assert.equal(download.suggestedFilename(), "digits-project.zip");
  const files = await unpacked(await readFile(await download.path()));
  assert.equal([...files.keys()].filter((name) => name.endsWith(".png")).length, 10_000);
  const settings = JSON.parse(String(files.get("digits-project/settings.json")));
  assert.deepEqual([settings.epochs, settings.batch_size, settings.optimizer.config.learning_rate], [7, 32, 0.001]);
  const note = page.locator("[data-testid=file-note]");
  await note.filter({ hasText: "Saved as digits-project.zip." }).waitFor();
  assert.equal(await page.locator("#cancel-saving").isVisible(), false);

  await page.evaluate(() => {
    const stage = /** @type {HTMLElement} */ (document.getElementById("save-stage"));
    const cancel = /** @type {HTMLElement} */ (document.getElementById("cancel-saving"));
    new MutationObserver((_, observer) => {
      if (!/^[\d,]+ of 10,000 photos written$/.test(stage.textContent ?? "")) return;
      observer.disconnect();
      cancel.click();
    }).observe(stage, { childList: true, characterData: true, subtree: true });
  });
  await page.locator("#save-model").click();
  await note.filter({ hasText: "Saving was cancelled." }).waitFor();
  assert.equal(await page.locator("#file-error").textContent(), "");

  await page.locator("#epochs").fill("0");
  await page.locator("#save-model").click();
  await page.locator("#file-error", { hasText: "one of those in panel 3 is missing, or out of range" }).waitFor();
  await page.locator("#epochs").fill("1");
  await page.locator("label[for=project-photos]").click();
  const [bare] = await Promise.all([page.waitForEvent("download"), page.locator("#save-model").click()]);
  assert.ok([...(await unpacked(await readFile(await bare.path()))).keys()].every((name) => !name.endsWith(".png")));
});
