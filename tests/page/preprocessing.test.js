import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseDevice, useBrowser } from "./browser.js";

const { open } = useBrowser();

test("what photos become for an opened network is shown, and can be changed", async () => {
  const page = await open();
  await chooseDevice(page, "cpu");
  const files = await page.evaluate(async () => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    const lab = await openLab({ device: "cpu", seed: 9 });
    const dataset = await lab.createDataset({ classes: ["cat", "dog"], imageSize: 32 });
    const config = { filters: 4, kernel_size: 3, activation: "relu" };
    const layers = [{ class_name: "Conv2D", config }, { class_name: "GlobalAveragePooling2D" }, { class_name: "Dense", config: { units: 1, activation: "sigmoid" } }];
    const model = await lab.createModel({ layers, dataset });
    const bytes = async (/** @type {string} */ format) => Array.from(new Uint8Array(await (await lab.exportModel(model, format)).blob.arrayBuffer()));
    const files = { keras: await bytes("keras"), own: await bytes("safetensors") };
    await lab.close();
    return files;
  });
  const file = (/** @type {string} */ name, /** @type {number[]} */ bytes) => ({ name, mimeType: "application/octet-stream", buffer: Buffer.from(bytes) });
  const select = page.locator("#preprocessing");
  const firstLayer = async () => (await page.locator("#summary tbody tr").first().textContent())?.trim() ?? "";
  await page.locator("#open-model").setInputFiles(file("net.keras", files.keras));
  await select.waitFor();
  assert.equal(await select.inputValue(), "1/255");
  assert.match(await firstLayer(), /^conv2d /);
  for (const [choice, layer] of [["caffe", /^preprocessing \(Conv2D\)/], ["tf", /^preprocessing \(Rescaling\)/], ["1/255", /^conv2d /]]) {
    await select.selectOption(/** @type {string} */ (choice));
    await page.waitForFunction((source) => new RegExp(source).test(document.querySelector("#summary tbody tr")?.textContent?.trim() ?? ""), /** @type {RegExp} */ (layer).source);
    await page.locator("#preprocessing:enabled").waitFor();
    assert.equal(await select.inputValue(), choice);
  }
  // Our own file says itself what photos become.
  await page.locator("#open-model").setInputFiles(file("net.safetensors", files.own));
  await page.locator("[data-testid=file-note]", { hasText: "Opened" }).waitFor();
  await select.waitFor({ state: "hidden" });
});
