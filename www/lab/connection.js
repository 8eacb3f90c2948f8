import { CRASH, messageOf } from "../shared/protocol.js";
import { Relay } from "./relay.js";

/**
 * @typedef {object} Pending
 * @property {(result: unknown) => void} resolve
 * @property {(error: Error) => void} reject
 * @property {(event: unknown) => void} [onEvent]
 */

/** Chromium leaves a worker behind that is ended while its own workers are ending: after a crash these go first. */
const PATIENCE = 300;

/** @typedef {Error & { models?: import("../shared/protocol.js").SavedModel[] }} Ended why a worker is gone, and what could be saved */

/** Calls into one worker: each call gets its answer, and all of them an error when the worker goes. */
export class Connection {
  #worker;
  #relay = new Relay((told, transfer) => this.#worker.postMessage(told, transfer));
  /** @type {Map<number, Pending>} */
  #pending = new Map();
  #lastId = CRASH;
  /** @type {Error | null} */
  #ended = null;
  /** @type {(reason: Ended) => void} */
  #settleEnded = () => {};

  /** @param {Worker} worker that has started */
  constructor(worker) {
    /** Resolves once no call is answered any more, with the reason. @type {Promise<Ended>} */
    this.ended = new Promise((resolve) => (this.#settleEnded = resolve));
    this.#worker = worker;
    this.#worker.onmessage = ({ data }) => ("worker" in data ? this.#relay.hear(data) : this.#receive(data));
    this.#worker.onmessageerror = () =>
      this.end(new Error("The engine sent something this page cannot read. Start it again to go on."));
    this.#worker.onerror = (event) => {
      event.preventDefault();
      const cause = event.message || "its files could not be loaded";
      this.end(new Error(`The engine stopped: ${cause}. Start it again to go on.`));
    };
  }

  /** @returns {boolean} whether the worker is gone */
  get closed() {
    return this.#ended !== null;
  }

  /**
   * @param {import("../shared/calls.js").CallName} call
   * @param {Record<string, unknown>} args
   * @param {{ onEvent?: (event: any) => void, signal?: AbortSignal }} [options]
   * @returns {Promise<any>} the worker's result; on an aborted signal the worker is told, and still answers
   */
  call(call, args, { onEvent, signal } = {}) {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = ++this.#lastId;
    const answer = new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, onEvent });
      this.#worker.postMessage({ id, call, args });
    });
    if (!signal) return answer;
    const abort = () => {
      if (!this.#ended) this.#worker.postMessage({ abort: id });
    };
    signal.addEventListener("abort", abort, { once: true });
    return answer.finally(() => signal.removeEventListener("abort", abort));
  }

  /**
   * Ends the worker. Every call without its answer rejects with the reason, and so does every later one.
   * @param {Ended} reason
   * @param {number} [patience] milliseconds until the worker is ended, which is heard no more
   */
  end(reason, patience = 0) {
    if (this.#ended) return;
    this.#ended = reason;
    this.#worker.onmessage = null;
    if (patience) setTimeout(() => this.#worker.terminate(), patience);
    else this.#worker.terminate();
    this.#relay.close();
    for (const { reject } of this.#pending.values()) reject(reason);
    this.#pending.clear();
    this.#settleEnded(reason);
  }

  /** @param {import("../shared/protocol.js").Answer} answer */
  #receive(answer) {
    if (answer.id === CRASH) {
      const reason = new Error(`The engine stopped: ${messageOf(answer.error)}. Start it again to go on.`);
      this.end(Object.assign(reason, { models: answer.models }), PATIENCE);
      return;
    }
    const pending = this.#pending.get(answer.id);
    if (!pending) return;
    if ("event" in answer) {
      pending.onEvent?.(answer.event);
      return;
    }
    this.#pending.delete(answer.id);
    if (typeof answer.error === "string") pending.reject(withCode(answer.error, answer.code));
    else pending.resolve(answer.result);
  }
}

/**
 * @param {string} message
 * @param {string} [code] what a program can tell the error by
 */
function withCode(message, code) {
  return code === undefined ? new Error(message) : Object.assign(new Error(message), { code });
}
