/** Reads files, many at once: to begin one costs a browser more than a photo's bytes do. */
import { messageOf } from "../../shared/protocol.js";

/**
 * Reads a batch of files as if they were one.
 * @param {Blob[]} files
 * @returns {Promise<(() => Promise<Uint8Array<ArrayBuffer>>)[]>} what gives the bytes of each, or rejects with the reason
 */
export async function readTogether(files) {
  const whole = files.length > 1 ? await new Blob(files).arrayBuffer().catch(() => null) : null;
  // Where one cannot be read, or has another length by now, each is read for itself to tell which.
  if (whole?.byteLength !== files.reduce((sum, { size }) => sum + size, 0)) return files.map((file) => () => alone(file));
  let end = 0;
  return files.map(({ size }) => {
    const bytes = new Uint8Array(whole, end, size);
    end += size;
    return () => Promise.resolve(bytes);
  });
}

/** @param {Blob} file */
async function alone(file) {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    throw new Error(`the file could not be read (${messageOf(error)})`, { cause: error });
  }
}
