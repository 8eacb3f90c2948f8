import { contentOf } from "./archives.js";
import { messageOf } from "./protocol.js";

/** Files read ahead: enough to keep the decoder busy, few enough to fit a phone's memory. */
const AT_ONCE = 8;
const PROGRESS_EVERY_MS = 60;

/**
 * Feeds an importer the files it wants.
 * @param {import("./types.js").EngineImporter} importer freed when this returns or throws
 * @param {import("./archives.js").Source[]} files
 * @param {(progress: import("./types.js").Progress) => void} onProgress
 * @param {AbortSignal} signal
 * @returns {Promise<number>} the dataset's id
 */
export async function importFiles(importer, files, onProgress, signal) {
  let next = 0;
  let done = 0;
  let rejected = 0;
  let reported = 0;
  const report = (/** @type {boolean} */ last) => {
    const now = performance.now();
    if (!last && now - reported < PROGRESS_EVERY_MS) return;
    reported = now;
    onProgress({ done, total: files.length, rejected });
  };
  const read = async () => {
    while (next < files.length && !signal.aborted) {
      const index = next++;
      if (importer.wants(index) && !(await addOne(importer, index, files[index], signal))) rejected++;
      done++;
      report(false);
    }
  };
  try {
    report(true);
    await Promise.all(Array.from({ length: AT_ONCE }, read));
    signal.throwIfAborted();
    report(true);
  } catch (error) {
    importer.free();
    throw error;
  }
  return importer.finish();
}

/**
 * @param {import("./types.js").EngineImporter} importer
 * @param {number} index
 * @param {import("./archives.js").Source} file
 * @param {AbortSignal} signal
 * @returns {Promise<boolean>} whether it was a photo
 */
async function addOne(importer, index, file, signal) {
  let bytes;
  try {
    bytes = new Uint8Array(await (await contentOf(file)).arrayBuffer());
  } catch (error) {
    importer.reject(index, `the file could not be read (${messageOf(error)})`);
    return false;
  }
  // The importer may be freed while the file was read.
  return signal.aborted || importer.add(index, bytes) === undefined;
}

/**
 * @param {File[]} files
 * @returns {Promise<{ name: string, bytes: Uint8Array }[]>}
 */
export function readAll(files) {
  return Promise.all(files.map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })));
}
