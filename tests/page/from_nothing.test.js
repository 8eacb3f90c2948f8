import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseDevice, trainingIs, useBrowser } from "./browser.js";

const { open } = useBrowser();

/** @param {import("playwright-core").Page} page */
const counts = (page) => page.locator(".card .balance").evaluateAll((bars) => bars.map((bar) => bar.getAttribute("aria-label")));

/**
 * @param {import("playwright-core").Page} page
 * @param {string} label
 */
async function balanced(page, label) {
  await page.locator(`.card .balance[aria-label='${label}']`).waitFor();
}

test("from nothing: two classes are named, filled by webcam and paste, trained and opened again", async () => {
  const page = await open({ permissions: ["camera"] });
  await chooseDevice(page, "cpu");
  await page.locator("#image-size").fill("72");
  await page.locator("#begin").click();
  await page.locator("#class-cards").waitFor();
  await page.locator("#network-missing", { hasText: "no training photos yet: Class 1, Class 2" }).waitFor();
  assert.equal(await page.locator("#kept").isVisible(), false, "nothing is kept of empty classes");

  await page.locator("#class-0").fill("<b>나");
  await page.locator("#class-0").press("Enter");
  await page.locator(".card[data-label='<b>나']").waitFor();
  await page.locator("#webcam-class-0").click();
  await page.locator("#webcam-burst").click();
  await page.locator("#webcam-said", { hasText: "20 photos taken" }).waitFor();
  await balanced(page, "<b>나: 10 for training, 5 for validation, 5 for the test");
  // As long as the button is held, by keyboard, too.
  await page.locator("#webcam-hold:enabled").focus();
  await page.keyboard.down("Space");
  await page.waitForFunction(() => parseInt(document.getElementById("webcam-said")?.textContent ?? "") >= 23);
  await page.keyboard.up("Space");
  await page.locator("#webcam-close").click();
  await page.locator("#webcam-dialog").waitFor({ state: "detached" });
  await page.waitForFunction(() => {
    const bar = document.querySelector(".card .balance")?.getAttribute("aria-label") ?? "";
    return (bar.match(/\d+/g) ?? []).reduce((sum, n) => sum + Number(n), 0) >= 23;
  });
  await page.locator("#network-missing", { hasText: "Class 2 has no training photo yet" }).waitFor();
  assert.equal(await page.locator("#summary tr").count(), 0);

  const photo = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(64, 64);
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.fillStyle = "#2a6";
    context.fillRect(5, 5, 40, 40);
    return Array.from(new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer()));
  });
  await page.locator("#paste-class-1").evaluate((element, bytes) => {
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([Uint8Array.from(bytes)], "image.png", { type: "image/png" }));
    element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, photo);
  await balanced(page, "Class 2: 1 for training, 0 for validation, 0 for the test");
  await page.locator("#summary tbody tr").first().waitFor();
  assert.equal(await page.locator("#network-missing").isVisible(), false);
  const file = (/** @type {number} */ nth) => ({ name: `${nth}.png`, mimeType: "image/png", buffer: Buffer.from(photo) });
  await page.locator("#add-class-1").setInputFiles(Array.from({ length: 7 }, (_, nth) => file(nth)));
  await balanced(page, "Class 2: 4 for training, 2 for validation, 2 for the test");
  // Photos are dropped on a class, too.
  await page.locator(".card[data-label='Class 2']").evaluate((element, bytes) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([Uint8Array.from(bytes)], "dropped.png", { type: "image/png" }));
    element.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
  }, photo);
  await balanced(page, "Class 2: 5 for training, 2 for validation, 2 for the test");
  assert.equal(await page.locator("#misfit").isVisible(), false);

  await page.locator("#add-class").click();
  await page.locator("#network-missing", { hasText: "Class 3 has no training photo yet" }).waitFor();
  assert.equal(await page.locator("#start").isDisabled(), true);
  assert.equal(await page.evaluate(() => document.activeElement?.id), "class-2", "its name can be typed at once");
  await page.locator("#drop-2").click();
  await page.locator("#start:enabled").waitFor();
  await page.locator("#epochs").fill("2");
  await page.locator("#start").click();
  await trainingIs(page, "done");
  await page.locator("#evaluate").click();
  await page.locator("[data-testid=test-accuracy]").waitFor();

  await page.setViewportSize({ width: 360, height: 740 });
  await page.locator("#editor > summary").click();
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overflow <= 0, `${overflow} pixels wider than a phone`);

  const before = await counts(page);
  await chooseDevice(page, "webgpu");
  await page.locator("#start:enabled").waitFor();
  assert.deepEqual(await counts(page), before, "on the other device");
  await page.reload();
  await page.locator("#kept li", { hasText: "<b>나, Class 2" }).waitFor();
  await page.locator(".open-kept").click();
  await page.locator("#summary tbody tr").first().waitFor();
  assert.deepEqual(await counts(page), before, "on the next visit");
  assert.equal(await page.locator("#class-0").inputValue(), "<b>나");
  assert.equal(await page.locator("#photos b, #network b").count(), 0, "names are text");
});

test("classes that are still empty are taken to another device with their changes, and can be undone there", async () => {
  const page = await open();
  await chooseDevice(page, "cpu");
  await page.locator("#begin").click();
  await page.locator("#class-cards").waitFor();
  await page.locator("#add-class").click();
  await page.locator("#class-2").fill("owl");
  await page.locator("#class-2").press("Enter");
  await page.locator(".card[data-label=owl]").waitFor();
  await chooseDevice(page, "webgpu");
  await page.locator(".card[data-label=owl]").waitFor();
  await page.locator("#editor > summary").click();
  await page.locator("#undo-photos").click();
  await page.locator(".card[data-label='Class 3']").waitFor();
  await page.locator("#undo-photos").click();
  await page.waitForFunction(() => document.querySelectorAll(".card").length === 2);
});
