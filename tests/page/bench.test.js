import assert from "node:assert/strict";
import { test } from "node:test";
import { markdown, median } from "../../www/bench/page/report.js";
import { MOBILE } from "../../www/bench/shared/convolutions.js";
import { useBrowser } from "./browser.js";

/** @typedef {import("../../www/bench/page/race.js").Report} Report */

// A contender that is ended may be loading still.
const { visit } = useBrowser({ expected: /ERR_ABORTED/ });

/**
 * Clicks Start, and waits for the end.
 * @param {import("playwright-core").Page} page
 * @returns {Promise<Report>}
 */
async function race(page) {
  const done = page.evaluate(
    () =>
      new Promise((resolve) =>
        document.addEventListener("race:done", (event) => resolve(/** @type {CustomEvent} */ (event).detail.report)),
      ),
  );
  await page.locator("#start").click();
  return /** @type {Promise<Report>} */ (done);
}

test("four libraries race on the CPU: the table fills, and its figures can be copied", async () => {
  const contenders = ["fovea-cpu", "tfjs-cpu", "jax-wasm", "onnxruntime-wasm"];
  const page = await visit(`bench.html?sizes=64x4&groups=inference&contenders=${contenders}&budget=0.1`);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const report = await race(page);
  assert.equal(await page.locator("#status").textContent(), "Done.");

  const [row, ...others] = report.rows;
  assert.equal(others.length, 0);
  for (const id of contenders) {
    const { status, runs = [], median: time, message } = row.results[id];
    assert.equal(status, "measured", `${id}: ${message}`);
    assert.ok(runs.length >= 3 && runs.every((seconds) => seconds > 0));
    assert.equal(time, median(runs));
  }
  const cells = page.locator("#tables tbody td");
  assert.equal(await cells.count(), contenders.length);
  const shown = await cells.allTextContents();
  assert.match(shown[0], /^[\d.,]+$/);
  for (const cell of shown.slice(1)) assert.match(cell, /^[\d.,]+ \([\d.,]+×\)$/);

  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await page.locator("#copy-json").click();
  await page.locator("#status", { hasText: "Copied." }).waitFor();
  assert.deepEqual(JSON.parse(await copied()), report);
  await page.locator("#copy-table").click();
  await page.waitForFunction(async () => (await navigator.clipboard.readText()).startsWith("|"));
  assert.equal(await copied(), markdown(report));
});

test("each convolution of ours is timed alone", async () => {
  const page = await visit("bench.html?groups=kernels&contenders=fovea-cpu&budget=0.1");
  const report = await race(page);
  assert.equal(report.rows.length, 11);
  for (const { kind, convolution, results } of report.rows)
    assert.equal(results["fovea-cpu"].status, "measured", `${kind} ${JSON.stringify(convolution)}: ${results["fovea-cpu"].message}`);
});

test("each of a mobile network's convolutions is timed alone, by every library that can", async () => {
  const contenders = ["fovea-cpu", "onnxruntime-wasm"];
  const page = await visit(`bench.html?groups=mobile&contenders=${contenders}&budget=0.1`);
  const report = await race(page);
  assert.equal(report.rows.length, 3 * MOBILE.length);
  for (const { kind, convolution, results } of report.rows) {
    // ONNX Runtime trains nothing.
    assert.deepEqual(Object.keys(results), kind === "forward" ? contenders : ["fovea-cpu"]);
    for (const [id, { status, message }] of Object.entries(results))
      assert.equal(status, "measured", `${id} ${kind} ${JSON.stringify(convolution)}: ${message}`);
  }
});

test("a contender that takes too long is ended, and a race can be stopped", async () => {
  const page = await visit("bench.html?sizes=150x20&groups=training&contenders=fovea-cpu,tfjs-cpu&limit=0.5");
  await page.locator("#start").click();
  await page.locator("td[data-contender=fovea-cpu]", { hasText: "> 0.5 s" }).waitFor();
  await page.locator("#stop").click();
  await page.locator("#status", { hasText: "Stopped." }).waitFor();
  assert.ok(await page.locator("#start").isEnabled());
  assert.ok(await page.locator("#stop").isDisabled());
});

test("on a phone nothing but the table itself is wider than the screen", async () => {
  const viewport = { width: 360, height: 740 };
  const page = await visit("bench.html?sizes=64x4&groups=inference&contenders=fovea-cpu&budget=0.1", { viewport });
  await race(page);
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0);
});
