import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseDevice, classify, historyOf, trainingIs, useBrowser } from "./browser.js";
import { testDigits } from "./digits.js";

const { open } = useBrowser();

/** Validation accuracy. */
const ENOUGH = 0.97;

/**
 * Lets a run go on until its validation accuracy is enough, and stops it then.
 * @param {import("playwright-core").Page} page
 * @param {number} enough
 * @returns {Promise<number>} the best so far
 */
async function trainUntil(page, enough) {
  await page.waitForFunction(
    (enough) =>
      !["starting", "running"].includes(document.querySelector("#training")?.getAttribute("data-state") ?? "") ||
      [...document.querySelectorAll("#history tbody td:last-child")].some((cell) => Number(cell.textContent) >= enough),
    enough,
    { timeout: 300_000, polling: 200 },
  );
  if (await page.locator("#stop").isVisible()) await page.locator("#stop").click();
  await page.locator("#start").waitFor();
  return Math.max(...(await historyOf(page)).map(({ val_accuracy }) => val_accuracy));
}

test("one click trains the digits on the CPU to 97 %, and they are then read from files", async () => {
  const page = await open();
  await chooseDevice(page, "cpu");
  await page.locator("#demo-digits").click();
  await page
    .locator("[data-testid=found-line]", { hasText: /^Found [\d,]+ images belonging to 10 classes\.$/ })
    .waitFor();
  assert.equal(await page.locator(".thumbnails").count(), 10);
  await trainingIs(page, "running", 60_000);

  // As few epochs as suffice: the page's own Stop ends the rest, and what the demo lacks is trained further.
  let best = await trainUntil(page, ENOUGH);
  for (let again = 0; best < ENOUGH && again < 2; again++) {
    await page.locator("#start").click();
    best = await trainUntil(page, ENOUGH);
  }
  assert.equal(await page.locator("#training-error").textContent(), "");
  assert.ok(best >= ENOUGH, `validation accuracy ${best}`);

  await page.locator("#evaluate").click();
  const accuracy = Number(await page.locator("[data-testid=test-accuracy]").getAttribute("data-accuracy"));
  assert.ok(accuracy >= 0.94, `test accuracy ${accuracy}`);

  const digits = await testDigits(page, 4);
  assert.equal(digits.length, 40);
  const wrong = [];
  for (const { label, ...file } of digits) {
    const [first] = await classify(page, file);
    if (first.label !== label) wrong.push(`${file.name} read as ${first.label}`);
  }
  assert.ok(wrong.length <= 6, wrong.join(", "));

  await page.locator("#random-photo").click();
  await page.locator("#picture canvas").waitFor();
  const truth = await page.locator("#predictions li.true").getAttribute("data-label");
  assert.equal(await page.locator("#picture p").textContent(), `It is: ${truth}`);
});
