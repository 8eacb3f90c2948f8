/** What is kept of datasets beside their pixels: on a full disk, after a crash, and as photos come and go. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { chooseDevice, useBrowser } from "./browser.js";
import { drawPhoto, drawPhotos } from "./drawing.js";

const { open } = useBrowser();

/** @param {import("playwright-core").Page} page */
const names = (page) => page.locator(".class-name").allTextContents();

/**
 * Renames the first class on the page.
 * @param {import("playwright-core").Page} page
 * @param {string} to
 */
async function rename(page, to) {
  await page.locator("#editor:not([open]) > summary").click({ timeout: 1000 }).catch(() => {});
  await page.locator("#class-0").fill(to);
  await page.locator("#class-0").press("Enter");
  await page.locator(".class-name", { hasText: to }).waitFor();
  await page.locator("#start:enabled").waitFor();
}

/**
 * Opens what is kept, on the next visit.
 * @param {import("playwright-core").Page} page
 */
async function openAgain(page) {
  await page.reload();
  await page.locator(".open-kept").click();
  await page.locator("#start:enabled").waitFor();
  return names(page);
}

test("changes that a full disk does not take are told, and what was kept before is whole", async () => {
  const page = await open();
  const folder = await mkdtemp(join(tmpdir(), "fovea-"));
  try {
    const photos = await drawPhotos(page, 8);
    for (const [nth, photo] of photos.entries()) {
      await mkdir(join(folder, nth % 2 ? "ant" : "bee"), { recursive: true });
      await writeFile(join(folder, nth % 2 ? "ant" : "bee", `${nth}.png`), photo);
    }
    await chooseDevice(page, "cpu");
    await page.locator("#image-size").fill("64");
    await page.locator("#choose-folder").setInputFiles(folder);
    await page.locator("#kept li", { hasText: "8 photos, 64×64" }).waitFor();
    await page.locator("#start:enabled").waitFor();

    const session = await page.context().newCDPSession(page);
    const { origin } = new URL(page.url());
    await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1 });
    await rename(page, "개미");
    await page.locator("#photos-error", { hasText: "These changes could not be kept: " }).waitFor();
    await page.locator("#new-class").fill("cow");
    await page.locator("#add-new-class").setInputFiles([
      { name: "a.png", mimeType: "image/png", buffer: await drawPhoto(page, 20) },
    ]);
    await page.locator("#photos-error", { hasText: /no room to keep more photos/ }).waitFor();
    assert.deepEqual(await names(page), ["개미", "bee"], "the dataset goes on");
    await page.locator("#kept li", { hasText: "8 photos, 64×64" }).waitFor();
    assert.deepEqual(await openAgain(page), ["ant", "bee"]);

    await session.send("Storage.overrideQuotaForOrigin", { origin });
    await rename(page, "개미");
    assert.equal(await page.locator("#photos-error").textContent(), "");
    await page.locator("#new-class").fill("cow");
    await page.locator("#add-new-class").setInputFiles([
      { name: "a.png", mimeType: "image/png", buffer: await drawPhoto(page, 20) },
    ]);
    await page.locator("#kept li", { hasText: "9 photos, 64×64" }).waitFor();
    assert.deepEqual(await openAgain(page), ["개미", "bee", "cow"]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a folder that is read again does not take the place of what was changed", async () => {
  const page = await open();
  const folder = await mkdtemp(join(tmpdir(), "fovea-"));
  try {
    for (const [nth, photo] of (await drawPhotos(page, 8)).entries()) {
      await mkdir(join(folder, nth % 2 ? "ant" : "bee"), { recursive: true });
      await writeFile(join(folder, nth % 2 ? "ant" : "bee", `${nth}.png`), photo);
    }
    const read = async () => {
      await page.locator("#choose-folder").setInputFiles(folder);
      await page.locator(".class-name", { hasText: "ant" }).waitFor();
      await page.locator("#start:enabled").waitFor();
    };
    await chooseDevice(page, "cpu");
    await page.locator("#image-size").fill("64");
    await read();
    await read();
    assert.equal(await page.locator("#kept li").count(), 1, "twice the same");
    await rename(page, "개미");
    await page.locator("#kept li", { hasText: "changed" }).waitFor();
    await read();
    await page.waitForFunction(() => document.querySelectorAll("#kept li").length === 2);
    assert.equal(await page.locator("#kept li", { hasText: "changed" }).count(), 1);
    await page.reload();
    await page.locator("#kept li", { hasText: "changed" }).locator(".open-kept").click();
    await page.locator("#start:enabled").waitFor();
    assert.deepEqual(await names(page), ["개미", "bee"]);
    await page.locator("#kept li", { hasText: "changed" }).locator(".delete-kept").click();
    await page.locator(".confirm-delete").click();
    await page.waitForFunction(() => document.querySelectorAll("#kept li").length === 1);
    await page.locator(".open-kept").click();
    await page.locator(".class-name", { hasText: "ant" }).waitFor();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("what is kept counts the photos that were added and dropped, and a record that is cut short gives way to the one before", async () => {
  const page = await open();
  const photos = (await drawPhotos(page, 12)).map((photo) => photo.toString("base64"));
  const told = await page.evaluate(async (photos) => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    const lab = await openLab({ device: "cpu" });
    const entries = photos.map((base64, nth) => ({
      path: `${nth % 2 ? "ant" : "bee"}/${nth}.png`,
      blob: new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))]),
    }));
    const dataset = await lab.importImages(entries.slice(0, 8), { imageSize: [10, 20], validation: 0, test: 0 });
    const counted = async () => {
      const [listed] = await lab.keptDatasets();
      return [dataset.kept, listed].map(({ photos, total, bytes }) => ({ photos, total, bytes: bytes / 600 }));
    };
    const counts = [await counted()];
    await dataset.add(entries.slice(8), { class: "cow" });
    counts.push(await counted());
    await dataset.edit({ remove: ["bee/0.png", "ant/1.png"] });
    await dataset.edit({ drop: "cow" });
    counts.push(await counted());
    await dataset.undo();
    counts.push(await counted());
    await dataset.edit({ rename: "ant", to: "개미" });
    await lab.close();

    // As a tab that was closed in the midst leaves the last one.
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("fovea");
    /** @type {{ turn: number, handle: any, size: number }[]} */
    const files = [];
    for await (const [name, handle] of /** @type {any} */ (folder).entries()) {
      const [, turn] = name.includes(".record-") ? (/"turn":(\d+)/.exec(await (await handle.getFile()).text()) ?? []) : [];
      if (turn) files.push({ turn: Number(turn), handle, size: (await handle.getFile()).size });
    }
    files.sort((a, b) => b.turn - a.turn);
    const writable = await files[0].handle.createWritable({ keepExistingData: true });
    await writable.truncate(files[0].size - 3);
    await writable.close();
    // And one that never became whole.
    const other = await (await folder.getFileHandle("0123.record-0", { create: true })).createWritable();
    await other.truncate(7);
    await other.close();

    const next = await openLab({ device: "cpu" });
    const kept = await next.keptDatasets();
    const opened = await next.openDataset(kept[0].id);
    const left = async () => {
      const names = [];
      for await (const name of /** @type {any} */ (folder).keys()) if (name.includes(".record-")) names.push(name);
      return names;
    };
    for (let tries = 0; (await left()).length > 1 && tries < 50; tries++) await new Promise((resolve) => setTimeout(resolve, 100));
    const tidied = await left();
    await opened.edit({ rename: "bee", to: "벌" });
    const both = await left();
    await next.close();
    return { counts, turns: files.map(({ turn }) => turn), kept: kept.length, summary: opened.summary, tidied, both };
  }, photos);
  const count = (/** @type {number} */ photos) => Array(2).fill({ photos, total: photos, bytes: photos });
  assert.deepEqual(told.counts, [count(8), count(12), count(6), count(10)]);
  assert.deepEqual(told.turns, [7, 6], "the import began and ended, and five changes");
  assert.equal(told.kept, 1);
  assert.deepEqual(told.summary.classes, ["ant", "벌", "cow"]);
  assert.equal(told.tidied.length, 1);
  assert.equal(told.both.length, 2);
});
