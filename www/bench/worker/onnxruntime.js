/** ONNX Runtime Web: the whole network for an inference, and a model of one convolution for each forward part. */
import { convolutions, flattened, kernelOf, paddingOf } from "../shared/convolutions.js";
import { CHANNELS, POOL, UNITS, batchOf, glorot, uniform } from "../shared/network.js";
import { onnxFile } from "./onnx.js";

/** @typedef {import("../shared/contenders.js").Measure} Measure */
/** @typedef {import("../shared/convolutions.js").Convolution} Convolution */
/** @typedef {import("./onnx.js").Node} Node */
/** @typedef {import("./onnx.js").Tensor} Tensor */

const VENDOR = new URL("../../../vendor/bench/onnxruntime/", import.meta.url);

/** @param {"webgpu" | "wasm"} device */
export async function open(device) {
  const ort = await import(new URL(`ort.${device}.min.mjs`, VENDOR).href);
  ort.env.wasm.wasmPaths = VENDOR.href;
  ort.env.logLevel = "error";
  // Left alone it takes half of the cores.
  if (globalThis.crossOriginIsolated) ort.env.wasm.numThreads = navigator.hardwareConcurrency;
  return {
    adapter: "",
    prepare: (/** @type {Measure} */ measure) =>
      measure.convolution ? convolution(ort, device, measure.batch, measure.convolution) : inference(ort, device, measure),
  };
}

/**
 * @param {any} ort
 * @param {string} device
 * @param {Measure} measure
 */
async function inference(ort, device, { imageSize, batch }) {
  const session = await ort.InferenceSession.create(network(imageSize, batch), { executionProviders: [device] });
  const { images } = batchOf(imageSize, batch);
  const step = async () => {
    const x = new ort.Tensor("float32", images, [batch, CHANNELS, imageSize, imageSize]);
    // Its outputs are read back unless it is told otherwise.
    return (await session.run({ x })).y.data;
  };
  return { step, dispose: () => void session.release() };
}

/**
 * On the GPU its input comes from there and its output stays there, so that nothing but the convolution is timed.
 * @param {any} ort
 * @param {string} device
 * @param {number} batch
 * @param {Convolution} sizes
 */
async function convolution(ort, device, batch, sizes) {
  const { size, channels, filters, output } = sizes;
  const dims = [batch, channels, size, size];
  const file = onnxFile({
    nodes: convolutionNodes(0, sizes, "x", "y"),
    weights: convolutionWeights(0, sizes),
    input: { name: "x", dims },
    output: { name: "y", dims: [batch, filters, output, output] },
  });
  const onGpu = device === "webgpu";
  const options = onGpu ? { preferredOutputLocation: "gpu-buffer" } : {};
  const session = await ort.InferenceSession.create(file, { executionProviders: [device], ...options });
  const values = uniform(batch * channels * size * size, -1, 1);
  const gpu = onGpu ? await ort.env.webgpu.device : null;
  const buffer = gpu && bufferOf(gpu, values);
  const x = buffer ? ort.Tensor.fromGpuBuffer(buffer, { dataType: "float32", dims }) : new ort.Tensor("float32", values, dims);
  return {
    async launch() {
      const { y } = await session.run({ x });
      y.dispose();
    },
    settle: async () => gpu?.queue.onSubmittedWorkDone(),
    dispose() {
      void session.release();
      buffer?.destroy();
    },
  };
}

/**
 * @param {any} gpu a device
 * @param {Float32Array} values
 */
function bufferOf(gpu, values) {
  // STORAGE, COPY_SRC and COPY_DST.
  const buffer = gpu.createBuffer({ size: values.byteLength, usage: 0x80 | 0x4 | 0x8 });
  gpu.queue.writeBuffer(buffer, 0, values);
  return buffer;
}

/**
 * @param {number} imageSize
 * @param {number} batch
 */
function network(imageSize, batch) {
  /** @type {Node[]} */
  const nodes = [];
  /** @type {Tensor[]} */
  const weights = [];
  let from = "x";
  for (const [layer, sizes] of convolutions(imageSize).entries()) {
    const pooled = `pooled${layer}`;
    nodes.push(...convolutionNodes(layer, sizes, from, `activated${layer}`));
    const ints = { kernel_shape: [POOL, POOL], strides: [POOL, POOL] };
    nodes.push({ op: "MaxPool", inputs: [`activated${layer}`], output: pooled, ints });
    weights.push(...convolutionWeights(layer, sizes));
    from = pooled;
  }
  const inputs = flattened(imageSize);
  nodes.push(
    { op: "Flatten", inputs: [from], output: "flat" },
    { op: "Gemm", inputs: ["flat", "dense1", "dense1bias"], output: "hidden" },
    { op: "Relu", inputs: ["hidden"], output: "active" },
    { op: "Gemm", inputs: ["active", "dense2", "dense2bias"], output: "logits" },
    { op: "Sigmoid", inputs: ["logits"], output: "y" },
  );
  weights.push(
    { name: "dense1", dims: [inputs, UNITS], values: glorot(inputs * UNITS, inputs, UNITS) },
    { name: "dense1bias", dims: [UNITS], values: new Float32Array(UNITS) },
    { name: "dense2", dims: [UNITS, 1], values: glorot(UNITS, UNITS, 1) },
    { name: "dense2bias", dims: [1], values: new Float32Array(1) },
  );
  const input = { name: "x", dims: [batch, CHANNELS, imageSize, imageSize] };
  return onnxFile({ nodes, weights, input, output: { name: "y", dims: [batch, 1] } });
}

/**
 * @param {number} layer
 * @param {Convolution} sizes
 * @param {string} from
 * @param {string} to
 * @returns {Node[]}
 */
function convolutionNodes(layer, sizes, from, to) {
  const { kernel, stride, depthwise, channels } = sizes;
  const [before, after] = paddingOf(sizes);
  const windows = { kernel_shape: [kernel, kernel], strides: [stride, stride], pads: [before, before, after, after] };
  const convolved = `convolved${layer}`;
  const inputs = [from, `kernel${layer}`, `bias${layer}`];
  return [
    { op: "Conv", inputs, output: convolved, ints: windows, int: { group: depthwise ? channels : 1 } },
    { op: "Relu", inputs: [convolved], output: to },
  ];
}

/**
 * @param {number} layer
 * @param {Convolution} sizes
 * @returns {Tensor[]}
 */
function convolutionWeights(layer, sizes) {
  const { filters, channels, kernel, depthwise } = sizes;
  const values = kernelOf(sizes);
  return [
    { name: `kernel${layer}`, dims: [filters, depthwise ? 1 : channels, kernel, kernel], values },
    { name: `bias${layer}`, dims: [filters], values: new Float32Array(filters) },
  ];
}
