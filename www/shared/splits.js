/** The parts of a dataset, in the order in which they are used. */
export const SPLITS = /** @type {const} */ (["train", "validation", "test"]);
