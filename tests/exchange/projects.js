/**
 * Makes projects for Python with the page's own lab, in Chromium, beside what we lose in the epoch that comes next.
 *
 *   node tests/exchange/projects.js FOLDER
 *
 * Each is FOLDER/NAME.zip and FOLDER/NAME.json. `projects_train.py` trains them on.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startChromium } from "../page/chromium.js";
import { serveSite } from "../page/site.js";

/** @typedef {{ network: Record<string, unknown>, options: Record<string, unknown>, near: number, ways: string[] }} Made */

/** Digits of each class: two are left for an epoch's last batch of 32. */
const PHOTOS = { train: 13, validation: 4, test: 3 };

/**
 * `near` is how far a loss may be from ours, as a part of it: where nothing is drawn that is rounding alone. `ways` are those of
 * `projects_train.py`.
 * @type {Record<string, Made>}
 */
const PROJECTS = {
  in_order: {
    network: {
      layers: [
        { class_name: "Conv2D", config: { filters: 8, kernel_size: 3, activation: "relu" } },
        { class_name: "BatchNormalization", config: {} },
        { class_name: "MaxPooling2D", config: {} },
        { class_name: "Flatten", config: {} },
        { class_name: "Dense", config: { units: 10, activation: "softmax" } },
      ],
    },
    options: { shuffle: false, optimizer: "adam", classWeight: [1, 2, 1, 0.5, 1, 1, 1, 1, 3, 1] },
    near: 1e-3,
    ways: ["one device", "two devices", "two machines"],
  },
  // As the page's form has it: with dropout, an order that is drawn, and photos that are changed at random.
  drawn: {
    network: { recipe: "digits" },
    options: { augmentation: { rotation_range: 10, width_shift_range: 0.1, zoom_range: 0.1 } },
    near: 0.1,
    ways: ["two devices"],
  },
};

/**
 * Trains for an epoch, makes the project, and trains for another one. It runs in the page, and so knows nothing of this module.
 * @param {{ network: Record<string, unknown>, options: Record<string, unknown>, photos: Record<string, number> }} given
 */
async function make({ network, options, photos }) {
  const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
  const lab = await openLab({ device: "cpu", seed: 5, workers: 1 });
  const dataset = await lab.importDemo("digits");
  await dataset.edit(photos);
  const model = await lab.createModel({ ...network, dataset });
  await lab.fit(model, dataset, options).finished;
  const { blob } = await lab.exportProject(model, dataset, options);
  const history = await lab.fit(model, dataset, options).finished;
  const test = await lab.evaluate(model, dataset);
  const bytes = new Uint8Array(await blob.arrayBuffer());
  await lab.close();
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return { loss: history.loss[0], val_loss: history.val_loss[0], test_loss: test.loss, base64: btoa(text) };
}

const folder = process.argv[2];
await mkdir(folder, { recursive: true });
const site = await serveSite();
const browser = await startChromium();
try {
  const page = await browser.newPage();
  await page.goto(site.url);
  for (const [name, { network, options, near, ways }] of Object.entries(PROJECTS)) {
    const { base64, ...losses } = await page.evaluate(make, { network, options, photos: PHOTOS });
    await writeFile(join(folder, `${name}.zip`), Buffer.from(base64, "base64"));
    await writeFile(join(folder, `${name}.json`), JSON.stringify({ near, ways, losses }));
    console.log(`${name}: ${JSON.stringify(losses)}`);
  }
} finally {
  await browser.close();
  await site.close();
}
