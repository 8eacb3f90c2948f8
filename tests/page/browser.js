import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before } from "node:test";
import { fileURLToPath } from "node:url";
import { startChromium } from "./chromium.js";
import { madePhotos } from "./made.js";
import { serveSite } from "./site.js";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("playwright-core").BrowserContextOptions} ContextOptions */

const BESIDE = fileURLToPath(new URL("../../../shared/photos", import.meta.url));
/** The folder of real photos; empty where there are none. An empty FOVEA_PHOTOS says so on purpose. */
export const REAL_PHOTOS = process.env.FOVEA_PHOTOS ?? (existsSync(BESIDE) ? BESIDE : "");

/** @typedef {Awaited<ReturnType<import("playwright-core").BrowserContext["storageState"]>>} Storage */

/**
 * A browser and the built page for the tests of one file. After each test every page of it is closed, and none may have
 * asked another origin for anything, failed a request, thrown, or written an error to the console.
 * @param {{ expected?: RegExp, tuned?: boolean }} [options] what a test throws on purpose, and whether the pages of a test
 *   know how fast the GPU's kernels are from the tests before it, as a user's do from the visit before: it takes ten
 *   seconds to find out
 * @returns {{ open: (options?: ContextOptions) => Promise<Page>, visit: (path: string, options?: ContextOptions) => Promise<Page> }}
 *   `open` waits until the engine is there; `visit` goes to another page of the site
 */
export function useBrowser({ expected, tuned = false } = {}) {
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {Awaited<ReturnType<typeof serveSite>>} */
  let site;
  /** @type {import("playwright-core").BrowserContext[]} */
  let contexts = [];
  /** @type {string[]} */
  let complaints = [];
  /** @type {string[]} */
  let requests = [];
  /** What the engine has found out about the GPU. @type {Storage | undefined} */
  let storageState;

  before(async () => {
    site = await serveSite();
    browser = await startChromium();
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });
  afterEach(async () => {
    if (tuned && contexts.length) {
      const { cookies, origins } = await contexts[0].storageState({ indexedDB: true });
      storageState = { cookies, origins: origins.map((origin) => ({ ...origin, localStorage: [] })) };
    }
    for (const context of contexts) await context.close();
    const [heard, asked] = [complaints, requests];
    [contexts, complaints, requests] = [[], [], []];
    assert.deepEqual(
      heard.filter((complaint) => !expected?.test(complaint)),
      [],
    );
    // The engine is fetched in the worker: this listener is not blind there.
    assert.ok(
      asked.some((url) => url.endsWith("_bg.wasm")),
      "the worker's requests were seen",
    );
  });

  /**
   * @param {ContextOptions} [options]
   * @returns {Promise<Page>}
   */
  async function blank(options) {
    const context = await browser.newContext({
      acceptDownloads: true,
      reducedMotion: "reduce",
      locale: "en-GB",
      storageState,
      ...options,
    });
    contexts.push(context);
    context.on("request", (request) => {
      const url = new URL(request.url());
      requests.push(url.href);
      if (url.origin !== site.origin && url.protocol !== "data:") complaints.push(`asked another origin: ${url.href}`);
    });
    context.on("requestfailed", (request) => {
      const reason = request.failure()?.errorText;
      // A page that is left, or a worker that is ended, takes its requests along.
      if (reason !== "net::ERR_ABORTED") complaints.push(`failed: ${request.url()} ${reason}`);
    });
    context.on(
      "response",
      (response) => response.status() >= 400 && complaints.push(`${response.status()}: ${response.url()}`),
    );
    context.on("weberror", (error) => complaints.push(`thrown: ${error.error().message}`));
    context.on("console", (message) => message.type() === "error" && complaints.push(`console: ${message.text()}`));
    return context.newPage();
  }

  return {
    async open(options) {
      const page = await blank(options);
      await page.goto(site.url);
      await engineReady(page);
      return page;
    },
    async visit(path, options) {
      const page = await blank(options);
      await page.goto(site.url + path);
      return page;
    },
  };
}

/** @param {Page} page */
async function engineReady(page) {
  await page.locator("#device-line strong").waitFor();
}

/**
 * Clicks the switch on top, and waits until the page computes there.
 * @param {Page} page
 * @param {"cpu" | "webgpu"} device
 */
export async function chooseDevice(page, device) {
  await page.locator(`label[for=device-${device}]`).click();
  await page.locator(`#device-${device}:enabled:checked`).waitFor({ state: "attached" });
  await page.locator(`#device-line .lamp.${device}`).waitFor();
}

/**
 * @param {Page} page
 * @param {string} state of the training panel
 * @param {number} [timeout] in milliseconds
 */
export async function trainingIs(page, state, timeout = 240_000) {
  await page.locator(`#training[data-state="${state}"], #training[data-state="failed"]`).waitFor({ timeout });
  const reached = await page.locator("#training").getAttribute("data-state");
  assert.equal(reached, state, (await page.locator("#training-error").textContent()) ?? "");
}

/**
 * The numbers in the table of epochs.
 * @param {Page} page
 * @returns {Promise<{ loss: number, accuracy: number, val_loss: number, val_accuracy: number }[]>}
 */
export async function historyOf(page) {
  const rows = await page
    .locator("#history tbody tr")
    .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => Number(cell.textContent))));
  return rows.map(([, loss, accuracy, val_loss, val_accuracy]) => ({ loss, accuracy, val_loss, val_accuracy }));
}

/**
 * Classifies an image by the page's own field.
 * @param {Page} page
 * @param {string | { name: string, mimeType: string, buffer: Buffer }} file
 * @returns {Promise<{ label: string, probability: number }[]>} most likely first
 */
export async function classify(page, file) {
  await page.locator("#choose-image").setInputFiles(file);
  const name = typeof file === "string" ? file.split("/").at(-1) : file.name;
  await page.locator("#picture", { hasText: name }).waitFor();
  await page.locator("#predictions li").first().waitFor();
  return page
    .locator("#predictions li")
    .evaluateAll((all) =>
      all.map((bar) => ({ label: bar.dataset.label ?? "", probability: Number(bar.dataset.probability) })),
    );
}

/**
 * A folder of photos: real ones where they are, else such as the tests make themselves.
 * @param {string} name
 * @returns {Promise<string>}
 */
export async function photosOf(name) {
  const folder = join(REAL_PHOTOS || (await madePhotos()), name);
  assert.ok(existsSync(folder), `the photos ${folder} are missing: let FOVEA_PHOTOS name the folder that holds "${name}", or unset it`);
  return folder;
}

/**
 * Has the page's one click train the built-in digits on the CPU, and stops soon: there are photos, and a network that has
 * begun to learn.
 * @param {Page} page
 */
export async function beginDigits(page) {
  await chooseDevice(page, "cpu");
  await page.locator("#demo-digits").click();
  await trainingIs(page, "running", 60_000);
  await page.locator("#stop").click();
  await trainingIs(page, "stopped");
}
