/** The wasm files beside the page: each is fetched and compiled once, when it is first needed. */
import initFolders from "../../folders.js";
import { Decoder, digits, initSync } from "../../photos.js";

/** @type {Promise<WebAssembly.Module> | undefined} */
let photos;
let ready = false;
/** @type {Promise<unknown> | undefined} */
let folders;

/**
 * @param {URL} url
 * @returns {Promise<WebAssembly.Module>}
 */
export async function compiled(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`The engine is not on the server: ${url.pathname} answered ${response.status}.`);
  // Not every static host knows the type that compiling while it comes in would need.
  return WebAssembly.compile(await response.arrayBuffer());
}

/** @returns {Promise<WebAssembly.Module>} what decodes photos */
export function photosModule() {
  photos ??= compiled(new URL("../../photos_bg.wasm", import.meta.url));
  // A failed load can be tried again.
  photos.catch(() => (photos = undefined));
  return photos;
}

/**
 * A decoder in this very worker.
 * @param {WebAssembly.Module} module what photosModule() gave
 * @param {import("../shared/types.js").Sizing} sizing
 * @returns {import("../shared/types.js").EngineDecoder}
 */
export function decoderHere(module, sizing) {
  begin(module);
  const { imageSize, interpolation, cropToAspectRatio } = sizing;
  const [height, width] = typeof imageSize === "number" ? [imageSize, imageSize] : imageSize;
  return new Decoder(height, width, interpolation === "nearest", cropToAspectRatio);
}

/**
 * The grey values of the built-in digits.
 * @param {WebAssembly.Module} module what photosModule() gave
 * @param {ArrayBuffer} file
 */
export function digitsOf(module, file) {
  begin(module);
  return digits(new Uint8Array(file));
}

/** @param {WebAssembly.Module} module */
function begin(module) {
  if (!ready) initSync({ module });
  ready = true;
}

/** Has what reads folders ready: before this, nothing of folders.js can be called. */
export function foldersReady() {
  folders ??= compiled(new URL("../../folders_bg.wasm", import.meta.url)).then((module) => initFolders({ module_or_path: module }));
  folders.catch(() => (folders = undefined));
  return folders;
}
