/** Who races, and over what. Versions are those of package.json. */
import { MOBILE, convolutions } from "./convolutions.js";

/**
 * @typedef {object} Contender
 * @property {string} id
 * @property {string} name
 * @property {string} version
 * @property {"webgpu" | "webgl" | "wasm" | "cpu" | "native"} device as the library itself calls it
 * @property {string} module in this folder
 * @property {boolean} trains
 * @property {string} rival which of ours it is held against
 */

/**
 * @typedef {"train" | "predict" | "forward" | "input gradient" | "kernel gradient"} Kind a step or an inference of the
 *   whole network, or one part of one convolution
 * @typedef {import("./convolutions.js").Convolution} Convolution
 * @typedef {{ kind: Kind, imageSize: number, batch: number, convolution?: Convolution }} Measure of the whole network, or of
 *   one convolution
 * @typedef {"training" | "inference" | "kernels" | "mobile"} Group
 * @typedef {[imageSize: number, batch: number]} Size
 */

export const OURS = "fovea";

/** @type {Contender[]} */
export const CONTENDERS = [
  { name: "Fovea", version: "0.1.0", module: "fovea", device: "webgpu", trains: true },
  { name: "Fovea", version: "0.1.0", module: "fovea", device: "cpu", trains: true },
  { name: "TensorFlow.js", version: "4.22.0", module: "tfjs", device: "webgpu", trains: true },
  { name: "TensorFlow.js", version: "4.22.0", module: "tfjs", device: "webgl", trains: true },
  { name: "TensorFlow.js", version: "4.22.0", module: "tfjs", device: "cpu", trains: true },
  { name: "jax-js", version: "0.1.25", module: "jax", device: "webgpu", trains: true },
  { name: "jax-js", version: "0.1.25", module: "jax", device: "wasm", trains: true },
  { name: "ONNX Runtime", version: "1.30.0", module: "onnxruntime", device: "webgpu", trains: false },
  { name: "ONNX Runtime", version: "1.30.0", module: "onnxruntime", device: "wasm", trains: false },
].map((contender) => {
  const onGpu = contender.device === "webgpu" || contender.device === "webgl";
  return /** @type {Contender} */ ({
    ...contender,
    id: `${contender.module}-${contender.device}`,
    rival: onGpu ? `${OURS}-webgpu` : `${OURS}-cpu`,
  });
});

/** Keras outside any browser, timed by `cargo xtask bench --keras`: no contender, but a column beside them. */
export const NATIVE = /** @type {Contender} */ ({
  id: "keras-native",
  name: "Keras",
  version: "",
  device: "native",
  module: "",
  trains: true,
  rival: `${OURS}-cpu`,
});

/** @type {Size[]} */
export const SIZES = [
  [64, 4],
  [64, 20],
  [150, 20],
];
/** The size at which each convolution is timed alone. @type {Size} */
export const KERNEL_SIZE = [64, 4];
/** @type {Group[]} */
export const GROUPS = ["training", "inference", "kernels", "mobile"];

/**
 * @param {Group[]} groups
 * @param {Size[]} sizes
 * @returns {Measure[]}
 */
export function measuresOf(groups, sizes) {
  /** @type {Measure[]} */
  const measures = [];
  for (const [imageSize, batch] of sizes) {
    if (groups.includes("training")) measures.push({ kind: "train", imageSize, batch });
    if (groups.includes("inference")) measures.push({ kind: "predict", imageSize, batch });
  }
  const [imageSize, batch] = KERNEL_SIZE;
  const raced = groups.includes("kernels") ? convolutions(imageSize) : [];
  const mobile = groups.includes("mobile") ? MOBILE : [];
  for (const convolution of [...raced, ...mobile]) {
    const measure = { imageSize: convolution.pooled ? imageSize : convolution.size, batch, convolution };
    measures.push({ kind: "forward", ...measure });
    // Nobody needs the gradient of the photos.
    if (convolution !== raced[0]) measures.push({ kind: "input gradient", ...measure });
    measures.push({ kind: "kernel gradient", ...measure });
  }
  return measures;
}

/**
 * @param {Contender} contender
 * @param {Measure} measure
 * @returns {boolean} whether the contender can do it at all
 */
export function takesPart(contender, { kind }) {
  return contender.trains || kind === "predict" || kind === "forward";
}

/**
 * @param {Size} size
 * @returns {string} `64x4`, as in the page's address
 */
export const sizeName = ([imageSize, batch]) => `${imageSize}x${batch}`;
