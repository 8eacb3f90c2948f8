/**
 * A project to go on with in Python. A converter makes the archive, photo by photo, and asks for the pixels as it needs them, so that
 * few are in memory at a time and neither training nor the page waits.
 */
import { PROJECT_PHOTOS } from "../../shared/model_formats.js";
import { SPLITS } from "../../shared/splits.js";
import { modelFilesModule } from "../wasm_files.js";
import { convert } from "./model_files.js";

/** @typedef {{ split: string, paths: string[], labels: Uint32Array }} Table */
/** @typedef {{ split: string, from: number, to: number }} Wanted photos of a split */

/**
 * @param {Uint8Array<ArrayBuffer>} own the engine's file of the model, which is transferred
 * @param {import("../../shared/types.js").EngineSnapshot} snapshot of the dataset
 * @param {{ photos?: boolean } & Record<string, unknown>} options the rest is what `fit` takes
 * @param {(progress: import("../../shared/types.js").ProjectProgress) => void} tell
 * @param {AbortSignal} signal
 * @returns {Promise<{ blob: Blob, filename: string, photos: boolean }>}
 */
export async function projectOf(own, snapshot, { photos: asked, ...options }, tell, signal) {
  tell({ stage: "building", done: 0, total: 0 });
  const module = await modelFilesModule();
  /** @type {Table[]} */
  const tables = SPLITS.map((split) => ({ split, paths: snapshot.paths(split), labels: snapshot.labels(split) }));
  const { image_bytes: imageBytes } = snapshot;
  const total = tables.reduce((sum, { paths }) => sum + paths.length, 0);
  const photos = asked ?? total * imageBytes <= PROJECT_PHOTOS;
  const sizing = snapshot.sizing();
  const project = { options: JSON.stringify(options), sizing: sizing ? JSON.stringify(sizing) : undefined, tables, photos, imageBytes };
  const give = (/** @type {Wanted} */ { split, from, to }) => snapshot.pixels(split, from, to);
  const made = await convert({ module, own, project }, [own.buffer], { tell, signal, give });
  return { .../** @type {{ blob: Blob, filename: string }} */ (made), photos };
}
