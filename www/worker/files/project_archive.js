import { zipLibrary } from "./zip_library.js";

/** Bytes of photos that are asked for at a time. */
const AT_ONCE = 4e6;

/** @typedef {import("../../../model_files.js").ProjectFiles} ProjectFiles */
/** @typedef {import("./project.js").Wanted} Wanted */

/**
 * The archive of a project: all its files in one folder.
 * @param {ProjectFiles} project
 * @param {{ tables: import("./project.js").Table[], photos: boolean, imageBytes: number }} of
 * @param {(wanted: Wanted) => Promise<Uint8Array>} pixelsOf
 * @param {(progress: import("../../shared/types.js").ProjectProgress) => void} tell
 * @returns {Promise<{ blob: Blob, filename: string }>}
 */
export async function archiveOf(project, { tables, photos, imageBytes }, pixelsOf, tell) {
  const { BlobWriter, TextReader, Uint8ArrayReader, ZipWriter } = await zipLibrary();
  const archive = new ZipWriter(new BlobWriter("application/zip"), { keepOrder: true });
  // Weights and PNG files hardly get smaller.
  const add = (/** @type {string} */ name, /** @type {Uint8Array} */ bytes) =>
    archive.add(`${project.folder}/${name}`, new Uint8ArrayReader(bytes), /\.(keras|png)$/.test(name) ? { level: 0 } : {});
  for (const [nth, name] of project.names().entries()) await add(name, project.bytes(nth) ?? new Uint8Array());
  for (const { split, paths, labels } of tables)
    await archive.add(`${project.folder}/${split}.csv`, new TextReader(project.table(split, paths, labels, photos)));
  const total = photos ? tables.reduce((sum, { paths }) => sum + paths.length, 0) : 0;
  const step = Math.max(1, Math.floor(AT_ONCE / imageBytes));
  let done = 0;
  for (const { split, paths } of photos ? tables : []) {
    for (let from = 0; from < paths.length; from += step) {
      tell({ stage: "photos", done, total });
      const to = Math.min(from + step, paths.length);
      const pixels = await pixelsOf({ split, from, to });
      for (let nth = from; nth < to; nth++) {
        const photo = pixels.subarray((nth - from) * imageBytes, (nth - from + 1) * imageBytes);
        await add(project.photo(split, nth), project.png(photo));
      }
      done += to - from;
    }
  }
  return { blob: await archive.close(), filename: `${project.folder}.zip` };
}
