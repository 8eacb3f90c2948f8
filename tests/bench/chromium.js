/** The race in Chromium. */
import { startChromium } from "../page/chromium.js";

/** @typedef {import("../../www/bench/page/race.js").Report} Report */
/** @typedef {(report: Report, row: number, contender: string | undefined) => void} Heard told before each contender, and at the end */

/**
 * A browser as the race needs it.
 * @typedef {object} Browser
 * @property {string} name
 * @property {string} version
 * @property {(url: string, heard: Heard) => Promise<string>} race until it is over: what its page says then
 * @property {(url: string, limit: number) => Promise<DOMStringMap>} cold what a page that knows nothing leaves at its document
 * @property {() => Promise<void>} close
 */

/**
 * @param {{ gpu: boolean }} options
 * @returns {Promise<Browser>}
 */
export async function openChromium({ gpu }) {
  const browser = await startChromium({ gpu });
  return {
    name: "Chromium",
    version: browser.version(),
    async race(url, heard) {
      const page = await browser.newPage();
      page.on("pageerror", (error) => console.error(`the page: ${error.message}`));
      await page.exposeFunction("heard", heard);
      await page.addInitScript(() => {
        document.addEventListener("race:progress", (event) => {
          const { report, now } = /** @type {CustomEvent} */ (event).detail;
          /** @type {any} */ (window).heard(report, report.rows.indexOf(now?.row), now?.contender.id);
        });
      });
      await page.goto(`${url}&start`);
      await page.locator("html[data-race=done]").waitFor({ state: "attached", timeout: 0 });
      const status = await page.locator("#status").textContent();
      await page.close();
      return status ?? "";
    },
    async cold(url, limit) {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(url);
      const ended = page.locator("html[data-cold], html[data-failed]");
      await ended.waitFor({ state: "attached", timeout: limit * 1000 }).catch(() => {});
      const left = await page.evaluate(() => ({ ...document.documentElement.dataset }));
      await context.close();
      return left;
    },
    close: () => browser.close(),
  };
}
