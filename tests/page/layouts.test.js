import assert from "node:assert/strict";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { BlobWriter, configure, Uint8ArrayReader, ZipWriter } from "@zip.js/zip.js";
import { chooseDevice, photosOf, useBrowser } from "./browser.js";

const { open } = useBrowser();
configure({ useWebWorkers: false });

/** @type {string} */
let folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-"));
});
after(() => rm(folder, { recursive: true }));

/**
 * @param {string} root
 * @returns {Promise<{ path: string, label: string, name: string }[]>} each photo of a folder of classes
 */
async function listed(root) {
  const photos = [];
  for (const label of (await readdir(root)).sort())
    for (const name of (await readdir(join(root, label))).sort())
      photos.push({ path: join(root, label, name), label, name });
  return photos;
}

/**
 * Lays photos out anew.
 * @param {string} name of the folder
 * @param {{ path: string, to: string }[]} photos
 */
async function layOut(name, photos) {
  for (const { path, to } of photos) {
    await mkdir(join(folder, name, to, ".."), { recursive: true });
    await copyFile(path, join(folder, name, to));
  }
  return join(folder, name);
}

/**
 * @param {string} name
 * @param {{ path: string, to: string }[]} photos
 */
async function zipped(name, photos) {
  const writer = new ZipWriter(new BlobWriter(), { level: 1 });
  for (const { path, to } of photos) await writer.add(to, new Uint8ArrayReader(await readFile(path)));
  await writeFile(join(folder, name), Buffer.from(await (await writer.close()).arrayBuffer()));
  return join(folder, name);
}

/**
 * Imports through the page's own field and tells what is on the page.
 * @param {import("playwright-core").Page} page
 * @param {string} input
 * @param {string | string[]} files
 */
async function importBy(page, input, files) {
  await page.locator("#found").evaluate((found) => found.replaceChildren());
  await page.locator(input).setInputFiles(files);
  await page.locator("[data-testid=found-line], #photos-error:not(:empty)").first().waitFor({ timeout: 180_000 });
  assert.equal(await page.locator("#photos-error").textContent(), "");
  const said = await page.locator("[data-testid=found-line]").textContent();
  const counts = await page
    .locator("#found .balance")
    .evaluateAll((bars) => bars.map((bar) => (bar.getAttribute("aria-label") ?? "").match(/[\d,]+(?= for)/g)));
  const numbers = counts.map((parts) => (parts ?? []).map((part) => Number(part.replaceAll(",", ""))));
  return { said, classes: await page.locator(".class-name").allTextContents(), numbers };
}

/**
 * @template T
 * @param {T[]} photos
 */
function everyThird(photos) {
  return photos.filter((_, nth) => nth % 3 === 0);
}

/** @param {{ label: string }[]} photos */
function sums(photos) {
  /** @type {Map<string, number>} */
  const found = new Map();
  for (const { label } of photos) found.set(label, (found.get(label) ?? 0) + 1);
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
}

test("the pets are found in every layout, as many as there are", async () => {
  const pets = await photosOf("pets");
  const all = await listed(pets);
  // A layout is read before any photo is: a third of them shows it as well as all do.
  const photos = everyThird(all);
  const page = await open();
  await chooseDevice(page, "cpu");
  await page.locator("#image-size").fill("24");
  const check = (/** @type {Awaited<ReturnType<typeof importBy>>} */ found, /** @type {string} */ what, of = photos) => {
    const expected = { said: `Found ${of.length} images belonging to 2 classes.`, classes: ["cats", "dogs"] };
    assert.deepEqual({ said: found.said, classes: found.classes }, expected, what);
    assert.deepEqual(
      found.numbers.map((parts) => parts.reduce((sum, n) => sum + n, 0)),
      sums(of).map(([, n]) => n),
      what,
    );
    return found.numbers;
  };

  const flat = all.map(({ path, label }, nth) => ({ path, to: `${label}.${nth}.jpg` }));
  check(await importBy(page, "#choose-folder", await layOut("flat", flat)), "flat", all);
  const splitOf = (/** @type {number} */ nth) => ["training_set", "valid", "test_set"][nth % 10 < 6 ? 0 : nth % 10 < 8 ? 1 : 2];
  const tree = photos.map(({ path, label, name }, nth) => ({ path, to: `${splitOf(nth)}/${label}/${name}` }));
  const numbers = check(await importBy(page, "#choose-folder", await layOut("tree", tree)), "tree");
  const inTree = (/** @type {string} */ label, /** @type {string} */ split) =>
    tree.filter(({ to }) => to.startsWith(`${split}/${label}/`)).length;
  assert.deepEqual(
    numbers,
    ["cats", "dogs"].map((label) => ["training_set", "valid", "test_set"].map((split) => inTree(label, split))),
  );
  const flatTree = photos.map(({ path, label }, nth) => ({ path, to: `${nth % 3 ? "train" : "test"}/${label}.${nth}.jpg` }));
  check(await importBy(page, "#choose-folder", await layOut("flat tree", flatTree)), "flat tree");
  const together = photos.map(({ path }, nth) => ({ path, to: `images/${nth}.jpg` }));
  const table = await layOut("table", together);
  const rows = photos.map(({ label }, nth) => `"${nth}.jpg",${label}`);
  await writeFile(join(table, "labels.csv"), ["filename,label", ...rows].join("\r\n"));
  check(await importBy(page, "#choose-folder", table), "table");
  const archive = await zipped(
    "pets.zip",
    photos.map(({ path, label, name }) => ({ path, to: `pets/${label}/${name}` })),
  );
  check(await importBy(page, "#choose-files", archive), "zip");
});

test("names that begin with the breed give a class a breed, and six classes are six", async () => {
  const pets = await photosOf("pets");
  const trashnet = await photosOf("trashnet");
  const page = await open();
  await chooseDevice(page, "cpu");
  await page.locator("#image-size").fill("24");
  const breeds = everyThird(await listed(pets)).map(({ path, name }) => ({ path, to: name, label: name.replace(/_\d+\.jpg$/, "") }));
  const found = await importBy(page, "#choose-folder", await layOut("breeds", breeds));
  const expected = sums(breeds);
  assert.equal(found.said, `Found ${breeds.length} images belonging to ${expected.length} classes.`);
  assert.deepEqual(found.classes, expected.map(([label]) => label).slice(0, found.classes.length));

  const trash = await listed(trashnet);
  const flat = trash.map(({ path, name, label }) => ({ path, to: name, label }));
  const six = await importBy(page, "#choose-files", await zipped("trash.zip", flat));
  assert.equal(six.said, `Found ${(2527).toLocaleString("en")} images belonging to 6 classes.`);
  assert.deepEqual(
    six.classes.map((label, nth) => [label, six.numbers[nth].reduce((sum, n) => sum + n, 0)]),
    sums(trash),
  );
});

test("the same seed gives the same split, in whatever order the files come", async () => {
  const pets = await photosOf("pets");
  const photos = (await listed(pets)).slice(300, 340);
  const page = await open();
  const files = await Promise.all(
    photos.map(async ({ path, label, name }) => ({ path: `${label}/${name}`, base64: (await readFile(path)).toString("base64") })),
  );
  const splits = await page.evaluate(async (files) => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    const lab = await openLab({ device: "cpu" });
    const entries = files.map(({ path, base64 }) => ({
      path,
      blob: new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))]),
    }));
    const of = async (/** @type {any[]} */ entries, /** @type {number} */ seed) => {
      const dataset = await lab.importImages(entries, { imageSize: 16, seed });
      /** @type {Record<string, string[]>} */
      const paths = {};
      for (const split of ["train", "validation", "test"]) {
        paths[split] = [];
        const count = dataset.summary.counts[split].reduce((/** @type {number} */ sum, /** @type {number} */ n) => sum + n, 0);
        for (let index = 0; index < count; index++) paths[split].push((await lab.image(dataset, split, index)).path);
      }
      await dataset.close();
      return paths;
    };
    const found = [await of(entries, 7), await of([...entries].reverse(), 7), await of(entries, 8)];
    await lab.close();
    return found;
  }, files);
  assert.deepEqual(splits[0], splits[1]);
  assert.notDeepEqual(splits[0], splits[2]);
  assert.equal(splits[0].test.length, 10);
});
