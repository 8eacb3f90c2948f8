/** Trying the network out: on the test photos, and on one photo. No DOM here. */
import { messageOf } from "../../shared/protocol.js";
import { t } from "../texts.js";

/** @typedef {import("../state.js").Store} Store */

/**
 * Measures the network on the photos it has never seen.
 * @param {Store} store
 */
export async function evaluate(store) {
  const { lab, model, dataset } = store.state;
  if (!lab || !model || !dataset) return;
  store.set({ evaluating: true, evaluationError: "" });
  try {
    const evaluation = await lab.evaluate(model, dataset, { split: "test" });
    if (store.state.model === model) store.set({ evaluation });
  } catch (error) {
    store.set({ evaluationError: messageOf(error) });
  } finally {
    store.set({ evaluating: false });
  }
}

/**
 * @param {Store} store
 * @param {import("../state.js").Photo} photo
 */
export async function classify(store, photo) {
  const { lab, model } = store.state;
  store.set({ photo, predictions: null, predictionError: lab && model ? "" : t.result.noModel });
  if (!lab || !model) return;
  try {
    const predictions = await lab.predict(model, photo.image);
    if (store.state.photo === photo && store.state.model === model) store.set({ predictions });
  } catch (error) {
    if (store.state.photo === photo) store.set({ predictionError: messageOf(error) });
  }
}

/**
 * The same photo, when the network has changed.
 * @param {Store} store
 */
export async function classifyAgain(store) {
  const { photo, model } = store.state;
  if (photo && model) await classify(store, photo);
}

/**
 * Classifies a photo that no training has seen.
 * @param {Store} store
 */
export async function classifyRandom(store) {
  const { lab, dataset } = store.state;
  if (!lab || !dataset) return;
  const { test, validation } = dataset.summary.counts;
  const split = sum(test) ? "test" : "validation";
  const count = sum(test) || sum(validation);
  if (!count) return void store.set({ predictionError: t.result.noHeldOut });
  const index = Math.floor(Math.random() * count);
  try {
    const { imageData, label, path } = await lab.image(dataset, split, index);
    await classify(store, { image: imageData, name: path, truth: label });
  } catch (error) {
    store.set({ predictionError: messageOf(error) });
  }
}

/** @param {number[]} counts */
const sum = (counts) => counts.reduce((total, count) => total + count, 0);
