import { checkedCall } from "../shared/calls.js";

/** @typedef {import("../shared/calls.js").CallName} CallName */

/**
 * Checks what a call was given, and has the engine's worker answer it.
 * @param {import("../lab.js").Lab} lab
 * @param {CallName} call
 * @param {Record<string, unknown>} [given] arguments that have a place
 * @param {unknown} [options]
 * @param {(event: any) => void} [onEvent]
 * @returns {Promise<any>}
 */
export async function ask(lab, call, given = {}, options = undefined, onEvent = undefined) {
  const { args, signal } = checkedCall(call, lab, given, options);
  return lab.connection.call(call, args, { onEvent, signal });
}
