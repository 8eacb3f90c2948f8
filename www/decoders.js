/**
 * The workers that decode photos, as many as there are cores to use. A file is in one of them, or waits outside, so
 * that memory is bounded by their number. One that crashes, or is silent for too long, is replaced, and the files it
 * had are tried once more, each alone: what fails then is left out and named.
 */
import { PhotoDecoder } from "./decoding.js";
import { messageOf } from "./protocol.js";
import { startWorker } from "./workers.js";

const DECODER = new URL("./decoder.js", import.meta.url);
/** Files in a worker at a time: while the browser decodes one, the engine resizes another. */
const IN_HAND = 2;
/** Milliseconds in which a worker has to start, and to be done with a file. */
const PATIENCE_AT_START = 10_000;
const PATIENCE = 60_000;

/**
 * @typedef {object} Job
 * @property {Blob} file
 * @property {boolean} alone whether a worker failed while it had this file
 * @property {(pixels: Uint8Array<ArrayBuffer>) => void} resolve
 * @property {(reason: Error) => void} reject
 */

export class Decoders {
  #module;
  #sizing;
  /** @type {Set<Seat>} */
  #seats = new Set();
  /** @type {Job[]} */
  #waiting = [];
  /** Where workers cannot be had. @type {PhotoDecoder | null} */
  #here = null;
  #ended = false;

  /**
   * @param {WebAssembly.Module} module
   * @param {import("./types.js").Sizing} sizing
   * @param {number} count of workers
   */
  constructor(module, sizing, count) {
    this.#module = module;
    this.#sizing = sizing;
    for (let nth = 0; nth < count; nth++) this.#seat();
  }

  /** @returns {number} how many files are worth being asked for at a time */
  get room() {
    return Math.max(1, this.#seats.size) * IN_HAND + 1;
  }

  /**
   * @param {Blob} file
   * @returns {Promise<Uint8Array<ArrayBuffer>>} the photo's pixels; rejects with the reason why it is none
   */
  decode(file) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ file, alone: false, resolve, reject });
      this.#share();
    });
  }

  /** Ends all workers. Files under way are answered no more. */
  end() {
    this.#ended = true;
    this.#waiting = [];
    for (const seat of this.#seats) seat.end();
    this.#seats.clear();
  }

  #seat() {
    const seat = new Seat(this.#module, this.#sizing, () => this.#share());
    this.#seats.add(seat);
    void seat.failed.then((started) => {
      if (!this.#seats.delete(seat) || this.#ended) return;
      for (const job of seat.jobs.values()) {
        if (job.alone) job.reject(new Error("the decoder crashed on this file, or took longer than a minute"));
        else this.#waiting.unshift({ ...job, alone: true });
      }
      // One that never started will not start at the next try.
      if (started) this.#seat();
      this.#share();
    });
  }

  #share() {
    if (this.#ended) return;
    for (const seat of this.#seats) {
      while (this.#waiting.length && seat.hasRoomFor(this.#waiting[0]))
        seat.take(/** @type {Job} */ (this.#waiting.shift()));
    }
    if (!this.#seats.size) void this.#decodeHere();
  }

  async #decodeHere() {
    if (this.#here) return;
    this.#here = new PhotoDecoder(this.#sizing);
    for (let job = this.#waiting.shift(); job && !this.#ended; job = this.#waiting.shift()) {
      const { file, resolve, reject } = job;
      await file
        .arrayBuffer()
        .then((bytes) => this.#here?.decode(new Uint8Array(bytes)))
        .then((pixels) => pixels && resolve(pixels))
        .catch((error) => reject(new Error(messageOf(error))));
    }
    this.#here = null;
  }
}

/** A worker and the files it has. */
class Seat {
  /** @type {Map<number, Job>} */
  jobs = new Map();
  #worker = startWorker(DECODER, "Fovea's decoder");
  #ready = false;
  #last = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {(started: boolean) => void} */
  #fail = () => {};
  #onRoom;

  /**
   * @param {WebAssembly.Module} module
   * @param {import("./types.js").Sizing} sizing
   * @param {() => void} onRoom called when it can take another file
   */
  constructor(module, sizing, onRoom) {
    this.#onRoom = onRoom;
    /** Resolves when the worker is gone, with whether it had ever started. @type {Promise<boolean>} */
    this.failed = new Promise((resolve) => (this.#fail = resolve));
    this.#worker.onmessage = ({ data }) => this.#hear(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.end();
    };
    this.#watch(PATIENCE_AT_START);
    this.#worker.postMessage({ module, sizing });
  }

  /**
   * @param {Job} job
   * @returns {boolean}
   */
  hasRoomFor(job) {
    const alone = job.alone || [...this.jobs.values()].some((other) => other.alone);
    return this.#ready && this.jobs.size < (alone ? 1 : IN_HAND);
  }

  /** @param {Job} job */
  take(job) {
    const id = ++this.#last;
    this.jobs.set(id, job);
    this.#watch(PATIENCE);
    this.#worker.postMessage({ id, file: job.file });
  }

  end() {
    clearTimeout(this.#timer);
    this.#worker.terminate();
    this.#fail(this.#ready);
  }

  /** @param {"ready" | { id?: number, pixels?: Uint8Array<ArrayBuffer>, reason?: string, broken?: string }} message */
  #hear(message) {
    if (message === "ready") this.#ready = true;
    else if (message.broken !== undefined) {
      this.end();
      return;
    } else {
      const { id = 0, pixels, reason } = message;
      const job = this.jobs.get(id);
      this.jobs.delete(id);
      if (pixels) job?.resolve(pixels);
      else job?.reject(new Error(reason));
    }
    clearTimeout(this.#timer);
    if (this.jobs.size) this.#watch(PATIENCE);
    this.#onRoom();
  }

  /** @param {number} patience in milliseconds, from now on */
  #watch(patience) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.end(), patience);
  }
}
