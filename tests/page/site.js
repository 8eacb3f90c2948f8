import { createReadStream } from "node:fs";
import { access, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const DIST = fileURLToPath(new URL("../../dist/", import.meta.url));
/** Not the root: the page must not count on being there. */
const UNDER = "/some/sub/path/";
/** @type {Record<string, string>} */
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};

/** With these a page may share memory between its workers. */
const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
};

/**
 * Serves the built page as a plain static host does, under a sub-path.
 * @param {{ isolated?: boolean }} [options] whether pages are cross-origin isolated, which they are on few hosts
 * @returns {Promise<{ url: string, origin: string, close: () => Promise<void> }>}
 */
export async function serveSite({ isolated = false } = {}) {
  await access(join(DIST, "index.html")).catch(() => {
    throw new Error("dist/index.html is missing: build the page first with `cargo xtask build`.");
  });
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://site").pathname);
    const inside = path.startsWith(UNDER) ? normalize(`/${path.slice(UNDER.length) || "index.html"}`) : "/..";
    const file = join(DIST, inside);
    const found =
      inside !== "/.." &&
      (await stat(file).then(
        (entry) => entry.isFile(),
        () => false,
      ));
    const type = { "content-type": TYPES[extname(file)] ?? "application/octet-stream" };
    response.writeHead(found ? 200 : 404, isolated ? { ...type, ...ISOLATION } : type);
    if (found) createReadStream(file).pipe(response);
    else response.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the test server has no port");
  const origin = `http://127.0.0.1:${address.port}`;
  return {
    url: origin + UNDER,
    origin,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
