import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chooseDevice, historyOf, trainingIs, useBrowser } from "./browser.js";
import { ON_CPU, ON_WEBGPU, assertAlike, trainShortly } from "./short_training.js";

const { open } = useBrowser();
const BOOK = {
  rotation_range: 40,
  width_shift_range: 0.2,
  height_shift_range: 0.2,
  shear_range: 0.2,
  zoom_range: 0.2,
  horizontal_flip: true,
};

/** @type {string} */
let folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-"));
});
after(() => rm(folder, { recursive: true }));

/**
 * A folder of two classes of photos, drawn in the page: red on the left, or blue on the right.
 * @param {import("playwright-core").Page} page
 * @param {number} each
 */
async function photos(page, each) {
  const files = await page.evaluate(async (each) => {
    const made = [];
    for (let nth = 0; nth < 2 * each; nth++) {
      const canvas = new OffscreenCanvas(64, 64);
      const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
      context.fillStyle = `hsl(60 20% ${20 + nth}%)`;
      context.fillRect(0, 0, 64, 64);
      context.fillStyle = nth % 2 ? "red" : "blue";
      context.fillRect(nth % 2 ? 6 : 38, 10 + (nth % 20), 20, 30);
      made.push(Array.from(new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer())));
    }
    return made;
  }, each);
  for (const label of ["red", "blue"]) await mkdir(join(folder, label), { recursive: true });
  for (const [nth, bytes] of files.entries())
    await writeFile(join(folder, nth % 2 ? "red" : "blue", `${nth}.png`), Buffer.from(bytes));
  return folder;
}

/**
 * The nine pictures of the preview, as numbers, once it has been drawn anew.
 * @param {import("playwright-core").Page} page
 * @param {() => Promise<unknown>} change
 * @returns {Promise<number[][]>}
 */
async function previewAfter(page, change) {
  const drawn = Number((await page.locator("#versions").getAttribute("data-drawn")) ?? 0);
  await change();
  await page.waitForFunction(
    (drawn) => Number(document.getElementById("versions")?.dataset.drawn ?? 0) > drawn,
    drawn,
  );
  return page.locator("#versions canvas").evaluateAll((all) =>
    all.map((element) => {
      const canvas = /** @type {HTMLCanvasElement} */ (element);
      const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
      return Array.from(context.getImageData(0, 0, canvas.width, canvas.height).data);
    }),
  );
}

test("augmented photos train alike on WebGPU and on the CPU, by the seed, and otherwise than plain ones", async () => {
  const page = await open();
  const everything = { ...BOOK, vertical_flip: true, brightness_range: [0.8, 1.2], channel_shift_range: 20 };
  const cpu = await page.evaluate(trainShortly, { ...ON_CPU, augmentation: everything });
  const gpu = await page.evaluate(trainShortly, { ...ON_WEBGPU, augmentation: everything });
  assertAlike(cpu, gpu);
  assert.deepEqual(await page.evaluate(trainShortly, { ...ON_CPU, augmentation: everything }), cpu);
  const plain = await page.evaluate(trainShortly, ON_CPU);
  assert.notEqual(plain.losses[0], cpu.losses[0]);
  assert.deepEqual(await page.evaluate(trainShortly, { ...ON_CPU, augmentation: { fill_mode: "wrap" } }), plain);
  const alone = await page.evaluate(trainShortly, { ...ON_CPU, augmentation: everything, workers: 1 });
  alone.losses.forEach((loss, step) => assert.ok(Math.abs(loss / cpu.losses[step] - 1) < 1e-3));
});

test("a lab shows augmented photos, and refuses nonsense by name", async () => {
  const page = await open();
  const told = await page.evaluate(async (book) => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    const lab = await openLab({ device: "cpu", seed: 1 });
    const dataset = await lab.importDemo("digits");
    const model = await lab.createModel({ recipe: "digits", dataset });
    const pixels = (/** @type {ImageData[]} */ versions) => versions.map(({ data }) => Array.from(data));
    const show = async (/** @type {object} */ options) => pixels(await lab.augmented(dataset, options));
    const photo = Array.from((await lab.image(dataset, "test", 3)).imageData.data);
    const versions = await show({ augmentation: book, split: "test", index: 3, seed: 5 });
    const again = await show({ augmentation: book, split: "test", index: 3, seed: 5, count: 8 });
    const others = await show({ augmentation: book, split: "test", index: 3, seed: 6 });
    const idle = await show({ augmentation: { rotation_range: undefined }, split: "test", index: 3, count: 2 });
    /** @type {Record<string, string>} */
    const said = {};
    const misuse = (/** @type {string} */ name, /** @type {() => Promise<unknown>} */ misused) =>
      misused().then(
        () => (said[name] = "no error"),
        (/** @type {Error} */ error) => (said[name] = error.message),
      );
    const fit = (/** @type {unknown} */ augmentation) => lab.fit(model, dataset, { augmentation }).finished;
    await misuse("no object", () => fit(40));
    await misuse("unknown", () => fit({ rotation: 40 }));
    await misuse("kind", () => fit({ rotation_range: "40" }));
    await misuse("range", () => fit({ zoom_range: [2, 1] }));
    await misuse("preview", () => show({ augmentation: { cval: 256 } }));
    await misuse("index", () => show({ augmentation: book, index: 1e6 }));
    await misuse("count", () => show({ augmentation: book, count: 0 }));
    await misuse("option", () => show({ augmentations: book }));
    const times = await lab.time(model, { batchSize: 4, runs: 2, augmentation: book });
    const parts = await lab.profile(model, { batchSize: 4, runs: 1, augmentation: book });
    await lab.close();
    return { photo, versions, again, others, idle, said, times, parts };
  }, BOOK);
  assert.equal(told.versions.length, 8);
  assert.deepEqual(told.again, told.versions);
  assert.deepEqual(told.idle, [told.photo, told.photo]);
  const different = new Set([told.photo, ...told.versions, ...told.others].map(String));
  assert.equal(different.size, 17);
  assert.match(told.said["no object"], /fit: augmentation must be an object.*not 40/);
  assert.match(told.said.unknown, /augmentation: there is no setting "rotation"; there are rotation_range/);
  assert.match(told.said.kind, /rotation_range is "40"; it must be a number/);
  assert.match(told.said.range, /zoom_range must be .*smaller one first/);
  assert.match(told.said.preview, /cval is 256; it must be from 0 to 255/);
  assert.match(told.said.index, /no photo 1000000 in the train split/);
  assert.match(told.said.count, /augmented: count must be a whole number from 1/);
  assert.match(told.said.option, /no option "augmentations"/);
  assert.ok(told.times.every((/** @type {number} */ seconds) => seconds > 0));
  assert.equal(told.parts[0].label, "augment");
});

test("the book's second network brings its augmentation, which is seen while it is set, and trains", async () => {
  const page = await open();
  await chooseDevice(page, "cpu");
  await page.locator("#image-size").fill("64");
  await page.locator("#choose-folder").setInputFiles(await photos(page, 20));
  await page.locator("#summary tbody tr").first().waitFor();
  assert.equal(await page.locator("#augment").isChecked(), false);
  assert.equal(await page.locator("#versions").isVisible(), false);

  const [first] = await previewAfter(page, () => page.locator("#recipe").selectOption("cats_and_dogs_small_2"));
  assert.equal(await page.locator("#augment").isChecked(), true);
  assert.deepEqual(
    [
      await page.locator("[data-testid=rotation_range]").inputValue(),
      await page.locator("[data-testid=zoom_range]").inputValue(),
      await page.locator("[data-testid=horizontal_flip]").isChecked(),
      await page.locator("[data-testid=fill_mode]").inputValue(),
      await page.locator("#batch-size").inputValue(),
    ],
    ["40", "0.2", true, "nearest", "32"],
  );
  const [, drawnAgain] = await previewAfter(page, () => page.locator("#draw-again").click());
  assert.notDeepEqual(drawnAgain, first);

  const settle = async (/** @type {string} */ name, /** @type {string} */ value) =>
    previewAfter(page, () => page.locator(`[data-testid=${name}]`).fill(value));
  for (const name of ["width_shift_range", "height_shift_range", "shear_range", "zoom_range"]) await settle(name, "");
  const flipped = await settle("rotation_range", "");
  const original = flipped[4];
  const mirrored = Array.from({ length: original.length }, (_, at) => {
    const [pixel, channel] = [Math.floor(at / 4), at % 4];
    return original[4 * (64 * Math.floor(pixel / 64) + 63 - (pixel % 64)) + channel];
  });
  const mirrors = flipped.filter((version) => String(version) === String(mirrored)).length;
  assert.equal(flipped.filter((version) => String(version) === String(original)).length, 9 - mirrors);
  assert.ok(mirrors > 0 && mirrors < 8, `${mirrors} of 8 are mirrored`);

  await page.locator("[data-testid=rotation_range]").fill("a lot");
  await page.locator("#augmentation-error", { hasText: 'rotation_range is "a lot"; it must be a number' }).waitFor();
  await previewAfter(page, () => page.locator("#augmentation-book").click());
  assert.equal(await page.locator("#augmentation-error").isVisible(), false);
  assert.equal(await page.locator("[data-testid=rotation_range]").inputValue(), "40");
  await page.locator("[data-testid=fill_mode]").selectOption("constant");
  assert.equal(await page.locator("[data-testid=cval]").isVisible(), true);

  await page.locator("#epochs").fill("2");
  await page.locator("#batch-size").fill("8");
  await page.locator("#start").click();
  await trainingIs(page, "running");
  assert.equal(await page.locator("[data-testid=rotation_range]").isDisabled(), true);
  await trainingIs(page, "done");
  assert.equal((await historyOf(page)).length, 2);
  // Layers of the user's own keep what is set; another recipe does not.
  await page.locator("#layer-9").click();
  await page.locator("#remove-layer").click();
  await page.locator("#recipe option[value=custom]").waitFor({ state: "attached" });
  assert.equal(await page.locator("#augment").isChecked(), true);
  await page.locator("#recipe").selectOption("cats_and_dogs_small");
  await page.locator("#augment:not(:checked)").waitFor();
});
