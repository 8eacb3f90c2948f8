import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { REAL_PHOTOS, chooseDevice, classify, historyOf, trainingIs, useBrowser } from "./browser.js";
import { madePhotos } from "./made.js";

const { open } = useBrowser();

/**
 * @param {import("playwright-core").Page} page
 * @param {string} chart
 * @returns {Promise<Record<"train" | "validation", number>>} pixels of each curve's colour on the canvas
 */
function pixelsOfCurves(page, chart) {
  return page.locator(`#${chart} canvas`).evaluate((element) => {
    const canvas = /** @type {HTMLCanvasElement} */ (element);
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const count = (/** @type {string} */ name) => {
      const hex = getComputedStyle(canvas).getPropertyValue(name).trim();
      const colour = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
      let pixels = 0;
      for (let at = 0; at < data.length; at += 4) {
        if (data[at + 3] === 255 && colour.every((value, channel) => data[at + channel] === value)) pixels++;
      }
      return pixels;
    };
    return { train: count("--train"), validation: count("--validation") };
  });
}

const JOURNEY = "a folder of photos trains, and the network is saved and opened elsewhere";
test(JOURNEY, async () => journey(join(await madePhotos(), "pets")));
if (REAL_PHOTOS) test(`real photos: ${JOURNEY}`, () => journey(join(REAL_PHOTOS, "pets")));

/** @param {string} pets */
async function journey(pets) {
  const page = await open();
  await chooseDevice(page, "cpu");
  await page.locator("#image-size").fill("64");
  await page.locator("#choose-folder").setInputFiles(pets);
  await page.locator("[data-testid=found-line]").waitFor({ timeout: 120_000 });
  assert.equal(
    await page.locator("[data-testid=found-line]").textContent(),
    "Found 730 images belonging to 2 classes.",
  );
  assert.deepEqual(await page.locator(".class-name").allTextContents(), ["cats", "dogs"]);
  await page.waitForFunction(() => document.querySelectorAll(".thumbnails canvas").length === 24);
  await page.locator("#summary tbody tr").first().waitFor();
  assert.match(
    (await page.locator("[data-testid=totals]").textContent()) ?? "",
    /Total params[\d,]+Trainable params[\d,]+Non-trainable params0/,
  );

  await page.locator("#epochs").fill("5");
  await page.locator("#learning-rate").fill("0.001");
  await page.locator("#start").click();
  await trainingIs(page, "done");
  const history = await historyOf(page);
  assert.equal(history.length, 5);
  assert.ok(history[4].loss < history[0].loss * 0.97, `training loss ${history.map(({ loss }) => loss).join(", ")}`);
  for (const chart of ["chart-loss", "chart-accuracy"]) {
    const { train, validation } = await pixelsOfCurves(page, chart);
    assert.ok(train > 100 && validation > 100, `${chart}: ${train} and ${validation} pixels of curves`);
  }

  await page.locator("#evaluate").click();
  await page.locator("[data-testid=confusion]").waitFor();
  const cells = await page.locator("[data-testid=confusion] tbody td").allTextContents();
  assert.equal(cells.length, 4);
  assert.equal(
    cells.map(Number).reduce((sum, n) => sum + n, 0),
    80 + 103,
    "a quarter of each class is tested",
  );

  const photo = join(pets, "dogs", (await readdir(join(pets, "dogs"))).sort()[0]);
  const said = await classify(page, photo);
  assert.equal(said.length, 2);
  assert.ok(Math.abs(said[0].probability + said[1].probability - 1) < 1e-5);

  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#save-model").click()]);
  assert.match(download.suggestedFilename(), /\.safetensors$/);
  const saved = await readFile(await download.path());

  const elsewhere = await open();
  await chooseDevice(elsewhere, "cpu");
  await elsewhere
    .locator("#open-model")
    .setInputFiles({ name: download.suggestedFilename(), mimeType: "application/octet-stream", buffer: saved });
  await elsewhere.locator("[data-testid=file-note]", { hasText: "cats, dogs" }).waitFor();
  const again = await classify(elsewhere, photo);
  assert.deepEqual(
    again.map(({ label }) => label),
    said.map(({ label }) => label),
  );
  again.forEach(({ probability }, rank) =>
    assert.ok(Math.abs(probability - said[rank].probability) <= 1e-5, `${probability} and ${said[rank].probability}`),
  );
}
