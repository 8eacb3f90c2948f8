/**
 * What the page and the worker say to each other.
 *
 * page to worker   { id, method, args }
 * worker to page   { id, result } | { id, error } | { id, event }
 *
 * Events come before the one result or error of their call. An error under the id CRASH is no call's:
 * the engine is gone and answers nothing more.
 *
 * Where the page starts workers for the engine's, they also say, of each by its number:
 *
 * worker to page   { worker, start } | { worker, message } | { worker, end }
 * page to worker   { worker, message } | { worker, failed }
 */

/**
 * @typedef {{ id: number, method: string, args: unknown[] }} Call
 * @typedef {{ id: number, result?: unknown, error?: string, code?: string, event?: unknown }} Answer
 * @typedef {{ worker: number, start?: { url: string, name: string }, message?: unknown, end?: true }} ToRelay
 * @typedef {{ worker: number, message?: unknown, failed?: string }} FromRelay
 */

/** The id of no call. Calls count from 1. */
export const CRASH = 0;

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
