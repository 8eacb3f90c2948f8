/** Ours, by its public API. */
import { openLab } from "../../lab.js";

/** @typedef {import("../shared/contenders.js").Measure} Measure */
/** @typedef {import("../shared/convolutions.js").Convolution} Convolution */
/** @typedef {import("../../lab.js").Lab} Lab */

const RUNS = 5;

/** @param {"webgpu" | "cpu"} device */
export async function open(device) {
  const lab = await openLab({ device });
  return {
    adapter: lab.device.name,
    async prepare(/** @type {Measure} */ measure) {
      const { kind, imageSize, batch, convolution } = measure;
      const { model, dispose } = await makeModel(lab, imageSize, convolution?.pooled ? undefined : convolution);
      if (kind === "train" || kind === "predict" || !convolution) {
        const times = (/** @type {number} */ runs) => lab.time(model, { batchSize: batch, goal: kind === "train" ? "train" : "predict", runs });
        return { times, dispose };
      }
      const only = nameOf(kind, batch, convolution);
      const [part] = await lab.profile(model, { batchSize: batch, runs: RUNS, only });
      dispose();
      if (!part) throw new Error(`The training step has no ${only}.`);
      return { seconds: part.seconds, kernels: part.kernels };
    },
  };
}

/**
 * A model needs photos to know its shape: one of each class, and none of them is used.
 * @param {Lab} lab
 * @param {number} imageSize
 * @param {Convolution} [convolution] the only one of its network; else the network is the one that is raced
 */
async function makeModel(lab, imageSize, convolution) {
  const canvas = new OffscreenCanvas(imageSize, imageSize);
  canvas.getContext("2d")?.fillRect(0, 0, imageSize, imageSize);
  const blob = await canvas.convertToBlob({ type: "image/png" });
  const entries = ["cats", "dogs"].map((name) => ({ path: `train/${name}/1.png`, blob }));
  const dataset = await lab.importImages(entries, { imageSize, validation: 0, test: 0, storage: "memory" });
  const network = convolution ? { layers: around(convolution) } : { recipe: "cats_and_dogs_small" };
  const model = await lab.createModel({ ...network, dataset });
  const dispose = () => {
    void model.close();
    void dataset.close();
  };
  return { model, dispose };
}

/**
 * A network with this convolution in the middle. Its channels come from a convolution before it that is trained, too, since
 * the way back would else end at it.
 * @param {Convolution} convolution
 */
function around({ channels, filters, kernel, stride, padding, depthwise }) {
  const window = { kernel_size: kernel, strides: stride, padding, activation: "relu" };
  return [
    { class_name: "Conv2D", config: { filters: channels, kernel_size: 1 } },
    depthwise
      ? { class_name: "DepthwiseConv2D", config: window }
      : { class_name: "Conv2D", config: { filters, ...window } },
    { class_name: "GlobalAveragePooling2D" },
    { class_name: "Dense", config: { units: 1, activation: "sigmoid" } },
  ];
}

/**
 * @param {string} kind
 * @param {number} batch
 * @param {Convolution} convolution
 * @returns {string} what the engine calls it: label and sizes
 */
function nameOf(kind, batch, { size, channels, filters, kernel, depthwise, pooled }) {
  const label = depthwise ? "depthwise_conv2d" : "conv2d";
  const image = `${batch}x${size}x${size}x${channels}`;
  const window = `${kernel}x${kernel}x${channels}x${depthwise ? 1 : filters}`;
  // A convolution under a pooling is one step with it, forward.
  return `${label}${pooled && kind === "forward" ? " + max_pool2d" : ""} ${kind} ${image}, ${window}`;
}
