/** Runs the race: measure by measure, the contenders in turn, each in a worker of its own. No DOM here. */
import { CONTENDERS, measuresOf, takesPart } from "../shared/contenders.js";
import { startFirst } from "../../shared/start_worker.js";
import { adapterOfPage, median, waitOfGpu } from "./report.js";

/** @typedef {import("../shared/contenders.js").Contender} Contender */
/** @typedef {import("../shared/contenders.js").Measure} Measure */

/**
 * How a contender did.
 * @typedef {object} Result
 * @property {"measured" | "slow" | "failed"} status slow: no run that counts was over within the time limit
 * @property {number} [median] seconds
 * @property {number[]} [runs] seconds of the runs that count
 * @property {string[]} [kernels] names of what runs, where the contender tells
 * @property {string} [message] why it failed
 */

/**
 * @typedef {object} Settings
 * @property {string[]} contenders ids
 * @property {import("../shared/contenders.js").Group[]} groups
 * @property {import("../shared/contenders.js").Size[]} sizes
 * @property {number} budget seconds that the runs of a measure may take, once there are a few
 * @property {number} limit seconds after which a contender has to give up a measure
 */

/** Starting a library may take a while where it compiles a large wasm; it is no part of any measure. */
const OPENING_LIMIT = 60;

/** A contender and its worker, which is started when it is needed. */
class Racer {
  /** @type {Worker | null} */
  #worker = null;
  /** In the contender's own words. */
  adapter = "";

  /** @param {Contender} contender */
  constructor(contender) {
    this.contender = contender;
  }

  /**
   * @param {Measure} measure
   * @param {Settings & { wait: number }} settings
   * @param {AbortSignal} signal
   * @returns {Promise<Result>}
   */
  async measure(measure, { budget, limit, wait }, signal) {
    /** @type {number[]} */
    const runs = [];
    const heard = (/** @type {{ run?: number, counts?: boolean }} */ { run = NaN, counts }) => {
      if (counts) runs.push(run);
    };
    try {
      if (!this.#worker) {
        this.#worker = await startFirst(new URL("../worker/contender_worker.js", import.meta.url), this.contender.id);
        signal.throwIfAborted();
        this.adapter = (await this.#ask({ open: this.contender }, OPENING_LIMIT, signal)).opened ?? "";
      }
      const { measured: kernels } = await this.#ask({ measure, budget, wait }, limit, signal, heard);
      return { status: "measured", median: median(runs), runs, kernels };
    } catch (error) {
      this.close();
      signal.throwIfAborted();
      if (!(error instanceof TooSlow)) return { status: "failed", message: /** @type {Error} */ (error).message };
      return runs.length ? { status: "measured", median: median(runs), runs } : { status: "slow" };
    }
  }

  /** Ends the worker, with whatever it does. */
  close() {
    this.#worker?.terminate();
    this.#worker = null;
  }

  /**
   * @param {object} question
   * @param {number} limit seconds
   * @param {AbortSignal} signal
   * @param {(answer: any) => void} [onRun]
   * @returns {Promise<any>} the last answer
   */
  #ask(question, limit, signal, onRun) {
    const worker = /** @type {Worker} */ (this.#worker);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new TooSlow()), limit * 1000);
      const aborted = () => reject(signal.reason);
      signal.addEventListener("abort", aborted, { once: true });
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", aborted);
      };
      worker.onmessage = ({ data }) => {
        if ("run" in data) return void onRun?.(data);
        done();
        if ("error" in data) reject(new Error(data.error));
        else resolve(data);
      };
      worker.onerror = (event) => {
        event.preventDefault();
        done();
        reject(new Error(event.message || "its files could not be loaded"));
      };
      worker.postMessage(question);
    });
  }
}

class TooSlow extends Error {}

/**
 * @typedef {Measure & { results: Record<string, Result> }} Row by the contenders' ids
 * @typedef {object} Report
 * @property {string} date
 * @property {string} browser
 * @property {number} cores
 * @property {boolean} isolated whether the page is cross-origin isolated, and libraries of wasm have their threads
 * @property {Record<string, string>} adapter as WebGPU tells
 * @property {number} wait seconds that the browser takes to notice that the GPU is done
 * @property {Record<string, string>} adapters as the contenders tell
 * @property {Settings} settings
 * @property {Record<string, string>} versions
 * @property {Row[]} rows
 * @property {Record<string, Result>} cold from opening the page to the first training step, where it was timed from outside
 * @property {Record<string, string | number>} machine where it was told from outside
 */

/**
 * @param {Settings} settings
 * @param {AbortSignal} signal stops the race
 * @param {(report: Report, now: { row: Row, contender: Contender, done: number, total: number } | null) => void} onProgress
 *   called before each contender, and at the end with null
 * @returns {Promise<Report>}
 */
export async function race(settings, signal, onProgress) {
  const racers = CONTENDERS.filter(({ id }) => settings.contenders.includes(id)).map((one) => new Racer(one));
  /** @type {Report} */
  const report = {
    date: new Date().toISOString(),
    browser: navigator.userAgent,
    cores: navigator.hardwareConcurrency,
    isolated: globalThis.crossOriginIsolated,
    adapter: await adapterOfPage(),
    wait: await waitOfGpu(),
    adapters: {},
    settings,
    versions: Object.fromEntries(CONTENDERS.map(({ name, version }) => [name, version])),
    rows: measuresOf(settings.groups, settings.sizes).map((measure) => ({ ...measure, results: {} })),
    cold: {},
    machine: {},
  };
  const turns = report.rows.flatMap((row) =>
    racers.filter(({ contender }) => takesPart(contender, row)).map((racer) => ({ row, racer })),
  );
  try {
    for (const [done, { row, racer }] of turns.entries()) {
      const { contender } = racer;
      onProgress(report, { row, contender, done, total: turns.length });
      const { results, ...measure } = row;
      results[contender.id] = await racer.measure(measure, { ...settings, wait: report.wait }, signal);
      if (racer.adapter) report.adapters[contender.id] = racer.adapter;
    }
  } finally {
    for (const racer of racers) racer.close();
    onProgress(report, null);
  }
  return report;
}
