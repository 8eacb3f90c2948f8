import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { useBrowser } from "./browser.js";

const { open } = useBrowser();
const ROOT = new URL("../../", import.meta.url);

test("what the first screen needs is within its budget", async () => {
  const page = await open();
  // The engine's worker loads behind the page, and Chromium counts what a worker imports among what its page asked for:
  // so here the page is loaded once more, and no worker starts.
  await page.addInitScript(() => {
    globalThis.Worker = /** @type {any} */ (class extends EventTarget {
      postMessage() {}
      terminate() {}
    });
  });
  await page.reload();
  await page.locator("#demo-digits").waitFor();
  await page.waitForLoadState("networkidle");
  const asked = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
  const files = new Set(["index.html"]);
  for (const url of asked) if (url.startsWith(page.url())) files.add(decodeURIComponent(url.slice(page.url().length)));
  for (const known of ["www/page/app.js", "www/styles/page.css"])
    assert.ok(files.has(known), `${known} is among what the page asked for`);
  assert.deepEqual([...files].filter((file) => file.endsWith(".wasm")), [], "the engine loads behind the page");
  assert.ok(!files.has("fovea.js"), "no worker started");

  const sizes = await Promise.all(
    [...files].map(async (file) => ({ file, gzipped: gzipSync(await readFile(new URL(`dist/${file}`, ROOT)), { level: 9 }).length })),
  );
  const sum = sizes.reduce((bytes, { gzipped }) => bytes + gzipped, 0);
  const { firstScreen } = JSON.parse(await readFile(fileURLToPath(new URL("budgets.json", ROOT)), "utf8"));
  sizes.sort((one, other) => other.gzipped - one.gzipped);
  const largest = sizes.slice(0, 10).map(({ file, gzipped }) => `${file} ${gzipped}`);
  const said = `${files.size} files, gzipped ${sum} bytes of ${firstScreen}; the largest: ${largest.join(", ")}`;
  console.log(said);
  assert.ok(sum <= firstScreen, said);
  assert.ok(files.size <= 12, said);
});

for (const viewport of [{ width: 1280, height: 800 }, { width: 390, height: 844 }])
  test(`nothing jumps while the page comes up, ${viewport.width} pixels wide`, async () => {
    const page = await open();
    await page.setViewportSize(viewport);
    await page.addInitScript(() => {
      /** @type {number[]} */
      const shifts = [];
      Object.assign(globalThis, { shifts });
      const heard = (/** @type {PerformanceObserverEntryList} */ list) =>
        shifts.push(...list.getEntries().map((entry) => /** @type {any} */ (entry).value));
      new PerformanceObserver(heard).observe({ type: "layout-shift", buffered: true });
    });
    await page.reload();
    await page.locator(".device-said", { hasText: /\w/ }).waitFor();
    await page.waitForLoadState("networkidle");
    const shifts = await page.evaluate(() => /** @type {number[]} */ (/** @type {any} */ (globalThis).shifts));
    const sum = shifts.reduce((whole, one) => whole + one, 0);
    assert.ok(sum < 0.05, `shifts of ${shifts.join(", ")}`);
  });
