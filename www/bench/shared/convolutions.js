/** Convolutions that are timed alone: those of the network that is raced, and those where a mobile network spends its time. */
import { FILTERS, KERNEL, POOL, CHANNELS, glorot } from "./network.js";

/**
 * @typedef {object} Convolution with bias and relu
 * @property {number} size the input's side in pixels
 * @property {number} channels
 * @property {number} filters as many as channels where it is depthwise
 * @property {number} kernel the window's side
 * @property {number} stride
 * @property {"valid" | "same"} padding
 * @property {boolean} depthwise whether each channel is convolved on its own
 * @property {number} output the output's side
 * @property {boolean} pooled whether our own step has a pooling in it
 */

/**
 * @param {number} imageSize
 * @returns {Convolution[]} those of the network that is raced
 */
export function convolutions(imageSize) {
  let size = imageSize;
  return FILTERS.map((filters, layer) => {
    const channels = layer ? FILTERS[layer - 1] : CHANNELS;
    const output = size - KERNEL + 1;
    const own = { size, channels, filters, output, kernel: KERNEL, stride: 1, depthwise: false, pooled: true };
    size = Math.floor(output / POOL);
    return { ...own, padding: /** @type {const} */ ("valid") };
  });
}

/**
 * @param {number} imageSize
 * @returns {number} values that a photo is flattened to before the network's dense layers
 */
export function flattened(imageSize) {
  const { output, filters } = convolutions(imageSize)[FILTERS.length - 1];
  return Math.floor(output / POOL) ** 2 * filters;
}

/**
 * @param {number} size
 * @param {number} channels
 * @param {number} filters
 * @returns {Convolution}
 */
function pointwise(size, channels, filters) {
  return { size, channels, filters, kernel: 1, stride: 1, padding: "same", depthwise: false, output: size, pooled: false };
}

/**
 * @param {number} size
 * @param {number} channels
 * @param {number} kernel
 * @param {number} [stride]
 * @returns {Convolution}
 */
function depthwise(size, channels, kernel, stride = 1) {
  const output = Math.ceil(size / stride);
  return { size, channels, filters: channels, kernel, stride, padding: "same", depthwise: true, output, pooled: false };
}

/** Of MobileNetV2 and EfficientNet-Lite0 at 224 x 224 pixels. @type {Convolution[]} */
export const MOBILE = [
  pointwise(56, 24, 144),
  pointwise(28, 192, 32),
  pointwise(14, 80, 480),
  pointwise(7, 320, 1280),
  depthwise(112, 96, 3, 2),
  depthwise(56, 144, 3),
  depthwise(28, 240, 5),
  depthwise(14, 480, 3),
];

/**
 * Glorot's weights for a convolution, in whatever order.
 * @param {Convolution} convolution
 */
export function kernelOf({ channels, filters, kernel, depthwise }) {
  const taps = kernel * kernel;
  const inputs = depthwise ? 1 : channels;
  return glorot(taps * inputs * filters, taps * inputs, taps * (depthwise ? 1 : filters));
}

/**
 * What is padded before and after the pixels, on each axis, as TensorFlow does.
 * @param {Convolution} convolution
 * @returns {[before: number, after: number]}
 */
export function paddingOf({ size, kernel, stride, padding, output }) {
  const all = padding === "same" ? Math.max(0, (output - 1) * stride + kernel - size) : 0;
  return [all >> 1, all - (all >> 1)];
}
