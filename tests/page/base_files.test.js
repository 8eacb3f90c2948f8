/** The files of trained networks beside the page: which there are, and what comes of one that is not as it should be. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chooseDevice, useBrowser } from "./browser.js";
import { drawFolder } from "./drawing.js";

const { open } = useBrowser({ expected: /404.*bases\/efficientnet_lite0\.safetensors|status of 404/ });

/** @type {string} */
let folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-"));
});
after(() => rm(folder, { recursive: true }));

test("where several bases lie beside the page, another one is a choice away", async () => {
  const page = await open();
  const root = await drawFolder(page, join(folder, "two"), { each: 8, side: 96 });
  const json = { status: 200, contentType: "application/json" };
  const list = '["efficientnet_lite0.safetensors","vgg16.safetensors"]';
  await page.context().route("**/bases/list.json", (route) => route.fulfill({ ...json, body: list }));
  // Under the other one's name lies the same network.
  await page.context().route("**/bases/vgg16.safetensors*", async (route) => {
    const url = route.request().url().replace("vgg16", "efficientnet_lite0");
    await route.fulfill({ response: await route.fetch({ url }) });
  });
  await chooseDevice(page, "cpu");
  await page.locator("#image-size").fill("96");
  await page.locator("#choose-folder").setInputFiles(root);
  const base = page.locator("#base:enabled");
  await base.waitFor();
  const names = await base.locator("option").allTextContents();
  assert.deepEqual(names, ["EfficientNet-Lite0", "VGG16"]);
  await page.locator("#summary", { hasText: "global_average_pooling2d" }).waitFor();
  await base.selectOption("vgg16");
  // The book's way to put its dense layers on VGG16.
  await page.locator("#summary", { hasText: "flatten" }).waitFor();
  assert.match((await page.locator("#base-description").textContent()) ?? "", /VGG16 .*CC BY 4\.0/);
  // Without any the recipes begin from scratch.
  await page.context().unroute("**/bases/list.json");
  await page.context().route("**/bases/list.json", (route) => route.fulfill({ ...json, body: "[]" }));
  await page.evaluate(() => caches.delete("fovea-bases"));
  await page.reload();
  await chooseDevice(page, "cpu");
  await page.locator("#image-size").fill("96");
  await page.locator("#choose-folder").setInputFiles(root);
  await page.locator("#summary", { hasText: "max_pooling2d" }).waitFor();
  const recipes = await page.locator("#recipe option").evaluateAll((all) => all.map((one) => one.getAttribute("value")));
  assert.deepEqual(recipes, ["digits", "cats_and_dogs_small", "cats_and_dogs_small_2"]);
});

test("a base's file that is missing, cut or another one's is told, and nothing changes", async () => {
  const page = await open();
  const root = await drawFolder(page, join(folder, "drawn"), { each: 8, side: 96 });
  await chooseDevice(page, "cpu");
  await page.locator("#image-size").fill("96");
  /** What the server gives for the file. @type {(() => { status: number, body: Buffer } | null)} */
  let answer = () => ({ status: 404, body: Buffer.from("") });
  await page.context().route("**/bases/efficientnet_lite0.safetensors*", async (route) => {
    const given = answer();
    if (given) await route.fulfill(given);
    else {
      const whole = await (await route.fetch()).body();
      await route.fulfill({ status: 200, body: whole.subarray(0, 200_000) });
    }
  });
  await page.locator("#choose-folder").setInputFiles(root);
  const error = page.locator("#network-error");
  await error.filter({ hasText: "EfficientNet-Lite0 could not be loaded" }).waitFor();
  assert.match((await error.textContent()) ?? "", /404.*[Tt]ry again|404.*try again/);
  // The recipes that begin from scratch are there, and one of them is trained.
  await page.locator("#recipe").selectOption("cats_and_dogs_small");
  await page.locator("#summary tbody tr").first().waitFor();
  const rows = await page.locator("#summary tbody tr").count();
  for (const [nth, body] of [null, Buffer.from("<!doctype html>")].entries()) {
    answer = () => body && { status: 200, body };
    await page.evaluate(() => caches.delete("fovea-bases"));
    await page.locator("#recipe").selectOption("feature_extraction");
    await error.filter({ hasText: "not a safetensors file, or one that ends too early" }).waitFor();
    assert.match((await error.textContent()) ?? "", /base's file/, String(nth));
    assert.equal(await page.locator("#summary tbody tr").count(), rows, "the network in the table is unchanged");
    await page.locator("#recipe").selectOption("cats_and_dogs_small");
    await error.waitFor({ state: "hidden" });
  }
});
