/**
 * The workers that decode photos, as many as there are cores to use. A file is in one of them, or waits outside
 * unopened, so that memory is bounded by their number. Small files go in batches, which are read at once: to begin
 * reading takes a browser longer than 30 kB do. A worker that crashes, or is silent for too long, is replaced, and the
 * files it had are tried once more, each alone: what fails then is left out and named.
 */
import { contentOf } from "./files/archives.js";
import { decodeAny } from "./files/browser_decoding.js";
import { decoderHere } from "./wasm_files.js";
import { isTrap, messageOf } from "../shared/protocol.js";
import { signOf } from "./files/signs.js";
import { startOwnWorker } from "./own_workers.js";

const DECODER = new URL("./decoder_worker.js", import.meta.url);
/** Batches in a worker at a time: while the browser reads one, the engine decodes another. */
const IN_HAND = 2;
/** What a batch has at most; a larger file is a batch of its own. */
const BATCH_FILES = 16;
const BATCH_BYTES = 1e6;
/** Milliseconds in which a worker has to start, and to be done with a file. */
const PATIENCE_AT_START = 10_000;
const PATIENCE = 60_000;

/**
 * @typedef {import("./files/archives.js").Source} Source
 * @typedef {import("../shared/types.js").Decoded} Decoded
 * @typedef {object} Job
 * @property {Source} file
 * @property {boolean} alone whether a worker failed while it had this file
 * @property {(photo: Decoded) => void} resolve
 * @property {(reason: Error) => void} reject
 */

export class DecoderPool {
  #module;
  #sizing;
  /** @type {Set<Seat>} */
  #seats = new Set();
  /** @type {Job[]} */
  #waiting = [];
  /** Where workers cannot be had. @type {import("../shared/types.js").EngineDecoder | null} */
  #here = null;
  #ended = false;
  #sharing = false;

  /**
   * @param {WebAssembly.Module | null} module what photosModule() gave; nothing where there is nothing to decode
   * @param {import("../shared/types.js").Sizing} sizing
   * @param {number} count of workers
   */
  constructor(module, sizing, count) {
    this.#module = module;
    this.#sizing = sizing;
    for (let nth = 0; nth < count; nth++) this.#seat();
  }

  /** @returns {number} how many files are worth being asked for at a time: twice what the workers can have */
  get room() {
    return 2 * this.#places * BATCH_FILES;
  }

  get #places() {
    return Math.max(1, this.#seats.size) * IN_HAND;
  }

  /**
   * @param {Source} file
   * @returns {Promise<Decoded>} the photo; rejects with the reason why it is none
   */
  decode(file) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ file, alone: false, resolve, reject });
      this.#shareSoon();
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
    if (!this.#module) return;
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

  /** Once all files that are asked for at a time are there. */
  #shareSoon() {
    if (this.#sharing) return;
    this.#sharing = true;
    queueMicrotask(() => {
      this.#sharing = false;
      this.#share();
    });
  }

  #share() {
    if (this.#ended) return;
    for (const seat of this.#seats) {
      while (this.#waiting.length && seat.hasRoomFor(this.#waiting[0])) {
        void seat.take(this.#batch()).then((left) => {
          if (left.length) this.#waiting.unshift(...left);
          this.#shareSoon();
        });
      }
    }
    if (!this.#seats.size) void this.#decodeHere();
  }

  /** The next files that go into one worker; towards the end fewer, so that all workers end together. */
  #batch() {
    const share = Math.min(BATCH_FILES, Math.ceil(this.#waiting.length / this.#places));
    let [count, bytes] = [0, 0];
    for (const { file, alone } of this.#waiting.slice(0, share)) {
      bytes += file.size;
      if (count && (alone || bytes > BATCH_BYTES)) break;
      count++;
      if (alone) break;
    }
    return this.#waiting.splice(0, count);
  }

  async #decodeHere() {
    if (this.#here) return;
    if (!this.#module) throw new Error("A decoder got a file before its engine.");
    const decoder = decoderHere(this.#module, this.#sizing);
    this.#here = decoder;
    for (let job = this.#waiting.shift(); job && !this.#ended; job = this.#waiting.shift()) {
      const { file, resolve, reject } = job;
      await contentOf(file)
        .then((content) => content.arrayBuffer())
        .then(async (buffer) => {
          const bytes = new Uint8Array(buffer);
          resolve({ ...(await decodeAny(decoder, bytes, file.path)), sign: signOf(bytes, file.modified !== undefined) });
        })
        // Here it is the engine's own code that traps.
        .catch((error) => reject(isTrap(error) ? error : new Error(messageOf(error))));
    }
    this.#here = null;
  }
}

/** A worker and the files it has. */
class Seat {
  /** Those whose files are in the worker. @type {Map<number, Job>} */
  jobs = new Map();
  /** Jobs of each batch that are not answered. @type {Set<Set<Job>>} */
  #batches = new Set();
  #ended = false;
  #worker = startOwnWorker(DECODER, "Fovea's decoder");
  #ready = false;
  #last = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {(started: boolean) => void} */
  #fail = () => {};
  #onRoom;

  /**
   * @param {WebAssembly.Module} module
   * @param {import("../shared/types.js").Sizing} sizing
   * @param {() => void} onRoom called when it can take another batch
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
    const alone = job.alone || [...this.#batches].some(([other]) => other?.alone);
    return this.#ready && this.#batches.size < (alone ? 1 : IN_HAND);
  }

  /**
   * @param {Job[]} jobs
   * @returns {Promise<Job[]>} those that came too late, since the worker is gone
   */
  async take(jobs) {
    const batch = new Set(jobs);
    this.#batches.add(batch);
    /** @type {{ id: number, file: Blob, name: string, dated: boolean }[]} */
    const files = [];
    const opened = await Promise.allSettled(jobs.map(({ file }) => contentOf(file)));
    if (this.#ended) return jobs;
    for (const [nth, content] of opened.entries()) {
      const job = jobs[nth];
      if (content.status === "rejected") {
        this.#settle(job);
        job.reject(new Error(messageOf(content.reason)));
        continue;
      }
      const id = ++this.#last;
      this.jobs.set(id, job);
      files.push({ id, file: content.value, name: job.file.path, dated: job.file.modified !== undefined });
    }
    if (files.length) {
      this.#watch(PATIENCE);
      this.#worker.postMessage(files);
    }
    return [];
  }

  end() {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#worker.terminate();
    this.#fail(this.#ready);
  }

  /** @param {"ready" | { id?: number, pixels?: Uint8Array<ArrayBuffer>, side?: number, sign?: Uint8Array, reason?: string, broken?: string }} message */
  #hear(message) {
    if (message === "ready") this.#ready = true;
    else if (message.broken !== undefined) {
      this.end();
      return;
    } else {
      const { id = 0, pixels, side = 0, sign, reason } = message;
      const job = this.jobs.get(id);
      if (!job) return;
      this.jobs.delete(id);
      this.#settle(job);
      if (pixels) job.resolve({ pixels, side, sign });
      else job.reject(new Error(reason));
    }
    clearTimeout(this.#timer);
    if (this.jobs.size) this.#watch(PATIENCE);
    this.#onRoom();
  }

  /** @param {Job} job */
  #settle(job) {
    for (const batch of this.#batches) if (batch.delete(job) && !batch.size) this.#batches.delete(batch);
  }

  /** @param {number} patience in milliseconds, from now on */
  #watch(patience) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.end(), patience);
  }
}
