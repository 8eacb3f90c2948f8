import assert from "node:assert/strict";
import { test } from "node:test";
import { useBrowser } from "./browser.js";

const { open } = useBrowser();

test("a dataset is changed, undone, added to and examined, and no model is silently wrong after it", async () => {
  const page = await open();
  const told = await page.evaluate(async () => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    const lab = await openLab({ device: "cpu", seed: 1 });
    const drawn = async (/** @type {number} */ hue, /** @type {number} */ nth) => {
      const canvas = new OffscreenCanvas(40, 40);
      const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
      context.fillStyle = `hsl(${hue} 80% 40%)`;
      context.fillRect(0, 0, 40, 40);
      for (let at = 0; at < 12; at++) {
        context.fillStyle = `hsl(${hue + at * 30} 60% ${20 + ((at * 37 + nth * 53) % 70)}%)`;
        context.fillRect((at * 13 + nth * 7) % 40, (at * 29 + nth * 11) % 40, 14, 9);
      }
      return canvas.convertToBlob({ type: "image/png" });
    };
    const entries = [];
    for (const [index, label] of ["ant", "bee", "<b>cat"].entries())
      for (let nth = 0; nth < 8; nth++) entries.push({ path: `${label}/${nth}.png`, blob: await drawn(index * 120, nth) });
    entries.push({ path: "ant/twin.png", blob: entries[0].blob });
    const grey = new OffscreenCanvas(40, 40);
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (grey.getContext("2d"));
    context.fillRect(0, 0, 40, 40);
    entries.push({ path: "bee/blank.png", blob: await grey.convertToBlob() });
    context.fillStyle = "#999";
    context.fillRect(3, 3, 20, 9);
    entries.push({ path: "bee/grey.png", blob: await grey.convertToBlob() });
    /** @type {any} */
    const told = {};
    const failed = (/** @type {Promise<unknown>} */ call) =>
      call.then(
        () => "no error",
        (/** @type {Error} */ error) => error.message,
      );
    const options = { imageSize: 32, train: 4, validation: 2, test: 2, splitBy: "name" };
    const dataset = await lab.importImages(entries, options);
    told.imported = dataset.summary;
    const health = await lab.health(dataset);
    told.health = health;
    told.all = await lab.health(await lab.importImages(entries, { imageSize: 32, validation: 0, test: 0 }));
    const layers = [{ class_name: "Flatten", config: {} }, { class_name: "Dense", config: { units: 3, activation: "softmax" } }];
    const model = await lab.createModel({ layers, dataset });
    const fit = (/** @type {object} */ more) => lab.fit(model, dataset, { epochs: 1, batchSize: 8, ...more }).finished;
    await fit({ classWeight: "balanced" });
    await fit({ classWeight: { ant: 2 } });
    told.weights = [await failed(fit({ classWeight: { dog: 2 } })), await failed(fit({ classWeight: [1] }))];
    told.honest = (await lab.evaluate(model, dataset)).seen;
    told.moved = await dataset.edit({ move: ["ant/0.png", "bee/0.png"], split: "test" });
    told.seen = (await lab.evaluate(model, dataset)).seen;
    told.renamed = (await dataset.edit({ rename: "ant", to: " 개미 " })).classes;
    told.refused = [await failed(lab.evaluate(model, dataset)), await failed(fit({}))];
    await lab.renameOutputs(model, dataset);
    told.accepted = (await lab.evaluate(model, dataset)).per_class.map((/** @type {any} */ { label }) => label);
    told.merged = (await dataset.edit({ merge: ["bee", "<b>cat"], into: "others" })).classes;
    told.mismatch = await failed(lab.evaluate(model, dataset));
    told.undone = (await dataset.undo()).classes;
    told.redone = (await dataset.redo()).classes;
    await dataset.undo();
    const more = [{ path: "paste/1.png", blob: await drawn(200, 3) }, { path: "paste/2.png", blob: new Blob(["text"]) }];
    told.added = await dataset.add(more, { class: "새" });
    told.path = (await lab.image(dataset, "train", 10)).path;
    told.split = (await dataset.edit({ validation: 1, test: 0.25, train: 0.5 }).catch((/** @type {Error} */ e) => e.message));
    told.errors = [
      await failed(dataset.edit({})),
      await failed(dataset.edit({ drop: "dog" })),
      await failed(dataset.edit({ move: ["nowhere.png"], split: "test" })),
      await failed(dataset.edit({ move: ["ant/1.png"] })),
      await failed(dataset.edit({ rename: "bee", to: "" })),
      await failed(dataset.add([{ path: "x.png", blob: new Blob() }], { class: "bee" })),
      await failed(lab.importImages(entries, { splitBy: "size" })),
      await failed(lab.importImages(entries, { train: 100 })),
    ];
    const { classes, counts } = dataset.summary;
    await dataset.close();
    const opened = await lab.openDataset(dataset.kept?.id ?? "");
    told.kept = [[opened.summary.classes, opened.summary.counts], [classes, counts]];
    told.keptPath = (await lab.image(opened, "train", 10)).path;
    await lab.close();
    return told;
  });
  assert.deepEqual(told.imported.classes, ["<b>cat", "ant", "bee"]);
  assert.deepEqual(told.imported.counts, { train: [4, 4, 4], validation: [2, 2, 2], test: [2, 2, 2] });
  assert.deepEqual(told.imported.unused, [0, 1, 2]);
  const paths = (/** @type {any[]} */ photos) => photos.map(({ path }) => path).sort();
  assert.deepEqual(told.health.exact, [], "the twin is in no split");
  assert.deepEqual(paths(told.all.exact[0].photos), ["ant/0.png", "ant/twin.png"]);
  assert.equal(told.all.exact[0].leak, false);
  assert.deepEqual([paths(told.all.blank), paths(told.all.grey)], [["bee/blank.png"], ["bee/grey.png"]]);
  assert.equal(told.all.unequal, false);
  assert.ok(Math.abs(told.all.classWeight[0] - 27 / 24) < 1e-9);
  assert.match(told.weights[0], /classWeight names "dog"; the classes are <b>cat, ant, bee/);
  assert.match(told.weights[1], /classWeight must be/);
  assert.deepEqual([told.honest, told.seen], [0, 2]);
  assert.deepEqual(told.moved.counts.test, [2, 3, 3]);
  assert.deepEqual(told.renamed, ["<b>cat", "개미", "bee"]);
  for (const message of told.refused) assert.match(message, /classes are <b>cat, ant, bee, .*<b>cat, 개미, bee.*make a network/);
  assert.deepEqual(told.accepted, ["<b>cat", "개미", "bee"]);
  assert.deepEqual(told.merged, ["others", "개미"]);
  assert.match(told.mismatch, /2 classes/);
  assert.deepEqual([told.undone, told.redone], [["<b>cat", "개미", "bee"], ["others", "개미"]]);
  assert.deepEqual(told.added.classes, ["<b>cat", "개미", "bee", "새"]);
  assert.deepEqual(told.added.counts.train, [4, 3, 3, 1]);
  assert.match(told.added.rejected.at(-1).reason, /not a JPEG/);
  assert.equal(told.added.rejected.at(-1).path, "paste/2.png");
  assert.equal(told.path, "paste/1.png");
  assert.deepEqual(told.kept[0], told.kept[1], "what is kept is the dataset as it was edited");
  assert.equal(told.keptPath, "paste/1.png");
  assert.match(told.split, /class "새" has 1 photos/);
  const errors = [
    /give one of rename/,
    /no class "dog"/,
    /no photo "nowhere\.png"/,
    /needs a class, a split or both/,
    /cannot be the class's name/,
    /none of the photos could be read.*empty/,
    /splitBy must be "drawn" or "name"/,
    /fewer than 100 to train with/,
  ];
  errors.forEach((error, nth) => assert.match(told.errors[nth], error));
});

test("photos that were tiny are told, wherever they come from, and after they were opened or found again", async () => {
  const page = await open();
  const told = await page.evaluate(async () => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    const lab = await openLab({ device: "cpu", seed: 1 });
    let drawn = 0;
    const photo = async (/** @type {number} */ width, /** @type {number} */ height, type = "image/jpeg") => {
      const canvas = new OffscreenCanvas(width, height);
      const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
      for (let at = 0; at < 12; at++) {
        context.fillStyle = `hsl(${at * 30 + drawn * 7} 80% ${20 + ((at * 37 + drawn * 53) % 70)}%)`;
        context.fillRect(((at * 13 + drawn * 7) % 40) * (width / 40), ((at * 29 + drawn * 11) % 40) * (height / 40), width, height / 3);
      }
      drawn++;
      return canvas.convertToBlob({ type });
    };
    const entries = [];
    for (const label of ["ant", "bee"])
      for (let nth = 0; nth < 8; nth++) entries.push({ path: `${label}/${nth}.jpg`, blob: await photo(200, 200) });
    for (const type of ["jpeg", "png", "webp"])
      entries.push({ path: `ant/tiny.${type}`, blob: await photo(20, 20, `image/${type}`) });
    entries.push({ path: "bee/flat.jpg", blob: await photo(300, 40) }, { path: "bee/half.png", blob: await photo(50, 60, "image/png") });
    const tiny = async (/** @type {any} */ dataset) =>
      (await lab.health(dataset)).tiny.map((/** @type {any} */ { path, split }) => `${path} ${split}`).sort();
    const options = { imageSize: 100, validation: 0, test: 0 };
    /** @type {any} */
    const told = {};
    const dataset = await lab.importImages(entries, options);
    told.imported = await tiny(dataset);
    await dataset.add([{ path: "new/tiny.png", blob: await photo(30, 200, "image/png") }], { class: "bee" });
    await dataset.edit({ move: ["ant/tiny.png"], split: "test" });
    told.added = await tiny(dataset);
    told.notKept = dataset.notKept;
    const id = dataset.kept.id;
    await dataset.close();
    await lab.close();
    // Another worker reads the store from its files.
    const later = await openLab({ device: "cpu", seed: 1 });
    const health = async (/** @type {any} */ opened) =>
      (await later.health(opened)).tiny.map((/** @type {any} */ { path, split }) => `${path} ${split}`).sort();
    const opened = await later.openDataset(id);
    told.opened = await health(opened);
    let decoded = -1;
    const onProgress = (/** @type {any} */ progress) => (decoded = progress.decoded);
    told.found = await health(await later.importImages(entries, options, onProgress));
    told.decoded = decoded;
    told.memory = await health(await later.importImages(entries, { ...options, storage: "memory" }));
    told.small = await health(await later.importImages(entries, { ...options, imageSize: 40 }));
    await later.close();
    return told;
  });
  const tiny = ["ant/tiny.jpeg train", "ant/tiny.png train", "ant/tiny.webp train", "bee/flat.jpg train"];
  assert.deepEqual(told.imported, tiny);
  const changed = ["ant/tiny.jpeg train", "ant/tiny.png test", "ant/tiny.webp train", "bee/flat.jpg train", "new/tiny.png train"];
  assert.deepEqual([told.added, told.opened, told.notKept], [changed, changed, ""]);
  assert.deepEqual([told.found, told.decoded], [tiny, 0], "none is decoded again");
  assert.deepEqual(told.memory, tiny);
  assert.deepEqual(told.small, [], "20 is half of 40");
});
