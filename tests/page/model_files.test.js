/** Other programs' model files, in and out: what comes back is the same network, and whatever else is in a file loses nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { useBrowser } from "./browser.js";
import { LARGE, changed, digitsFiles } from "./model_files.js";

const { open } = useBrowser();

test("a trained network comes back the same from every format, and only other programs' load what converts them", async () => {
  const page = await open();
  /** @type {string[]} */
  const asked = [];
  page.context().on("request", (request) => asked.push(request.url()));
  const loaded = () => asked.some((url) => url.endsWith("model_files_bg.wasm"));
  const trained = async () => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    const lab = await openLab({ device: "cpu", seed: 1, workers: 1 });
    const dataset = await lab.importDemo("digits");
    const model = await lab.createModel({ recipe: "digits", dataset });
    const optimizer = { name: "rmsprop", learning_rate: 1e-3 };
    await lab.fit(model, dataset, { epochs: 1, batchSize: 32, stepsPerEpoch: 6, optimizer }).finished;
    await lab.renameClasses(model, Array.from("0123456789", (digit) => `<b>${digit}`));
    const images = await lab.images(dataset, "test", [0, 40, 80]);
    const predictions = async (/** @type {unknown} */ of) => {
      const all = [];
      for (const { imageData } of images) all.push(await lab.predict(of, imageData));
      return all;
    };
    const state = { lab, dataset, model, predictions };
    Object.assign(globalThis, { state });
    return predictions(model);
  };
  const wanted = await page.evaluate(trained);
  const backFrom = (/** @type {string} */ format) =>
    page.evaluate(async (format) => {
      const { lab, dataset, model, predictions } = /** @type {any} */ (globalThis).state;
      const { blob, filename } = await lab.exportModel(model, format);
      // The content tells what it is.
      const opened = await lab.importModel(new File([blob], "model.bin"));
      const got = await predictions(opened);
      const { classes, namedClasses, notes } = opened;
      // What its training goes on from is told in the engine's own file.
      const own = await (await lab.exportModel(opened, "safetensors")).blob.arrayBuffer();
      const header = new TextDecoder().decode(new Uint8Array(own, 8, Number(new DataView(own).getBigUint64(0, true))));
      const { training, slots } = JSON.parse(JSON.parse(header).__metadata__.fovea);
      await lab.renameOutputs(opened, dataset);
      const options = { epochs: 1, batchSize: 32, stepsPerEpoch: 2, optimizer: { name: "rmsprop", learning_rate: 1e-3 } };
      const { loss } = await lab.fit(opened, dataset, options).finished;
      await opened.close();
      return { filename, got, classes, namedClasses, notes, loss, iteration: training.iteration, slots };
    }, format);
  for (const format of ["safetensors", "keras", "h5"]) {
    assert.equal(loaded(), format === "h5", `before ${format}`);
    const { filename, got, classes, namedClasses, notes, loss, iteration, slots } = await backFrom(format);
    assert.equal(filename, `digits.${format}`);
    assert.deepEqual(got, wanted, format);
    assert.deepEqual([classes[3], namedClasses], ["<b>3", true], format);
    assert.deepEqual(notes, [], format);
    assert.deepEqual([iteration, slots], [6, 1], `${format}: the optimizer's steps and slots`);
    assert.ok(loss[0] < 2.3, `${format}: the loss goes on from ${loss[0]}`);
  }
  const tfjs = await backFrom("tfjs");
  assert.equal(tfjs.filename, "digits.tfjs.zip");
  assert.deepEqual(tfjs.got, wanted, "tfjs");
  const onnx = await backFrom("onnx");
  assert.equal(onnx.filename, "digits.onnx");
  assert.deepEqual(onnx.got, wanted, "onnx");
  await page.evaluate(() => /** @type {any} */ (globalThis).state.lab.close());
});

test("files that cannot be opened are refused by name and reason, code among them, and nothing is lost", async () => {
  const page = await open();
  const { keras, h5 } = await digitsFiles(page);
  const layers = [
    { module: "keras.layers", class_name: "InputLayer", config: { batch_shape: [null, 28, 28, 1], name: "input" } },
    { module: "keras.layers", class_name: "Lambda", config: { name: "<i>tricky", function: { class_name: "__lambda__", config: { code: "4wEA" } } } },
  ];
  const lambda = JSON.stringify({ module: "keras", class_name: "Sequential", config: { name: "evil", layers } });
  /** @type {[string, Buffer, RegExp][]} */
  const files = [
    ["shopping.keras", Buffer.from("milk, bread"), /^shopping\.keras: its content is none of the model files that can be opened: Fovea's \.safetensors, \.keras, \.h5, /],
    ["empty.h5", Buffer.alloc(0), /^empty\.h5: its content is none of the model files/],
    ["cut.keras", keras.subarray(0, keras.length / 2), /^cut\.keras: /],
    ["cut.h5", h5.subarray(0, h5.length / 2), /^cut\.h5: /],
    ["flipped.h5", Buffer.concat([h5.subarray(0, 2000), Buffer.alloc(h5.length - 2000, 0xff)]), /^flipped\.h5: /],
    ["evil.keras", await changed(keras, { "config.json": lambda }), /^evil\.keras: layer <i>tricky is a Lambda: it holds program code, which is never run/],
    ["text.keras", await changed(keras, { "config.json": "{" }), /^text\.keras: the description of its network cannot be read/],
    ["bare.keras", await changed(keras, { "model.weights.h5": null }), /^bare\.keras: .*missing/],
  ];
  const given = files.map(([name, bytes]) => ({ name, base64: bytes.toString("base64") }));
  const told = await page.evaluate(async (given) => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    const lab = await openLab({ device: "cpu", seed: 1, workers: 1 });
    const dataset = await lab.importDemo("digits");
    const model = await lab.createModel({ recipe: "digits", dataset });
    const { imageData } = await lab.image(dataset, "test", 0);
    const said = (/** @type {Promise<any>} */ call) =>
      call.then(
        () => "no error",
        (/** @type {Error} */ error) => error.message,
      );
    const before = await lab.predict(model, imageData);
    const messages = [];
    for (const { name, base64 } of given) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      messages.push(await said(lab.importModel(new File([bytes], name))));
    }
    const after = await lab.predict(model, imageData);
    const { blob } = await lab.exportModel(model, "h5");
    const file = new File([blob], "digits.h5");
    const own = new File([(await lab.exportModel(model, "safetensors")).blob], "digits.safetensors");
    const misused = [
      await said(lab.importModel(file, { classes: ["cat", "dog"] })),
      await said(lab.importModel(file, { classes: "cat" })),
      await said(lab.importModel(file, { classes: Array(10).fill("cat") })),
      await said(lab.importModel(file, { names: [] })),
      await said(lab.importModel(file, { preprocessing: "vgg" })),
      await said(lab.importModel(own, { preprocessing: "tf" })),
      await said(lab.importModel(file, { onProgress: 1 })),
      await said(lab.renameClasses(model, ["cat"])),
      await said(lab.renameClasses(model, [" ", ...Array.from("abcdefghi")])),
      await said(lab.exportModel(model, "docx")),
    ];
    const named = await lab.importModel(file, { classes: Array.from("abcdefghij") });
    const labels = (await lab.predict(named, imageData)).map((/** @type {{ label: string }} */ { label }) => label).sort();
    await lab.close();
    return { before, messages, after, misused, labels };
  }, given);
  for (const [nth, [name, , expected]] of files.entries()) assert.match(told.messages[nth], expected, name);
  assert.deepEqual(told.after, told.before);
  const misuses = [
    /^digits\.h5: its network tells 10 classes apart, and 2 were named/,
    /^importModel: classes must be an array of names, not "cat"/,
    /^importModel: each class needs a name that no other has; classes\[1\] is "cat" once more/,
    /^importModel: there is no option "names"/,
    /"vgg".*1\/255, none, caffe, torch, tf/,
    /^digits\.safetensors: it says itself what its network wants photos to be/,
    /^importModel: onProgress must be a function, not 1/,
    /^renameClasses: the network tells 10 classes apart, and 1 were named/,
    /^renameClasses: each class needs a name that no other has; names\[0\] is ""/,
    /^exportModel: the format must be "safetensors" or "keras" or "h5".*, not "docx"/,
  ];
  for (const [nth, expected] of misuses.entries()) assert.match(told.misused[nth], expected);
  assert.deepEqual(told.labels, Array.from("abcdefghij"));
});

test("a file of 60 MB tells how far it is, leaves the engine free, and can be cancelled at any stage", async () => {
  const page = await open();
  const told = await page.evaluate(async (layers) => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    const lab = await openLab({ device: "cpu", seed: 1, workers: 1 });
    const dataset = await lab.importDemo("digits");
    const model = await lab.createModel({ layers, dataset });
    const { imageData } = await lab.image(dataset, "test", 0);
    const wanted = await lab.predict(model, imageData);
    const { blob } = await lab.exportModel(model, "h5");
    const own = (await lab.exportModel(model, "safetensors")).blob;
    await model.close();

    /** @type {any[]} */
    const progress = [];
    /** @type {Promise<string> | undefined} */
    let free;
    const opened = await lab.importModel(new File([blob], "large.h5"), {
      onProgress: (/** @type {any} */ event) => {
        progress.push(event);
        // The engine answers while the converter is at work.
        if (event.stage === "converting") free = lab.memory().then(() => progress.at(-1).stage);
      },
    });
    const got = await lab.predict(opened, imageData);
    await opened.close();

    /** @type {Record<string, [string, number]>} */
    const cancelled = {};
    for (const [name, file, at] of [
      ["reading", new File([blob], "large.h5"), "reading"],
      ["converting", new File([blob], "large.h5"), "converting"],
      ["loading", new File([blob], "large.h5"), "loading"],
      ["reading ours", new File([own], "large.safetensors"), "reading"],
    ]) {
      const aborting = new AbortController();
      let from = 0;
      const onProgress = (/** @type {any} */ { stage }) => {
        if (stage !== at || from) return;
        from = performance.now();
        aborting.abort(new Error("changed my mind"));
      };
      const said = await lab.importModel(file, { signal: aborting.signal, onProgress }).then(
        () => "no error",
        (/** @type {Error} */ error) => error.message,
      );
      cancelled[String(name)] = [said, performance.now() - from];
    }
    const late = await lab.importModel(new File([own], "large.safetensors"), { signal: AbortSignal.abort(new Error("too late")) }).catch((/** @type {Error} */ error) => error.message);
    const again = await lab.predict(await lab.importModel(new File([own], "large.safetensors")), imageData);
    await lab.close();
    return { size: blob.size, wanted, got, again, progress, free: await free, cancelled, late };
  }, LARGE);
  assert.ok(told.size > 60e6, `${told.size} bytes`);
  assert.deepEqual(told.got, told.wanted);
  assert.deepEqual(told.again, told.wanted);
  const reading = told.progress.filter(({ stage }) => stage === "reading").map(({ done }) => done);
  assert.ok(reading.length > 10, `${reading.length} reports`);
  assert.deepEqual(reading, reading.toSorted((one, other) => one - other));
  assert.deepEqual([reading[0], reading.at(-1)], [0, told.size]);
  assert.deepEqual(
    told.progress.slice(reading.length).map(({ stage }) => stage),
    ["converting", "loading"],
  );
  assert.equal(told.free, "converting", "the engine answered before the file was converted");
  for (const [stage, [said]] of Object.entries(told.cancelled)) assert.equal(said, "changed my mind", stage);
  for (const stage of ["reading", "converting"]) assert.ok(told.cancelled[stage][1] < 2000, `${stage}: ${told.cancelled[stage][1]} ms`);
  assert.equal(told.late, "too late");
});

test("the formats of the API are those that the converter writes", async () => {
  const page = await open();
  const { safetensors } = await digitsFiles(page);
  const { ours, theirs } = await page.evaluate(async (base64) => {
    const url = (/** @type {string} */ path) => new URL(path, document.baseURI).href;
    const { MODEL_FORMATS } = await import(url("www/shared/model_formats.js"));
    const { default: init, save_model } = await import(url("model_files.js"));
    await init();
    const own = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    let theirs = "";
    try {
      save_model(own, "docx");
    } catch (error) {
      theirs = error instanceof Error ? error.message : "";
    }
    return { ours: MODEL_FORMATS.map((/** @type {{ name: string }} */ { name }) => name), theirs };
  }, safetensors.toString("base64"));
  assert.equal(theirs, `models are not saved as "docx"; there are ${ours.slice(1).join(", ")}`);
});
