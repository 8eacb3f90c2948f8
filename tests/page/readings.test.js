import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chooseDevice, useBrowser } from "./browser.js";

const { open } = useBrowser();

/** @type {string} */
let folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-"));
});
after(() => rm(folder, { recursive: true }));

/**
 * A BMP of one colour, 12 pixels a side.
 * @param {number} seed
 */
function photo(seed) {
  const side = 12;
  const bytes = Buffer.alloc(54 + side * side * 3, Buffer.from([seed * 37, seed * 101, seed * 59].map((part) => part & 255)));
  bytes.fill(0, 0, 54).set(Buffer.from("BM"));
  for (const [at, value] of [[2, bytes.length], [10, 54], [14, 40], [18, side], [22, side], [34, bytes.length - 54]])
    bytes.writeUInt32LE(value, at);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  return bytes;
}

/**
 * @param {string} name of the folder
 * @param {Record<string, string>} tables
 * @param {string[]} photos
 */
async function layOut(name, tables, photos) {
  const files = [...Object.entries(tables), ...photos.map((path, nth) => /** @type {const} */ ([path, photo(nth)]))];
  for (const [path, content] of files) {
    await mkdir(join(folder, name, path, ".."), { recursive: true });
    await writeFile(join(folder, name, path), content);
  }
  return join(folder, name);
}

/**
 * What lab.importImages() makes of a folder with each of these options, and what lab.readings() tells of it.
 * @param {Record<string, string>} tables
 * @param {string[]} photos
 * @param {object[]} options
 */
async function imported(tables, photos, options) {
  const page = await open();
  const files = [
    ...Object.entries(tables).map(([path, text]) => ({ path, base64: Buffer.from(text).toString("base64") })),
    ...photos.map((path, nth) => ({ path, base64: photo(nth).toString("base64") })),
  ];
  return page.evaluate(
    async ({ files, options }) => {
      const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
      const lab = await openLab({ device: "cpu" });
      const entries = files.map(({ path, base64 }) => ({
        path,
        blob: new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))]),
      }));
      /** @type {import("../../www/shared/types.js").DatasetSummary[]} */
      const summaries = [];
      /** @type {string[]} */
      const errors = [];
      for (const wanted of options)
        try {
          const dataset = await lab.importImages(entries, { imageSize: 8, storage: "memory", ...wanted });
          summaries.push(dataset.summary);
          await dataset.close();
        } catch (error) {
          errors.push(error instanceof Error ? error.message : String(error));
        }
      /** @type {import("../../www/shared/types.js").Reading[]} */
      const readings = await lab.readings(entries);
      await lab.close();
      return { summaries, errors, readings };
    },
    { files, options },
  );
}

const NAMES = Array.from({ length: 24 }, (_, nth) => `r/${nth}.bmp`);
/** Two columns that may both be the classes, and none says so. */
const UNCLEAR = `file,colour,place\n${NAMES.map((path, nth) => `${path},${["red", "blue"][nth % 2]},${["sea", "ice", "sky"][nth % 3]}`).join("\n")}`;

test("a table's column can be chosen, and each way to read the folder is told before", async () => {
  const { summaries, errors, readings } = await imported({ "r/t.csv": UNCLEAR }, NAMES, [
    {},
    { column: "place" },
    { layout: "table", table: "t.csv", column: "2" },
    { table: "x.csv" },
    { column: "price" },
    { column: 2 },
  ]);
  assert.deepEqual(
    summaries.map(({ classes, layout }) => [classes, layout?.columns]),
    [
      [["ice", "sea", "sky"], ["file", "place"]],
      [["blue", "red"], ["file", "colour"]],
    ],
  );
  assert.match(errors[0], /^r\/t\.csv names the photos, but it is not clear which of its columns .*\(colour, place\)/);
  assert.match(errors[1], /no table "x\.csv".*r\/t\.csv/);
  assert.match(errors[2], /no column "price".*colour, place/);
  assert.match(errors[3], /column must be a text/);
  assert.deepEqual(readings, [
    { layout: "table", column: "colour", by: "table", classes: ["blue", "red"].map((name) => ({ name, photos: 12 })) },
    { layout: "table", column: "place", by: "table", classes: ["ice", "sea", "sky"].map((name) => ({ name, photos: 8 })) },
  ]);
});

test("tables that are not used are told in the summary with their reason", async () => {
  const photos = NAMES.map((path, nth) => path.replace("r/", `r/${["cats", "dogs"][nth % 2]}/`));
  const table = `file,label\n${photos.map((path, nth) => `${path},${nth % 2}`).join("\n")}`;
  const { summaries } = await imported({ "r/t.csv": table }, photos, [{}]);
  const reason = "not used: the folders give the same classes";
  assert.deepEqual(summaries[0].layout?.unused, [{ path: "r/t.csv", reason }]);
  assert.deepEqual(summaries[0].rejected, [{ path: "r/t.csv", reason }]);
});

test("a test share is drawn from training where the folder gives validation alone", async () => {
  const tree = NAMES.map((path, nth) => path.replace("r/", `r/${nth < 20 ? "train" : "val"}/${["ants", "bees"][nth % 2]}/`));
  const { summaries } = await imported({}, tree, [{ test: 0.2 }, { test: 0 }]);
  assert.deepEqual(summaries[0].counts, { train: [8, 8], validation: [2, 2], test: [2, 2] });
  assert.deepEqual(summaries[0].layout?.splits, ["train", "validation"]);
  assert.deepEqual(summaries[1].counts, { train: [10, 10], validation: [2, 2], test: [0, 0] });
});

test("a folder's copy inside itself is left out by names and sizes", async () => {
  const flowers = NAMES.map((path, nth) => path.replace("r/", `flowers/${["daisy", "rose", "tulip"][nth % 3]}/`));
  const { summaries } = await imported({}, [...flowers, ...flowers.map((path) => `flowers/${path}`)], [{}]);
  assert.deepEqual(summaries[0].classes, ["daisy", "rose", "tulip"]);
  assert.equal(summaries[0].rejected.length, 24);
  assert.match(summaries[0].rejected[0].reason, /repeats the folders beside it: it is a copy of flowers\/daisy\/0\.bmp/);
});

test("a folder that cannot be read is offered the ways in which it can", async () => {
  const page = await open();
  await chooseDevice(page, "cpu");
  await page.locator("#image-size").fill("24");
  const path = await layOut("unclear", { "t.csv": UNCLEAR.replaceAll("r/", "") }, NAMES.map((path) => path.slice(2)));
  await page.locator("#choose-folder").setInputFiles(path);
  await page.locator("#photos-error:not(:empty)").waitFor();
  const choice = page.locator("#reading-choice");
  await choice.waitFor();
  assert.deepEqual(await choice.locator("option").allTextContents(), [
    "column colour: 2 classes, 24 photos",
    "column place: 3 classes, 24 photos",
  ]);
  await choice.selectOption({ index: 1 });
  const lists = page.locator("[data-testid=compared] > div");
  assert.deepEqual(await lists.nth(0).locator("p").allTextContents(), ["The photos could not be read."]);
  assert.deepEqual(await lists.nth(1).locator("li").allTextContents(), ["ice 8", "sea 8", "sky 8"]);
  await page.locator("#read-this-way").click();
  await page.locator("[data-testid=found-line]").waitFor();
  assert.deepEqual(await page.locator(".class-name").allTextContents(), ["ice", "sea", "sky"]);
  assert.equal(await page.locator("#photos-error").textContent(), "");
  // Now beside then, and the choice stays when the photos are read again.
  await choice.selectOption({ index: 0 });
  assert.deepEqual(await lists.nth(0).locator("li").allTextContents(), ["ice 8", "sea 8", "sky 8"]);
  assert.deepEqual(await lists.nth(1).locator("li").allTextContents(), ["blue 12", "red 12"]);
  await page.locator("#image-size").fill("28");
  await page.locator("#reread").click();
  await page.locator("#import-progress").waitFor({ state: "hidden" });
  await page.locator("[data-testid=found-line]").waitFor();
  assert.deepEqual(await page.locator(".class-name").allTextContents(), ["ice", "sea", "sky"]);
  assert.match((await page.locator("[data-testid=understood]").textContent()) ?? "", /columns file and place/);
});
