/**
 * The workers of the engine's worker. They are its own where the browser can be trusted with them. Firefox cannot: now and
 * then `new Worker` in a worker never returns there (its thread and the new one wait for one condition variable). There
 * the page starts them (`www/lab/relay.js`) and hands messages on, without copying what is transferred.
 */
import { startAlike } from "../shared/start_worker.js";

/** @typedef {import("../shared/protocol.js").ToRelay} ToRelay */
/** @typedef {import("../shared/protocol.js").FromRelay} FromRelay */
/** @typedef {Pick<Worker, "postMessage" | "terminate" | "onmessage" | "onerror">} OwnWorker */

/** What turns other programs' model files into our own. */
export const CONVERTER = new URL("./converter_worker.js", import.meta.url);

const RELAYED = /\bFirefox\//.test(navigator.userAgent);

/** @type {Map<number, RelayedWorker>} */
const relayed = new Map();
let last = 0;

/**
 * Starts a worker of the engine's worker.
 * @param {URL} url of its module
 * @param {string} name
 * @returns {OwnWorker}
 */
export function startOwnWorker(url, name) {
  return RELAYED ? new RelayedWorker(url, name) : startAlike(url, name);
}

/**
 * Hands on what the page tells of a worker that it started.
 * @param {FromRelay} told
 */
export function hearRelay({ worker, message, failed }) {
  const to = relayed.get(worker);
  if (failed === undefined) to?.onmessage?.(new MessageEvent("message", { data: message }));
  else to?.onerror?.(new ErrorEvent("error", { message: failed, cancelable: true }));
}

/** @implements {OwnWorker} */
class RelayedWorker {
  #id = ++last;
  /** @type {((this: any, event: MessageEvent) => any) | null} */
  onmessage = null;
  /** @type {((this: any, event: ErrorEvent) => any) | null} */
  onerror = null;

  /**
   * @param {URL} url
   * @param {string} name
   */
  constructor(url, name) {
    relayed.set(this.#id, this);
    this.#tell({ worker: this.#id, start: { url: url.href, name } });
  }

  /**
   * @param {unknown} message
   * @param {Transferable[] | StructuredSerializeOptions} [transfer]
   */
  postMessage(message, transfer = []) {
    this.#tell({ worker: this.#id, message }, Array.isArray(transfer) ? transfer : transfer.transfer);
  }

  terminate() {
    relayed.delete(this.#id);
    this.#tell({ worker: this.#id, end: true });
  }

  /**
   * @param {ToRelay} told
   * @param {Transferable[]} [transfer]
   */
  #tell(told, transfer = []) {
    self.postMessage(told, { transfer });
  }
}
