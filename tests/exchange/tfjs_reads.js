/**
 * Opens our exports with real TensorFlow.js: it must predict as we do.
 *
 *   node tests/exchange/tfjs_reads.js FOLDER
 *
 * FOLDER is what `model_files/tests/exports.rs` wrote.
 */
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { BlobReader, TextWriter, Uint8ArrayWriter, ZipReader } from "@zip.js/zip.js";
import * as tf from "@tensorflow/tfjs";

const NEAR = 1e-4;
const ENDING = ".tfjs.zip";

/** @param {number[]} shape */
const sizeOf = (shape) => shape.reduce((product, size) => product * size, 1);

/**
 * @param {ArrayLike<number>} theirs
 * @param {ArrayLike<number>} ours
 */
function farthest(theirs, ours) {
  return Math.max(...Array.from(theirs, (value, at) => Math.abs(value - ours[at])));
}

/** @param {string} path */
async function load(path) {
  const zip = new ZipReader(new BlobReader(new Blob([await readFile(path)])));
  const entries = Object.fromEntries((await zip.getEntries()).map((entry) => [entry.filename, /** @type {any} */ (entry)]));
  const model = JSON.parse(await entries["model.json"].getData(new TextWriter()));
  const [group] = model.weightsManifest;
  const bytes = await entries[group.paths[0]].getData(new Uint8ArrayWriter());
  const { modelTopology } = model;
  const artifacts = { modelTopology, weightSpecs: group.weights, weightData: bytes.buffer };
  return tf.loadLayersModel(tf.io.fromMemory(artifacts));
}

const folder = process.argv[2];
const names = (await readdir(folder)).filter((name) => name.endsWith(ENDING)).sort();
let wrong = 0;
await tf.setBackend("cpu");
for (const name of names) {
  const stem = join(folder, name.slice(0, -ENDING.length));
  const said = JSON.parse(await readFile(`${stem}.json`, "utf8"));
  const photos = await readFile(`${stem}.photos`);
  const images = tf.tensor(Float32Array.from(photos, (byte) => byte / 255), [photos.length / sizeOf(said.shape), ...said.shape]);
  const model = await load(join(folder, name));
  const predictions = await /** @type {tf.Tensor} */ (model.predict(images)).data();
  const off = farthest(said.predictions.flat(), predictions);
  // NaN must not pass.
  const far = !(off <= NEAR);
  wrong += far ? 1 : 0;
  console.log(`${name}: off by ${off.toExponential(1)}${far ? " WRONG" : ""}`);
}
if (wrong || !names.length) {
  console.error(`${wrong} of ${names.length} files are wrong`);
  process.exit(1);
}
console.log(`${names.length} files are read as they were written`);
