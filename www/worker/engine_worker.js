/**
 * The engine's home. Calls are answered as they come, each in its own time, so that the engine stays
 * answerable while it trains.
 */
import { CALLS } from "../shared/calls.js";
import { CRASH, isTrap, messageOf } from "../shared/protocol.js";
import { answers, models, opened } from "./answers.js";
import { hearRelay } from "./own_workers.js";
import { saveTuning } from "./tuning.js";

/** What may find out more about the GPU. */
const COMPUTING = new Set(["fit", "evaluate", "predict", "profile"]);

/** Calls under way, by id. @type {Map<number, AbortController>} */
const underWay = new Map();

/**
 * Ends the engine, with what can still be read of its models. Whoever opens their files again checks them.
 * @param {unknown} error
 */
function crashed(error) {
  /** @type {import("../shared/protocol.js").SavedModel[]} */
  const saved = [];
  const ids = [...models];
  // Once only: a second crash may be of what is tried here.
  models.clear();
  for (const id of ids) {
    try {
      const { bytes, filename } = opened().export_last_good(id, "safetensors");
      saved.push({ id, bytes, filename });
    } catch {
      // It is lost.
    }
  }
  self.postMessage({ id: CRASH, error: messageOf(error), models: saved });
}

/** @param {import("../shared/protocol.js").Call} call */
async function answer({ id, call, args }) {
  const aborting = new AbortController();
  underWay.set(id, aborting);
  try {
    const post = (/** @type {unknown} */ event) => self.postMessage({ id, event });
    const result = await answerTo(call, args, { post, signal: aborting.signal });
    if (COMPUTING.has(call)) await saveTuning(opened());
    self.postMessage({ id, result });
  } catch (error) {
    if (isTrap(error)) crashed(error);
    else self.postMessage({ id, error: messageOf(error), code: /** @type {{ code?: unknown }} */ (error)?.code });
  } finally {
    underWay.delete(id);
  }
}

/**
 * @param {import("../shared/calls.js").CallName} call
 * @param {any} args which the lab has checked
 * @param {import("./answers.js").Context} context
 */
function answerTo(call, args, context) {
  const known = CALLS[call];
  return "answer" in known ? known.answer(opened(), args) : answers[/** @type {keyof typeof answers} */ (call)](args, context);
}

addEventListener("message", ({ data }) => {
  if ("worker" in data) hearRelay(data);
  else if ("abort" in data) underWay.get(data.abort)?.abort();
  else void answer(data);
});
addEventListener("unhandledrejection", (event) => crashed(event.reason));
// A trap in what the engine does by itself, between calls.
addEventListener("error", (event) => {
  event.preventDefault();
  crashed(event.error ?? event.message);
});
