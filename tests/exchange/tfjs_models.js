/**
 * Makes models with real TensorFlow.js, and what it predicts, for `model_files/tests/tfjs.rs` to open.
 *
 *   node tests/exchange/tfjs_models.js FOLDER
 *
 * FOLDER/NAME has `model.json`, the files of its weights, `photos` and `said.json`. Weights are also quantised, in two files, as
 * TensorFlow's converter does.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";

const PHOTOS = 4;
const { layers } = tf;

function teachableMachine() {
  const base = tf.sequential({ name: "base" });
  base.add(layers.conv2d({ inputShape: [12, 12, 3], filters: 6, kernelSize: 3, strides: 2, padding: "same", useBias: false, name: "Conv1" }));
  base.add(layers.batchNormalization({ name: "bn_Conv1", trainable: false }));
  base.add(layers.reLU({ maxValue: 6, name: "Conv1_relu" }));
  base.add(layers.depthwiseConv2d({ kernelSize: 3, padding: "same", name: "depthwise" }));
  const features = tf.sequential({ name: "sequential_1" });
  features.add(base);
  features.add(layers.globalAveragePooling2d({ name: "pooling" }));
  const head = tf.sequential({ name: "sequential_3" });
  head.add(layers.dense({ inputShape: [6], units: 8, activation: "relu", name: "dense_Dense1" }));
  head.add(layers.dense({ units: 3, activation: "softmax", useBias: false, name: "dense_Dense2" }));
  const model = tf.sequential({ name: "sequential_4" });
  model.add(features);
  model.add(head);
  return model;
}

function graph() {
  const input = tf.input({ shape: [10, 10, 1] });
  const x = /** @type {tf.SymbolicTensor} */ (layers.conv2d({ filters: 4, kernelSize: 3, padding: "same", activation: "swish" }).apply(input));
  const y = /** @type {tf.SymbolicTensor} */ (layers.separableConv2d({ filters: 4, kernelSize: 3, padding: "same" }).apply(x));
  const sum = layers.add().apply([x, y]);
  const both = layers.concatenate().apply([/** @type {tf.SymbolicTensor} */ (sum), x]);
  const flat = layers.flatten().apply(/** @type {tf.SymbolicTensor} */ (both));
  const output = layers.dense({ units: 2, activation: "softmax" }).apply(/** @type {tf.SymbolicTensor} */ (flat));
  return tf.model({ inputs: input, outputs: /** @type {tf.SymbolicTensor} */ (output) });
}

/**
 * Weights in fewer bytes.
 * @param {tf.io.ModelArtifacts} artifacts
 * @param {"uint8" | "uint16" | "float16"} dtype
 */
function quantised(artifacts, dtype) {
  const all = new Float32Array(/** @type {ArrayBuffer} */ (artifacts.weightData));
  let at = 0;
  /** @type {number[]} */
  const bytes = [];
  const weightSpecs = /** @type {tf.io.WeightsManifestEntry[]} */ (artifacts.weightSpecs).map((spec) => {
    const count = spec.shape.reduce((a, b) => a * b, 1);
    const values = all.subarray(at, (at += count));
    if (dtype === "float16") {
      for (const value of values) bytes.push(...new Uint8Array(Uint16Array.of(halfOf(value)).buffer));
      return { ...spec, quantization: { dtype, original_dtype: "float32" } };
    }
    const [min, max] = [Math.min(...values), Math.max(...values)];
    const scale = (max - min) / (dtype === "uint8" ? 255 : 65535) || 1;
    for (const value of values) {
      const stored = Math.round((value - min) / scale);
      if (dtype === "uint8") bytes.push(stored);
      else bytes.push(stored & 255, stored >> 8);
    }
    return { ...spec, quantization: { dtype, min, scale, original_dtype: "float32" } };
  });
  return { ...artifacts, weightSpecs, weightData: Uint8Array.from(bytes).buffer };
}

/**
 * The half nearest to zero; good for weights, which are no infinities.
 * @param {number} value
 */
function halfOf(value) {
  const [bits] = new Uint32Array(Float32Array.of(value).buffer);
  const exponent = ((bits >> 23) & 255) - 112;
  return exponent <= 0 ? 0 : ((bits >> 16) & 0x8000) | (exponent << 10) | ((bits >> 13) & 1023);
}

/**
 * @param {string} folder
 * @param {string} name
 * @param {any} artifacts
 */
async function write(folder, name, artifacts) {
  const model = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
  const shape = /** @type {number[]} */ (model.inputs[0].shape.slice(1));
  const size = shape.reduce((a, b) => a * b);
  const photos = Uint8Array.from({ length: PHOTOS * size }, (_, at) => (at * 89 + (at >> 5) * 57) % 256);
  const images = tf.tensor(Float32Array.from(photos, (byte) => byte / 255), [PHOTOS, ...shape]);
  const predictions = /** @type {number[][]} */ (await /** @type {tf.Tensor} */ (model.predict(images)).array());
  await mkdir(join(folder, name), { recursive: true });
  const { modelTopology, weightSpecs, weightData } = artifacts;
  const half = weightData.byteLength >> 1;
  const paths = ["group1-shard1of2.bin", "group1-shard2of2.bin"];
  const json = { format: "layers-model", generatedBy: `TensorFlow.js tfjs-layers v${tf.version_layers}`, convertedBy: null, modelTopology };
  const manifest = [{ paths, weights: weightSpecs }];
  await writeFile(join(folder, name, "model.json"), JSON.stringify({ ...json, weightsManifest: manifest }));
  await writeFile(join(folder, name, paths[0]), new Uint8Array(weightData.slice(0, half)));
  await writeFile(join(folder, name, paths[1]), new Uint8Array(weightData.slice(half)));
  await writeFile(join(folder, name, "photos"), photos);
  await writeFile(join(folder, name, "said.json"), JSON.stringify({ predictions }));
  if (name.startsWith("teachable")) await writeFile(join(folder, name, "metadata.json"), JSON.stringify({ labels: ["<b>a", "b", "다"] }));
  console.log(name, predictions[0]);
}

const folder = process.argv[2];
await tf.setBackend("cpu");
for (const [name, make] of /** @type {const} */ ([["teachable", teachableMachine], ["graph", graph]])) {
  const model = make();
  for (const weight of model.weights) {
    const values = tf.randomUniform(/** @type {number[]} */ (weight.shape), /variance|gamma/.test(weight.name) ? 0.5 : -0.8, 1.2, "float32", 7);
    /** @type {any} */ (weight).val.assign(values);
  }
  /** @type {any} */
  let artifacts;
  await model.save(tf.io.withSaveHandler(async (saved) => ((artifacts = saved), /** @type {any} */ ({}))));
  await write(folder, name, artifacts);
  for (const dtype of /** @type {const} */ (["uint8", "uint16", "float16"])) await write(folder, `${name}_${dtype}`, quantised(artifacts, dtype));
}
