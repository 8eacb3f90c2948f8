/**
 * Datasets that are kept from visit to visit, in the browser's own file system (OPFS): a store of pixels for each way
 * of sizing photos, and for each dataset a short description and a record of its photos. Where there is no such file
 * system, nothing is kept.
 */
import { PhotoStore } from "../../../fovea.js";
import * as records from "./records.js";

/** @typedef {import("../../shared/types.js").Sizing} Sizing */
/** @typedef {import("../../shared/types.js").Kept} Kept */
/** @typedef {import("../../shared/types.js").EngineStore} EngineStore */

const FOLDER = "fovea";
/** Stores of one sizing: another tab may have the first one open. */
const MOST_STORES = 4;
/** Milliseconds in which a tab that is about to close lets go of a store, and between two tries. */
const PATIENCE = 1500;
const PAUSE = 50;

/** Open stores by name. @type {Map<string, EngineStore>} */
const stores = new Map();

/**
 * One at a time, in all tabs: a file that was made and is not open yet must not be tidied away.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
function alone(work) {
  return navigator.locks ? navigator.locks.request(FOLDER, work) : work();
}

/** @returns {Promise<FileSystemDirectoryHandle | null>} null where nothing can be kept */
async function folder() {
  try {
    // Asked of the prototype: some browsers have the folder, and no way to write there at once.
    if (!("createSyncAccessHandle" in FileSystemFileHandle.prototype)) return null;
    return await (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });
  } catch {
    return null;
  }
}

/**
 * The bytes that may still be kept here.
 * @returns {Promise<number>}
 */
export async function spare() {
  const { quota = 0, usage = 0 } = await navigator.storage.estimate();
  return Math.max(0, quota - usage);
}

/**
 * Opens a store for photos of this kind.
 * @param {Sizing} sizing
 * @param {(store: EngineStore) => void} take called at once: a store that nobody has may be deleted
 * @returns {Promise<{ name: string, store: EngineStore } | null>} null where there is none to be had
 */
export async function openStore(sizing, take) {
  const root = await folder();
  if (!root) return null;
  const [height, width] = Array.isArray(sizing.imageSize) ? sizing.imageSize : [sizing.imageSize, sizing.imageSize];
  const kind = `${height}x${width}-${sizing.interpolation}${sizing.cropToAspectRatio ? "-cropped" : ""}`;
  for (let nth = 0; nth < MOST_STORES; nth++) {
    const name = `${kind}-${nth}`;
    const store = await openNamed(root, name, sizing, take);
    if (store) return { name, store };
  }
  return null;
}

/**
 * @param {FileSystemDirectoryHandle} root
 * @param {string} name
 * @param {Sizing} sizing
 * @param {(store: EngineStore) => void} [take]
 * @returns {Promise<EngineStore | null>} null where another tab has it open
 */
function openNamed(root, name, sizing, take) {
  return alone(async () => {
    const store = await openAlone(root, name, sizing);
    if (store) take?.(store);
    return store;
  });
}

/**
 * @param {FileSystemDirectoryHandle} root
 * @param {string} name
 * @param {Sizing} sizing
 */
async function openAlone(root, name, sizing) {
  const open = stores.get(name);
  if (open) return open;
  const [pixels, keys] = [await accessTo(root, `${name}.pixels`), await accessTo(root, `${name}.index`)];
  if (!pixels || !keys) {
    pixels?.close();
    keys?.close();
    return null;
  }
  const store = /** @type {EngineStore} */ (new PhotoStore(pixels, keys, sizing));
  stores.set(name, store);
  return store;
}

/**
 * @param {FileSystemDirectoryHandle} root
 * @param {string} name
 * @returns {Promise<FileSystemSyncAccessHandle | null>}
 */
async function accessTo(root, name) {
  const file = await root.getFileHandle(name, { create: true });
  for (const start = performance.now(); ; ) {
    try {
      return await file.createSyncAccessHandle();
    } catch {
      if (performance.now() - start > PATIENCE) return null;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}

/**
 * Writes a dataset's description, and its record where it is whole.
 * @param {Kept} kept
 * @param {Uint8Array<ArrayBuffer>} [record]
 */
export function keepDataset(kept, record) {
  return alone(async () => {
    const root = await folder();
    if (root) await records.put(root, kept, record);
  });
}

/** @returns {Promise<Kept[]>} the newest first */
export async function keptDatasets() {
  const root = await folder();
  const whole = root ? (await records.all(root)).whole : [];
  return whole.map(({ kept }) => kept).sort((a, b) => b.date - a.date);
}

/**
 * @param {string} id
 * @returns {Promise<{ kept: Kept, record: Uint8Array<ArrayBuffer>, store: EngineStore }>}
 */
export async function openKept(id) {
  const root = await folder();
  const whole = root && (await records.newest(root, id));
  if (!root || !whole?.kept.finished) throw new Error("these photos are no longer kept here; import their folder again");
  const { kept, record } = whole;
  const store = await openNamed(root, kept.store, kept.sizing);
  if (!store) throw new Error("these photos are open in another tab; close that one first");
  return { kept, record, store };
}

/**
 * Deletes a dataset, and the pixels that no other one has.
 * @param {string} id
 */
export async function deleteKept(id) {
  const root = await folder();
  const gone = root && (await records.newest(root, id))?.kept;
  if (!gone) return;
  // Not while it is written.
  await alone(() => records.remove(root, id));
  await tidyUp();
  const others = (await records.all(root)).whole.filter(({ kept }) => kept.store === gone.store);
  const store = others.length ? await openNamed(root, gone.store, gone.sizing) : null;
  // What is open now, here or in another tab, needs its photos; they are freed with the next dataset that is deleted.
  if (!store || store.in_use()) return;
  store.retain(others.filter(({ kept }) => kept.finished).map(({ record }) => record));
}

/** Deletes records that are not whole, and the stores that no dataset has, neither one that is kept nor one that is open. */
export function tidyUp() {
  return alone(tidyUpAlone);
}

async function tidyUpAlone() {
  const root = await folder();
  if (!root) return;
  const { whole, damaged } = await records.all(root);
  for (const name of damaged) await root.removeEntry(name).catch(() => {});
  const used = new Set(whole.map(({ kept }) => kept.store));
  for await (const name of root.keys()) {
    // Where earlier versions had keys alone.
    const store = /^(.*)\.(pixels|index|keys)$/.exec(name)?.[1];
    if (!store || used.has(store) || stores.get(store)?.in_use()) continue;
    stores.get(store)?.free();
    stores.delete(store);
    // One that another tab has open cannot be removed, and stays.
    await root.removeEntry(name).catch(() => {});
  }
}
