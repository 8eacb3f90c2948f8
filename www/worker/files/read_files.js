/** Reads whole files, and tells how far it is. */
import { messageOf } from "../../shared/protocol.js";

/** @typedef {{ name: string, bytes: Uint8Array<ArrayBuffer> }} NamedBytes */

/** Bytes that are read at a time. */
const PIECE = 4e6;
/** WebAssembly has 4 GB in all, and a model takes several times its file while it is opened. */
const MOST_BYTES = 2e9;

/**
 * @param {File[]} files
 * @param {(progress: import("../../shared/types.js").ModelProgress) => void} tell
 * @param {AbortSignal} [signal]
 * @returns {Promise<NamedBytes[]>}
 */
export async function readFiles(files, tell, signal) {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  const read = [];
  for (const file of files) {
    if (total > MOST_BYTES)
      throw new Error(`${file.name}: ${(total / 1e9).toFixed(1)} GB are more than a model's files may have, ${MOST_BYTES / 1e9} GB`);
    try {
      const bytes = new Uint8Array(file.size);
      for (let from = 0; from < file.size; from += PIECE) {
        tell({ stage: "reading", done, total });
        const piece = new Uint8Array(await file.slice(from, from + PIECE).arrayBuffer());
        signal?.throwIfAborted();
        bytes.set(piece, from);
        done += piece.length;
      }
      read.push({ name: file.name, bytes });
    } catch (error) {
      signal?.throwIfAborted();
      throw new Error(`${file.name}: it cannot be read (${messageOf(error)})`, { cause: error });
    }
  }
  tell({ stage: "reading", done, total });
  return read;
}
