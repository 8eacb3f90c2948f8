/** jax-js, its step compiled as a whole by `jit`. Channels first, as its convolutions want them. */
import { convolutions, flattened, kernelOf, paddingOf } from "../shared/convolutions.js";
import {
  CHANNELS,
  EPSILON,
  KERNEL,
  LEARNING_RATE,
  POOL,
  RHO,
  UNITS,
  batchOf,
  glorot,
  uniform,
} from "../shared/network.js";

/** @typedef {import("../shared/contenders.js").Measure} Measure */

const MODULE = new URL("../../../vendor/bench/jax/index.js", import.meta.url);

/** @param {"webgpu" | "wasm"} device */
export async function open(device) {
  const jax = await import(MODULE.href);
  const devices = await jax.init(device);
  if (!devices.includes(device)) throw new Error(`jax-js has no ${device} here.`);
  jax.defaultDevice(device);
  return {
    adapter: device === "webgpu" ? adapterOf(jax.getWebGPUDevice().adapterInfo) : "",
    async prepare(/** @type {Measure} */ measure) {
      if (measure.kind === "train") return training(jax, measure);
      return measure.convolution ? convolution(jax, measure, measure.convolution) : inference(jax, measure);
    },
  };
}

/** @param {Partial<Record<"vendor" | "architecture" | "description", string>> | undefined} info */
function adapterOf({ vendor, architecture, description } = {}) {
  return [vendor, architecture, description].filter(Boolean).join(" ");
}

/**
 * @param {any} jax
 * @param {number} imageSize
 * @returns {Record<string, any>} weights by name
 */
function weightsOf({ numpy: np }, imageSize) {
  /** @type {Record<string, any>} */
  const weights = {};
  for (const [layer, sizes] of convolutions(imageSize).entries()) {
    weights[`kernel${layer}`] = np.array(kernelOf(sizes), { shape: [sizes.filters, sizes.channels, KERNEL, KERNEL] });
    weights[`bias${layer}`] = np.zeros([sizes.filters, 1, 1]);
  }
  const inputs = flattened(imageSize);
  weights.kernel4 = np.array(glorot(inputs * UNITS, inputs, UNITS), { shape: [inputs, UNITS] });
  weights.bias4 = np.zeros([UNITS]);
  weights.kernel5 = np.array(glorot(UNITS, UNITS, 1), { shape: [UNITS, 1] });
  weights.bias5 = np.zeros([1]);
  return weights;
}

/**
 * The network before its sigmoid. It takes the weights and the photos for its own, as every function of jax-js does.
 * @param {any} jax
 * @param {number} imageSize
 */
function logitsOf({ numpy: np, lax, nn }, imageSize) {
  return (/** @type {Record<string, any>} */ weights, /** @type {any} */ x) => {
    const layers = convolutions(imageSize).length;
    for (let layer = 0; layer < layers; layer++) {
      const convolved = lax.convGeneralDilated(x, weights[`kernel${layer}`], [1, 1], "VALID");
      const activated = nn.relu(convolved.add(weights[`bias${layer}`]));
      x = lax.reduceWindow(activated, np.max, [POOL, POOL], [POOL, POOL]);
    }
    const flat = x.reshape([-1, flattened(imageSize)]);
    const hidden = nn.relu(np.dot(flat, weights.kernel4).add(weights.bias4));
    return np.dot(hidden, weights.kernel5).add(weights.bias5);
  };
}

/**
 * @param {any} jax
 * @param {Measure} measure
 */
function training(jax, { imageSize, batch }) {
  const { numpy: np, nn, tree } = jax;
  const logits = logitsOf(jax, imageSize);
  const loss = (/** @type {any} */ weights, /** @type {any} */ x, /** @type {any} */ y) => {
    const z = logits(weights, x);
    return nn.softplus(z.ref).sub(z.mul(y)).mean();
  };
  const train = jax.jit(
    (
      /** @type {Record<string, any>} */ weights,
      /** @type {Record<string, any>} */ squares,
      /** @type {any} */ x,
      /** @type {any} */ y,
    ) => {
      const [value, gradients] = jax.valueAndGrad(loss)(tree.ref(weights), x, y);
      /** @type {Record<string, any>} */
      const nextSquares = {};
      /** @type {Record<string, any>} */
      const nextWeights = {};
      for (const name of Object.keys(weights)) {
        const square = squares[name].mul(RHO).add(np.square(gradients[name].ref).mul(1 - RHO));
        nextSquares[name] = square.ref;
        nextWeights[name] = weights[name].sub(gradients[name].mul(LEARNING_RATE).div(np.sqrt(square).add(EPSILON)));
      }
      return [value, nextWeights, nextSquares];
    },
  );
  let weights = weightsOf(jax, imageSize);
  let squares = Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, np.zeros(weight.shape)]));
  const { images, labels } = batchOf(imageSize, batch);
  const step = async () => {
    const x = np.array(images, { shape: [batch, CHANNELS, imageSize, imageSize] });
    const y = np.array(labels, { shape: [batch, 1] });
    const [value, nextWeights, nextSquares] = train(weights, squares, x, y);
    [weights, squares] = [nextWeights, nextSquares];
    await jax.blockUntilReady([weights, squares]);
    return value.data();
  };
  return { step, dispose: () => tree.dispose([weights, squares]) };
}

/**
 * @param {any} jax
 * @param {Measure} measure
 */
function inference(jax, { imageSize, batch }) {
  const { numpy: np, nn, tree } = jax;
  const logits = logitsOf(jax, imageSize);
  const predict = jax.jit((/** @type {any} */ weights, /** @type {any} */ x) => nn.sigmoid(logits(weights, x)));
  const weights = weightsOf(jax, imageSize);
  const { images } = batchOf(imageSize, batch);
  const step = async () => {
    const x = np.array(images, { shape: [batch, CHANNELS, imageSize, imageSize] });
    return predict(tree.ref(weights), x).data();
  };
  return { step, dispose: () => tree.dispose(weights) };
}

/**
 * @param {any} jax
 * @param {Measure} measure
 * @param {import("../shared/convolutions.js").Convolution} sizes
 */
function convolution(jax, { kind, batch }, sizes) {
  const { numpy: np, lax, nn, tree } = jax;
  const { size, channels, filters, kernel: side, stride, depthwise, output } = sizes;
  const padding = paddingOf(sizes);
  const options = { featureGroupCount: depthwise ? channels : 1 };
  const values = (/** @type {number[]} */ shape) => np.array(uniform(shape.reduce((a, b) => a * b), -1, 1), { shape });
  const conv = (/** @type {any} */ x, /** @type {any} */ kernel) => 
    lax.convGeneralDilated(x, kernel, [stride, stride], [padding, padding], options);
  const x = values([batch, channels, size, size]);
  const kernel = np.array(kernelOf(sizes), { shape: [filters, depthwise ? 1 : channels, side, side] });
  const bias = values([filters, 1, 1]);
  const dy = values([batch, filters, output, output]);
  const gradient = (/** @type {number} */ of) => (/** @type {any} */ x, /** @type {any} */ kernel, /** @type {any} */ dy) => {
    const [y, back] = of
      ? jax.vjp((/** @type {any} */ kernel) => conv(x, kernel), [kernel])
      : jax.vjp((/** @type {any} */ x) => conv(x, kernel), [x]);
    y.dispose();
    return back(dy)[0];
  };
  /** @type {Record<string, [(...args: any[]) => any, any[]]>} */
  const runs = {
    forward: [(x, kernel, bias) => nn.relu(conv(x, kernel).add(bias)), [x, kernel, bias]],
    "input gradient": [gradient(0), [x, kernel, dy]],
    "kernel gradient": [gradient(1), [x, kernel, dy]],
  };
  const [run, args] = runs[kind];
  const compiled = jax.jit(run);
  /** @type {any[]} */
  const results = [];
  return {
    launch: () => void results.push(compiled(...args.map((array) => array.ref))),
    async settle() {
      // It is lazy: what is thrown away before would never be computed.
      await jax.blockUntilReady(results);
      tree.dispose(results.splice(0));
    },
    dispose: () => tree.dispose([x, kernel, bias, dy]),
  };
}
