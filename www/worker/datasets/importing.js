/** Files on their way into a dataset. */
import { keepDataset, keptDatasets, openStore, spare } from "./kept.js";
import { isTrap, messageOf } from "../../shared/protocol.js";
import { signOfCrc, signsOf } from "../files/signs.js";

/** @typedef {import("../../shared/types.js").EngineImporter} EngineImporter */
/** @typedef {import("../files/archives.js").Source} Source */
/** @typedef {import("../../shared/types.js").Kept} Kept */

const PROGRESS_EVERY_MS = 60;
/** Files that are looked into at a time. */
const SIGNS_AT_ONCE = 128;
/** So much of what the browser offers is left to others. */
const LEFT_FREE = 0.05;
/** Photos of fewer bytes are held in memory without asking, where they cannot be kept. */
const FEW_BYTES = 64e6;

/** That photos cannot be kept, and it is for the user to say what to do instead. */
export class NoRoom extends Error {
  code = "quota";

  /** @param {string} what does not fit */
  constructor(what) {
    super(
      `${what}, more than this browser can keep: choose a smaller imageSize, delete datasets that are kept, or hold ` +
        'them in memory with storage: "memory"',
    );
  }
}

/**
 * Decides where photos go, and looks which of them are there already.
 * @param {EngineImporter} importer
 * @param {Source[]} files
 * @param {"auto" | "memory"} storage
 * @param {AbortSignal} signal
 * @returns {Promise<{ missing: number[], kept: Kept | null, flush: () => void }>} the files to decode, and what is to be kept of the rest
 */
export async function makeRoom(importer, files, storage, signal) {
  const wanted = files.map((_, index) => index).filter((index) => importer.wants(index));
  const image = importer.image_bytes();
  const sizing = importer.sizing();
  const opened = storage === "memory" ? null : await openStore(sizing, (store) => importer.keep_in(store));
  const hold = () => {
    importer.hold_in_memory();
    return { missing: wanted, kept: null, flush: () => {} };
  };
  if (!opened) return hold();
  const missing = await notKept(importer, files, wanted, signal);
  const needed = missing.length * image;
  const room = (await spare()) * (1 - LEFT_FREE);
  if (needed > room || !reserved(opened.store, missing.length)) {
    if (needed <= FEW_BYTES && missing.length === wanted.length) return hold();
    throw new NoRoom(`${missing.length} decoded photos need ${Math.ceil(needed / 1e6)} MB`);
  }
  const before = await keptDatasets();
  const kept = {
    id: freeId(idOf(files, wanted, opened.name), before),
    name: nameOf(files),
    classes: [],
    photos: wanted.length - missing.length,
    total: wanted.length,
    bytes: wanted.length * image,
    finished: false,
    date: Date.now(),
    sizing,
    store: opened.name,
  };
  // A dataset that is whole is not made an unfinished one by reading it again.
  if (!before.find(({ id }) => id === kept.id)?.finished)
    await keepDataset(kept).catch(() => {
      opened.store.flush();
      throw new NoRoom("the photos' description needs some kB");
    });
  return { missing, kept, flush: () => opened.store.flush() };
}

/**
 * @param {EngineImporter} importer
 * @param {Source[]} files
 * @param {number[]} wanted
 * @param {AbortSignal} signal
 * @returns {Promise<number[]>} the files of which the store has no photo, or that of another content
 */
async function notKept(importer, files, wanted, signal) {
  /** @type {number[]} */
  const missing = [];
  const known = wanted.filter((index) => {
    const { size, modified, crc } = files[index];
    const known = importer.knows(index, size, crc === undefined ? modified : undefined);
    if (!known) missing.push(index);
    return known;
  });
  for (let from = 0; from < known.length; from += SIGNS_AT_ONCE) {
    signal.throwIfAborted();
    const some = known.slice(from, from + SIGNS_AT_ONCE);
    const signs = await signsOf(some.map((index) => files[index]));
    // A file that cannot be read is told by the decoder.
    missing.push(...some.filter((index, nth) => !signs[nth] || !importer.find(index, signs[nth])));
  }
  return missing.sort((a, b) => a - b);
}

/**
 * Changes that somebody made to a dataset are not lost by reading its folder again.
 * @param {string} wanted
 * @param {Kept[]} kept
 * @returns {string} the id that was wanted, or the next one whose dataset was not changed
 */
function freeId(wanted, kept) {
  let id = wanted;
  for (let nth = 2; kept.some((one) => one.id === id && one.edited); nth++) id = `${wanted}-${nth}`;
  return id;
}

/**
 * What a browser says that it has room for is not always so: here it has to show it.
 * @param {import("../../shared/types.js").EngineStore} store
 * @param {number} photos
 */
function reserved(store, photos) {
  try {
    store.reserve(photos);
    return true;
  } catch (error) {
    if (isTrap(error)) throw error;
    return false;
  }
}

/**
 * Has the files decoded that an importer wants and a store has not.
 * @param {EngineImporter} importer freed when this returns or throws
 * @param {Source[]} files
 * @param {number[]} missing the files to decode
 * @param {import("../decoder_pool.js").DecoderPool} decoders
 * @param {(progress: import("../../shared/types.js").Progress) => void} onProgress
 * @param {AbortSignal} signal
 * @returns {Promise<number>} the dataset's id
 */
export async function importFiles(importer, files, missing, decoders, onProgress, signal) {
  const total = files.length;
  const started = performance.now();
  let [next, decoded, rejected, reported] = [0, 0, 0, 0];
  const report = (/** @type {boolean} */ last) => {
    const now = performance.now();
    if (!last && now - reported < PROGRESS_EVERY_MS) return;
    reported = now;
    const imagesPerSecond = decoded / Math.max((now - started) / 1e3, 1e-3);
    const etaSeconds = decoded ? (missing.length - decoded) / imagesPerSecond : undefined;
    onProgress({ done: total - missing.length + decoded, total, rejected, decoded, imagesPerSecond, etaSeconds });
  };
  const read = async () => {
    while (next < missing.length && !signal.aborted) {
      const index = missing[next++];
      const reason = await decodeOne(importer, index, files[index], decoders, signal);
      decoded++;
      if (reason !== null) rejected++;
      if (reason !== null && !signal.aborted) importer.reject(index, reason);
      report(false);
    }
  };
  try {
    report(true);
    const aborted = new Promise((_, reject) =>
      signal.addEventListener("abort", () => reject(signal.reason), { once: true }),
    );
    signal.throwIfAborted();
    await Promise.race([Promise.all(Array.from({ length: decoders.room }, read)), aborted]);
    report(true);
  } catch (error) {
    if (!isTrap(error)) importer.free();
    throw error;
  } finally {
    decoders.end();
  }
  return importer.finish();
}

/**
 * The folder that all files are in; empty where there is none.
 * @param {Source[]} files
 */
function nameOf(files) {
  const [root] = files[0]?.path.split("/") ?? [];
  return files.every(({ path }) => path.startsWith(`${root}/`)) ? root : "";
}

/**
 * Of the same files for the same store, the same.
 * @param {Source[]} files
 * @param {number[]} wanted
 * @param {string} store
 */
function idOf(files, wanted, store) {
  const parts = wanted.map((index) => {
    const { path, size, modified = "", crc } = files[index];
    return `${path}\0${size}\0${crc === undefined ? modified : `crc ${crc}`}`;
  });
  // Two sums of 32 bits, each as in FNV-1a with another start.
  let [one, other] = [0x811c9dc5, 0x01000193];
  for (const unit of [store, ...parts.sort()].join("\n")) {
    const code = unit.codePointAt(0) ?? 0;
    one = Math.imul(one ^ code, 0x01000193);
    other = Math.imul(other ^ code, 0x85ebca6b) ^ (other >>> 13);
  }
  return [one, other].map((sum) => (sum >>> 0).toString(16).padStart(8, "0")).join("");
}

/**
 * @param {EngineImporter} importer
 * @param {number} index
 * @param {import("../files/archives.js").Source} file
 * @param {import("../decoder_pool.js").DecoderPool} decoders
 * @param {AbortSignal} signal
 * @returns {Promise<string | null>} why it is no photo
 */
async function decodeOne(importer, index, file, decoders, signal) {
  let photo;
  try {
    photo = await decoders.decode(file);
  } catch (error) {
    if (isTrap(error)) throw error;
    return messageOf(error);
  }
  // The importer may be freed while the file was decoded.
  if (signal.aborted) return null;
  try {
    const sign = file.crc === undefined ? photo.sign : signOfCrc(file.crc);
    importer.add(index, photo.pixels, photo.side, sign ?? new Uint8Array());
  } catch (error) {
    if (isTrap(error)) throw error;
    // Some browsers promise room that they do not give.
    throw new NoRoom("the decoded photos take too much room");
  }
  return null;
}
