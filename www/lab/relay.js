/** The page's end of `www/worker/own_workers.js`: starts workers for the engine's worker, and hands on what either says. */
import { startAlike } from "../shared/start_worker.js";

/** @typedef {import("../shared/protocol.js").ToRelay} ToRelay */
/** @typedef {import("../shared/protocol.js").FromRelay} FromRelay */

export class Relay {
  /** @type {Map<number, Worker>} */
  #workers = new Map();
  #tell;

  /** @param {(told: FromRelay, transfer: Transferable[]) => void} tell the engine's worker */
  constructor(tell) {
    this.#tell = tell;
  }

  /** @param {ToRelay} told */
  hear({ worker: id, message, start, end }) {
    if (start) this.#start(id, start.url, start.name);
    else if (end) this.#end(id);
    else this.#workers.get(id)?.postMessage(message, buffersOf(message));
  }

  /** Ends all workers, as those of a worker end with it. */
  close() {
    for (const id of this.#workers.keys()) this.#end(id);
  }

  /**
   * @param {number} id
   * @param {string} url
   * @param {string} name
   */
  #start(id, url, name) {
    const worker = startAlike(url, name);
    this.#workers.set(id, worker);
    worker.onmessage = ({ data }) => this.#tell({ worker: id, message: data }, buffersOf(data));
    worker.onerror = (event) => {
      event.preventDefault();
      this.#tell({ worker: id, failed: event.message || "it could not be started" }, []);
    };
  }

  /** @param {number} id */
  #end(id) {
    this.#workers.get(id)?.terminate();
    this.#workers.delete(id);
  }
}

/**
 * What of a message was transferred, or copied for this page alone: either may go on.
 * @param {unknown} message
 * @returns {ArrayBuffer[]}
 */
function buffersOf(message) {
  if (typeof message !== "object" || message === null || message instanceof WebAssembly.Module) return [];
  const views = Object.values(message).filter((value) => ArrayBuffer.isView(value));
  return [...new Set(views.map(({ buffer }) => /** @type {ArrayBuffer} */ (buffer)))];
}
