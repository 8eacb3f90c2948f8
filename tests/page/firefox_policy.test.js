/** In Firefox, too, the page's content security policy binds its workers: those it starts first, and those it starts alike. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { useFirefox } from "./firefox.js";

/** What a worker tries, and tells. */
const PROBE = `
self.onmessage = async ({ data: url }) => {
  const outcome = async (act) => {
    try {
      await act();
      return "done";
    } catch {
      return "refused";
    }
  };
  self.postMessage({
    post: await outcome(() => fetch(url, { method: "POST", mode: "no-cors", body: new Uint8Array(50_000) })),
    eval: await outcome(() => (0, eval)("1 + 1")),
    function: await outcome(() => new Function("return 1")()),
    wasm: await outcome(() => WebAssembly.compile(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))),
  });
};`;
const files = { "www/probe.js": { text: PROBE, headers: { "content-type": "text/javascript" } } };

const { open } = useFirefox({ expected: /Content-Security-Policy|127\.0\.0\.1|eval/, files });

/** Another origin, which would take anything. @type {import("node:http").Server} */
let other;
let requests = 0;
before(async () => {
  other = createServer((request, response) => {
    requests++;
    request.resume().on("end", () => response.writeHead(200, { "access-control-allow-origin": "*" }).end());
  });
  await new Promise((resolve) => other.listen(0, "127.0.0.1", () => resolve(undefined)));
});
after(() => void other.close());

test("in Firefox, workers send nothing elsewhere and run no text, and one that starts from its file could", async () => {
  const page = await open();
  const { port } = /** @type {import("node:net").AddressInfo} */ (other.address());
  const told = await page.evaluate(async (url) => {
    const { startAlike, startFirst } = await import(new URL("www/shared/start_worker.js", document.baseURI).href);
    const probe = new URL("www/probe.js", document.baseURI);
    const ask = (/** @type {Worker} */ worker) =>
      new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = () => reject(new Error("the worker failed"));
        worker.postMessage(url);
      });
    const first = await ask(await startFirst(probe, "first"));
    return { first, alike: await ask(startAlike(probe, "alike")) };
  }, `http://127.0.0.1:${port}/`);
  const bound = { post: "refused", eval: "refused", function: "refused", wasm: "done" };
  assert.deepEqual(told, { first: bound, alike: bound });
  assert.equal(requests, 0);
  const free = await page.evaluate(
    (url) =>
      new Promise((resolve) => {
        const worker = new Worker(new URL("www/probe.js", document.baseURI), { type: "module" });
        worker.onmessage = ({ data }) => resolve(data);
        worker.postMessage(url);
      }),
    `http://127.0.0.1:${port}/`,
  );
  // Or else nothing above would have been shown.
  assert.deepEqual(free, { post: "done", eval: "done", function: "done", wasm: "done" });
  assert.equal(requests, 1);
});
