/** A network remembers which photos it was trained with, also in its file. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { chooseDevice, trainingIs, useBrowser } from "./browser.js";
import { drawPhotos } from "./drawing.js";

const { open } = useBrowser();

/** @type {string} */
let folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-"));
});
after(() => rm(folder, { recursive: true }));

/** How many photos each class has in each split. */
const EACH = /** @type {const} */ ({ train: 4, val: 1, test: 2 });
const CLASSES = ["left", "right"];

/**
 * @param {Record<string, string>} [as] what splits are called instead
 * @returns {string[]} the path of each photo, in the order in which they are drawn
 */
function paths(as = {}) {
  return Object.entries(EACH).flatMap(([split, count]) =>
    CLASSES.flatMap((label) => Array.from({ length: count }, (_, nth) => `${as[split] ?? split}/${label}/${split}${nth}.png`)),
  );
}

/**
 * A model file as it was before files had the photos.
 * @param {Buffer} file
 */
function withoutPhotos(file) {
  const length = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.subarray(8, 8 + length).toString());
  const [begin, end] = header["training/photos"].data_offsets;
  assert.equal(8 + length + end, file.length, "they are the last of the tensors");
  assert.equal(end - begin, 8 * CLASSES.length * EACH.train);
  delete header["training/photos"];
  const description = JSON.parse(header.__metadata__.fovea);
  delete description.training.photos;
  header.__metadata__.fovea = JSON.stringify(description);
  const text = Buffer.from(JSON.stringify(header).padEnd(length));
  assert.equal(text.length, length);
  return Buffer.concat([file.subarray(0, 8), text, file.subarray(8 + length, 8 + length + begin)]);
}

test("a lab counts the photos that a model was trained with, also one that is opened from a file in another lab", async () => {
  const page = await open();
  const photos = (await drawPhotos(page, paths().length)).map((bytes) => bytes.toString("base64"));
  const told = await page.evaluate(
    async ({ photos, paths, swapped }) => {
      const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
      const entries = (/** @type {string[]} */ paths) =>
        photos.map((photo, nth) => ({ path: paths[nth], blob: new Blob([Uint8Array.from(atob(photo), (letter) => letter.charCodeAt(0))]) }));
      const options = { imageSize: 16, storage: "memory" };
      const layers = [{ class_name: "Flatten", config: {} }, { class_name: "Dense", config: { units: 2, activation: "softmax" } }];
      /** Of each split: how many are known to be seen, and whether all are known. */
      const seen = async (/** @type {any} */ lab, /** @type {any} */ model, /** @type {any} */ dataset) => {
        const told = [];
        for (const split of ["train", "validation", "test"]) {
          const evaluation = await lab.evaluate(model, dataset, { split });
          told.push(evaluation.seen, evaluation.seen_complete);
        }
        return told;
      };
      const lab = await openLab({ device: "cpu", seed: 1, workers: 2 });
      const dataset = await lab.importImages(entries(paths), options);
      const model = await lab.createModel({ layers, dataset });
      const untrained = await seen(lab, model, dataset);
      const fit = { epochs: 1, batchSize: 3, augmentation: { horizontal_flip: true } };
      await lab.fit(model, dataset, { ...fit, stepsPerEpoch: 1 }).finished;
      const step = await seen(lab, model, dataset);
      await lab.fit(model, dataset, fit).finished;
      const trained = await seen(lab, model, dataset);
      await dataset.edit({ move: [paths[0], paths[5]], split: "test" });
      const moved = await seen(lab, model, dataset);
      await dataset.undo();
      const { blob } = await lab.exportModel(model, "safetensors");
      await lab.close();

      const other = await openLab({ device: "cpu", seed: 2 });
      const elsewhere = await other.importImages(entries(swapped), options);
      const opened = await other.importModel(new File([blob], "model.safetensors"));
      const known = await seen(other, opened, elsewhere);
      const cropped = await other.importImages(entries(swapped), { ...options, interpolation: "nearest" });
      const resized = await seen(other, opened, cropped);
      await other.fit(opened, elsewhere, { ...fit, initial: true }).finished;
      const anew = await seen(other, opened, elsewhere);
      await other.close();
      return { untrained, step, trained, moved, known, resized, anew };
    },
    { photos, paths: paths(), swapped: paths({ train: "test", test: "train" }) },
  );
  assert.deepEqual(told.untrained, [0, true, 0, true, 0, true]);
  assert.deepEqual(told.step, [3, true, 0, true, 0, true]);
  assert.deepEqual(told.trained, [8, true, 0, true, 0, true]);
  assert.deepEqual(told.moved, [6, true, 0, true, 2, true]);
  assert.deepEqual(told.known, [0, true, 0, true, 8, true]);
  assert.deepEqual(told.resized, [0, true, 0, true, 0, true], "other pixels are other photos");
  assert.deepEqual(told.anew, [4, true, 0, true, 0, true]);
});

test("the page says whether test photos were used in training, as far as the network's file tells", async () => {
  const page = await open();
  const photos = await drawPhotos(page, paths().length);
  /** @param {string} name @param {string[]} paths */
  const layOut = async (name, paths) => {
    for (const [nth, path] of paths.entries()) {
      await mkdir(dirname(join(folder, name, path)), { recursive: true });
      await writeFile(join(folder, name, path), photos[nth]);
    }
    return join(folder, name);
  };
  const read = async (/** @type {import("playwright-core").Page} */ page, /** @type {string} */ path) => {
    await chooseDevice(page, "cpu");
    await page.locator("#image-size").fill("64");
    await page.locator("#choose-folder").setInputFiles(path);
    await page.locator("[data-testid=found-line]", { hasText: "14" }).waitFor();
  };
  await read(page, await layOut("first", paths()));
  await page.locator("#epochs").fill("1");
  await page.locator("#steps-per-epoch").fill("1");
  await page.locator("#start:enabled").click();
  await trainingIs(page, "done");
  await page.locator("#evaluate:enabled").click();
  assert.equal(await page.locator("#unseen").textContent(), "None of these photos was used to train this network.");
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#save-model").click()]);
  const saved = await readFile(await download.path());

  const elsewhere = await open({ locale: "ko-KR" });
  await read(elsewhere, await layOut("swapped", paths({ train: "test", test: "train" })));
  const test = async (/** @type {Buffer} */ buffer, /** @type {string} */ name) => {
    await elsewhere.locator("#open-model").setInputFiles({ name, mimeType: "application/octet-stream", buffer });
    await elsewhere.locator("#seen, #unseen").waitFor({ state: "detached" });
    await elsewhere.locator("#evaluate:enabled").click();
    await elsewhere.locator("#seen, #unseen").waitFor();
    return elsewhere.locator("#seen, #unseen").textContent();
  };
  assert.match((await test(saved, "new.safetensors")) ?? "", /^이 사진들 가운데 8장은 이 신경망의 학습에 쓰였으므로/);
  assert.match((await test(withoutPhotos(saved), "old.safetensors")) ?? "", /학습한 사진이 모두 알려져 있지는 않습니다/);
});
