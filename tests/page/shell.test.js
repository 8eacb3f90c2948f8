import assert from "node:assert/strict";
import { test } from "node:test";
import { beginDigits, trainingIs, useBrowser } from "./browser.js";

const { open } = useBrowser();
/** Tab presses before a test gives up looking for something. */
const PRESSES = 150;

/**
 * Presses Tab until the element has the focus.
 * @param {import("playwright-core").Page} page
 * @param {string} id
 */
async function tabTo(page, id) {
  for (let press = 0; press < PRESSES; press++) {
    if ((await page.evaluate(() => document.activeElement?.id)) === id) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`${PRESSES} presses of Tab do not reach #${id}`);
}

/** @param {import("playwright-core").Page} page */
async function quickDigits(page) {
  await beginDigits(page);
}

test("a layer that cannot be shows the engine's message beside its form", async () => {
  const page = await open();
  await quickDigits(page);
  const table = await page.locator("#summary").textContent();
  await page.locator("#layer-0").click();
  await page.locator("#setting-kernel_size").fill("40, 40");
  await page.locator("#apply-layer").click();
  const error = page.locator(".layer-form #network-error:not(:empty)");
  await error.waitFor();
  assert.match((await error.textContent()) ?? "", /window of \[40, 40\] does not fit/);
  assert.equal(await page.locator("#summary").textContent(), table, "the network is as it was");

  await page.locator("#setting-kernel_size").fill("5");
  await page.locator("#setting-filters").fill("8");
  await page.locator("#apply-layer").click();
  await page.locator("#summary tbody tr", { hasText: "(None, 24, 24, 8)" }).waitFor();
  assert.equal(await page.locator("#network-error").textContent(), "");

  const layers = await page.locator("#summary tbody tr").count();
  await page.locator("#new-layer").selectOption("Dropout");
  await page.locator("#add-layer").click();
  await page.locator("#summary tbody tr.selected", { hasText: "Dropout" }).waitFor();
  assert.equal(await page.locator("#summary tbody tr").count(), layers + 1);
  await page.locator("#setting-rate").fill("0.25");
  await page.locator("#apply-layer").click();
  await page.locator("#remove-layer:enabled").click();
  await page.waitForFunction((count) => document.querySelectorAll("#summary tbody tr").length === count, layers);
  assert.match((await page.locator("[data-testid=totals]").textContent()) ?? "", /Total params/);
});

test("undo brings the trained network back", async () => {
  const page = await open();
  await quickDigits(page);
  const table = await page.locator("#summary").textContent();
  await page.locator("#layer-0").click();
  await page.locator("#setting-filters").fill("4");
  await page.locator("#apply-layer").click();
  await page.locator("#curves").waitFor({ state: "hidden" });
  await page.locator("#undo").click();
  await page.locator("#curves").waitFor();
  assert.equal(await page.locator("#summary").textContent(), table);
  await page.locator("#random-photo").click();
  await page.locator("#predictions li").first().waitFor();
});

test("the demo is walked by keyboard alone", async () => {
  const page = await open();
  await tabTo(page, "device-auto");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.locator("#device-line .lamp.cpu").waitFor();
  await page.locator("#device-cpu:enabled").waitFor({ state: "attached" });
  await tabTo(page, "demo-digits");
  const outline = await page.evaluate(
    () => getComputedStyle(/** @type {Element} */ (document.activeElement)).outlineStyle,
  );
  assert.equal(outline, "solid", "the focus is seen");
  await page.keyboard.press("Enter");
  await trainingIs(page, "running", 60_000);
  await tabTo(page, "stop");
  await page.keyboard.press("Enter");
  await trainingIs(page, "stopped");
  await tabTo(page, "evaluate");
  await page.keyboard.press("Enter");
  await page.locator("[data-testid=test-accuracy]").waitFor();
  await tabTo(page, "random-photo");
  await page.keyboard.press("Space");
  await page.locator("#predictions li").first().waitFor();
});

test("on a phone nothing is wider than the screen", async () => {
  const page = await open({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok((await overflow()) <= 0);
  await quickDigits(page);
  await page.locator("#layer-0").click();
  await page.locator("#evaluate").click();
  await page.locator("[data-testid=confusion]").waitFor();
  for (const details of await page.locator("details summary").filter({ visible: true }).all()) await details.click();
  await page.locator("#random-photo").click();
  await page.locator("#predictions li").first().waitFor();
  assert.ok((await overflow()) <= 0);
});

test("everything that takes input has a name", async () => {
  const page = await open();
  await quickDigits(page);
  await page.locator("#layer-0").click();
  const nameless = await page.locator("input, select, button, progress").evaluateAll((all) =>
    all
      .filter((control) => {
        const labels = "labels" in control ? /** @type {NodeListOf<HTMLLabelElement>} */ (control.labels) : [];
        const words = [
          control.getAttribute("aria-label"),
          control.textContent,
          ...Array.from(labels, (label) => label.textContent),
        ];
        return !words.some((text) => text?.trim());
      })
      .map((control) => control.outerHTML),
  );
  assert.deepEqual(nameless, []);
});

test("the page speaks Korean, too, and keeps to it", async () => {
  const page = await open();
  await page.locator("#language").selectOption("ko");
  assert.equal(await page.locator("#photos-title").textContent(), "사진");
  assert.equal(await page.locator("html").getAttribute("lang"), "ko");
  await page.reload();
  await page.locator("#device-line strong").waitFor();
  assert.equal(await page.locator("#result-title").textContent(), "결과");
  await page.locator("#language").selectOption("en");
  assert.equal(await page.locator("#photos-title").textContent(), "Photos");

  const korean = await open({ locale: "ko-KR" });
  assert.equal(await korean.locator("#photos-title").textContent(), "사진");
});
