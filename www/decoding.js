/**
 * Decodes photos and brings them to the network's size. JPEGs are decoded by the browser, which is several times as
 * fast, and resized by the engine; all other files are read by the engine alone. So is everything where the browser's
 * pixels turn out to be others: decoders differ in what they do with chroma, and some browsers add noise on purpose.
 */
// @ts-expect-error: Trunk puts it there
import { Decoder } from "../fovea.js";
import { messageOf } from "./protocol.js";

/** @typedef {import("./types.js").ForeignPhoto} ForeignPhoto */
/** @typedef {import("./types.js").Decoded} Decoded */

/** Photos that are decoded both ways before the browser is believed. */
const COMPARED = 2;
/**
 * Grey values that two decoders of the same JPEG may differ by: the engine's rounds chroma twice and is up to 4 apart from
 * libjpeg's after resizing, 7 before, in the last column. Without "fancy upsampling" it is tens, at the edges of colours.
 */
const TOLERANCE = 7;
/** Bytes of pixels for which room is kept. */
const LARGEST_ROOM = 4e6;
/** What of a decoded frame the engine can read, and the matrices that a JPEG's planes may have: both are BT.601. */
const FORMATS = ["I420", "I422", "I444", "RGBX", "BGRX"];
const MATRICES = ["smpte170m", "bt470bg"];

/** One for each worker that decodes. */
export class PhotoDecoder {
  /** @type {import("./types.js").EngineDecoder} */
  #engine;
  #compared = 0;
  #believed = true;
  /** Room for decoded pixels, of those photos that are not under way. @type {Uint8Array<ArrayBuffer>[]} */
  #rooms = [];

  #byPlanes;

  /**
   * @param {import("./types.js").Sizing} sizing
   * @param {{ planes?: boolean }} [options] whether this browser gives a JPEG's own planes
   */
  constructor(sizing, { planes = "ImageDecoder" in self } = {}) {
    this.#engine = new Decoder(sizing);
    this.#byPlanes = planes;
  }

  /**
   * @param {Uint8Array<ArrayBuffer>} bytes of a file
   * @returns {Promise<Decoded>} rejects with the reason where the file is no photo
   */
  async decode(bytes) {
    const photo = this.#believed ? this.#engine.look(bytes) : undefined;
    if (!photo) return this.#engine.decode(bytes);
    const side = Math.min(photo.width, photo.height);
    const pixels = await this.#byBrowser(photo, bytes).finally(() => photo.free());
    if (!pixels) return this.#engine.decode(bytes);
    if (this.#compared >= COMPARED) return { pixels, side };
    this.#compared++;
    const own = this.#engine.decode(bytes);
    if (own.pixels.every((value, at) => Math.abs(value - pixels[at]) <= TOLERANCE)) return { pixels, side };
    this.#believed = false;
    return own;
  }

  /**
   * @param {ForeignPhoto} photo
   * @param {Uint8Array<ArrayBuffer>} bytes
   * @returns {Promise<Uint8Array<ArrayBuffer> | null>} null where this browser does not do it
   */
  async #byBrowser(photo, bytes) {
    const data = without(bytes, photo.hidden());
    try {
      return await (this.#byPlanes ? this.#planes(photo, data) : this.#canvas(photo, data));
    } catch {
      // The engine's decoder has the last word, and says what is wrong.
      return null;
    }
  }

  /**
   * The decoder's own planes, without a canvas between.
   * @param {ForeignPhoto} photo
   * @param {Uint8Array<ArrayBuffer>} data
   */
  async #planes(photo, data) {
    const decoder = new ImageDecoder({ data, type: "image/jpeg", colorSpaceConversion: "none" });
    try {
      const { image } = await decoder.decode();
      const { format, codedWidth, codedHeight, colorSpace } = image;
      const planar = format?.startsWith("I4");
      const known = format && FORMATS.includes(format) && codedWidth === photo.width && codedHeight === photo.height;
      try {
        if (!known || (planar && !(colorSpace.fullRange && MATRICES.includes(colorSpace.matrix ?? "")))) return null;
        const size = image.allocationSize();
        let room = this.#rooms.pop();
        if (!room || room.length < size) room = new Uint8Array(size);
        await image.copyTo(room);
        const pixels = photo.resize(room.subarray(0, size), format);
        if (size <= LARGEST_ROOM) this.#rooms.push(room);
        return pixels;
      } finally {
        image.close();
      }
    } finally {
      decoder.close();
    }
  }

  /**
   * @param {ForeignPhoto} photo
   * @param {Uint8Array<ArrayBuffer>} data
   */
  async #canvas(photo, data) {
    const bitmap = await createImageBitmap(new Blob([data], { type: "image/jpeg" }), {
      colorSpaceConversion: "none",
      premultiplyAlpha: "none",
    });
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext("2d", { alpha: false, willReadFrequently: true });
    context?.drawImage(bitmap, 0, 0);
    bitmap.close();
    if (!context || width !== photo.width || height !== photo.height) return null;
    const pixels = context.getImageData(0, 0, width, height).data;
    return photo.resize(new Uint8Array(pixels.buffer), "RGBX");
  }
}

/** Of the kind of images that was wanted last. @type {{ kind: string, decoder: PhotoDecoder } | undefined} */
let last;

/**
 * The pixels of a photo to classify, as an import would have them.
 * @param {Blob} photo
 * @param {import("./types.js").Sizing} sizing
 */
export async function imageOf(photo, sizing) {
  const kind = JSON.stringify(sizing);
  if (last?.kind !== kind) last = { kind, decoder: new PhotoDecoder(sizing) };
  try {
    return (await last.decoder.decode(new Uint8Array(await photo.arrayBuffer()))).pixels;
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) throw error;
    throw new Error(`the image cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {Uint32Array} parts where each begins and ends, in their order
 */
function without(bytes, parts) {
  if (!parts.length) return bytes;
  const copy = bytes.slice();
  let end = 0;
  let from = 0;
  for (let part = 0; part <= parts.length; part += 2) {
    const kept = bytes.subarray(from, parts[part] ?? bytes.length);
    copy.set(kept, end);
    end += kept.length;
    from = parts[part + 1];
  }
  return copy.subarray(0, end);
}
