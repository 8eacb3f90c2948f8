/** The page in a second browser: what Chromium's tests hold in detail is held here where browsers can differ. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { useFirefox } from "./firefox.js";
import { ON_CPU, ON_WEBGPU, assertAlike, trainShortly } from "./short_training.js";

const { open } = useFirefox();

test("in Firefox, WebGPU and the CPU lose alike, step by step", async (t) => {
  const page = await open();
  const cpu = await page.evaluate(trainShortly, ON_CPU);
  const gpu = await page.evaluate(trainShortly, ON_WEBGPU);
  t.diagnostic(`WebGPU on ${gpu.name}`);
  assertAlike(cpu, gpu);
});

test("in Firefox, the page's own buttons train the digits on WebGPU", async () => {
  const page = await open();
  await page.click("label[for=device-webgpu]");
  await page.has("#device-webgpu:enabled:checked");
  await page.has("#device-line .lamp.webgpu");
  await page.click("#demo-digits");
  await page.has('#training[data-state="running"]', 120_000);
  await page.click("#stop");
  await page.has("#start:not([hidden])", 60_000);

  await page.fill("#epochs", "1");
  await page.fill("#steps-per-epoch", "40");
  await page.click("#start-afresh");
  await page.has('#training[data-state="running"]', 120_000);
  await page.has('#training[data-state="done"], #training[data-state="failed"]', 240_000);
  assert.deepEqual(await page.all("#training-error", "textContent"), [""]);
  const [loss, accuracy] = (await page.all("#history tbody tr:only-child td", "textContent")).map(Number);
  assert.ok(loss > 0 && loss < 1.8 && accuracy > 0.4, `loss ${loss}, accuracy ${accuracy}`);

  await page.click("#random-photo");
  await page.has("#predictions li.true");
  const chances = await page.all("#predictions li", "data-probability");
  assert.equal(chances.length, 10);
  assert.ok(Math.abs(chances.map(Number).reduce((sum, chance) => sum + chance) - 1) < 1e-3, chances.join());
});

test("in Firefox, photos are imported, kept and found again, in one lab after the other", async () => {
  const page = await open();
  const labs = await page.evaluate(async () => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    const entries = [];
    for (let number = 0; number < 20; number++) {
      const canvas = new OffscreenCanvas(80, 60);
      const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
      context.fillStyle = `rgb(${7 * number}, ${3 * number}, 99)`;
      context.fillRect(0, 0, 80, 60);
      const path = `${number % 2 ? "cats" : "dogs"}/${number}.png`;
      entries.push({ path, blob: await canvas.convertToBlob({ type: "image/png" }) });
    }
    const told = [];
    // Starting workers hung now and then.
    for (let nth = 0; nth < 6; nth++) {
      const lab = await openLab({ device: "cpu", workers: 3 });
      let decoded = 0;
      const hear = (/** @type {{ decoded: number }} */ progress) => (decoded = progress.decoded);
      const { summary } = await lab.importImages(entries, { imageSize: 64, validation: 0.2, test: 0.2 }, hear);
      told.push({ counts: summary.counts, decoded, workers: lab.device.workers, kept: (await lab.keptDatasets()).length });
      await lab.close();
    }
    return told;
  }, null);
  const counts = { train: [6, 6], validation: [2, 2], test: [2, 2] };
  labs.forEach((told, nth) => assert.deepEqual(told, { counts, decoded: nth ? 0 : 20, workers: 3, kept: 1 }));
});

test("in Firefox, photos are read in batches, and what is none is named", async () => {
  const page = await open();
  const told = await page.evaluate(async (count) => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    const canvas = new OffscreenCanvas(90, 60);
    const context = canvas.getContext("2d");
    const entries = [];
    for (let nth = 0; nth < count; nth++) {
      if (context) context.fillStyle = `rgb(${3 * nth} 90 40)`;
      context?.fillRect(0, 0, 90, 60);
      const blob = nth === 50 ? new Blob(["no photo"]) : await canvas.convertToBlob({ type: "image/jpeg" });
      entries.push({ path: `${nth % 2 ? "a" : "b"}/${nth}.jpg`, blob: new File([blob], `${nth}.jpg`) });
    }
    const lab = await openLab({ device: "cpu", workers: 2 });
    const dataset = await lab.importImages(entries, { imageSize: 16, validation: 0, test: 0, storage: "memory" });
    const { counts, rejected } = dataset.summary;
    const first = await lab.image(dataset, "train", 0);
    const [red, green, blue] = first.imageData.data;
    await lab.close();
    return { counts: counts.train, rejected: rejected.map((/** @type {any} */ { path }) => path), path: first.path, red, green, blue };
  }, 80);
  assert.deepEqual(told.counts, [40, 39]);
  assert.deepEqual(told.rejected, ["b/50.jpg"]);
  const nth = Number(/a\/(\d+)\.jpg/.exec(told.path)?.[1]);
  const off = [told.red - 3 * nth, told.green - 90, told.blue - 40].map(Math.abs);
  assert.ok(Math.max(...off) <= 4, `${told.path} is off by ${off}`);
});

test("in Firefox, a network goes to Keras' files and back, and opening one can be cancelled", async () => {
  const page = await open();
  const told = await page.evaluate(async () => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    const lab = await openLab({ device: "cpu", workers: 2 });
    const dataset = await lab.importDemo("digits");
    const model = await lab.createModel({ recipe: "digits", dataset });
    const { imageData } = await lab.image(dataset, "test", 0);
    const wanted = await lab.predict(model, imageData);
    const got = [];
    const cancelled = [];
    for (const format of ["keras", "h5"]) {
      const { blob, filename } = await lab.exportModel(model, format);
      const file = new File([blob], filename);
      got.push(await lab.predict(await lab.importModel(file), imageData));
      const aborting = new AbortController();
      const onProgress = () => aborting.abort(new Error("changed my mind"));
      const call = lab.importModel(file, { signal: aborting.signal, onProgress });
      cancelled.push(await call.then(() => "opened", (/** @type {Error} */ error) => error.message));
    }
    const broken = await lab.importModel(new File(["milk"], "shopping.h5")).catch((/** @type {Error} */ error) => error.message);
    await lab.close();
    return { wanted, got, cancelled, broken };
  }, null);
  assert.deepEqual(told.got, [told.wanted, told.wanted]);
  assert.deepEqual(told.cancelled, ["changed my mind", "changed my mind"]);
  assert.match(told.broken, /^shopping\.h5: its content is none of the model files/);
});
