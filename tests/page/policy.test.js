/** The content security policy binds the pages and each of their workers: nothing leaves, and no text is run as code. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { startChromium } from "./chromium.js";
import { headersOfDist, serveSite } from "./site.js";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("playwright-core").Worker} Worker */
/** @typedef {Record<"post" | "socket" | "import" | "eval" | "function", string>} Tried what became of each attempt */

const REFUSED = { post: "refused", socket: "refused", import: "refused", eval: "refused", function: "refused" };

/** @type {import("playwright-core").Browser} */
let browser;
/** Another origin, which would take anything. @type {{ url: string, requests: number, close: () => void }} */
let other;

before(async () => {
  browser = await startChromium();
  other = await anotherOrigin();
});
after(async () => {
  await browser?.close();
  other?.close();
});

async function anotherOrigin() {
  const server = createServer((request, response) => {
    other.requests++;
    request.resume();
    const headers = { "access-control-allow-origin": "*", "content-type": "text/javascript" };
    request.on("end", () => response.writeHead(200, headers).end("export const taken = true;"));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}/`, requests: 0, close: () => void server.close() };
}

/**
 * Opens a page of the site.
 * @param {import("node:test").TestContext} t closes it in the end
 * @param {string} path
 * @param {Parameters<typeof serveSite>[0]} [options]
 */
async function visit(t, path, options) {
  const site = await serveSite(options);
  const context = await browser.newContext({ locale: "en-GB" });
  t.after(async () => {
    await context.close();
    await site.close();
  });
  const page = await context.newPage();
  await page.goto(site.url + path);
  return page;
}

/**
 * Tries in a page or a worker to send 50 kB to another origin, to take code from there, and to run a text as code. The
 * debugger is above the policy, so it only sets a timer.
 * @param {Page | Worker} realm
 * @returns {Promise<Tried>}
 */
async function tryAll(realm) {
  const begin = (/** @type {string} */ url) => {
    const outcome = async (/** @type {() => unknown} */ act) => {
      try {
        await act();
        return "done";
      } catch {
        return "refused";
      }
    };
    const socket = () =>
      new Promise((resolve, reject) => {
        const opening = new WebSocket(url.replace("http", "ws"));
        // The other origin speaks no WebSocket, but it counts who tries.
        opening.onopen = opening.onclose = resolve;
        opening.onerror = reject;
      });
    setTimeout(async () => {
      const tried = {
        post: await outcome(() => fetch(url, { method: "POST", mode: "no-cors", body: new Uint8Array(50_000) })),
        socket: await outcome(socket),
        import: await outcome(() => import(url)),
        // eslint-disable-next-line no-eval -- it is to be refused
        eval: await outcome(() => (0, eval)("1 + 1")),
        // eslint-disable-next-line no-new-func -- and so is this
        function: await outcome(() => new Function("return 1")()),
      };
      Object.assign(globalThis, { tried });
    });
  };
  await (/** @type {Page} */ (realm).evaluate(begin, other.url));
  for (let tries = 0; tries < 100; tries++) {
    const tried = await (/** @type {Page} */ (realm).evaluate(() => /** @type {any} */ (globalThis).tried));
    if (tried) return tried;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("the attempts did not end");
}

/**
 * @param {Page} page
 * @param {string} file that the worker runs
 * @returns {Promise<Worker>} the first one there is
 */
async function workerOf(page, file) {
  const known = () => page.workers().find((worker) => worker.url().endsWith(file));
  return known() ?? page.waitForEvent("worker", { predicate: (worker) => worker.url().endsWith(file), timeout: 30_000 });
}

test("the page, the engine, its helpers and its decoders send nothing elsewhere and run no text", async (t) => {
  const page = await visit(t, "");
  await page.locator("#device-line strong").waitFor();
  await page.evaluate(async () => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    const lab = await openLab({ device: "cpu", workers: 2 });
    // Decoders live as long as an import: this one takes a while.
    const canvas = new OffscreenCanvas(2000, 2000);
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
    for (let nth = 0; nth < 2000; nth++) {
      context.fillStyle = `hsl(${nth} 50% 50%)`;
      context.fillRect((nth * 97) % 2000, (nth * 31) % 2000, 40, 40);
    }
    const blob = await canvas.convertToBlob({ type: "image/png" });
    const entries = Array.from({ length: 200 }, (_, nth) => ({ path: `${nth % 2 ? "a" : "b"}/${nth}.png`, blob }));
    void lab.importImages(entries, { imageSize: 64, storage: "memory" }).catch(() => {});
  });
  const decoder = await workerOf(page, "/www/worker/decoder_worker.js");
  assert.deepEqual(await tryAll(decoder), REFUSED, "a decoder");
  assert.deepEqual(await tryAll(page), REFUSED, "the page");
  assert.deepEqual(await tryAll(await workerOf(page, "/www/worker/engine_worker.js")), REFUSED, "the engine");
  assert.deepEqual(await tryAll(await workerOf(page, "/www/worker/helper_worker.js")), REFUSED, "a helper");
  assert.equal(other.requests, 0);
});

test("so do the page of the race, its worker and the engine in there", async (t) => {
  // What was started for the cold start stays, and has nothing to do any more.
  const page = await visit(t, "bench.html?cold=fovea-cpu");
  await page.locator("html[data-cold]").waitFor();
  const engine = await workerOf(page, "/www/worker/engine_worker.js");
  assert.deepEqual(await tryAll(engine), REFUSED, "the engine");
  assert.deepEqual(await tryAll(await workerOf(page, "/www/bench/worker/contender_worker.js")), REFUSED, "the race's worker");
  assert.deepEqual(await tryAll(page), REFUSED, "the page");
  assert.equal(other.requests, 0);
});

test("a worker that starts from its file is bound where the host sends the policy, and nowhere else", async (t) => {
  const bare = (/** @type {Page} */ page) =>
    page.evaluate(() => void new Worker(new URL("www/worker/decoder_worker.js", document.baseURI), { type: "module" }));
  const bound = await visit(t, "bench.html", { headers: true });
  await bare(bound);
  assert.deepEqual(await tryAll(await workerOf(bound, "/www/worker/decoder_worker.js")), REFUSED);
  assert.equal(other.requests, 0);
  const free = await visit(t, "bench.html");
  await bare(free);
  const tried = await tryAll(await workerOf(free, "/www/worker/decoder_worker.js"));
  // Or else nothing above would have been shown.
  assert.deepEqual(tried, { ...REFUSED, post: "done", import: "done", eval: "done", function: "done" });
  assert.ok(other.requests >= 2, `${other.requests} requests`);
  other.requests = 0;
});

test("the pages and the headers have one policy, and the page works where the host sends it", async (t) => {
  const [index, bench] = await Promise.all(
    ["index.html", "bench.html"].map(async (name) => {
      const text = await readFile(new URL(`../../dist/${name}`, import.meta.url), "utf8");
      return /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(text)?.[1];
    }),
  );
  const headers = await headersOfDist();
  assert.deepEqual(headers, { "Content-Security-Policy": index });
  assert.equal(bench, index);
  const page = await visit(t, "", { headers: true });
  await page.locator("label[for=device-cpu]").click();
  await page.locator("#device-line .lamp.cpu").waitFor();
  await page.locator("#demo-digits").click();
  await page.locator('#training[data-state="running"]').waitFor({ timeout: 60_000 });
});

test("a page whose own policy refuses blobs has the lab nevertheless, under that policy", async (t) => {
  const text = "<!doctype html><title>Another page</title><link rel=icon href=data:,>";
  const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'";
  const files = { "another.html": { text, headers: { "content-type": "text/html", "content-security-policy": policy } } };
  const page = await visit(t, "another.html", { files });
  const learnt = await page.evaluate(async () => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    const lab = await openLab({ device: "cpu", workers: 2 });
    const dataset = await lab.importDemo("digits");
    const model = await lab.createModel({ recipe: "digits", dataset });
    const { loss } = await lab.fit(model, dataset, { epochs: 1, stepsPerEpoch: 3 }).finished;
    return { losses: loss.length, workers: lab.device.workers };
  });
  assert.deepEqual(learnt, { losses: 1, workers: 2 });
  const urls = page.workers().map((worker) => worker.url());
  assert.ok(urls.length >= 2 && urls.every((url) => url.startsWith("http")), urls.join());
});
