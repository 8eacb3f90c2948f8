/** "Check the photos": what is certain is an alarm, what looks alike is shown side by side, and either can be left out. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { beginDigits, chooseDevice, useBrowser } from "./browser.js";
import { drawPhotos } from "./drawing.js";

const { open } = useBrowser();

test("copies in two classes or splits are an alarm, and are left out, undone or kept", async () => {
  const page = await open();
  await chooseDevice(page, "cpu");
  const photos = await drawPhotos(page, 24);
  const files = photos.map((buffer, nth) => ({ name: `${nth % 2 ? "cat" : "dog"}.${nth}.png`, mimeType: "image/png", buffer }));
  // One photo is a cat and a dog; another is there three times as a cat.
  files.push({ name: "dog.30.png", mimeType: "image/png", buffer: photos[1] });
  for (const nth of [31, 32]) files.push({ name: `cat.${nth}.png`, mimeType: "image/png", buffer: photos[3] });
  await page.locator("#image-size").fill("32");
  await page.locator("#choose-files").setInputFiles(files);
  await page.locator("[data-testid=found-line]", { hasText: "Found 27 images" }).waitFor();
  await page.locator("#examine").click();
  const contradictions = page.locator("#contradictions");
  await contradictions.locator("canvas").nth(1).waitFor();
  assert.match((await contradictions.locator("summary").textContent()) ?? "", /^1 photo is in more than one class/);
  assert.ok(await contradictions.evaluate((element) => element.classList.contains("error") && element === document.querySelector("#health > :first-child")));
  const labels = await contradictions.locator("figcaption strong").allTextContents();
  assert.deepEqual(labels.sort(), ["cat", "dog"]);
  assert.equal(await contradictions.locator(".leave-out").isDisabled(), true, "which class is right is for the user to say");

  const copies = page.locator("#leaks, #exact");
  await copies.waitFor();
  assert.equal(await copies.count(), 1, "three copies are one photo, told once");
  if (!(await copies.getAttribute("open"))?.length) await copies.evaluate((element) => void (/** @type {HTMLDetailsElement} */ (element).open = true));
  await copies.locator("canvas").nth(2).waitFor();
  assert.equal(await copies.locator(".leave-out").textContent(), "Leave out 2 photos");
  await copies.locator(".leave-out").click();
  await page.locator("[data-testid=found-line]", { hasText: "Found 25 images" }).waitFor();
  // It looks again by itself.
  await contradictions.locator("canvas").nth(1).waitFor();
  assert.equal(await copies.count(), 0);
  const dog = contradictions.locator("figure", { has: page.locator("strong", { hasText: "dog" }) });
  await dog.getByLabel("Leave out").check();
  await contradictions.locator(".leave-out", { hasText: "Leave out 1 photo" }).click();
  await page.locator("[data-testid=found-line]", { hasText: "Found 24 images" }).waitFor();
  await page.locator("#health > *").first().waitFor();
  assert.equal(await contradictions.count(), 0);
  await page.locator("#editor > summary").click();
  await page.locator("#undo-photos").click();
  await page.locator("#undo-photos:enabled").click();
  await page.locator("[data-testid=found-line]", { hasText: "Found 27 images" }).waitFor();
  await page.locator("#examine").click();
  await contradictions.locator(".keep-all").click();
  assert.equal(await contradictions.count(), 0, "what the user wants to keep is told no more");
});

test("the digits have no alarm, and their look-alikes are tight groups", async () => {
  const page = await open();
  await beginDigits(page);
  await page.locator("#examine").click();
  await page.locator("#near").waitFor({ timeout: 60_000 });
  assert.equal(await page.locator("#health .error").count(), 0);
  assert.equal(await page.locator("#near").getAttribute("open"), null);
  await page.locator("#near > summary").click();
  await page.locator("#near canvas").nth(1).waitFor();
  assert.equal(await page.locator("#near .leave-out").isDisabled(), true);
});
