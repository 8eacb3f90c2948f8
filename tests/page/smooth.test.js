import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseDevice, trainingIs, useBrowser } from "./browser.js";

const { open } = useBrowser();

/** Milliseconds that no task of the page may take, and that it is watched for. */
const LONGEST = 50;
const WATCHED = 2000;
/** Another program may have had the core: what the page itself does, it does each time. */
const TRIES = 4;

test("training never keeps the page busy for long", async () => {
  const page = await open();
  await chooseDevice(page, "cpu");
  await page.locator("#demo-digits").click();
  await trainingIs(page, "running", 60_000);
  await page.locator("#history tbody tr").first().waitFor({ state: "attached", timeout: 120_000 });

  /** @type {{ longest: number, steps: number }[]} */
  const seen = [];
  do seen.push(await page.evaluate(watch, WATCHED));
  while (seen.length < TRIES && seen[seen.length - 1].longest >= LONGEST);
  const { longest, steps } = seen[seen.length - 1];
  assert.ok(longest < LONGEST, `the longest tasks of each time: ${seen.map(({ longest }) => longest).join(", ")} ms`);
  assert.ok(steps > 2, `${steps} changes of the page's words: it showed the training meanwhile`);
  assert.equal(await page.locator("#training").getAttribute("data-state"), "running");
  await page.locator("#stop").click();
  await trainingIs(page, "stopped", 10_000);
});

/**
 * Watches the page's own thread. It runs in the page, and so knows nothing of this module.
 * @param {number} time in milliseconds
 * @returns {Promise<{ longest: number, steps: number }>} the longest task of 50 ms and more, or 0; and how often the words changed
 */
async function watch(time) {
  let [longest, steps] = [0, 0];
  const tasks = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
  });
  tasks.observe({ type: "longtask" });
  const words = new MutationObserver(() => steps++);
  const shown = /** @type {Node} */ (document.querySelector("#training-words"));
  words.observe(shown, { childList: true, characterData: true, subtree: true });
  await new Promise((resolve) => setTimeout(resolve, time));
  words.disconnect();
  tasks.disconnect();
  return { longest, steps };
}
