import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseDevice, classify, trainingIs, useBrowser } from "./browser.js";
import { testDigits } from "./digits.js";

const { open } = useBrowser();

test("the training is paused, resumed and stopped, and predicts meanwhile", async () => {
  const page = await open();
  await chooseDevice(page, "cpu");
  const [digit] = await testDigits(page, 1);
  await page.locator("#demo-digits").click();
  await trainingIs(page, "running", 60_000);
  const words = page.locator("#training-words");
  await words.filter({ hasText: /^Epoch 1 of \d+ · step \d+ of \d+ · [\d,]+ images per second · .+ left$/ }).waitFor();
  assert.match(await page.title(), /^\d+ % trained · Fovea$/);

  await page.locator("#pause").click();
  await trainingIs(page, "paused");
  // The step under way may still end.
  await page.waitForTimeout(500);
  const halted = await words.textContent();
  await page.waitForTimeout(1000);
  assert.equal(await words.textContent(), halted);
  assert.equal(await page.locator("#pause").textContent(), "Resume");

  await page.locator("#pause").click();
  await trainingIs(page, "running");
  await page.waitForFunction((before) => document.querySelector("#training-words")?.textContent !== before, halted);

  const said = await classify(page, digit);
  assert.equal(said.length, 10);
  assert.equal(await page.locator("#training").getAttribute("data-state"), "running");

  await page.locator("#stop").click();
  await page.locator("#start").waitFor();
  assert.equal(await page.locator("#training").getAttribute("data-state"), "stopped");
  assert.equal(await page.locator("#training-error").textContent(), "");
  assert.equal(await page.title(), "Fovea");
  assert.equal(await page.locator("#start").textContent(), "Continue training");
});

test("a paused training can be stopped, and another begun", async () => {
  const page = await open();
  await chooseDevice(page, "cpu");
  await page.locator("#demo-digits").click();
  await trainingIs(page, "running", 60_000);
  await page.locator("#pause").click();
  await trainingIs(page, "paused");
  await page.locator("#stop").click();
  await trainingIs(page, "stopped", 10_000);

  const epochs = await page.locator("#history tbody tr").count();
  await page.locator("#epochs").fill("1");
  await page.locator("#steps-per-epoch").fill("4");
  await page.locator("#start").click();
  await trainingIs(page, "done", 60_000);
  assert.equal(await page.locator("#history tbody tr").count(), epochs + 1);

  // More epochs than the table has rows by now, so that the old table cannot be taken for the new one.
  const rows = (/** @type {number} */ count) =>
    page.waitForFunction((wanted) => document.querySelectorAll("#history tbody tr").length === wanted, count, { timeout: 60_000 });
  await page.locator("#epochs").fill("3");
  await page.locator("#start-afresh").click();
  await rows(3);
  await trainingIs(page, "done", 60_000);
  await page.locator("#start").click();
  await rows(6);
  await trainingIs(page, "done", 60_000);
});
