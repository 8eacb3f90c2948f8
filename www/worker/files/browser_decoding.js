/** Decodes photos of formats that the engine does not read, where the browser does: AVIF, and HEIC in Safari. */
import { kindOf, reasonOf } from "./kinds.js";
import { isTrap } from "../../shared/protocol.js";

/** As the engine's bounds are. */
const LONGEST_SIDE = 16_384;
const MOST_BYTES = 512 * 1024 * 1024;
const TOO_LARGE = "it has more than 16,384 pixels a side, or takes more than 512 MB decoded: save a smaller copy";

/** What browsers say of types they were asked for. @type {Map<string, Promise<boolean>>} */
const supported = new Map();

/**
 * @param {string} type
 * @returns {Promise<boolean>} whether it is worth trying
 */
export function browserMayDecode(type) {
  let answer = supported.get(type);
  if (!answer) {
    const { ImageDecoder } = /** @type {{ ImageDecoder?: { isTypeSupported: (type: string) => Promise<boolean> } }} */ (globalThis);
    // Safari, which decodes the most, cannot be asked.
    answer = ImageDecoder ? ImageDecoder.isTypeSupported(type) : Promise.resolve(true);
    supported.set(type, answer);
  }
  return answer;
}

/**
 * Decodes a photo by the engine, or else by the browser.
 * @param {import("../../shared/types.js").EngineDecoder} decoder
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {string} name
 * @returns {Promise<import("../../shared/types.js").Decoded>}
 */
export async function decodeAny(decoder, bytes, name) {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    const { width, height, rgba } = await pixelsInstead(bytes, name, error);
    return decoder.resize(width, height, rgba);
  }
}

/**
 * What the browser makes of a file that the engine could not decode.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {string} name
 * @param {unknown} error the engine's, which is thrown where there is nothing better to say
 * @returns {Promise<{ width: number, height: number, rgba: Uint8Array<ArrayBuffer> }>}
 */
export async function pixelsInstead(bytes, name, error) {
  const kind = isTrap(error) ? null : kindOf(bytes, name);
  if (!kind) throw error;
  if (!kind.type || !(await browserMayDecode(kind.type))) throw new Error(reasonOf(kind));
  /** @type {ImageBitmap} */
  let bitmap;
  try {
    // Colours stay what they are in the file, as the engine leaves them.
    const options = /** @type {const} */ ({ colorSpaceConversion: "none", premultiplyAlpha: "none", imageOrientation: "from-image" });
    bitmap = await createImageBitmap(new Blob([bytes], { type: kind.type }), options);
  } catch {
    throw new Error(reasonOf(kind));
  }
  try {
    const { width, height } = bitmap;
    if (Math.max(width, height) > LONGEST_SIDE || width * height * 4 > MOST_BYTES) throw new Error(TOO_LARGE);
    const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    if (!context) throw new Error(reasonOf(kind));
    context.drawImage(bitmap, 0, 0);
    return { width, height, rgba: new Uint8Array(context.getImageData(0, 0, width, height).data.buffer) };
  } finally {
    bitmap.close();
  }
}
