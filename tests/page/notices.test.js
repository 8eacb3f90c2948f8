/** The licences of what the page is made of lie beside it. */
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { test } from "node:test";
import { useBrowser } from "./browser.js";

const { open } = useBrowser();

test("the foot of the page leads to the notice of each work that it brings along", async () => {
  const page = await open();
  const address = await page.locator("#to-notices").evaluate((link) => /** @type {HTMLAnchorElement} */ (link).href);
  const response = await page.request.get(address);
  assert.equal(response.status(), 200);
  const text = await response.text();
  assert.equal(text[0], "\ufeff", "browsers are to read it as UTF-8");
  const vendor = new URL("../../dist/vendor/", import.meta.url);
  const files = (await readdir(vendor, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  assert.ok(files.length > 10);
  for (const { name } of files) assert.ok(text.includes(`/${name}`), `${name} has a notice`);
  for (const work of ["wgpu 30", "libjpeg-turbo-rs 0.9", "wasm-bindgen 0.2", "Rust's standard library", "mnist 1.1.0"])
    assert.ok(text.includes(`\n${work}`), work);
  for (const holder of ["Gildas Lormeau", "Leon Sorokin", "Google LLC", "Microsoft Corporation", "Juan Cazala"])
    assert.match(text, new RegExp(`Copyright.*${holder}`), holder);
});
