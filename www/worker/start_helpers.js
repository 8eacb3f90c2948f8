/** Starts the helpers of the engine's worker: one a core that is left. */
import { startOwnWorker } from "./own_workers.js";

const HELPER = new URL("./helper_worker.js", import.meta.url);
/** More share the batches of small photos so finely that handing over takes longer than computing. */
const MOST_WORKERS = 8;
/** Milliseconds in which a helper has to be there. */
const PATIENCE = 10_000;

/** How many workers compute where nothing else is asked for, the engine's among them. */
export function defaultWorkers() {
  return Math.max(1, Math.min(navigator.hardwareConcurrency || 1, MOST_WORKERS));
}

/**
 * @param {number} count
 * @param {WebAssembly.Module} module
 * @returns {Promise<import("./own_workers.js").OwnWorker[]>} those that have started, be they fewer
 */
export async function startHelpers(count, module) {
  const starting = Array.from({ length: count }, () => startHelper(module));
  return (await Promise.all(starting)).filter((worker) => worker !== null);
}

/**
 * @param {WebAssembly.Module} module
 * @returns {Promise<import("./own_workers.js").OwnWorker | null>}
 */
function startHelper(module) {
  return new Promise((resolve) => {
    const worker = startOwnWorker(HELPER, "Fovea's helper");
    const settle = (/** @type {boolean} */ started) => {
      clearTimeout(timer);
      worker.onmessage = null;
      worker.onerror = null;
      if (!started) worker.terminate();
      resolve(started ? worker : null);
    };
    const timer = setTimeout(() => settle(false), PATIENCE);
    worker.onmessage = () => settle(true);
    worker.onerror = (event) => {
      event.preventDefault();
      settle(false);
    };
    worker.postMessage(module);
  });
}
