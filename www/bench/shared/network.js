/**
 * The network that is raced, the book's for cats and dogs: four pairs of a 3x3 convolution with relu and a 2x2 pooling, a
 * dense layer of 512 with relu, one sigmoid unit. Everybody gets the same batch and the same random weights.
 */

/** Filters of the four convolutions. */
export const FILTERS = [32, 64, 128, 128];
export const KERNEL = 3;
export const POOL = 2;
export const CHANNELS = 3;
/** Units of the first dense layer; the second has one. */
export const UNITS = 512;
export const LEARNING_RATE = 1e-4;
/** What RMSprop keeps of its mean of squares, and what it adds below the root: Keras' values. */
export const RHO = 0.9;
export const EPSILON = 1e-7;

/**
 * Values spread evenly, the same at each call.
 * @param {number} length
 * @param {number} from
 * @param {number} to
 * @returns {Float32Array<ArrayBuffer>}
 */
export function uniform(length, from, to) {
  let state = length >>> 0;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return from + ((to - from) * state) / 2 ** 32;
  });
}

/**
 * Glorot's uniform weights, as Keras begins with.
 * @param {number} length
 * @param {number} fanIn
 * @param {number} fanOut
 */
export function glorot(length, fanIn, fanOut) {
  const limit = Math.sqrt(6 / (fanIn + fanOut));
  return uniform(length, -limit, limit);
}

/**
 * A batch of photos as numbers from 0 to 1, and a label of 0 or 1 for each.
 * @param {number} imageSize
 * @param {number} batch
 */
export function batchOf(imageSize, batch) {
  return {
    images: uniform(batch * imageSize * imageSize * CHANNELS, 0, 1),
    labels: Float32Array.from({ length: batch }, (_, photo) => photo % 2),
  };
}
