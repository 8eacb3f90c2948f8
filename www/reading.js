/** Files on their way into a dataset. */
import { contentOf } from "./archives.js";
import { messageOf } from "./protocol.js";

const PROGRESS_EVERY_MS = 60;

/**
 * Has the files decoded that an importer wants.
 * @param {import("./types.js").EngineImporter} importer freed when this returns or throws
 * @param {import("./archives.js").Source[]} files
 * @param {import("./decoders.js").Decoders} decoders
 * @param {(progress: import("./types.js").Progress) => void} onProgress
 * @param {AbortSignal} signal
 * @returns {Promise<number>} the dataset's id
 */
export async function importFiles(importer, files, decoders, onProgress, signal) {
  const total = files.length;
  const started = performance.now();
  let [next, done, decoded, rejected, reported] = [0, 0, 0, 0, 0];
  const report = (/** @type {boolean} */ last) => {
    const now = performance.now();
    if (!last && now - reported < PROGRESS_EVERY_MS) return;
    reported = now;
    const imagesPerSecond = decoded / Math.max((now - started) / 1e3, 1e-3);
    const etaSeconds = decoded ? (total - done) / imagesPerSecond : undefined;
    onProgress({ done, total, rejected, decoded, imagesPerSecond, etaSeconds });
  };
  const read = async () => {
    while (next < total && !signal.aborted) {
      const index = next++;
      if (importer.wants(index)) {
        const reason = await decodeOne(importer, index, files[index], decoders, signal);
        decoded++;
        if (reason !== null) rejected++;
        if (reason !== null && !signal.aborted) importer.reject(index, reason);
      }
      done++;
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
    importer.free();
    throw error;
  } finally {
    decoders.end();
  }
  return importer.finish();
}

/**
 * @param {import("./types.js").EngineImporter} importer
 * @param {number} index
 * @param {import("./archives.js").Source} file
 * @param {import("./decoders.js").Decoders} decoders
 * @param {AbortSignal} signal
 * @returns {Promise<string | null>} why it is no photo
 */
async function decodeOne(importer, index, file, decoders, signal) {
  let pixels;
  try {
    pixels = await decoders.decode(await contentOf(file));
  } catch (error) {
    return messageOf(error);
  }
  // The importer may be freed while the file was decoded.
  if (!signal.aborted) importer.add(index, pixels);
  return null;
}

/**
 * @param {File[]} files
 * @returns {Promise<{ name: string, bytes: Uint8Array }[]>}
 */
export function readAll(files) {
  return Promise.all(files.map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })));
}
