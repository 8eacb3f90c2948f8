/** Ours, by its public API. */
import { openLab } from "../../lab.js";
import { KERNEL, convolutions } from "../shared/network.js";

/** @typedef {import("../shared/contenders.js").Measure} Measure */
/** @typedef {import("../../lab.js").Lab} Lab */

const RUNS = 5;

/** @param {"webgpu" | "cpu"} device */
export async function open(device) {
  const lab = await openLab({ device });
  return {
    adapter: lab.device.name,
    async prepare(/** @type {Measure} */ measure) {
      const { kind, imageSize, batch } = measure;
      const { model, dispose } = await makeModel(lab, imageSize);
      if (kind === "train" || kind === "predict") {
        const times = (/** @type {number} */ runs) => lab.time(model, { batchSize: batch, goal: kind, runs });
        return { times, dispose };
      }
      const only = nameOf(measure);
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
 */
async function makeModel(lab, imageSize) {
  const canvas = new OffscreenCanvas(imageSize, imageSize);
  canvas.getContext("2d")?.fillRect(0, 0, imageSize, imageSize);
  const blob = await canvas.convertToBlob({ type: "image/png" });
  const entries = ["cats", "dogs"].map((name) => ({ path: `train/${name}/1.png`, blob }));
  const dataset = await lab.importImages(entries, { imageSize, validation: 0, test: 0, storage: "memory" });
  const model = await lab.createModel({ recipe: "cats_and_dogs_small", dataset });
  const dispose = () => {
    void model.close();
    void dataset.close();
  };
  return { model, dispose };
}

/**
 * @param {Measure} measure
 * @returns {string} what the engine calls it: label and sizes
 */
function nameOf({ kind, imageSize, batch, layer = 0 }) {
  const { size, channels, filters } = convolutions(imageSize)[layer];
  // A convolution under a pooling is one step with it, forward.
  const label = kind === "forward" ? "conv2d + max_pool2d forward" : `conv2d ${kind}`;
  return `${label} ${batch}x${size}x${size}x${channels}, ${KERNEL}x${KERNEL}x${channels}x${filters}`;
}
