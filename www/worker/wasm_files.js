/**
 * The wasm files beside the page: each is fetched and compiled once, when it is first needed. The build joins this file
 * with the workers beside it, so their addresses are made here, and not in a folder below.
 */
import initFolders from "../../folders.js";
import { Decoder, digits, initSync } from "../../photos.js";
import { messageOf } from "../shared/protocol.js";

let ready = false;

/** A part of the engine that could not be loaded: nothing is wrong with what the user gave. */
export class NotLoaded extends Error {
  /**
   * @param {URL} url
   * @param {unknown} cause
   */
  constructor(url, cause) {
    const name = url.pathname.split("/").at(-1);
    super(`a part of Fovea could not be loaded, ${name}: ${messageOf(cause)}. Check the connection, and try again`, { cause });
  }
}

/**
 * @param {URL} url
 * @returns {Promise<WebAssembly.Module>}
 */
export async function compiled(url) {
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    // Not every static host knows the type that compiling while it comes in would need.
    return await WebAssembly.compile(await response.arrayBuffer());
  } catch (cause) {
    throw new NotLoaded(url, cause);
  }
}

/**
 * A load that happens at the first call, and at the next one if it failed.
 * @template T
 * @param {() => Promise<T>} load
 * @returns {() => Promise<T>}
 */
export function once(load) {
  /** @type {Promise<T> | undefined} */
  let loading;
  return () => {
    loading ??= load().catch((error) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
}

/** What decodes photos. */
export const photosModule = once(() => compiled(new URL("../../photos_bg.wasm", import.meta.url)));

/** Has what reads folders ready: before this, nothing of folders.js can be called. */
export const foldersReady = once(async () => initFolders({ module_or_path: await compiled(new URL("../../folders_bg.wasm", import.meta.url)) }));

/** What reads and writes other programs' model files. */
export const modelFilesModule = once(() => compiled(new URL("../../model_files_bg.wasm", import.meta.url)));

/** What detects the encoding of a text. */
export const encodingsModule = once(() => compiled(new URL("../../encodings_bg.wasm", import.meta.url)));

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
