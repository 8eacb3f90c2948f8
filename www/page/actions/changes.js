/** What the user changes of the photos after they were read: no DOM here. */
import { messageOf } from "../../shared/protocol.js";
import { fits } from "../obstacle.js";
import { t } from "../texts.js";

/** @typedef {import("../state.js").Store} Store */
/** @typedef {import("../../shared/types.js").Edit} Edit */

/**
 * A change that can be done again where the photos are read anew.
 * @typedef {{ edit: Edit } | { add: import("../../shared/types.js").Entry[], to: string }} Change
 */

/**
 * @param {import("../../lab.js").Dataset} dataset
 * @param {Change} change
 */
export function applyChange(dataset, change) {
  return "edit" in change ? dataset.edit(change.edit) : dataset.add(change.add, { class: change.to });
}

/**
 * @param {Store} store
 * @param {Change} change
 * @returns {Promise<boolean>} whether it was done
 */
export async function makeChange(store, change) {
  const { dataset, changes } = store.state;
  if (!dataset) return false;
  return changing(store, "edit" in change && "rename" in change.edit, async () => {
    await applyChange(dataset, change);
    store.set({ changes: { done: [...changes.done, change], undone: [] } });
  });
}

/**
 * @param {Store} store
 * @param {boolean} again whether to redo
 */
export async function stepBack(store, again) {
  const { dataset, changes } = store.state;
  const step = (again ? changes.undone : changes.done).at(-1);
  if (!dataset || !step) return;
  await changing(store, "edit" in step && "rename" in step.edit, async () => {
    await (again ? dataset.redo() : dataset.undo());
    const [from, to] = again ? [changes.undone, changes.done] : [changes.done, changes.undone];
    const [rest, grown] = [from.slice(0, -1), [...to, step]];
    store.set({ changes: again ? { done: grown, undone: rest } : { done: rest, undone: grown } });
  });
}

/**
 * Does what changes the dataset; a network whose classes were only renamed goes along.
 * @param {Store} store
 * @param {boolean} renaming
 * @param {() => Promise<void>} act
 * @returns {Promise<boolean>}
 */
async function changing(store, renaming, act) {
  const { lab, dataset, model } = store.state;
  if (store.busy || !lab || !dataset) return false;
  const fitted = fits(store.state);
  store.set({ modelBusy: true, importError: "" });
  try {
    await act();
    if (renaming && fitted && model) await lab.renameOutputs(model, dataset);
    const { notKept } = dataset;
    // The dataset is the same object with another summary.
    store.set({ dataset, model, photo: null, evaluation: null, evaluationError: "", predictions: null, health: null });
    if (dataset.kept) void lab.keptDatasets().then((kept) => store.state.lab === lab && store.set({ kept }));
    if (notKept) store.set({ importError: t.kept.changesNotKept(notKept) });
    return true;
  } catch (error) {
    store.set({ importError: messageOf(error) });
    return false;
  } finally {
    store.set({ modelBusy: false });
  }
}
