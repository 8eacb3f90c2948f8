/** The race in Firefox, on the GPU that Vulkan offers. */
import { Page, startFirefox } from "../page/firefox.js";

/** @typedef {import("../page/firefox.js").WebDriver} WebDriver */

/** A week: contenders have limits of their own, the race has none. */
const FOR_EVER = 7 * 24 * 3600 * 1000;
/** Marks the console's lines that are the race's. */
const MARK = "race:";

/** @returns {Promise<import("./chromium.js").Browser>} */
export async function openFirefox() {
  const driver = await startFirefox();
  const version = (await driver.getCapabilities()).getBrowserVersion() ?? "unknown";
  return {
    name: "Firefox",
    version,
    async race(url, heard) {
      const bidi = await driver.getBidi();
      await bidi.subscribe("log.entryAdded");
      bidi.on("log.entryAdded", ({ type, level, text }) => {
        if (text?.startsWith(MARK)) {
          const { report, row, contender } = JSON.parse(text.slice(MARK.length));
          heard(report, row, contender);
        } else if (type === "javascript" && level === "error") console.error(`the page: ${text}`);
      });
      await driver.get(url);
      const page = new Page(driver, bidi, await driver.getWindowHandle());
      await page.has("#start");
      return page.evaluate(raceInPage, MARK, FOR_EVER);
    },
    cold: coldStart,
    close: () => driver.quit(),
  };
}

/**
 * Presses the page's button and tells of its race in the console. It runs in the page, and so knows nothing of this module.
 * @param {string} mark
 * @returns {Promise<string>} what the page says when it is over
 */
function raceInPage(mark) {
  document.addEventListener("race:progress", (event) => {
    const { report, now } = /** @type {CustomEvent} */ (event).detail;
    const told = { report, row: report.rows.indexOf(now?.row), contender: now?.contender.id };
    console.info(mark + JSON.stringify(told));
  });
  return new Promise((resolve) => {
    document.addEventListener("race:done", () => resolve(document.getElementById("status")?.textContent ?? ""));
    document.getElementById("start")?.click();
  });
}

/**
 * In a Firefox of its own, since each has a profile of its own.
 * @param {string} url
 * @param {number} limit in seconds
 * @returns {Promise<DOMStringMap>}
 */
async function coldStart(url, limit) {
  const driver = await startFirefox();
  try {
    await driver.get(url);
    const page = new Page(driver, await driver.getBidi(), await driver.getWindowHandle());
    await page.has("html[data-cold], html[data-failed]", limit * 1000).catch(() => {});
    return await page.evaluate(() => ({ ...document.documentElement.dataset }), null);
  } finally {
    await driver.quit();
  }
}
