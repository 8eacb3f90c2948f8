/** What keeps the photos from training the network that is there, in words. No DOM here. */
import { misfit } from "./edits.js";
import { t } from "./texts.js";

/**
 * @param {import("./state.js").State} state
 * @returns {string} empty where nothing is in the way
 */
export function obstacle(state) {
  const { model, dataset } = state;
  if (!model || !dataset) return "";
  return photosMissing(dataset.summary) || misfitOf(state);
}

/**
 * @param {import("../shared/types.js").DatasetSummary} summary
 * @returns {string} what a network still waits for; empty where it can be made
 */
export function photosMissing({ classes, counts }) {
  const empty = classes.filter((_, index) => !counts.train[index]);
  if (empty.length) return t.begun.missing(empty);
  return classes.length < 2 ? t.begun.second : "";
}

/**
 * @param {import("./state.js").State} state
 * @returns {string} why the network is not for these photos; empty where it is
 */
export function misfitOf(state) {
  const { model, dataset } = state;
  const what = misfit(state);
  if (!model || !dataset || !what) return "";
  return t.photos.misfits[what](
    { shape: model.inputShape, classes: model.classes },
    { shape: dataset.summary.imageShape, classes: dataset.summary.classes },
  );
}
