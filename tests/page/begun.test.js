import assert from "node:assert/strict";
import { test } from "node:test";
import { useBrowser } from "./browser.js";

const { open } = useBrowser();

test("a dataset is begun with its classes alone, filled, trained with and opened again", async () => {
  const page = await open();
  const told = await page.evaluate(async () => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    const lab = await openLab({ device: "cpu", seed: 1 });
    const drawn = async (/** @type {number} */ nth) => {
      const canvas = new OffscreenCanvas(30, 30);
      const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
      for (let at = 0; at < 30; at++) {
        context.fillStyle = `hsl(${(at * 67 + nth * 41) % 360} 70% ${(at * 31 + nth * 59) % 100}%)`;
        context.fillRect((at * 13 + nth * 17) % 30, (at * 29 + nth * 23) % 30, 12, 9);
      }
      return canvas.convertToBlob();
    };
    const photos = (/** @type {string} */ label, /** @type {number} */ from, /** @type {number} */ count) =>
      Promise.all(
        Array.from({ length: count }, async (_, nth) => ({ path: `${label}/${from + nth}.png`, blob: await drawn(from + nth) })),
      );
    const failed = (/** @type {Promise<unknown>} */ call) =>
      call.then(
        () => "no error",
        (/** @type {Error} */ error) => error.message,
      );
    /** @type {any} */
    const told = {};
    const dataset = await lab.createDataset({ classes: ["cat", " <b>개 "], imageSize: 16, validation: 0.25, test: 0.25 });
    told.begun = dataset.summary;
    told.keptEmpty = (await lab.keptDatasets()).length;
    const layers = [{ class_name: "Flatten", config: {} }, { class_name: "Dense", config: { units: 2, activation: "softmax" } }];
    const model = await lab.createModel({ layers, dataset });
    await dataset.add(await photos("cat", 0, 12), { class: "cat" });
    const path = (/** @type {{ path: string }} */ image) => image.path;
    told.order = (await lab.images(dataset, "train", [0, 1, 2, 3, 4, 5])).map(path);
    told.half = [dataset.summary.counts, await failed(lab.fit(model, dataset, { epochs: 1 }).finished)];
    await dataset.add(await photos("dog", 20, 8), { class: "<b>개" });
    const before = await lab.images(dataset, "test", [0, 1, 2]);
    await dataset.add(await photos("cat", 50, 8), { class: "cat" });
    const after = await lab.images(dataset, "test", [0, 1, 2, 3, 4]);
    told.stays = before.map(path).every((/** @type {string} */ one) => after.map(path).includes(one));
    await dataset.add(await photos("dog", 90, 1), { class: "<b>개", split: "validation" });
    told.filled = dataset.summary.counts;
    const history = await lab.fit(model, dataset, { epochs: 3, batchSize: 4 }).finished;
    told.epochs = history.val_loss.length;
    told.support = (await lab.evaluate(model, dataset)).per_class.map((/** @type {any} */ { support }) => support);
    told.third = (await dataset.edit({ create: "owl" })).classes;
    told.refused = await failed(lab.fit(model, dataset, { epochs: 1 }).finished);
    const wider = await lab.createModel({ recipe: "cats_and_dogs_small", dataset }).catch((/** @type {Error} */ e) => e.message);
    told.wider = typeof wider;
    told.back = (await dataset.undo()).classes;
    const [kept] = await lab.keptDatasets();
    told.kept = [kept.photos, kept.bytes, kept.classes];
    told.edited = kept.edited;
    await dataset.close();
    const opened = await lab.openDataset(kept.id);
    told.opened = opened.summary;
    told.more = (await opened.add(await photos("cat", 120, 4), { class: "cat" })).counts;
    await opened.edit({ drop: "cat" });
    await opened.edit({ drop: "<b>개" });
    told.emptied = [opened.summary.classes, (await lab.keptDatasets()).length];
    told.undone = [(await opened.undo()).classes, (await lab.keptDatasets()).length];
    const imported = await lab.importImages(await photos("a", 0, 2).then(async (a) => [...a, ...(await photos("b", 4, 2))]), {
      imageSize: 16,
      storage: "memory",
    });
    told.errors = [
      await failed(lab.createDataset({ classes: "cat" })),
      await failed(lab.createDataset({ classes: [1] })),
      await failed(lab.createDataset({ classes: ["a", "a"] })),
      await failed(lab.createDataset({ layout: "names" })),
      await failed(lab.createDataset({ validation: 0.5, test: 0.5 })),
      await failed(imported.edit({ create: "c" })),
      await failed(lab.createModel({ recipe: "digits", dataset: await lab.createDataset({ classes: ["one"], storage: "memory" }) })),
    ];
    const nothing = await lab.createDataset({ storage: "memory" });
    told.nothing = [nothing.kept, (await nothing.add(await photos("x", 0, 1), { class: "x" })).classes];
    await lab.close();
    return told;
  });
  assert.deepEqual(told.begun.classes, ["cat", "<b>개"]);
  assert.deepEqual(told.begun.counts, { train: [0, 0], validation: [0, 0], test: [0, 0] });
  assert.deepEqual([told.begun.shares.validation, told.begun.shares.splitBy, told.keptEmpty], [0.25, "name", 0]);
  assert.deepEqual(told.half[0], { train: [6, 0], validation: [3, 0], test: [3, 0] });
  assert.equal(told.edited, false, "there is no folder that it differs from");
  assert.deepEqual(told.order, [0, 1, 2, 3, 4, 5].map((nth) => `cat/${nth}.png`), "photos of one moment stay together");
  assert.match(told.half[1], /class "<b>개" has no photo to train with yet/);
  assert.deepEqual(told.filled, { train: [10, 4], validation: [5, 3], test: [5, 2] });
  assert.equal(told.stays, true, "a photo stays in its split");
  assert.deepEqual([told.epochs, told.support], [3, [5, 2]]);
  assert.deepEqual(told.third, ["cat", "<b>개", "owl"]);
  assert.match(told.refused, /make a network for this dataset|3 classes/);
  assert.equal(told.wider, "object", "the recipe makes a smaller network for 16 x 16");
  assert.deepEqual(told.back, ["cat", "<b>개"]);
  assert.deepEqual(told.kept, [29, 29 * 16 * 16 * 3, ["cat", "<b>개"]]);
  assert.deepEqual([told.opened.counts, told.opened.undo], [told.filled, 0]);
  assert.deepEqual(told.more, { train: [12, 4], validation: [6, 3], test: [6, 2] });
  assert.deepEqual(told.emptied, [[], 0]);
  assert.deepEqual(told.undone, [["<b>개"], 1]);
  const errors = [
    /classes must be an array of names, not "cat"/,
    /must be a name/,
    /"a" cannot be the class's name/,
    /no option "layout"/,
    /nothing to train with/,
    /class "c" has no photo to train with yet/,
    /fewer than two classes/,
  ];
  errors.forEach((error, nth) => assert.match(told.errors[nth], error));
  assert.deepEqual(told.nothing, [null, ["x"]]);
});
