/** Cross-validation, and what becomes of the labels that it doubts. No DOM here. */
import { messageOf } from "../../shared/protocol.js";

/** @typedef {import("../state.js").Store} Store */
/** @typedef {import("../../shared/types.js").Doubtful} Doubtful */

/** @type {AbortController | null} */
let running = null;

/**
 * Cross-validates the network's layers on its base as the form for training says.
 * @param {Store} store
 */
export async function crossValidate(store) {
  const { lab, model, dataset, fitting } = store.state;
  if (!lab || !model || !dataset || !fitting || store.busy) return;
  const { signal } = (running = new AbortController());
  const { epochs, batchSize, optimizer, loss, classWeight } = fitting;
  const onProgress = (/** @type {NonNullable<import("../state.js").State["validating"]>} */ validating) => {
    if (!signal.aborted) store.set({ validating });
  };
  store.set({ validating: { stage: "features", done: 0, total: 0 }, validationError: "", crossValidation: null });
  try {
    const found = await lab.crossValidate(model, dataset, { epochs, batchSize, optimizer, loss, classWeight, signal, onProgress });
    if (store.state.dataset === dataset) store.set({ crossValidation: found });
  } catch (error) {
    if (!signal.aborted) store.set({ validationError: messageOf(error) });
  } finally {
    running = null;
    store.set({ validating: null });
  }
}

/** Ends the cross-validation under way. */
export function stopValidating() {
  running?.abort();
}

/**
 * Gives a photo the class that it more likely has.
 * @param {import("./photos.js").Photos} photos
 * @param {Doubtful} doubtful
 * @returns {Promise<boolean>} whether it was done
 */
export function relabel(photos, { path, suggested }) {
  return photos.change({ edit: { move: [path], class: suggested } });
}
