/** TensorFlow.js: its union package, and beside it its package for WebGPU. */
import { kernelOf } from "../shared/convolutions.js";
import { CHANNELS, FILTERS, KERNEL, LEARNING_RATE, POOL, UNITS, batchOf, uniform } from "../shared/network.js";

/** @typedef {import("../shared/contenders.js").Measure} Measure */

const VENDOR = new URL("../../../vendor/bench/", import.meta.url);

/** @param {"webgpu" | "webgl" | "cpu"} device */
export async function open(device) {
  // In a module its helper cannot make this name itself, and would run a text as code, which the page's policy forbids.
  Object.assign(globalThis, { regeneratorRuntime: undefined });
  // Both are scripts that leave their names in the global `tf`.
  await import(new URL("tf.min.js", VENDOR).href);
  if (device === "webgpu") await import(new URL("tf-backend-webgpu.min.js", VENDOR).href);
  const tf = /** @type {any} */ (globalThis).tf;
  // It would warn of each step on the CPU that takes long.
  tf.enableProdMode();
  if (!(await tf.setBackend(device))) throw new Error(`TensorFlow.js has no ${device} here.`);
  await tf.ready();
  return {
    adapter: adapterOf(tf, device),
    async prepare(/** @type {Measure} */ measure) {
      if (measure.kind === "train") return training(tf, measure);
      return measure.convolution ? convolution(tf, measure, measure.convolution) : inference(tf, measure);
    },
  };
}

/**
 * @param {any} tf
 * @param {string} device
 * @returns {string}
 */
function adapterOf(tf, device) {
  if (device === "webgpu") {
    const { vendor, architecture, description } = tf.backend().device.adapterInfo ?? {};
    return [vendor, architecture, description].filter(Boolean).join(" ");
  }
  if (device !== "webgl") return "";
  const { gl } = tf.backend().gpgpu;
  const renderer = gl.getExtension("WEBGL_debug_renderer_info")?.UNMASKED_RENDERER_WEBGL;
  return renderer ? gl.getParameter(renderer) : "";
}

/**
 * @param {any} tf
 * @param {number} imageSize
 */
function network(tf, imageSize) {
  const model = tf.sequential();
  for (const [layer, filters] of FILTERS.entries()) {
    const inputShape = layer ? undefined : [imageSize, imageSize, CHANNELS];
    model.add(tf.layers.conv2d({ inputShape, filters, kernelSize: KERNEL, activation: "relu" }));
    model.add(tf.layers.maxPooling2d({ poolSize: POOL }));
  }
  model.add(tf.layers.flatten());
  model.add(tf.layers.dense({ units: UNITS, activation: "relu" }));
  model.add(tf.layers.dense({ units: 1, activation: "sigmoid" }));
  return model;
}

/**
 * @param {any} tf
 * @param {Measure} measure
 */
function training(tf, { imageSize, batch }) {
  const model = network(tf, imageSize);
  model.compile({ optimizer: tf.train.rmsprop(LEARNING_RATE), loss: "binaryCrossentropy" });
  const { images, labels } = batchOf(imageSize, batch);
  const step = async () => {
    const x = tf.tensor4d(images, [batch, imageSize, imageSize, CHANNELS]);
    const y = tf.tensor2d(labels, [batch, 1]);
    // It reads the loss back itself.
    const loss = await model.trainOnBatch(x, y);
    tf.dispose([x, y]);
    return [loss];
  };
  return { step, dispose: () => model.dispose() };
}

/**
 * @param {any} tf
 * @param {Measure} measure
 */
function inference(tf, { imageSize, batch }) {
  const model = network(tf, imageSize);
  const { images } = batchOf(imageSize, batch);
  const step = async () => {
    const x = tf.tensor4d(images, [batch, imageSize, imageSize, CHANNELS]);
    const y = model.predict(x, { batchSize: batch });
    const probabilities = await y.data();
    tf.dispose([x, y]);
    return probabilities;
  };
  return { step, dispose: () => model.dispose() };
}

/**
 * @param {any} tf
 * @param {Measure} measure
 * @param {import("../shared/convolutions.js").Convolution} sizes
 */
function convolution(tf, { kind, batch }, sizes) {
  const { size, channels, filters, kernel, stride, padding, depthwise, output } = sizes;
  const inputShape = [batch, size, size, channels];
  const filterShape = depthwise ? [kernel, kernel, channels, 1] : [kernel, kernel, channels, filters];
  const outputShape = [batch, output, output, filters];
  const values = (/** @type {number[]} */ shape) => tf.tensor(uniform(shape.reduce((a, b) => a * b), -1, 1), shape);
  const x = values(inputShape);
  const filter = tf.tensor(kernelOf(sizes), filterShape);
  const dy = values(outputShape);
  const bias = values([filters]);
  const strides = [stride, stride];
  const windows = { strides, pad: padding, dataFormat: "NHWC", dilations: [1, 1], dimRoundingMode: undefined };
  const [fused, backward] = depthwise
    ? [tf.fused.depthwiseConv2d, "DepthwiseConv2dNativeBackprop"]
    : [tf.fused.conv2d, "Conv2DBackprop"];
  /** @type {Record<string, () => any>} */
  const runs = {
    forward: () => fused({ x, filter, strides, pad: padding, bias, activation: "relu" }),
    "input gradient": () => tf.engine().runKernel(`${backward}Input`, { dy, filter }, { ...windows, inputShape }),
    "kernel gradient": () => tf.engine().runKernel(`${backward}Filter`, { x, dy }, { ...windows, filterShape }),
  };
  /** @type {any} */
  let last;
  return {
    launch() {
      last?.dispose();
      last = runs[kind]();
    },
    // A value of the last result: all that was launched before it is done by then.
    async settle() {
      const value = tf.tidy(() => last.flatten().slice(0, 1));
      await value.data();
      value.dispose();
    },
    dispose: () => tf.dispose([x, filter, dy, bias, last]),
  };
}
