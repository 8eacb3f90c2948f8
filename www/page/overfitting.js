/** What the curves say about learning by heart. */

/** Epochs without a better validation loss before anything is said: one or two are noise. */
const PATIENCE = 3;
/** By how much validation loss must have risen over its best. */
const RISE = 1.05;

/**
 * @param {import("../shared/types.js").History} history
 * @returns {{ best: number, rising: boolean }} best: the entry with the lowest validation loss, -1 without one;
 *   rising: validation loss has gone up since while training loss has gone down
 */
export function overfitting({ loss, val_loss }) {
  let best = -1;
  val_loss.forEach((value, epoch) => {
    if (Number.isFinite(value) && (best < 0 || value < val_loss[best])) best = epoch;
  });
  const last = val_loss.length - 1;
  const rising =
    best >= 0 && last - best >= PATIENCE && val_loss[last] > val_loss[best] * RISE && loss[last] < loss[best];
  return { best, rising };
}
