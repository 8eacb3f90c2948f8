/** A network that says when it is not sure. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { beginDigits, chooseDevice, classify, trainingIs, useBrowser } from "./browser.js";
import { testDigits } from "./digits.js";
import { drawPhoto } from "./drawing.js";

const { open } = useBrowser();

/**
 * What stands above the classes of a photo.
 * @param {import("playwright-core").Page} page
 */
const said = (page) => page.locator("#sure").textContent();

test("with a threshold a photo of something else gets no answer, also from the network's file", async () => {
  const page = await open();
  await chooseDevice(page, "cpu");
  await beginDigits(page);
  await page.locator("#epochs").fill("1");
  await page.locator("#start").click();
  await trainingIs(page, "done");
  const drawn = { name: "drawn.png", mimeType: "image/png", buffer: await drawPhoto(page, 3) };
  await classify(page, drawn);
  assert.equal(await page.locator("#sure").isVisible(), false, "it always answers so far");

  await page.locator("#evaluate").click();
  await page.locator("[data-testid=test-accuracy]").waitFor();
  assert.equal(await page.locator("#withheld").count(), 0);
  await page.locator("#not-sure > summary").click();
  assert.equal(await page.locator("#drop-threshold").isVisible(), false);
  await page.locator("#keep").selectOption("0.9");
  await page.locator("#set-threshold").click();
  await page.locator("#threshold .said").waitFor();
  const words = await page.locator("#threshold").textContent();
  const found = /^It answers for ([\d,]+) of ([\d,]+) validation photos, and ([\d.]+) % of these answers are right\.“Not sure” costs ([\d,]+) right answers and saves ([\d,]+) wrong ones?\./.exec(words ?? "");
  assert.ok(found, words ?? "");
  const [answered, all, share, costs, saves] = found.slice(1).map((number) => Number(number.replaceAll(",", "")));
  assert.equal(answered + costs + saves, all);
  const right = Math.round((answered * share) / 100);
  assert.ok(right / (right + costs) > 0.895 && right / (right + costs) < 0.93, `${right} of ${right + costs} right answers are kept`);
  assert.ok(saves > costs / 20, `${saves} wrong answers are withheld`);

  // The test was done again, and the drawn photo looked at again.
  await page.locator("#withheld").waitFor();
  const onTest = (await page.locator("#withheld").textContent()) ?? "";
  assert.match(onTest, /^With its threshold it answers for [\d,]+ of [\d,]+ test photos, and [\d.]+ % of these answers are right\./);
  assert.equal(await said(page), "Not sure: this photo is like none of the training photos.");
  assert.equal(await page.locator("#predictions.withheld li").count(), 10, "what it would have said is still there");
  const digits = await testDigits(page, 3);
  const sure = [];
  for (const { label, ...file } of digits) {
    const [first] = await classify(page, file);
    const words = (await said(page)) ?? "";
    if (/^Likely to be right: /.test(words)) sure.push(first.label === label);
    else assert.match(words, /^Not sure: /);
  }
  assert.ok(sure.length >= 18, `${sure.length} of 30 digits are told`);
  assert.ok(sure.filter((right) => !right).length <= 2, "few of them wrong");

  const saved = page.waitForEvent("download");
  await page.locator("#save-model").click();
  const file = { name: "digits.safetensors", mimeType: "application/octet-stream", buffer: await readFile(await (await saved).path()) };
  await page.locator("#open-model").setInputFiles(file);
  await page.locator("#threshold", { hasText: "Its threshold keeps 90" }).waitFor();
  await classify(page, drawn);
  assert.equal(await said(page), "Not sure: this photo is like none of the training photos.");
  await page.locator("#drop-threshold").click();
  await page.locator("#drop-threshold").waitFor({ state: "hidden" });
  await page.locator("#sure").waitFor({ state: "hidden" });
  assert.equal(await page.locator("#threshold").textContent(), "");
});

test("the lab sets a threshold, and training ends it", async () => {
  const page = await open();
  const told = await page.evaluate(async () => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    const lab = await openLab({ device: "cpu", seed: 3 });
    const dataset = await lab.importDemo("digits");
    const model = await lab.createModel({ recipe: "digits", dataset });
    const refused = (/** @type {Promise<unknown>} */ call) => call.then(() => "", ({ message }) => message);
    const errors = {
      untrained: await refused(lab.setThreshold(model, await lab.createDataset({ classes: Array.from("0123456789"), imageSize: 28 }))),
      keep: await refused(lab.setThreshold(model, dataset, { keep: 0 })),
      text: await refused(lab.setThreshold(model, dataset, { keep: "most" })),
      other: await refused(lab.setThreshold(model, dataset, { share: 0.9 })),
    };
    const fit = { epochs: 1, batchSize: 32, stepsPerEpoch: 40, optimizer: { name: "rmsprop", learning_rate: 1e-3 } };
    await lab.fit(model, dataset, fit).finished;
    const { imageData } = await lab.image(dataset, "test", 0);
    const before = await lab.predict(model, imageData);
    const controller = new AbortController();
    controller.abort();
    const aborted = await refused(lab.setThreshold(model, dataset, { signal: controller.signal }));
    const report = await lab.setThreshold(model, dataset);
    const kept = model.threshold;
    const after = await lab.predict(model, imageData);
    const noise = new ImageData(Uint8ClampedArray.from({ length: 28 * 28 * 4 }, (_, at) => (at % 4 === 3 ? 255 : (at * 7919) % 256)), 28, 28);
    const unlike = await lab.predict(model, noise);
    const { withheld } = await lab.evaluate(model, dataset, { split: "validation" });
    await lab.fit(model, dataset, { ...fit, stepsPerEpoch: 1 }).finished;
    const again = [model.threshold, (await lab.predict(model, imageData)).notSure, (await lab.evaluate(model, dataset)).withheld];
    await lab.close();
    return {
      errors,
      aborted,
      report,
      kept,
      withheld,
      again,
      before: [before.notSure, before.confidence],
      same: before.every((/** @type {any} */ one, /** @type {number} */ at) => Math.abs(one.probability - after[at].probability) < 1e-4),
      after: [typeof after.notSure, after.confidence],
      unlike: unlike.notSure,
    };
  });
  assert.match(told.errors.untrained, /28.*channels|there are no train photos/);
  assert.match(told.errors.keep, /keep is 0; it must be above 0 and at most 1/);
  assert.match(told.errors.text, /setThreshold: keep must be a number/);
  assert.match(told.errors.other, /setThreshold: there is no option "share"|share/);
  assert.match(told.aborted, /abort/i);
  assert.deepEqual(told.before, [undefined, undefined]);
  assert.ok(told.same, "what is likely stays as it is");
  const { answered, withheld, keep, known, most_distance } = told.report;
  assert.ok(Math.abs(keep - 0.95) < 1e-6 && Math.abs(told.kept - 0.95) < 1e-6);
  assert.ok(known > 1000 && known <= 2048 && most_distance > 0 && most_distance < 1, JSON.stringify(told.report));
  assert.ok(answered.right >= 0.95 * (answered.right + withheld.right), JSON.stringify(told.report));
  assert.deepEqual(told.withheld, withheld, "the same network on the same photos");
  assert.ok(told.after[1] > 0 && told.after[1] <= 1);
  assert.equal(told.unlike, "unfamiliar");
  assert.deepEqual(told.again, [null, undefined, null]);
});
