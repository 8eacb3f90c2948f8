/** The page's part of model files: formats to choose, progress, names to ask for. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { beginDigits, useBrowser } from "./browser.js";
import { LARGE, changed, digitsFiles } from "./model_files.js";

const { open } = useBrowser();

/**
 * @param {string} name
 * @param {Buffer} buffer
 */
const chosen = (name, buffer) => ({ name, mimeType: "application/octet-stream", buffer });

test("the page saves in each format, opens what is chosen or dropped, and asks for names that the file lacks", async () => {
  const page = await open();
  const { keras } = await digitsFiles(page);
  await beginDigits(page);
  await page.locator("#random-photo").click();
  await page.locator("#predictions li").first().waitFor();
  const note = page.locator("[data-testid=file-note]");
  for (const format of ["keras", "h5", "safetensors"]) {
    await page.locator(`label[for=save-as-${format}]`).click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#save-model").click()]);
    assert.equal(download.suggestedFilename(), `digits.${format}`);
    await note.filter({ hasText: `Saved as digits.${format}.` }).waitFor();
    await page.locator("#open-model").setInputFiles(await download.path());
    await note.filter({ hasText: "Opened digits. Its classes: 0, 1, 2" }).waitFor();
    assert.equal(await page.locator("#class-names").isVisible(), false);
    assert.equal(await page.locator("#file-notes").isVisible(), false);
  }

  const table = await page.locator("#summary").textContent();
  await page.locator("#open-model").setInputFiles(chosen("<b>shopping.keras", Buffer.from("milk, bread")));
  await page.locator("#file-error", { hasText: "<b>shopping.keras: its content is none of the model files that can be opened" }).waitFor();
  assert.equal(await page.locator("#summary").textContent(), table, "the network is as it was");

  const flip = { module: "keras.layers", class_name: "RandomFlip", config: { name: "<i>flip", mode: "horizontal", dtype: "float32" } };
  const flipping = (/** @type {string} */ text) => {
    const { config, ...more } = JSON.parse(text);
    return JSON.stringify({ ...more, config: { ...config, layers: config.layers.toSpliced(1, 0, flip) } });
  };
  const nameless = await changed(keras, { "fovea.json": null, "config.json": flipping });
  await page.locator("#drop-model").evaluate((zone, base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([bytes], "nameless.keras"));
    zone.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
  }, nameless.toString("base64"));
  await page.locator("#class-names").waitFor();
  assert.equal(await page.locator("#file-error").textContent(), "");
  const notes = await page.locator("#file-notes li").allTextContents();
  assert.equal(notes.length, 1, notes.join("; "));
  assert.match(notes[0], /RandomFlip.*left out.*<i>flip/);
  const names = () => page.locator("#class-names input").evaluateAll((all) => all.map((one) => /** @type {HTMLInputElement} */ (one).value));
  assert.deepEqual(await names(), Array.from({ length: 10 }, (_, nth) => `class ${nth + 1}`));
  await page.locator("#class-name-0").fill("<b>zero");
  await page.locator("#class-name-1").fill("<b>zero");
  await page.locator("#use-class-names").click();
  await page.locator("#file-error", { hasText: 'each class needs a name that no other has; names[1] is "<b>zero" once more' }).waitFor();
  assert.equal((await names())[0], "<b>zero", "what was typed stays");
  await page.locator("#class-name-1").fill("one");
  await page.locator("#use-class-names").click();
  await page.locator("#class-names").waitFor({ state: "hidden" });
  await note.filter({ hasText: "<b>zero, one, class 3" }).waitFor();
  await page.locator("#predictions li[data-label=one]").waitFor();
  const labels = await page.locator("#predictions li").evaluateAll((bars) => bars.map((bar) => bar.dataset.label ?? ""));
  assert.ok(labels.includes("<b>zero") && labels.includes("one"), labels.join(", "));
  assert.equal(await page.locator("#result b, #result i").count(), 0, "names are text");

  // The photos' own names make it a network that can be trained on.
  await page.locator("#open-model").setInputFiles(chosen("nameless.keras", nameless));
  await page.locator("#class-names-as-photos").click();
  assert.deepEqual(await names(), Array.from("0123456789"));
  await page.locator("#use-class-names").click();
  await page.locator("#class-names").waitFor({ state: "hidden" });
  await page.locator("#start:enabled").waitFor();
});

test("the page shows how far a large file is, and its Cancel keeps the network that was there", async () => {
  const page = await open();
  await beginDigits(page);
  const table = await page.locator("#summary").textContent();
  await page.evaluate(async (layers) => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    const lab = await openLab({ device: "cpu", seed: 1, workers: 1 });
    const dataset = await lab.importDemo("digits");
    const { blob } = await lab.exportModel(await lab.createModel({ layers, dataset }), "keras");
    await lab.close();
    /** @type {string[]} */
    const seen = [];
    const stage = /** @type {HTMLElement} */ (document.getElementById("open-stage"));
    new MutationObserver(() => seen.push(stage.textContent ?? "")).observe(stage, { childList: true, characterData: true, subtree: true });
    const choose = () => {
      const input = /** @type {HTMLInputElement} */ (document.getElementById("open-model"));
      const files = new DataTransfer();
      files.items.add(new File([blob], "large.keras"));
      input.files = files.files;
      input.dispatchEvent(new Event("change"));
    };
    Object.assign(globalThis, { seen, choose });
  }, LARGE);
  await page.evaluate(() => {
    // As soon as it can be.
    const cancel = /** @type {HTMLElement} */ (document.getElementById("cancel-opening"));
    const row = /** @type {HTMLElement} */ (cancel.parentElement);
    new MutationObserver((_, observer) => {
      if (row.hidden) return;
      observer.disconnect();
      cancel.click();
    }).observe(row, { attributes: true });
    /** @type {any} */ (globalThis).choose();
  });
  const note = page.locator("[data-testid=file-note]");
  await note.filter({ hasText: "Opening was cancelled. The network that was there before is still there." }).waitFor();
  assert.equal(await page.locator("#cancel-opening").isVisible(), false);
  assert.equal(await page.locator("#summary").textContent(), table);

  await page.evaluate(() => /** @type {any} */ (globalThis).choose());
  await note.filter({ hasText: "Opened sequential" }).waitFor({ timeout: 60_000 });
  const seen = await page.evaluate(() => /** @type {string[]} */ (/** @type {any} */ (globalThis).seen));
  assert.ok(seen.some((words) => /^[\d.]+ of 6\d\.\d MB read$/.test(words)), seen.join("; "));
  assert.ok(seen.includes("Building the network from the file…"), seen.join("; "));
  assert.equal(await page.locator("#file-error").textContent(), "");
});
