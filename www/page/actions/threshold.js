/** When the network says that it is not sure. No DOM here. */
import { messageOf } from "../../shared/protocol.js";
import { classifyAgain, evaluate } from "./trying.js";

/** @typedef {import("../state.js").Store} Store */

/**
 * Sets the network's threshold so that this share of its right answers is kept.
 * @param {Store} store
 * @param {number} keep
 */
export async function setThreshold(store, keep) {
  const { lab, model, dataset } = store.state;
  if (!lab || !model || !dataset || store.busy) return;
  const onProgress = (/** @type {{ done: number, total: number }} */ settingThreshold) => store.set({ settingThreshold });
  store.set({ settingThreshold: { done: 0, total: 0 }, thresholdError: "", threshold: null });
  try {
    const threshold = await lab.setThreshold(model, dataset, { keep, onProgress });
    if (store.state.model === model) store.set({ threshold, unsaved: true });
  } catch (error) {
    store.set({ thresholdError: messageOf(error) });
  } finally {
    store.set({ settingThreshold: null });
  }
  await lookAgain(store);
}

/**
 * Has the network always answer.
 * @param {Store} store
 */
export async function dropThreshold(store) {
  const { lab, model } = store.state;
  if (!lab || !model || store.busy) return;
  try {
    await lab.dropThreshold(model);
    store.set({ threshold: null, thresholdError: "", unsaved: true });
  } catch (error) {
    store.set({ thresholdError: messageOf(error) });
  }
  await lookAgain(store);
}

/**
 * What was found with another threshold.
 * @param {Store} store
 */
async function lookAgain(store) {
  await classifyAgain(store);
  if (store.state.evaluation) await evaluate(store);
}
