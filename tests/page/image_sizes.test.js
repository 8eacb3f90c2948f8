/** Every image size that the page offers makes a network that trains; one that no longer fits says why. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseDevice, useBrowser } from "./browser.js";
import { drawPhotos } from "./drawing.js";

const { open } = useBrowser();

/**
 * Takes the book's network where a base is suggested: for photos of 96 pixels and more.
 * @param {import("playwright-core").Page} page
 * @param {string} side
 */
async function fromScratch(page, side) {
  if (Number(side) < 96) return;
  await page.locator("#base-description:visible").waitFor({ timeout: 20_000 });
  await page.locator("#recipe:enabled").selectOption("cats_and_dogs_small");
}

test("the page makes a network of photos of any size, and says which", async () => {
  const page = await open();
  await chooseDevice(page, "cpu");
  const photos = await drawPhotos(page, 12);
  const files = photos.map((buffer, nth) => ({ name: `${nth % 2 ? "cat" : "dog"}.${nth}.png`, mimeType: "image/png", buffer }));
  // Total parameters of the book's network where it can be made, of fewer or more pairs of layers where not.
  const wanted = { 8: 149_377, 32: 356_417, 45: 684_097, 46: 307_393, 150: 3_453_121, 512: 13_234_497 };
  for (const [side, parameters] of Object.entries(wanted)) {
    await page.locator("#image-size").fill(side);
    await page.locator("#choose-files").setInputFiles(files);
    await fromScratch(page, side);
    const totals = page.locator("[data-testid=totals]", { hasText: parameters.toLocaleString("en") });
    await totals.first().waitFor({ timeout: 20_000 });
    assert.equal(await page.locator("#network-error").textContent(), "", `at ${side}`);
    await page.locator("#start:enabled").waitFor();
    assert.equal(await page.locator("#start-reason").isHidden(), true);
  }
  // The smallest and the largest image train, too; with 150 pixels other tests do.
  for (const side of ["8", "512"]) {
    await page.locator("#image-size").fill(side);
    await page.locator("#choose-files").setInputFiles(files);
    await fromScratch(page, side);
    await page.locator("#summary tbody tr", { hasText: side === "8" ? "(None, 6, 6, 32)" : "(None, 510, 510, 32)" }).waitFor();
    await page.locator("#epochs").fill("1");
    await page.locator("#batch-size").fill("2");
    await page.locator("#steps-per-epoch").fill("1");
    await page.locator("#start").click();
    await page.locator('#training[data-state="done"], #training[data-state="failed"]').waitFor({ timeout: 120_000 });
    assert.equal(await page.locator("#training-error").textContent(), "", `at ${side}`);
  }
});

test("a network for another size, other channels or other classes says so, and cannot be started", async () => {
  const page = await open();
  await chooseDevice(page, "cpu");
  const photos = await drawPhotos(page, 12);
  const named = (/** @type {string[]} */ names) =>
    photos.map((buffer, nth) => ({ name: `${names[nth % 2]}.${nth}.png`, mimeType: "image/png", buffer }));
  const read = async (/** @type {string} */ side, /** @type {string[]} */ names) => {
    await page.locator("#image-size").fill(side);
    await page.locator("#choose-files").setInputFiles(named(names));
    await page.locator("#start:enabled").waitFor();
    await page.locator(".class-name", { hasText: names[0] }).waitFor();
    await page.locator("#summary tbody tr", { hasText: `(None, ${Number(side) - 2}, ${Number(side) - 2}, 32)` }).waitFor();
  };
  const undoneSays = async (/** @type {RegExp} */ reason) => {
    await page.locator("#undo").click();
    await page.locator("#start-reason:not(:empty)").waitFor();
    assert.match((await page.locator("#start-reason").textContent()) ?? "", reason);
    assert.match((await page.locator("#misfit").textContent()) ?? "", reason);
    assert.equal(await page.locator("#start").isDisabled(), true);
    assert.equal(await page.locator("#evaluate").isDisabled(), true);
    await page.locator("#new-network").click();
    await page.locator("#start:enabled").waitFor();
    assert.equal(await page.locator("#start-reason").isHidden(), true);
    assert.equal(await page.locator("#misfit").isHidden(), true);
  };
  await read("64", ["cats", "dogs"]);
  await read("48", ["cats", "dogs"]);
  await undoneSays(/The network was made for images of 64×64 pixels, and the photos are now 48×48/);
  await read("48", ["ants", "dogs"]);
  await undoneSays(/The network was made for cats, dogs, and the classes are now ants, dogs/);
  // Digits are grey.
  await read("28", ["cats", "dogs"]);
  await page.locator("#demo-digits").click();
  await page.locator("#stop").click();
  await page.locator("#start:enabled").waitFor();
  // Undo once to the network before the digits' own.
  await undoneSays(/The network was made for images in colour, and the photos are grey/);
});
