/** The formats of model files. The engine has the first one; all others are those of `model_files/src/registry.rs`. */

/** @typedef {{ id: string, name: string, saved: string, opened: readonly string[] }} ModelFormat */

export const OWN_FORMAT = "safetensors";

/** What is saved as a project beside these formats, and the bytes up to which its photos come along unless told. */
export const PROJECT = /** @type {const} */ ("project");
export const PROJECT_PHOTOS = 512e6;

/**
 * By the names that the API has for them: the registry's name, the ending of the file that is saved, and those of files that
 * may be opened.
 */
export const MODEL_FORMATS = /** @type {const} @satisfies {readonly ModelFormat[]} */ ([
  { id: OWN_FORMAT, name: "Fovea's .safetensors", saved: ".safetensors", opened: [".safetensors"] },
  { id: "keras", name: ".keras", saved: ".keras", opened: [".keras"] },
  { id: "h5", name: ".h5", saved: ".h5", opened: [".h5", ".hdf5"] },
  { id: "onnx", name: "ONNX", saved: ".onnx", opened: [".onnx", ".onnx_data", ".data"] },
  // Teachable Machine puts the classes' names beside, as .txt or .json.
  { id: "tfjs", name: "TensorFlow.js model.json", saved: ".tfjs.zip", opened: [".json", ".bin", ".txt", ".zip"] },
]);

/** @typedef {(typeof MODEL_FORMATS)[number]["id"]} ModelFormatId */
