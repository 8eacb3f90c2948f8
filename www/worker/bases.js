/**
 * The files of trained networks beside the page. Each is fetched when it is first needed, and kept in this browser. The build
 * joins this file with the worker, so their addresses are made here, and not in a folder below.
 */
import { BASES } from "../shared/bases.js";
import { messageOf } from "../shared/protocol.js";

const CACHE = "fovea-bases";

/** @typedef {import("../shared/bases.js").BaseId} BaseId */

/** @param {BaseId} id */
function rowOf(id) {
  const row = BASES.find((base) => base.id === id);
  if (!row) throw new Error(`There is no base "${id}".`);
  return { ...row, url: new URL(`../bases/${row.file}?${row.version}`, import.meta.url) };
}

/** @returns {Promise<string[]>} the files that the build found */
async function listed() {
  const response = await fetch(new URL("../bases/list.json", import.meta.url));
  return response.ok ? response.json() : [];
}

/** @returns {Promise<Cache | null>} none where this browser keeps nothing for the page, as in a private window or without HTTPS */
async function kept() {
  return (await globalThis.caches?.open(CACHE).catch(() => null)) ?? null;
}

/** @returns {Promise<(import("../shared/bases.js").Base & { available: boolean })[]>} all that there are, and whether they lie beside this page */
export async function basesBeside() {
  const cache = await kept();
  /** @type {string[]} */
  const files = await listed().catch(() => []);
  return Promise.all(
    BASES.map(async (base) => ({
      ...base,
      available: files.includes(base.file) || (await cache?.match(rowOf(base.id).url)) !== undefined,
    })),
  );
}

/**
 * @param {BaseId} id
 * @param {(progress: import("../shared/types.js").ModelProgress) => void} tell
 * @param {AbortSignal} signal
 * @returns {Promise<Uint8Array>} its file
 */
export async function baseFile(id, tell, signal) {
  const { name, url } = rowOf(id);
  const cache = await kept();
  const known = await cache?.match(url);
  if (known) return new Uint8Array(await known.arrayBuffer());
  try {
    const response = await fetch(url, { signal });
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    const bytes = await received(response, tell);
    // Where there is no room for it, it is fetched again the next time.
    await cache?.put(url, new Response(new Blob([bytes]))).catch(() => {});
    return bytes;
  } catch (cause) {
    if (signal.aborted) throw cause;
    const file = url.pathname.split("/").at(-1);
    throw new Error(
      `${name} could not be loaded: ${file} should lie beside the page (${messageOf(cause)}). Check the connection and try again, or open the network's file yourself`,
      { cause },
    );
  }
}

/**
 * Fetches a base's file anew the next time.
 * @param {BaseId} id
 */
export async function forgetBase(id) {
  await (await kept())?.delete(rowOf(id).url);
}

/**
 * @param {Response} response
 * @param {(progress: import("../shared/types.js").ModelProgress) => void} tell
 * @returns {Promise<Uint8Array<ArrayBuffer>>} its body, whose parts are told as they come in
 */
async function received(response, tell) {
  const total = Number(response.headers.get("content-length")) || 0;
  const parts = [];
  let done = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    parts.push(part.value);
    done += part.value.length;
    tell({ stage: "reading", done, total: Math.max(total, done) });
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
