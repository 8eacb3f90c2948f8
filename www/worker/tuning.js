/**
 * What the engine found out about this machine's GPU, kept from visit to visit in IndexedDB, which a worker has, too.
 * Nothing of the user's is in there: fingerprints of kernels, by the adapter's name. Where storage is not to be had, the
 * engine finds out anew.
 */

/** @typedef {import("../shared/types.js").Engine} Engine */
/** @typedef {import("../shared/types.js").Tuning} Tuning */

const DATABASE = "fovea";
const TUNINGS = "tunings";

/** How many winners the database has, or will have once `saving` is over. */
let kept = 0;
/** The last write: a worker that ends before it is over would lose it. */
let saving = Promise.resolve();

/**
 * Hands the engine what an earlier visit found out.
 * @param {Engine} engine
 */
export async function loadTuning(engine) {
  const tuning = engine.tuning();
  if (!tuning) return;
  try {
    const earlier = await inStore("readonly", (store) => store.get(tuning.adapter));
    if (!earlier) return;
    engine.tune(earlier);
    kept = count(engine.tuning());
  } catch {
    // No storage, or something else in it.
  }
}

/**
 * Keeps what the engine has found out, if there is anything new, and waits until it is kept.
 * @param {Engine} engine
 * @returns {Promise<void>}
 */
export function saveTuning(engine) {
  const tuning = engine.tuning();
  if (tuning && count(tuning) !== kept) {
    kept = count(tuning);
    // Without storage the engine finds out anew.
    saving = inStore("readwrite", (store) => store.put(tuning, tuning.adapter)).catch(() => {});
  }
  return saving;
}

/** @param {Tuning | null} tuning */
function count(tuning) {
  return Object.keys(tuning?.winners ?? {}).length;
}

/**
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest} ask
 * @returns {Promise<any>} the request's result
 */
async function inStore(mode, ask) {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(TUNINGS);
  const database = await answerTo(opening);
  try {
    return await answerTo(ask(database.transaction(TUNINGS, mode).objectStore(TUNINGS)));
  } finally {
    database.close();
  }
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function answerTo(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
