/** The formats of model files. The engine has the first one; all others are those of `model_files/src/registry.rs`. */

/** @typedef {{ id: string, extensions: readonly string[] }} ModelFormat */

export const OWN_FORMAT = "safetensors";

/** By the names that the API has for them, with the endings of their files. */
export const MODEL_FORMATS = /** @type {const} @satisfies {readonly ModelFormat[]} */ ([
  { id: OWN_FORMAT, extensions: [".safetensors"] },
  { id: "keras", extensions: [".keras"] },
  { id: "h5", extensions: [".h5", ".hdf5"] },
]);

/** @typedef {(typeof MODEL_FORMATS)[number]["id"]} ModelFormatId */
