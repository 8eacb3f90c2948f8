/**
 * A worker that decodes photos in one of the ways there are, to compare their speed.
 *
 * page to worker   { module, sizing }, then { files, way: Way, atOnce: number, batch: number }
 * worker to page   "ready", then { seconds, failed }
 */
import { readTogether } from "../../worker/files/read_together.js";
import { decoderHere } from "../../worker/wasm_files.js";
import { messageOf } from "../../shared/protocol.js";

/** @typedef {"fovea" | "canvas" | "plain"} Way */

/** @typedef {() => Promise<Uint8Array<ArrayBuffer>>} Content the bytes of a file that may have been read with others */

/** @type {Record<Way, (file: Blob, content: Content) => Promise<Uint8Array | Uint8ClampedArray | null>>} */
let ways;

addEventListener("message", async ({ data }) => {
  try {
    self.postMessage(data.module ? prepare(data) : await time(data));
  } catch (error) {
    self.postMessage({ error: messageOf(error) });
  }
});

/** @param {{ module: WebAssembly.Module, sizing: import("../../shared/types.js").Sizing }} order */
function prepare({ module, sizing }) {
  const decoder = decoderHere(module, sizing);
  const [height, width] = Array.isArray(sizing.imageSize) ? sizing.imageSize : [sizing.imageSize, sizing.imageSize];
  ways = {
    fovea: async (_, content) => decoder.decode(await content()).pixels,
    // The browser's resizing, and its pixels read back.
    canvas: async (file) => {
      const bitmap = await createImageBitmap(file, { resizeWidth: width, resizeHeight: height });
      const context = new OffscreenCanvas(width, height).getContext("2d", { alpha: false, willReadFrequently: true });
      context?.drawImage(bitmap, 0, 0);
      bitmap.close();
      return context?.getImageData(0, 0, width, height).data ?? null;
    },
    // The same, not read back.
    plain: async (file) => (await createImageBitmap(file, { resizeWidth: width, resizeHeight: height })).close() ?? null,
  };
  return "ready";
}

/** @param {{ files: Blob[], way: Way, atOnce: number, batch: number }} order */
async function time({ files, way, atOnce, batch }) {
  let [next, failed] = [0, 0];
  const start = performance.now();
  const work = async () => {
    while (next < files.length) {
      const some = files.slice(next, (next += batch));
      const contents = way !== "fovea" ? [] : await readTogether(some);
      for (const [nth, file] of some.entries()) await ways[way](file, contents[nth]).catch(() => failed++);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { seconds: (performance.now() - start) / 1e3, failed };
}
