/** From the table of a model's layers back to what they are made of. No DOM here. */

/** @typedef {import("../shared/types.js").LayerSpec} LayerSpec */

/**
 * What a model's layers are made of. A graph's layers are found by their names, so each gets its own.
 * @param {import("../shared/types.js").LayerSummary[]} layers
 * @returns {LayerSpec[]}
 */
export function layerSpecs(layers) {
  return layers
    .filter(({ class_name }) => class_name !== "InputLayer")
    .map(({ name, class_name, config, connected_to }) =>
      connected_to ? { class_name, config: { ...config, name }, inbound: connected_to } : { class_name, config },
    );
}
