/** Decoding and keeping photos, through the page and its API. */
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { REAL_PHOTOS, chooseDevice, photosOf, useBrowser } from "./browser.js";

const { open } = useBrowser({ expected: /a bug in the decoder/ });
const FILES = fileURLToPath(new URL("../../src/data/tests/files/", import.meta.url));
const FOUND = "Found 730 images belonging to 2 classes.";

/**
 * @param {import("playwright-core").Page} page
 * @param {string} [line]
 */
async function found(page, line = FOUND) {
  await page.locator("[data-testid=found-line]", { hasText: line }).waitFor({ timeout: 60_000 });
}

/** The page with the pets and its gallery open. */
async function petsInGallery() {
  const pets = await photosOf("pets");
  const page = await open();
  await chooseDevice(page, "cpu");
  await page.locator("#image-size").fill("32");
  await page.locator("#choose-folder").setInputFiles(pets);
  await found(page);
  await page.locator("#gallery-box > summary").click();
  return page;
}

/**
 * The decoders that the page starts from here on.
 * @param {import("playwright-core").Page} page
 */
function decodersOf(page) {
  /** @type {import("playwright-core").Worker[]} */
  const decoders = [];
  page.on("worker", (worker) => worker.url().endsWith("/decoder_worker.js") && decoders.push(worker));
  return decoders;
}

test("photos that were read are opened again on the next visit, with nothing decoded, and deleted", async () => {
  const pets = await photosOf("pets");
  const page = await open();
  await chooseDevice(page, "cpu");
  const decoders = decodersOf(page);
  await page.locator("#image-size").fill("64");
  await page.locator("#choose-folder").setInputFiles(pets);
  await found(page);
  assert.ok(decoders.length > 0, "the first time they are decoded");
  await page.locator("#kept li", { hasText: /pets 730 photos, 64×64/ }).waitFor();

  await page.reload();
  await page.locator("#kept li", { hasText: "pets" }).waitFor();
  decoders.length = 0;
  await page.locator(".open-kept").click();
  await found(page);
  await page.waitForFunction(() => document.querySelectorAll(".thumbnails canvas").length === 24);
  await page.locator("#image-size").fill("64");
  await page.locator("#choose-folder").setInputFiles(pets);
  await page.locator("#photos.filled").waitFor();
  await page.locator("#start:enabled").waitFor();
  assert.deepEqual(decoders, [], "neither opened nor chosen again");

  await page.locator(".delete-kept").click();
  assert.match((await page.locator("#kept .question").textContent()) ?? "", /Delete pets \(730 photos\) from this browser\?/);
  await page.locator(".keep-kept").click();
  assert.equal(await page.locator("#kept .question").count(), 0, "it is asked first");
  await page.locator(".delete-kept").click();
  await page.locator(".confirm-delete").click();
  await page.locator("#kept").waitFor({ state: "hidden" });
  await page.reload();
  await page.locator("#device-line strong").waitFor();
  await page.waitForFunction(async () => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("fovea", { create: true });
    /** @type {string[]} */
    const names = [];
    for await (const name of /** @type {any} */ (folder).keys()) names.push(name);
    return names.length === 0;
  });
});

test("all photos scroll by, and few of them are in the document", async () => {
  const page = await petsInGallery();
  const drawn = () => page.waitForFunction(() => {
    const all = [...document.querySelectorAll("#gallery canvas")];
    return all.length > 0 && all.every((canvas) => /** @type {HTMLCanvasElement} */ (canvas).title);
  });
  await drawn();
  const first = await page.locator("#gallery canvas").first().getAttribute("title");
  assert.match(first ?? "", /^pets\/cats\//);
  const most = await page.locator("#gallery canvas").count();
  assert.ok(most < 150, `${most} photos of 364 in the document`);
  await page.locator("#gallery").evaluate((window) => window.scrollTo(0, window.scrollHeight));
  await page.locator('#gallery canvas[data-index="363"]').waitFor();
  await drawn();
  assert.match((await page.locator('#gallery canvas[data-index="363"]').getAttribute("title")) ?? "", /^pets\/dogs\//);
  assert.equal(await page.locator('#gallery canvas[data-index="0"]').count(), 0);
  assert.ok((await page.locator("#gallery canvas").count()) < 150);
  await page.locator("#gallery-class").selectOption({ label: "dogs" });
  await drawn();
  assert.match((await page.locator('#gallery canvas[data-index="0"]').getAttribute("title")) ?? "", /^pets\/dogs\//);
});

test("the gallery is laid out anew when the page's width changes, with the same photos in sight", async () => {
  const page = await petsInGallery();
  const seen = () =>
    page.locator("#gallery").evaluate((window) => {
      const { top, right } = window.getBoundingClientRect();
      const buttons = [...window.querySelectorAll("button")].map((button) => ({ index: Number(button.dataset.index), at: button.getBoundingClientRect() }));
      const columns = Math.max(...buttons.map(({ at }) => buttons.filter((other) => other.at.top === at.top).length));
      return {
        columns,
        first: Math.min(...buttons.filter(({ at }) => at.bottom > top).map(({ index }) => index)),
        inside: buttons.every(({ at }) => at.right <= right),
      };
    });
  await page.locator("#gallery").evaluate((window) => window.scrollTo(0, window.scrollHeight / 2));
  await page.waitForFunction(() => !document.querySelector('#gallery button[data-index="0"]'));
  const wide = await seen();
  await page.setViewportSize({ width: 420, height: 900 });
  await page.waitForFunction((columns) => document.querySelectorAll(".gallery-row")[1]?.childElementCount !== columns, wide.columns);
  const narrow = await seen();
  assert.ok(narrow.columns < wide.columns && narrow.inside, JSON.stringify([wide, narrow]));
  assert.ok(Math.abs(narrow.first - wide.first) < wide.columns, `${wide.first} was first, and then ${narrow.first}`);
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.waitForFunction((columns) => document.querySelectorAll(".gallery-row")[1]?.childElementCount === columns, wide.columns);
  assert.ok(Math.abs((await seen()).first - wide.first) < wide.columns);
});

test("in the gallery photos are reached by keyboard, opened, and moved without losing the place", async () => {
  const page = await petsInGallery();
  await page.locator("#gallery-class").selectOption({ label: "dogs" });
  const at = (/** @type {number} */ index) => page.locator(`#gallery button[data-index="${index}"]`);
  const pathOf = async (/** @type {number} */ index) => {
    await page.locator(`#gallery canvas[data-index="${index}"][title]`).waitFor();
    return (await page.locator(`#gallery canvas[data-index="${index}"]`).getAttribute("title")) ?? "";
  };
  const focused = () => page.evaluate(() => Number(/** @type {HTMLElement} */ (document.activeElement).dataset.index));
  const top = () => page.locator("#gallery").evaluate((window) => window.scrollTop);
  await at(0).waitFor();
  assert.equal(await page.locator('#gallery button[tabindex="0"]').count(), 1, "one stop for the Tab key");
  await page.locator("#gallery-class").focus();
  await page.keyboard.press("Tab");
  assert.equal(await focused(), 0);
  await page.keyboard.press("End");
  const last = await focused();
  await page.keyboard.press("ArrowRight");
  assert.equal(await focused(), last, "there is none behind the last");
  await page.keyboard.press("Home");
  await page.keyboard.press("PageDown");
  const index = await focused();
  assert.ok(index > 0 && index < last);
  await page.keyboard.press("ArrowRight");
  assert.equal(await focused(), index + 1);
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowDown");
  assert.equal(await focused(), index + 1);
  const place = await top();
  assert.ok(place > 0);
  const [path, after] = [await pathOf(index + 1), await pathOf(index + 2)];

  await page.keyboard.press("Enter");
  await page.locator("#photo-dialog").waitFor();
  assert.equal(await page.locator(".photo-path").textContent(), path);
  await page.locator("#photo-dialog", { hasText: `${index + 2} of ${last + 1}` }).waitFor();
  await page.keyboard.press("ArrowRight");
  await page.locator(".photo-path", { hasText: after }).waitFor();
  await page.locator("#previous-photo").click();
  await page.locator(".photo-path", { hasText: path }).waitFor();
  await page.keyboard.press("Escape");
  await page.locator("#photo-dialog").waitFor({ state: "detached" });
  assert.equal(await focused(), index + 1, "the focus is on the photo that was seen");

  await at(index + 1).click();
  await page.locator("#remove-photo").click();
  await page.locator("[data-testid=found-line]", { hasText: "Found 729 images" }).waitFor();
  assert.equal(await pathOf(index + 1), after, "the next photo is in its place");
  assert.deepEqual([await top(), await focused()], [place, index + 1]);
  assert.equal(await page.locator("#gallery-class").inputValue(), "dogs");
  await page.keyboard.press("Enter");
  await page.locator("#move-class").selectOption("cats");
  await page.locator("#move-photo").click();
  await page.waitForFunction(
    ([index, path]) => {
      const title = document.querySelector(`#gallery canvas[data-index="${index}"]`)?.getAttribute("title");
      return title && title !== path;
    },
    [index + 1, after],
  );
  assert.deepEqual([await top(), await focused()], [place, index + 1]);
  await page.locator("#gallery-class").selectOption({ label: "cats" });
  await page.keyboard.press("Tab");
  await page.keyboard.press("End");
  assert.equal(await pathOf(await focused()), after, "the moved photo is behind the cats");
});

test("where there is too little room the page asks what to do", async () => {
  const pets = await photosOf("pets");
  const page = await open();
  await chooseDevice(page, "cpu");
  const session = await page.context().newCDPSession(page);
  await session.send("Storage.overrideQuotaForOrigin", { origin: new URL(page.url()).origin, quotaSize: 20e6 });
  await page.locator("#image-size").fill("512");
  await page.locator("#choose-folder").setInputFiles(pets);
  await page.locator("#no-room", { hasText: "more than this browser can keep" }).waitFor({ timeout: 60_000 });
  await page.locator("#no-import").click();
  assert.equal(await page.locator("#no-room").isVisible(), false);
  assert.equal(await page.locator("[data-testid=found-line]").count(), 0);
  await page.locator("#image-size").fill("300");
  await page.locator("#choose-folder").setInputFiles(pets);
  await page.locator("#smaller-images", { hasText: "150 px" }).click({ timeout: 60_000 });
  await page.locator("#in-memory").click({ timeout: 60_000 });
  await found(page);
  assert.equal(await page.locator("#no-room").isVisible(), false);
  await page.locator("#frozen-layers").click();
  await page.locator("#summary", { hasText: "150, 150, 3" }).waitFor();
});

test("a decoder that crashes is replaced, and every photo is there", async () => {
  const pets = await photosOf("pets");
  const page = await open();
  await chooseDevice(page, "cpu");
  let decoders = 0;
  const crashed = new Promise((resolve) =>
    page.on("worker", async (worker) => {
      if (!worker.url().endsWith("/decoder_worker.js") || ++decoders > 1) return;
      await worker
        .evaluate(() => void setTimeout(() => {
          throw new Error("a bug in the decoder");
        }, 200))
        .catch(() => {});
      resolve(undefined);
    }),
  );
  await page.locator("#image-size").fill("150");
  await page.locator("#choose-folder").setInputFiles(pets);
  await crashed;
  await found(page);
  assert.ok(decoders > 2, "another one took its place");
});

test("photos have Pillow's pixels", async () => {
  await pillowsPixels("pillow_jpegs.json", fileURLToPath(new URL("../../src/data/", import.meta.url)));
});

if (REAL_PHOTOS) test("real photos have Pillow's pixels", () => pillowsPixels("pillow.json", REAL_PHOTOS));

/**
 * @param {string} fixture
 * @param {string} folder that its photos are in
 */
async function pillowsPixels(fixture, folder) {
  const { imageSize, photos } = JSON.parse(await readFile(new URL(`fixtures/${fixture}`, import.meta.url), "utf8"));
  /** @type {string[]} */
  const paths = [...new Set(photos.map((/** @type {any} */ { path }) => path))];
  const files = await Promise.all(
    paths.map(async (path, nth) => ({
      path: `${nth % 2 ? "odd" : "even"}/${path.split("/").at(-1)}`,
      base64: (await readFile(join(folder, path))).toString("base64"),
    })),
  );
  const page = await open();
  const worst = await page.evaluate(
    async ({ imageSize, photos, files }) => {
      const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
      const lab = await openLab({ device: "cpu" });
      const bytes = (/** @type {string} */ base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const entries = files.map(({ path, base64 }) => ({ path, blob: new Blob([bytes(base64)]) }));
      /** @type {number[]} */
      const worst = [];
      for (const interpolation of ["bilinear", "nearest"]) {
        for (const cropToAspectRatio of [false, true]) {
          const options = { imageSize, interpolation, cropToAspectRatio, validation: 0, test: 0 };
          const dataset = await lab.importImages(entries, options);
          for (let index = 0; index < files.length; index++) {
            const { imageData, path } = await lab.image(dataset, "train", index);
            const wanted = photos.find(
              (/** @type {any} */ photo) =>
                photo.path.endsWith(path.slice(path.indexOf("/"))) && photo.interpolation === interpolation && photo.cropToAspectRatio === cropToAspectRatio,
            );
            const rgb = bytes(wanted.rgb);
            const off = rgb.map((value, at) => Math.abs(value - imageData.data[Math.floor(at / 3) * 4 + (at % 3)]));
            worst.push(Math.max(...off));
          }
          await dataset.close();
        }
      }
      await lab.close();
      return worst;
    },
    { imageSize, photos, files },
  );
  assert.equal(worst.length, photos.length);
  assert.ok(Math.max(...worst) <= 2, `off by ${worst}`);
}

test("hostile and unusual files are read rightly, or left out with a reason", async () => {
  const page = await open();
  const names = await readdir(FILES);
  const files = await Promise.all(
    names.map(async (name) => ({ name, base64: (await readFile(join(FILES, name))).toString("base64") })),
  );
  const { rejected, colours } = await page.evaluate(async (files) => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    const lab = await openLab({ device: "cpu" });
    const drawn = new OffscreenCanvas(64, 48);
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (drawn.getContext("2d"));
    context.fillStyle = "rgb(20 60 180)";
    context.fillRect(0, 0, 64, 48);
    const jpeg = new Uint8Array(await (await drawn.convertToBlob({ type: "image/jpeg" })).arrayBuffer());
    const png = new Uint8Array(await (await drawn.convertToBlob({ type: "image/png" })).arrayBuffer());
    // The header says 30,000 x 30,000; its checksum is that header's.
    const huge = png.slice();
    huge.set([0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30], 16);
    let sum = ~0;
    for (const byte of huge.subarray(12, 29)) {
      sum ^= byte;
      for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
    }
    new DataView(huge.buffer).setUint32(29, ~sum >>> 0);
    const flipped = jpeg.map((byte, at) => (at > 20 && at % 7 === 0 ? byte ^ 0x55 : byte));
    const entry = (/** @type {string} */ path, /** @type {BlobPart} */ part) => ({ path, blob: new Blob([part]) });
    const dataset = await lab.importImages(
      [
        ...files.map(({ name, base64 }) => entry(`a/${name}`, Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)))),
        entry("b/good.jpg", jpeg),
        entry("b/empty.jpg", ""),
        entry("b/huge.png", huge),
        entry("b/cut.jpg", jpeg.slice(0, jpeg.length / 2)),
        entry("b/cut.png", png.slice(0, png.length / 2)),
        entry("b/flipped.jpg", flipped),
      ],
      { imageSize: [12, 16], validation: 0, test: 0 },
    );
    /** @type {Record<string, number[]>} */
    const colours = {};
    const [a] = dataset.summary.counts.train;
    for (let index = 0; index < a; index++) {
      const { imageData, path } = await lab.image(dataset, "train", index);
      colours[path] = [2, 13].flatMap((x) => Array.from(imageData.data.slice((5 * 16 + x) * 4, (5 * 16 + x) * 4 + 3)));
    }
    await lab.close();
    return { rejected: dataset.summary.rejected, colours };
  }, files);
  const reasonOf = (/** @type {string} */ path) => rejected.find((/** @type {any} */ file) => file.path === path)?.reason ?? "";
  assert.match(reasonOf("b/empty.jpg"), /empty/);
  assert.match(reasonOf("b/huge.png"), /16,384 pixels/);
  assert.match(reasonOf("b/cut.jpg"), /too early|damaged/);
  assert.match(reasonOf("b/cut.png"), /too early|damaged/);
  assert.match(reasonOf("b/flipped.jpg"), /./);
  assert.equal(rejected.length, 5);
  assert.equal(Object.keys(colours).length, files.length);
  for (const [path, found] of Object.entries(colours))
    [200, 30, 40, 20, 60, 180].forEach((value, at) => assert.ok(Math.abs(found[at] - value) <= 6, `${path}: ${found}`));
});

test("files that are gone, or changed, since they were chosen are named, and those beside them are imported", async () => {
  const pets = await photosOf("pets");
  const cats = join(pets, "cats");
  const jpegs = await Promise.all(
    (await readdir(cats)).slice(0, 12).map(async (name) => (await readFile(join(cats, name))).toString("base64")),
  );
  const page = await open();
  const { rejected, counts } = await page.evaluate(async (jpegs) => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    const folder = await navigator.storage.getDirectory();
    const write = async (/** @type {string} */ name, /** @type {Uint8Array<ArrayBuffer>} */ bytes) => {
      const handle = await folder.getFileHandle(name, { create: true });
      await new Blob([bytes]).stream().pipeTo(await handle.createWritable());
      return handle.getFile();
    };
    const entries = [];
    for (const [nth, jpeg] of jpegs.entries()) {
      const bytes = Uint8Array.from(atob(jpeg), (letter) => letter.charCodeAt(0));
      entries.push({ path: `${nth % 2 ? "a" : "b"}/${nth}.jpg`, blob: await write(`chosen-${nth}.jpg`, bytes) });
    }
    await folder.removeEntry("chosen-3.jpg");
    await write("chosen-8.jpg", new Uint8Array(10));
    const lab = await openLab({ device: "cpu" });
    const dataset = await lab.importImages(entries, { imageSize: 64, validation: 0, test: 0, storage: "memory" });
    for (const nth of jpegs.keys()) await folder.removeEntry(`chosen-${nth}.jpg`).catch(() => {});
    const { rejected, counts } = dataset.summary;
    await lab.close();
    return { rejected, counts };
  }, jpegs);
  assert.deepEqual(rejected.map((/** @type {any} */ { path }) => path).sort(), ["a/3.jpg", "b/8.jpg"]);
  for (const { reason } of rejected) assert.match(reason, /the file could not be read/);
  assert.deepEqual(counts.train, [5, 5]);
});
