/**
 * The README's pictures, of the built page: `node tests/page/screenshots.js`. Only the digits are on them, since other
 * people's photos have licences of their own.
 */
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { serveSite } from "./site.js";

const PICTURES = fileURLToPath(new URL("../../docs/pictures/", import.meta.url));
/** What is left around a part of a panel. */
const MARGIN = 24;
/** @type {Record<string, { panels: string[], options: import("playwright-core").BrowserContextOptions }>} */
const LOOKS = {
  light: { panels: ["photos", "network", "training", "result", "augmentation"], options: { viewport: { width: 1100, height: 800 } } },
  dark: { panels: ["training", "result"], options: { viewport: { width: 1100, height: 800 }, colorScheme: "dark" } },
  phone: {
    panels: ["photos", "result"],
    options: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  },
};

/**
 * @param {import("playwright-core").Page} page
 * @param {string} look
 * @param {string[]} panels
 */
async function takePictures(page, look, panels) {
  const picture = (/** @type {string} */ name) => `${PICTURES}${name}-${look}.png`;
  await page.locator("#device-line strong").waitFor();
  await page.screenshot({ path: picture("start") });
  await page.locator("#demo-digits").click();
  await page.locator('#training[data-state="done"]').waitFor({ timeout: 600_000 });
  await page.locator("#evaluate").click();
  await page.locator("[data-testid=confusion]").waitFor();
  await page.locator("#random-photo").click();
  await page.locator("#predictions li").first().waitFor();
  await page.locator("#layer-0").click();
  await page.waitForFunction(() => document.querySelectorAll(".thumbnails span").length === 0);
  for (const panel of panels) {
    if (panel === "augmentation") await augment(page);
    const { x, y, width, height } = (await page.locator(`#${panel}`).boundingBox()) ?? { x: 0, y: 0, width: 1, height: 1 };
    const margin = panel === "augmentation" ? MARGIN : 0;
    const [left, top] = await page.evaluate(() => [scrollX, scrollY]);
    const clip = { x: left + x - margin, y: top + y, width: width + 2 * margin, height };
    await page.screenshot({ path: picture(panel), fullPage: true, clip });
  }
}

/**
 * Switches augmentation on, and waits for its nine pictures. Mirrored digits are none.
 * @param {import("playwright-core").Page} page
 */
async function augment(page) {
  await page.locator("#augment").check();
  await page.locator("#augmentation-horizontal_flip").uncheck();
  // The nine stay in sight while one scrolls.
  await page.evaluate(() => scrollTo(0, 0));
  await page.waitForTimeout(1000);
}

await mkdir(PICTURES, { recursive: true });
const site = await serveSite();
const browser = await chromium.launch({
  executablePath: process.env.FOVEA_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
try {
  for (const [look, { panels, options }] of Object.entries(LOOKS)) {
    const context = await browser.newContext({ locale: "en-GB", reducedMotion: "reduce", ...options });
    const page = await context.newPage();
    await page.goto(site.url);
    await takePictures(page, look, panels);
    await context.close();
  }
} finally {
  await browser.close();
  await site.close();
}
