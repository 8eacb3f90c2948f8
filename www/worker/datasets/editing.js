/** Datasets that are begun and added to in the engine. */
import { left_out } from "../../../folders.js";
import { allFiles, roleOf } from "../files/intake.js";
import { openStore } from "./kept.js";
import { isTrap, messageOf } from "../../shared/protocol.js";

const NO_ROOM = "this browser has no room to keep more photos: delete datasets that are kept, or make room on the disk";

/**
 * Begins a dataset of classes alone.
 * @param {import("../../shared/types.js").Engine} engine
 * @param {string[]} classes
 * @param {{ storage?: "auto" | "memory" }} options
 * @returns {Promise<{ id: number, kept: import("../../shared/types.js").Kept | null }>}
 */
export async function begun(engine, classes, { storage = "auto", ...options }) {
  const importer = engine.begin(classes, options);
  const sizing = importer.sizing();
  const opened = storage === "memory" ? null : await openStore(sizing, (store) => importer.keep_in(store));
  const id = importer.finish();
  if (!opened) return { id, kept: null };
  const nothing = { name: "", photos: 0, total: 0, bytes: 0, finished: true };
  return { id, kept: { id: crypto.randomUUID(), ...nothing, classes, date: Date.now(), sizing, store: opened.name } };
}

/** @typedef {Pick<import("../../shared/types.js").DatasetSummary, "rejected" | "leftOut">} Added what was not added */

/**
 * Adds photos to a class.
 * @param {import("../../shared/types.js").Engine} engine
 * @param {number} dataset
 * @param {(sizing: import("../../shared/types.js").Sizing, files: number) => Promise<import("../decoder_pool.js").DecoderPool>} decodersFor
 * @param {import("../../shared/types.js").Entry[]} entries
 * @param {string} label
 * @param {import("../../shared/types.js").Split | undefined} split
 * @returns {Promise<Added>}
 */
export async function add(engine, dataset, decodersFor, entries, label, split) {
  /** @type {Added} */
  const { rejected, leftOut } = { rejected: [], leftOut: [] };
  /** @type {import("../files/archives.js").Source[]} */
  const files = [];
  /** @type {string[]} */
  const left = [];
  // A class may be called as what systems leave.
  const inside = (/** @type {string} */ path) => (path.startsWith(`${label}/`) ? path.slice(label.length + 1) : path);
  for (const file of await allFiles(entries, new AbortController().signal, (path) => roleOf(inside(path)))) {
    const role = roleOf(inside(file.path));
    if (file.refused) rejected.push({ path: file.path, reason: file.refused });
    else if (role === "left") left.push(inside(file.path));
    else if (role === "table") rejected.push({ path: file.path, reason: "a table tells classes where a folder is read, not here" });
    else files.push(file);
  }
  leftOut.push(...left_out(left));
  const addition = engine.addition(dataset, files.length);
  const decoders = await decodersFor(addition.sizing(), files.length).catch((error) => {
    addition.free();
    throw error;
  });
  let ended = false;
  let photos = 0;
  try {
    let next = 0;
    const read = async () => {
      while (next < files.length) {
        const nth = next++;
        const { path } = files[nth];
        let photo;
        try {
          photo = await decoders.decode(files[nth]);
        } catch (error) {
          if (isTrap(error)) throw error;
          rejected.push({ path, reason: messageOf(error) });
          continue;
        }
        if (ended) return;
        try {
          addition.add(nth, path.normalize("NFC"), photo.pixels, photo.side);
          photos++;
        } catch (cause) {
          if (isTrap(cause)) throw cause;
          throw new Error(NO_ROOM, { cause });
        }
      }
    };
    await Promise.all(Array.from({ length: decoders.room }, read));
  } catch (error) {
    ended = true;
    if (!isTrap(error)) addition.free();
    throw error;
  } finally {
    decoders.end();
  }
  if (!photos) {
    addition.free();
    const reasons = rejected.slice(0, 3).map(({ path, reason }) => `${path}: ${reason}`);
    if (left.length) reasons.push(`${left[0]}: not a photo of yours, but what a system or a program keeps`);
    throw new Error(`none of the photos could be read. ${reasons.join("; ")}`);
  }
  // Takes the addition over.
  engine.add_photos(dataset, addition, label, split);
  return { rejected, leftOut };
}
