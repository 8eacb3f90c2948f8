import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chooseDevice, useBrowser } from "./browser.js";
import { drawPhotos } from "./drawing.js";

const { open } = useBrowser();
const HOSTILE_PHOTO = "<img src=x onerror=window.hacked=1>.jpg";
const HOSTILE_TEXT = "<img src=x onerror=window.hacked=2>.png";
const HOSTILE_CLASS = "<b onclick=window.hacked=3>dogs";

/** @type {string} */
let folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-"));
});
after(() => rm(folder, { recursive: true }));

/**
 * @param {import("playwright-core").Page} page
 * @param {number} count
 */
const photos = (page, count) => drawPhotos(page, count, { type: "image/jpeg" });

/**
 * @param {string} name
 * @param {Record<string, Buffer | string>} files by path
 * @returns {Promise<string>}
 */
async function write(name, files) {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(folder, name, path, ".."), { recursive: true });
    await writeFile(join(folder, name, path), content);
  }
  return join(folder, name);
}

/**
 * @param {import("playwright-core").Page} page
 * @param {RegExp} message
 */
async function expectError(page, message) {
  // An earlier message stands there until the new import begins.
  await page.locator("#photos-error", { hasText: message }).waitFor({ timeout: 10_000 });
}

/**
 * Lets go of a folder over the page, as the mouse does.
 * @param {import("playwright-core").Page} page
 * @param {string} path
 */
async function drop(page, path) {
  await page.locator("#drop-zone").scrollIntoViewIfNeeded();
  const box = await page.locator("#drop-zone").boundingBox();
  assert.ok(box);
  const session = await page.context().newCDPSession(page);
  const at = {
    x: box.x + box.width / 2,
    y: box.y + box.height / 2,
    data: { items: [], files: [path], dragOperationsMask: 1 },
  };
  // The page has to have answered the hovering before it is given the folder.
  for (const type of /** @type {const} */ (["dragEnter", "dragOver", "dragOver", "dragOver", "drop"]))
    await session.send("Input.dispatchDragEvent", { type, ...at });
}

test("what is no photo is named and left out, and the rest is imported", async () => {
  const page = await open();
  await chooseDevice(page, "cpu");
  const [whole, ...good] = await photos(page, 17);
  /** @type {Record<string, Buffer | string>} */
  const files = {
    [`cats/${HOSTILE_PHOTO}`]: whole,
    [`cats/${HOSTILE_TEXT}`]: "no image at all",
    "cats/notes.jpg": "Dear diary, this is a text.",
    "cats/cut.jpg": whole.subarray(0, Math.floor(whole.length / 2)),
    "cats/empty.jpg": "",
  };
  good.forEach((photo, nth) => (files[`${nth % 2 ? "cats" : HOSTILE_CLASS}/${nth}.jpg`] = photo));
  await page.locator("#image-size").fill("64");
  await page.locator("#choose-folder").setInputFiles(await write("mixed", files));
  await page.locator("[data-testid=found-line]").waitFor();
  assert.equal(await page.locator("[data-testid=found-line]").textContent(), "Found 17 images belonging to 2 classes.");
  assert.deepEqual(await page.locator(".class-name").allTextContents(), [HOSTILE_CLASS, "cats"]);

  await page.locator("#rejected summary").click();
  const rejected = await page.locator("#rejected li").allTextContents();
  const reasonOf = (/** @type {string} */ name) => rejected.find((line) => line.includes(name))?.split(name)[1] ?? "";
  assert.equal(rejected.length, 4, rejected.join("\n"));
  assert.match(reasonOf(HOSTILE_TEXT), /not a JPEG/);
  assert.match(reasonOf("notes.jpg"), /not a JPEG/);
  assert.match(reasonOf("cut.jpg"), /too early|damaged/);
  assert.match(reasonOf("empty.jpg"), /empty/);
  await page.waitForFunction(() => document.querySelectorAll(".thumbnails span").length === 0);
  assert.equal(await page.locator("#found img, #found b").count(), 0, "names are text");

  // The photos still make a network.
  await page.locator("#summary tbody tr").first().waitFor();
  assert.equal(await page.evaluate(() => "hacked" in window), false);
});

test("a folder of one class, an empty one and no folder at all are each told apart", async () => {
  const page = await open();
  const good = await photos(page, 4);
  const one = await write("one", Object.fromEntries(good.map((photo, nth) => [`cats/${nth}.jpg`, photo])));
  await page.locator("#choose-folder").setInputFiles(one);
  await expectError(page, /one class.*cats/i);

  await mkdir(join(folder, "empty"));
  await drop(page, join(folder, "empty"));
  await expectError(page, /folder is empty/i);

  await drop(page, join(one, "cats", "0.jpg"));
  await expectError(page, /not sorted into classes/);

  const flat = await write("flat", { "a.jpg": good[0], "b.jpg": good[1] });
  await drop(page, flat);
  await expectError(page, /only one class.*flat/);
  assert.equal(await page.locator("[data-testid=found-line]").count(), 0);
});

test("a folder that is dropped is read as one that is chosen, and an import that fails loses nothing", async () => {
  const page = await open();
  await chooseDevice(page, "cpu");
  const good = await photos(page, 16);
  await page.locator("#image-size").fill("64");
  await drop(
    page,
    await write(
      "two",
      Object.fromEntries(good.map((photo, nth) => [`${nth % 2 ? "red" : "blue"}/deeper/${nth}.jpg`, photo])),
    ),
  );
  await page.locator("[data-testid=found-line]", { hasText: "Found 16 images belonging to 2 classes." }).waitFor();
  const before = await page.locator("[data-testid=network-status]").textContent();

  await drop(page, await write("text", { "a/1.jpg": "text", "b/1.jpg": "text" }));
  await expectError(page, /photo/);
  assert.equal(await page.locator("[data-testid=found-line]").textContent(), "Found 16 images belonging to 2 classes.");
  assert.equal(await page.locator("[data-testid=network-status]").textContent(), before);

  await page.locator("#image-size").fill("0");
  await page.locator("#reread").click();
  await expectError(page, /imageSize/);
  await page.locator("#image-size").fill("80");
  await page.locator("#reread").click();
  await page.locator("#summary", { hasText: "78, 78" }).waitFor();
  assert.equal(await page.locator("#photos-error").textContent(), "");
});

test("a file that is no model is refused by name", async () => {
  const page = await open();
  await page.locator("#open-model").setInputFiles({
    name: "shopping.safetensors",
    mimeType: "application/octet-stream",
    buffer: Buffer.from("milk, bread"),
  });
  await page.locator("#file-error:not(:empty)").waitFor();
  assert.match((await page.locator("#file-error").textContent()) ?? "", /shopping\.safetensors/);
});
