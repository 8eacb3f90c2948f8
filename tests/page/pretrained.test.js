import assert from "node:assert/strict";
import { copyFile, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, test } from "node:test";
import { chooseDevice, photosOf, trainingIs, useBrowser } from "./browser.js";
import { drawFolder } from "./drawing.js";

const { open } = useBrowser();

/** @type {string} */
let folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-"));
});
after(() => rm(folder, { recursive: true }));

/**
 * Some photos of cats and dogs, of which a few have the other's label.
 * @param {number} each photos of a class
 * @param {number} planted of them with the wrong label
 * @returns {Promise<{ root: string, wrong: string[] }>}
 */
async function pets(each, planted) {
  const root = join(folder, `pets-${each}-${planted}`);
  const from = await photosOf("pets");
  const wrong = [];
  for (const [label, other] of [["cats", "dogs"], ["dogs", "cats"]]) {
    const names = (await readdir(join(from, label))).sort();
    const step = Math.floor(names.length / each);
    for (let nth = 0; nth < each; nth++) {
      const to = nth < planted ? other : label;
      await mkdir(join(root, to), { recursive: true });
      await copyFile(join(from, label, names[nth * step]), join(root, to, names[nth * step]));
      if (nth < planted) wrong.push(names[nth * step]);
    }
  }
  return { root, wrong };
}

test("a folder, a click, and a base tells cats from dogs; doubtful labels are found and put right", async () => {
  const page = await open();
  await chooseDevice(page, "cpu");
  const { root, wrong } = await pets(60, 3);
  await page.locator("#choose-folder").setInputFiles(root);
  await page.locator("#summary tbody tr").first().waitFor({ timeout: 60_000 });
  assert.equal(await page.locator("#recipe").inputValue(), "feature_extraction", "what is suggested for coloured photos");
  assert.match((await page.locator("#base-description").textContent()) ?? "", /EfficientNet-Lite0.*ImageNet.*Apache-2\.0/);
  // The base's layers are one line until they are wanted.
  assert.ok((await page.locator("#summary tbody tr").count()) < 8);
  await page.locator("#frozen-layers").click();
  assert.ok((await page.locator("#summary tbody tr").count()) > 50);
  assert.equal(await page.getByLabel("Train stem_conv", { exact: true }).isChecked(), false);
  await page.locator("#frozen-layers").click();
  await page.locator("#epochs").fill("10");
  await page.locator("#start").click();
  await page.locator("#training-words", { hasText: "looks at each photo once" }).waitFor();
  await trainingIs(page, "done");
  await page.locator("#evaluate").click();
  const accuracy = Number(await page.getByTestId("test-accuracy").getAttribute("data-accuracy"));
  // At the worst all six photos with a wrong label are among the thirty test photos.
  assert.ok(accuracy >= 0.8, String(accuracy));

  await page.locator("#cross-validating > summary").click();
  await page.locator("#cross-validate").click();
  await page.locator("#doubtful li").first().waitFor({ timeout: 120_000 });
  assert.ok(Number(await page.locator("#cross-accuracy").getAttribute("data-accuracy")) > 0.85);
  const doubted = await page.locator("#doubtful figcaption").evaluateAll((all) => all.map((one) => one.getAttribute("title") ?? ""));
  const found = doubted.slice(0, 2 * wrong.length).filter((path) => wrong.includes(basename(path)));
  assert.ok(found.length >= 5, `${found.length} of ${wrong.length} planted labels among ${doubted.join(", ")}`);
  await page.locator("#doubtful canvas").first().waitFor();
  const first = page.locator("#doubtful li").first();
  const name = basename((await first.locator("figcaption").getAttribute("title")) ?? "");
  await first.getByRole("button", { name: /^Move to/ }).click();
  await page.locator("#doubtful figcaption", { hasText: name }).waitFor({ state: "detached" });
  const counts = await page.evaluate(() => document.body.innerText.match(/\d+ photos, 2 classes/)?.[0]);
  assert.equal(counts, "120 photos, 2 classes", "the photo has another class, and none is lost");
});

for (const device of ["cpu", "webgpu"])
  test(`features are computed once, and fine-tuning changes the last blocks alone, on ${device}`, async () => {
    const page = await open();
    const root = await drawFolder(page, join(folder, "drawn"), { each: 8, side: 96 });
    await page.evaluate(() => {
      const input = Object.assign(document.createElement("input"), { type: "file", webkitdirectory: true, id: "mine" });
      document.body.append(input);
    });
    await page.locator("#mine").setInputFiles(root);
    const seen = await page.evaluate(async (device) => {
      const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
      const lab = await openLab({ device, seed: 3 });
      const [{ id: base, available }] = await lab.bases();
      const files = /** @type {HTMLInputElement} */ (document.querySelector("#mine")).files;
      const dataset = await lab.importImages(files, { imageSize: 96, validation: 0.25, test: 0.25, storage: "memory" });
      /** @param {import("../../www/lab.js").Model} model */
      const tensors = async (model) => {
        const bytes = await (await lab.exportModel(model, "safetensors")).blob.arrayBuffer();
        const length = Number(new DataView(bytes).getBigUint64(0, true));
        const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 8, length)));
        /** @type {Record<string, string>} */
        const sums = {};
        for (const [name, { data_offsets: at }] of Object.entries(header)) {
          if (!/^[\w]+\/[a-z]+_?[a-z]*$/.test(name) || name.includes("slot") || name.startsWith("training")) continue;
          const part = new Uint8Array(bytes, 8 + length + at[0], at[1] - at[0]);
          const hash = await crypto.subtle.digest("SHA-256", part);
          sums[name] = Array.from(new Uint8Array(hash)).join();
        }
        return sums;
      };
      /** @param {Record<string, string>} one @param {Record<string, string>} other */
      const changed = (one, other) => Object.keys(one).filter((name) => one[name] !== other[name]).sort();
      const model = await lab.createModel({ recipe: "feature_extraction", base, dataset });
      const started = await tensors(model);
      /** @type {number[]} */
      const computed = [];
      /** @param {import("../../www/lab.js").Model} model @param {object} [more] */
      const train = (model, more = {}) => {
        let features = 0;
        const run = lab.fit(model, dataset, { epochs: 1, batchSize: 4, ...more }, (/** @type {any} */ event) => {
          if (event.type === "features" && event.done === event.total) features += event.total;
        });
        return run.finished.then(() => computed.push(features));
      };
      await train(model);
      await train(model);
      const extracted = await tensors(model);
      const augmentation = { horizontal_flip: true, rotation_range: 20 };
      await train(model, { augmentation });
      const augmented = await tensors(model);
      const tuned = await lab.createModel({ recipe: "fine_tuning", base: model, trainFrom: "block7a_expand_conv", dataset });
      const [before, defaults] = [await tensors(tuned), tuned.recipeDefaults];
      await train(tuned, { augmentation, optimizer: defaults.optimizer });
      const after = await tensors(tuned);
      const trainable = [model.summary.trainable_params, tuned.summary.trainable_params, tuned.summary.total_params];
      const rate = defaults.optimizer.learning_rate;
      const { accuracy } = await lab.evaluate(tuned, dataset);
      await lab.close();
      return {
        available, computed, trainable, rate, accuracy,
        byHead: changed(started, extracted), byAugmented: changed(extracted, augmented), byNothing: changed(augmented, before), byTuning: changed(before, after),
      };
    }, device);
    assert.equal(seen.available, true, "the build has no base: it says why");
    // 8 training photos and 4 for validation; then none; when photos are augmented none either; then up to another layer those for
    // validation.
    assert.deepEqual(seen.computed, [12, 0, 0, 4]);
    const head = ["dense/bias", "dense/kernel", "dense_1/bias", "dense_1/kernel"];
    assert.deepEqual(seen.byHead, head);
    assert.deepEqual(seen.byAugmented, head);
    assert.deepEqual(seen.byNothing, [], "fine-tuning goes on with what the head has learned");
    const blocks = ["block7a_dwconv", "block7a_expand_conv", "block7a_project_conv"];
    assert.deepEqual(seen.byTuning, [...blocks.flatMap((name) => [`${name}/bias`, `${name}/kernel`]), ...head, "top_conv/bias", "top_conv/kernel"]);
    assert.ok(seen.trainable[0] === 328_193 && seen.trainable[1] > 1e6 && seen.trainable[2] === 3_678_193, String(seen.trainable));
    assert.ok(Math.abs(seen.rate - 1e-5) < 1e-10 && seen.accuracy >= 0);
  });
