import { createReadStream } from "node:fs";
import { access, readFile, stat } from "node:fs/promises";
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

/** @returns {Promise<Record<string, string>>} the headers that `_headers` gives every file */
export async function headersOfDist() {
  const text = await readFile(join(DIST, "_headers"), "utf8");
  const [, lines = ""] = text.split(/^\/\*$/m);
  const parts = lines.split("\n").map((line) => /^ {2}([\w-]+): (.+)$/.exec(line));
  return Object.fromEntries(parts.flatMap((part) => (part ? [[part[1], part[2]]] : [])));
}

/**
 * Serves the built page as a plain static host does, under a sub-path.
 * @param {object} [options]
 * @param {boolean} [options.isolated] whether pages are cross-origin isolated, which they are on few hosts
 * @param {boolean} [options.headers] whether the host sends what `_headers` says
 * @param {Record<string, { text: string, headers?: Record<string, string> }>} [options.files] more files, by their paths
 * @returns {Promise<{ url: string, origin: string, close: () => Promise<void> }>}
 */
export async function serveSite({ isolated = false, headers = false, files = {} } = {}) {
  await access(join(DIST, "index.html")).catch(() => {
    throw new Error("dist/index.html is missing: build the page first with `cargo xtask build`.");
  });
  const policy = headers ? await headersOfDist() : {};
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
    const sent = { ...type, ...policy, ...(isolated ? ISOLATION : {}) };
    const more = path.startsWith(UNDER) ? files[path.slice(UNDER.length)] : undefined;
    if (more) return void response.writeHead(200, { ...sent, ...more.headers }).end(more.text);
    response.writeHead(found ? 200 : 404, sent);
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
