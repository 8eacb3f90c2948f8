/** The training under way: its events become curves. No DOM here. */
import { messageOf } from "../../shared/protocol.js";

/** @typedef {import("../state.js").Store} Store */
/** @typedef {import("../../shared/types.js").FitEvent} FitEvent */

/** The run under way, of which there is one. @type {import("../../lab.js").Run | null} */
let run = null;

/**
 * Trains the state's network, on augmented photos where the state says so, until it is done, stopped or failed.
 * @param {Store} store
 * @param {import("../../shared/types.js").FitOptions} options
 */
export async function train(store, options) {
  const { lab, model, dataset, curves, augmentation } = store.state;
  if (!lab || !model || !dataset || store.busy) return;
  // A second run of the same network goes on to the right of the first, even if that ended within an epoch; one of a
  // network from a file to the right of what that says.
  const before = Math.max(model.epochs, Math.ceil(Math.max(0, ...curves.stepAt.slice(-1), ...curves.epochAt.slice(-1))));
  store.set({ training: "starting", trainingError: "", preparing: null, features: null, step: null, evaluation: null, threshold: null });
  run = lab.fit(model, dataset, { ...options, augmentation: augmentation ?? undefined }, (event) => record(store, event, before));
  try {
    await run.finished;
    store.set({ training: store.state.training === "stopping" ? "stopped" : "done" });
  } catch (error) {
    const deviceLost = /** @type {{ code?: string }} */ (error).code === "device-lost";
    store.set({ training: "failed", trainingError: messageOf(error), ...(deviceLost && { deviceLost }) });
  } finally {
    run = null;
  }
}

/**
 * @param {Store} store
 * @param {"pause" | "resume" | "stop"} what
 */
export async function steer(store, what) {
  if (!run) return;
  const before = store.state.training;
  store.set({
    training: {
      pause: /** @type {const} */ ("paused"),
      resume: /** @type {const} */ ("running"),
      stop: /** @type {const} */ ("stopping"),
    }[what],
  });
  try {
    await run[what]();
  } catch (error) {
    if (store.training) store.set({ training: before, trainingError: messageOf(error) });
  }
}

/**
 * Leaves out what was measured after a moment.
 * @param {import("../state.js").Curves} curves
 * @param {number} at
 */
function cut(curves, at) {
  const [steps, epochs] = [curves.stepAt, curves.epochAt].map((places) => places.filter((place) => place <= at + 1e-9).length);
  for (const list of [curves.stepAt, curves.stepLoss, curves.stepAccuracy]) list.length = steps;
  for (const list of [curves.epochAt, ...Object.values(curves.history)]) list.length = epochs;
}

/**
 * @param {Store} store
 * @param {FitEvent} event
 * @param {number} before epochs of earlier runs
 */
function record(store, event, before) {
  const { curves, training } = store.state;
  if (event.type === "preparing") {
    store.set({ preparing: { done: event.done, total: event.total } });
    return;
  }
  if (event.type === "features") {
    store.set({ features: { done: event.done, total: event.total } });
    return;
  }
  if (event.type === "step") {
    curves.stepAt.push(before + event.epoch - 1 + event.step / event.steps);
    curves.stepLoss.push(event.batch_loss);
    curves.stepAccuracy.push(event.accuracy);
  } else if (event.type === "epoch") {
    curves.epochAt.push(before + event.epoch);
    for (const name of /** @type {const} */ (["loss", "accuracy", "val_loss", "val_accuracy"]))
      curves.history[name].push(event[name] ?? NaN);
  } else if (event.type === "restored") {
    // What the network has lost again is not shown either.
    cut(curves, before + event.epoch + event.step / event.steps);
    store.set({ curves });
    return;
  } else return;
  store.set({ curves, step: event, unsaved: true, training: training === "starting" ? "running" : training });
}
