/** The parts of the engine that are loaded when they are first needed: what a failed load says, and that it can be tried again. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { beginDigits, useBrowser } from "./browser.js";
import { greyPhoto } from "./importing.js";

const { open } = useBrowser({ expected: /(photos|folders|encodings|model_files)_bg|Failed to load resource/ });

/**
 * Has the first requests for a file fail: by the network, by the server, by what it sends.
 * @param {import("playwright-core").Page} page
 * @param {string} name
 * @param {("network" | "server" | "content")[]} failures
 * @returns {Promise<string[]>} those that are left
 */
async function spoil(page, name, failures) {
  const left = [...failures];
  await page.context().route(`**/${name}`, (route) => {
    const failure = left.shift();
    if (failure === "network") return route.abort("connectionreset");
    if (failure === "server") return route.fulfill({ status: 503, body: "busy" });
    if (failure === "content") return route.fulfill({ status: 200, body: "<!doctype html>" });
    return route.continue();
  });
  return left;
}

/** @param {string} name */
const notLoaded = (name) => new RegExp(`a part of Fovea could not be loaded, ${name}: .+\\. Check the connection, and try again$`);

test("a lab says which part could not be loaded, loses nothing, and loads it at the next try", async () => {
  const page = await open();
  const left = [
    await spoil(page, "photos_bg.wasm", ["network", "server", "content"]),
    await spoil(page, "folders_bg.wasm", ["network", "server"]),
    await spoil(page, "encodings_bg.wasm", ["network", "server"]),
    await spoil(page, "model_files_bg.wasm", ["network", "server", "content"]),
  ];
  const photos = [1, 2, 3, 4].map((nth) => ({ path: `${nth}.bmp`, base64: greyPhoto(nth * 40).toString("base64") }));
  const told = await page.evaluate(async (photos) => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    const lab = await openLab({ device: "cpu", seed: 1, workers: 2 });
    const said = (/** @type {Promise<any>} */ call) =>
      call.then(
        ({ summary }) => summary.classes,
        (/** @type {Error} */ error) => error.message,
      );
    const digits = [];
    for (let nth = 0; nth < 3; nth++) digits.push(await said(lab.importDemo("digits")));
    const dataset = await lab.importDemo("digits");
    const layers = [{ class_name: "Flatten", config: {} }, { class_name: "Dense", config: { units: 10, activation: "softmax" } }];
    const model = await lab.createModel({ layers, dataset });
    const { imageData } = await lab.image(dataset, "test", 0);
    const before = await lab.predict(model, imageData);
    const bytes = (/** @type {string} */ base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const files = photos.map(({ path, base64 }) => ({ path, blob: new Blob([bytes(base64)]) }));
    const options = { imageSize: 8, validation: 0, test: 0, storage: "memory" };
    const folder = files.map(({ path, blob }, nth) => ({ path: `${nth % 2 ? "a" : "b"}/${path}`, blob }));
    const folders = [];
    for (let nth = 0; nth < 3; nth++) folders.push(await said(lab.importImages(folder, options)));
    // "Grän" and "Grün" as Windows has them.
    const text = (/** @type {string} */ letters) => new TextEncoder().encode(letters);
    const rows = files.flatMap(({ path }, nth) => [text(`${path},Gr`), new Uint8Array([nth % 2 ? 0xfc : 0xe4]), text("n\n")]);
    const table = { path: "classes.csv", blob: new Blob([text("file,class\n"), ...rows]) };
    const tables = [];
    for (let nth = 0; nth < 3; nth++) tables.push(await said(lab.importImages([...files, table], options)));
    const keras = new File([Uint8Array.of(0x50, 0x4b, 3, 4)], "model.keras");
    const models = [];
    for (const call of [() => lab.exportModel(model, "keras"), () => lab.importModel(keras), () => lab.importModel(keras)]) models.push(await said(call()));
    models.push((await lab.exportModel(model, "keras")).filename);
    const after = await lab.predict(model, imageData);
    await lab.close();
    return { digits, folders, tables, models, before, after };
  }, photos);
  for (const message of told.digits) assert.match(message, notLoaded("photos_bg.wasm"));
  assert.match(told.digits[1], /the server answered 503/);
  for (const message of told.folders.slice(0, 2)) assert.match(message, notLoaded("folders_bg.wasm"));
  assert.deepEqual(told.folders[2], ["a", "b"]);
  for (const message of told.tables.slice(0, 2)) assert.match(message, notLoaded("encodings_bg.wasm"));
  assert.deepEqual(told.tables[2], ["Grän", "Grün"]);
  for (const message of told.models.slice(0, 3)) assert.match(message, notLoaded("model_files_bg.wasm"));
  assert.equal(told.models[3], "sequential.keras");
  assert.deepEqual(told.after, told.before);
  assert.deepEqual(left, [[], [], [], []]);
});

test("the page says so, keeps its network and photos, and reads the folder when it is chosen again", async () => {
  const page = await open();
  await beginDigits(page);
  const found = page.locator("[data-testid=found-line]");
  const before = [await found.textContent(), await page.locator("#training-words").textContent()];
  const folder = await mkdtemp(join(tmpdir(), "fovea-"));
  for (const [nth, label] of ["a", "a", "a", "a", "b", "b", "b", "b"].entries()) {
    await mkdir(join(folder, label), { recursive: true });
    await writeFile(join(folder, label, `${nth}.bmp`), greyPhoto(nth * 30));
  }
  await spoil(page, "folders_bg.wasm", ["network"]);
  await page.locator("#choose-folder").setInputFiles(folder);
  await page.locator("#photos-error", { hasText: "a part of Fovea could not be loaded, folders_bg.wasm" }).waitFor();
  assert.deepEqual([await found.textContent(), await page.locator("#training-words").textContent()], before);
  await page.locator("#choose-folder").setInputFiles(folder);
  await found.filter({ hasText: "Found 8 images belonging to 2 classes." }).waitFor();
  assert.equal(await page.locator("#photos-error").textContent(), "");
  await rm(folder, { recursive: true });
});
