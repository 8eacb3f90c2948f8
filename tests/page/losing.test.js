/** What a user has made is not lost without a word: kept photos that are deleted, networks that were trained and not saved. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { beginDigits, chooseDevice, trainingIs, useBrowser } from "./browser.js";
import { drawPhoto } from "./drawing.js";

const { open } = useBrowser();

/** @typedef {import("playwright-core").Page} Page */

/**
 * Reloads the page, and stays where it asks.
 * @param {Page} page
 * @returns {Promise<boolean>} whether it asked
 */
async function asksBeforeReload(page) {
  const asked = page.waitForEvent("dialog", { timeout: 60_000 });
  const reloaded = page.waitForEvent("load", { timeout: 60_000 });
  for (const waiting of [asked, reloaded]) waiting.catch(() => {});
  page.evaluate(() => location.reload()).catch(() => {});
  const dialog = await Promise.race([asked, reloaded.then(() => null)]);
  if (!dialog) return false;
  assert.equal(dialog.type(), "beforeunload");
  await dialog.dismiss();
  return true;
}

/**
 * @param {Page} page
 * @returns {Promise<string>} the saved file
 */
async function save(page) {
  const downloading = page.waitForEvent("download");
  await page.locator("#save-model").click();
  return (await downloading).path();
}

/** @param {Page} page */
const table = (page) => page.locator("#summary").textContent();

test("a page with a trained network that was not saved asks before it is left, and one without does not", async () => {
  const page = await open();
  assert.equal(await asksBeforeReload(page), false, "there is nothing to lose");
  await page.locator("#device-line strong").waitFor();
  await beginDigits(page);
  assert.equal(await asksBeforeReload(page), true);
  assert.match((await page.locator("#training-words").textContent()) ?? "", /Epoch 1 of/, "it is still there");
  await save(page);
  await page.locator("#steps-per-epoch").fill("2");
  await page.locator("#epochs").fill("1");
  await page.locator("#start").click();
  await trainingIs(page, "done");
  assert.equal(await asksBeforeReload(page), true, "it has learnt more than the file has");
  await save(page);
  assert.equal(await asksBeforeReload(page), false);
});

test("networks that others took the place of come back, one after the other, and are not forgotten on leaving", async () => {
  const page = await open();
  await beginDigits(page);
  const file = await save(page);
  await page.locator("#steps-per-epoch").fill("2");
  await page.locator("#epochs").fill("1");
  await page.locator("#start").click();
  await trainingIs(page, "done");
  const trainedTable = await table(page);
  const rows = await page.locator("#history tbody tr").count();
  await page.locator("#open-model").setInputFiles(file);
  const note = page.locator("[data-testid=file-note]", { hasText: "Opened digits" });
  await note.waitFor();
  assert.match((await note.textContent()) ?? "", /trained before was not saved: “Undo the last change” in panel 2 brings it back/);
  await page.locator("#recipe").selectOption("cats_and_dogs_small");
  await page.waitForFunction((before) => document.querySelector("#summary")?.textContent !== before, trainedTable);
  assert.equal(await asksBeforeReload(page), true, "undo would bring it back");
  await page.locator("#undo").click();
  await page.waitForFunction((before) => document.querySelector("#summary")?.textContent === before, trainedTable);
  assert.equal(await page.locator("#curves").isHidden(), true, "the opened one");
  await page.locator("#undo").click();
  await page.locator("#curves").waitFor();
  assert.equal(await page.locator("#history tbody tr").count(), rows);
  assert.equal(await page.locator("#undo").isHidden(), true);
});

test("a trained network is there to be brought back while another dataset has no photos yet", async () => {
  const page = await open();
  await beginDigits(page);
  const before = await table(page);
  await page.locator("#begin").click();
  await page.locator("#network-missing", { hasText: "have no training photos yet" }).or(page.locator("#network-missing", { hasText: "no training photos" })).waitFor();
  await page.locator("#undo:enabled").waitFor();
  for (const nth of [0, 1]) {
    const files = [0, 1, 2, 3].map(async (at) => ({ name: `${at}.png`, mimeType: "image/png", buffer: await drawPhoto(page, nth * 9 + at) }));
    await page.locator(`#add-class-${nth}`).setInputFiles(await Promise.all(files));
    await page.locator(".card").nth(nth).locator(".balance").waitFor();
  }
  await page.locator("#start:enabled").waitFor();
  assert.notEqual(await table(page), before);
  await page.locator("#undo").click();
  await page.waitForFunction((before) => document.querySelector("#summary")?.textContent === before, before);
  await page.locator("#curves").waitFor();
  // And it cannot go on with these photos, which is said where it would.
  assert.match(
    (await page.locator("#start-reason").textContent()) ?? "",
    /The network was made for images of 28×28 pixels, and the photos are now 150×150/,
  );
  assert.equal(await page.locator("#start").isDisabled(), true);
});

test("deleting kept photos asks, by keyboard too, and keeps them where the answer is no", async () => {
  const page = await open();
  await chooseDevice(page, "cpu");
  await page.locator("#image-size").fill("32");
  const entries = await Promise.all(
    [0, 1, 2, 3, 4, 5, 6, 7].map(async (nth) => ({ name: `${nth % 2 ? "cat" : "dog"}.${nth}.png`, mimeType: "image/png", buffer: await drawPhoto(page, nth) })),
  );
  await page.locator("#choose-files").setInputFiles(entries);
  await page.locator("#kept li").waitFor();
  await page.locator(".delete-kept").focus();
  await page.keyboard.press("Enter");
  assert.match((await page.locator("#kept .question").textContent()) ?? "", /\(8 photos\) from this browser\? This cannot be undone/);
  // The answer that does no harm has the focus.
  assert.equal(await page.evaluate(() => document.activeElement?.classList.contains("keep-kept")), true);
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.classList.contains("delete-kept")), true);
  assert.equal(await page.locator("#kept .question").count(), 0);
  const kept = () => page.evaluate(async () => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    const lab = await openLab({ device: "cpu", workers: 1 });
    const { length } = await lab.keptDatasets();
    await lab.close();
    return length;
  });
  assert.equal(await kept(), 1);
  await page.locator(".delete-kept").click();
  await page.locator(".confirm-delete").click();
  await page.locator("#kept").waitFor({ state: "hidden" });
  assert.equal(await kept(), 0);
});
