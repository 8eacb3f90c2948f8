/** Whether the photos can train the network that is there, and what keeps them from it, in words. No DOM here. */
import { t } from "./texts.js";

/**
 * @param {import("../shared/types.js").DatasetSummary} summary
 * @returns {boolean} whether there is something to tell apart, and a photo of each class to learn it from
 */
export function ready({ classes, counts }) {
  return classes.length > 1 && counts.train.every((count) => count > 0);
}

/**
 * @param {import("./state.js").State} state
 * @returns {boolean} whether the photos can train the network that is there
 */
export function fits(state) {
  return state.model !== null && state.dataset !== null && misfit(state) === null;
}

/**
 * @param {import("./state.js").State} state
 * @returns {"size" | "channels" | "classes" | null} what of the photos the network was not made for
 */
export function misfit({ model, dataset }) {
  if (!model || !dataset) return null;
  const { classes, imageShape } = dataset.summary;
  const [height, width, channels] = model.inputShape;
  if (height !== imageShape[0] || width !== imageShape[1]) return "size";
  if (channels !== imageShape[2]) return "channels";
  return JSON.stringify(model.classes) === JSON.stringify(classes) ? null : "classes";
}

/**
 * @param {import("./state.js").State} state
 * @returns {boolean} whether the network has learned something that new layers for these photos can be put on top of
 */
export function canBeBase(state) {
  const what = misfit(state);
  const learned = state.recipe === "file" || (state.model?.epochs ?? 0) > 0;
  return learned && (what === "size" || what === "classes");
}

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
