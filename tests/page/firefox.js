import assert from "node:assert/strict";
import { after, afterEach, before } from "node:test";
import { Builder, By } from "selenium-webdriver";
import firefox from "selenium-webdriver/firefox.js";
import { serveSite } from "./site.js";

/** @typedef {import("selenium-webdriver").WebDriver} WebDriver */

const FIREFOX = process.env.FOVEA_FIREFOX ?? "/usr/bin/firefox-esr";
const DRIVER = process.env.GECKODRIVER ?? "geckodriver";
const PREFERENCES = {
  "dom.webgpu.enabled": true,
  "dom.webgpu.workers.enabled": true,
  // Software adapters are on the list of the blocked ones.
  "gfx.webgpu.ignore-blocklist": true,
  "gfx.webgpu.force-enabled": true,
  "intl.accept_languages": "en-GB",
  "ui.prefersReducedMotion": 1,
};
/** Longest wait of one question to the page, in milliseconds: the driver's client gives up after 30 s. */
const PATIENCE = 10_000;

/**
 * Firefox without a window, on the GPU that Vulkan offers: VK_DRIVER_FILES, where it is set, says which.
 * @returns {Promise<WebDriver>}
 */
export async function startFirefox() {
  const options = new firefox.Options().setBinary(FIREFOX).addArguments("-headless");
  for (const [name, value] of Object.entries(PREFERENCES)) options.setPreference(name, value);
  options.enableBidi();
  const service = new firefox.ServiceBuilder(DRIVER);
  return new Builder().forBrowser("firefox").setFirefoxOptions(options).setFirefoxService(service).build();
}

/** One page in Firefox. */
export class Page {
  #bidi;
  #context;

  /**
   * @param {WebDriver} driver
   * @param {import("selenium-webdriver/bidi/index.js").Index} bidi
   * @param {string} context the page's window
   */
  constructor(driver, bidi, context) {
    this.driver = driver;
    this.#bidi = bidi;
    this.#context = context;
  }

  /**
   * Runs a function in the page's own realm: in the sandbox of executeScript() nothing can be imported.
   * @template A, R
   * @param {(argument: A) => R} inPage what it gives, or promises, must be JSON
   * @param {A} argument
   * @param {number} [timeout] in milliseconds
   * @returns {Promise<Awaited<R>>}
   */
  async evaluate(inPage, argument, timeout = 240_000) {
    const call = `async () => JSON.stringify({ value: await (${inPage})(${JSON.stringify(argument)}) })`;
    const { handle } = await this.#call(call, { awaitPromise: false, resultOwnership: "root" });
    const end = Date.now() + timeout;
    const ask = `(answer) => Promise.race([answer, new Promise((resolve) => setTimeout(resolve, ${PATIENCE}))])`;
    while (Date.now() < end) {
      const told = await this.#call(ask, { awaitPromise: true, arguments: [{ handle }] });
      if (told.type === "string") return JSON.parse(told.value).value;
    }
    throw new Error(`the page did not answer within ${timeout / 1000} s`);
  }

  /**
   * @param {string} functionDeclaration
   * @param {object} options
   * @returns {Promise<{ type: string, value: any, handle: string }>}
   */
  async #call(functionDeclaration, options) {
    const params = { functionDeclaration, target: { context: this.#context }, ...options };
    const answer = /** @type {any} */ (await this.#bidi.send({ method: "script.callFunction", params }));
    if (answer.type === "error") throw new Error(`${answer.error}: ${answer.message}`);
    const { type, result, exceptionDetails } = answer.result;
    if (type === "exception") throw new Error(exceptionDetails.text);
    return result;
  }

  /** @param {string} selector */
  click(selector) {
    return this.driver.findElement(By.css(selector)).click();
  }

  /**
   * @param {string} selector
   * @param {string} text
   */
  async fill(selector, text) {
    const field = this.driver.findElement(By.css(selector));
    await field.clear();
    await field.sendKeys(text);
  }

  /**
   * An attribute, or a property such as textContent, of all that matches.
   * @param {string} selector
   * @param {string} name
   * @returns {Promise<string[]>}
   */
  async all(selector, name) {
    const found = await this.driver.findElements(By.css(selector));
    return Promise.all(found.map(async (element) => (await element.getAttribute(name)) ?? ""));
  }

  /**
   * Waits until something matches.
   * @param {string} selector
   * @param {number} [timeout] in milliseconds
   */
  async has(selector, timeout = 30_000) {
    const found = async () => (await this.driver.findElements(By.css(selector))).length > 0;
    await this.driver.wait(found, timeout, `nothing in the page matches ${selector}`);
  }
}

/**
 * A Firefox and the built page for the tests of one file. After each test nothing may have been asked of another origin,
 * no request refused, nothing thrown, and no error written to the console.
 * @param {{ expected?: RegExp, files?: Record<string, { text: string, headers?: Record<string, string> }> }} [options] what a
 *   test has refused on purpose, and more files for the site to have
 * @returns {{ open: () => Promise<Page> }}
 */
export function useFirefox({ expected, files } = {}) {
  /** @type {WebDriver} */
  let driver;
  /** @type {import("selenium-webdriver/bidi/index.js").Index} */
  let bidi;
  /** @type {Awaited<ReturnType<typeof serveSite>>} */
  let site;
  /** @type {string[]} */
  let complaints = [];
  /** @type {string[]} */
  let requests = [];

  before(async () => {
    site = await serveSite({ files });
    driver = await startFirefox();
    bidi = await driver.getBidi();
    const events = ["network.beforeRequestSent", "network.responseCompleted", "network.fetchError", "log.entryAdded"];
    await bidi.subscribe(events);
    bidi.on("network.beforeRequestSent", ({ request }) => {
      const url = new URL(request.url);
      requests.push(url.href);
      if (url.origin !== site.origin && !["data:", "blob:", "about:"].includes(url.protocol))
        complaints.push(`asked another origin: ${url.href}`);
    });
    bidi.on("network.responseCompleted", ({ response }) => {
      if (response.status >= 400) complaints.push(`${response.status}: ${response.url}`);
    });
    bidi.on("network.fetchError", ({ request, errorText }) => complaints.push(`failed: ${request.url} ${errorText}`));
    bidi.on("log.entryAdded", ({ level, type, text }) => {
      if (level === "error") complaints.push(`${type}: ${text}`);
    });
  });
  after(async () => {
    await driver?.quit();
    await site?.close();
  });
  afterEach(async () => {
    await driver.get("about:blank");
    const [heard, asked] = [complaints, requests];
    [complaints, requests] = [[], []];
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

  return {
    async open() {
      await driver.get(site.url);
      const page = new Page(driver, bidi, await driver.getWindowHandle());
      await page.has("#device-line strong");
      return page;
    },
  };
}
