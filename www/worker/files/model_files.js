/**
 * Model files. The engine reads and writes its own; those of other programs are turned into its own, and back, by a
 * converter: a worker that lives as long as this takes.
 */
import { CONVERTER, startOwnWorker } from "../own_workers.js";
import { modelFilesModule } from "../wasm_files.js";
import { readFiles } from "./read_files.js";

/**
 * @typedef {import("../../shared/types.js").ModelProgress} ModelProgress
 * @typedef {import("./read_files.js").NamedBytes} NamedBytes
 * @typedef {{ own: Uint8Array<ArrayBuffer>, namedClasses: boolean, preprocessing: string, notes: string[] }} Opened
 * @typedef {{ bytes: Uint8Array<ArrayBuffer>, filename: string, mime: string }} Saved
 */

/** What safetensors allows its header to be. */
const LONGEST_HEADER = 100_000_000n;

/**
 * Reads a model of any format.
 * @param {File[]} files
 * @param {string | undefined} preprocessing
 * @param {(progress: ModelProgress) => void} tell
 * @param {AbortSignal} signal
 * @returns {Promise<{ files: NamedBytes[], namedClasses: boolean, preprocessing?: string, notes: string[] }>} what the engine opens
 */
export async function readModel(files, preprocessing, tell, signal) {
  const own = await Promise.all(files.map(isOwn));
  signal.throwIfAborted();
  const ours = own.indexOf(true);
  if (ours >= 0 && preprocessing !== undefined)
    throw new Error(`${files[ours].name}: it says itself what its network wants photos to be; leave the preprocessing out`);
  if (ours >= 0) return { files: await readFiles(files, tell, signal), namedClasses: true, notes: [] };
  const module = await modelFilesModule();
  const opened = /** @type {Opened} */ (await convert({ module, files, preprocessing }, [], { tell, signal }));
  const { own: bytes, ...told } = opened;
  return { files: [{ name: files[0].name, bytes }], ...told };
}

/**
 * Turns the engine's file of a model into one of another format.
 * @param {Uint8Array<ArrayBuffer>} own which is transferred
 * @param {string} format
 * @returns {Promise<Saved>}
 */
export async function savedAs(own, format) {
  const module = await modelFilesModule();
  return /** @type {Saved} */ (await convert({ module, own, format }, [own.buffer]));
}

/**
 * Whether it begins as our safetensors do: with the length of a JSON object, and that object, which describes a network.
 * @param {File} file
 */
async function isOwn(file) {
  // What cannot be read is told by name when it is read whole.
  const head = await file.slice(0, 9).arrayBuffer().catch(() => new ArrayBuffer(0));
  if (head.byteLength < 9) return false;
  const view = new DataView(head);
  const length = view.getBigUint64(0, true);
  if (length < 2n || length > LONGEST_HEADER || view.getUint8(8) !== "{".charCodeAt(0)) return false;
  return (await file.slice(8, 8 + Number(length)).text()).includes('"fovea"');
}

/**
 * Has a converter do a job.
 * @param {Record<string, unknown>} job
 * @param {Transferable[]} transfer
 * @param {object} [more]
 * @param {(progress: any) => void} [more.tell]
 * @param {AbortSignal} [more.signal] ends the worker, whatever it is at
 * @param {(wanted: any) => Uint8Array<ArrayBuffer>} [more.give] what it asks for on the way
 * @returns {Promise<unknown>}
 */
export async function convert(job, transfer, { tell, signal, give } = {}) {
  signal?.throwIfAborted();
  const worker = startOwnWorker(CONVERTER, "Fovea's converter");
  try {
    return await new Promise((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      const hand = (/** @type {unknown} */ wanted) => {
        try {
          const given = give?.(wanted);
          worker.postMessage({ given }, given ? [given.buffer] : []);
        } catch (error) {
          reject(error);
        }
      };
      worker.onmessage = ({ data }) => {
        if ("progress" in data) tell?.(data.progress);
        else if ("wanted" in data) hand(data.wanted);
        else if ("error" in data) reject(new Error(data.error));
        else resolve(data);
      };
      worker.onerror = (event) => {
        event.preventDefault();
        const cause = event.message || "its files could not be loaded";
        reject(new Error(`what converts model files did not start: ${cause}. Check the connection, and try again`));
      };
      worker.postMessage(job, transfer);
    });
  } finally {
    worker.terminate();
  }
}
