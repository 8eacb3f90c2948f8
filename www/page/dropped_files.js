/** What is dropped as entries, path by path. */

/** @typedef {import("../shared/types.js").Entry} Entry */

const PHOTO = /\.(jpe?g|png|gif|bmp|webp)$/i;

/**
 * @param {DataTransfer} dropped read at once: it is empty after the event
 * @returns {Promise<Entry[] | null>} all files, and those in all folders; null if there was nothing of the kind
 */
export async function droppedEntries(dropped) {
  const roots = Array.from(dropped.items, (item) => item.webkitGetAsEntry()).filter((root) => root !== null);
  if (!roots.length) return null;
  /** @type {Entry[]} */
  const found = [];
  for (const root of roots) await walk(root, found);
  return found;
}

/**
 * @param {FileSystemEntry} entry
 * @param {Entry[]} found
 */
async function walk(entry, found) {
  const path = entry.fullPath.replace(/^\//, "");
  if (entry.isFile) {
    const file = /** @type {FileSystemFileEntry} */ (entry);
    found.push({ path, blob: await new Promise((resolve, reject) => file.file(resolve, reject)) });
    return;
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  // A reader gives a hundred entries at a time, and none at the end.
  for (let read = 0; ; read++) {
    /** @type {FileSystemEntry[]} */
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) {
      // A folder that is called as a photo would be missed.
      if (!read && PHOTO.test(path)) found.push({ path: `${path}/`, blob: new Blob() });
      return;
    }
    for (const child of some) await walk(child, found);
  }
}
