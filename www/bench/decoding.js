/**
 * A worker that decodes photos in one of the ways there are, to compare their speed and their pixels.
 *
 * page to worker   { module, sizing }, then { files, way: Way, atOnce: number, batch: number } | { files, compare: [Way, Way] }
 * worker to page   "ready", then { seconds, failed } | { differences: number[] }
 */
// @ts-expect-error: Trunk puts it there
import { Decoder, initSync } from "../../fovea.js";
import { contentsOf } from "../contents.js";
import { PhotoDecoder } from "../decoding.js";
import { messageOf } from "../protocol.js";

/** @typedef {"fovea" | "canvas" | "engine" | "plain"} Way */

/** @typedef {() => Promise<Uint8Array<ArrayBuffer>>} Content the bytes of a file that may have been read with others */

/** @type {Record<Way, (file: Blob, content: Content) => Promise<Uint8Array | null>>} */
let ways;

self.addEventListener("message", async ({ data }) => {
  try {
    self.postMessage(data.module ? prepare(data) : await (data.compare ? compare(data) : time(data)));
  } catch (error) {
    self.postMessage({ error: messageOf(error) });
  }
});

/** @param {{ module: WebAssembly.Module, sizing: import("../types.js").Sizing }} order */
function prepare({ module, sizing }) {
  initSync({ module });
  const [fovea, canvas, engine] = [new PhotoDecoder(sizing), new PhotoDecoder(sizing, { planes: false }), new Decoder(sizing)];
  const [height, width] = Array.isArray(sizing.imageSize) ? sizing.imageSize : [sizing.imageSize, sizing.imageSize];
  ways = {
    fovea: async (_, content) => (await fovea.decode(await content())).pixels,
    canvas: async (_, content) => (await canvas.decode(await content())).pixels,
    engine: async (_, content) => engine.decode(await content()).pixels,
    // What a page does that needs no more: other pixels than Pillow's, and still to be read back.
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
      const contents = way === "plain" ? [] : await contentsOf(some);
      for (const [nth, file] of some.entries()) await ways[way](file, contents[nth]).catch(() => failed++);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { seconds: (performance.now() - start) / 1e3, failed };
}

/** @param {{ files: Blob[], compare: [Way, Way] }} order */
async function compare({ files, compare: [one, other] }) {
  const differences = [];
  for (const file of files) {
    const [content] = await contentsOf([file]);
    const [a, b] = [await ways[one](file, content), await ways[other](file, content)];
    if (!a || !b) throw new Error("this way gives no pixels");
    differences.push(a.reduce((worst, value, at) => Math.max(worst, Math.abs(value - b[at])), 0));
  }
  return { differences };
}
