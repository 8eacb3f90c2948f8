/**
 * What the page and the worker say to each other.
 *
 * page to worker   { id, call, args } | { abort }
 * worker to page   { id, result } | { id, error } | { id, event }
 *
 * `abort` is the id of a call that is to end, and which still gets its answer. Events come before the one result or error of their call. An error under the id CRASH is no call's:
 * the engine is gone and answers nothing more. With it comes what could be saved of its models.
 *
 * Where the page starts workers for the engine's, they also say, of each by its number:
 *
 * worker to page   { worker, start } | { worker, message } | { worker, end }
 * page to worker   { worker, message } | { worker, failed }
 */

/**
 * @typedef {{ id: number, call: import("./calls.js").CallName, args: Record<string, unknown> }} Call one of `calls.js`, and its arguments by their names
 * @typedef {{ id: number, result?: unknown, error?: string, code?: string, event?: unknown, models?: SavedModel[] }} Answer
 * @typedef {{ id: number, bytes: Uint8Array<ArrayBuffer>, filename: string }} SavedModel a model's file, in its last good state
 * @typedef {{ worker: number, start?: { url: string, name: string }, message?: unknown, end?: true }} ToRelay
 * @typedef {{ worker: number, message?: unknown, failed?: string }} FromRelay
 */

/** The id of no call. Calls count from 1. */
export const CRASH = 0;

/**
 * Whether the engine's code trapped. Its memory is in no known state then, and it must not be called again: a trap has to
 * get to where the worker answers, as it is.
 * @param {unknown} thrown
 */
export function isTrap(thrown) {
  return thrown instanceof WebAssembly.RuntimeError;
}

/**
 * The sentence of whatever was thrown.
 * @param {unknown} thrown
 * @returns {string}
 */
export function messageOf(thrown) {
  if (thrown instanceof Error) return thrown.message || thrown.name;
  if (typeof thrown === "string") return thrown;
  return String(thrown);
}
