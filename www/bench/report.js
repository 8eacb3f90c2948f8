/** What a race's figures mean: medians, ratios, tables. No DOM here. */
import { CONTENDERS } from "./contenders.js";
import { convolutions } from "./network.js";

/** @typedef {import("./contenders.js").Contender} Contender */
/** @typedef {import("./race.js").Report} Report */
/** @typedef {import("./race.js").Result} Result */
/** @typedef {import("./race.js").Row} Row */

/** What a device is called where people read. */
export const DEVICES = { webgpu: "WebGPU", webgl: "WebGL", wasm: "wasm", cpu: "CPU" };

/**
 * @param {number[]} values
 * @returns {number} the middle one; of an even number the mean of both in the middle
 */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @returns {Promise<Record<string, string>>} what WebGPU tells of the adapter; nothing where there is none */
export async function adapterOfPage() {
  /** @type {any} */
  const gpu = "gpu" in navigator ? navigator.gpu : null;
  const info = (await gpu?.requestAdapter({ powerPreference: "high-performance" }))?.info;
  const facts = ["vendor", "architecture", "device", "description"].map((fact) => [fact, info?.[fact] ?? ""]);
  return Object.fromEntries(facts.filter(([, told]) => told));
}

/**
 * @param {Report} report
 * @returns {Contender[]} those that took part
 */
export function contendersOf({ settings }) {
  return CONTENDERS.filter(({ id }) => settings.contenders.includes(id));
}

/**
 * @param {Row} row
 * @returns {string}
 */
export function titleOf({ kind, imageSize, batch, layer }) {
  if (layer === undefined)
    return `${kind === "train" ? "Training step" : "Inference"}, ${imageSize}×${imageSize}, batch ${batch}`;
  const { size, channels, filters } = convolutions(imageSize)[layer];
  return `${size}×${size}×${channels} → ${filters}, ${kind}`;
}

/**
 * How many times as long as ours on the same kind of device: above 1 it is slower than ours.
 * @param {Row} row
 * @param {Contender} contender
 * @returns {number | null} null where either is not known, and for our own
 */
export function ratioOf({ results }, { id, rival }) {
  const [theirs, ours] = [results[id]?.median, results[rival]?.median];
  return id === rival || theirs === undefined || ours === undefined ? null : theirs / ours;
}

/**
 * @param {Result | undefined} result
 * @param {number} limit in seconds
 * @returns {string} milliseconds, three figures
 */
export function timeOf(result, limit) {
  if (!result) return "–";
  if (result.status === "slow") return `> ${limit} s`;
  if (result.median === undefined) return "failed";
  return threeFigures(result.median * 1000);
}

/**
 * @param {number} value
 * @returns {string}
 */
export function threeFigures(value) {
  if (value >= 100) return Math.round(value).toLocaleString("en");
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/**
 * @param {Report} report
 * @param {Row} row
 * @param {Contender} contender
 * @returns {string} the time and, for others than ours, how many times ours it is
 */
export function cellOf(report, row, contender) {
  const time = timeOf(row.results[contender.id], report.settings.limit);
  const ratio = ratioOf(row, contender);
  return ratio === null ? time : `${time} (${threeFigures(ratio)}×)`;
}

/**
 * @param {Report} report
 * @returns {string} a table of milliseconds in Markdown
 */
export function markdown(report) {
  const contenders = contendersOf(report);
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(" | ")} |`;
  const lines = [
    line(["ms", ...contenders.map(({ name, device }) => `${name} ${DEVICES[device]}`)]),
    line(["---", ...contenders.map(() => "---:")]),
    ...report.rows.map((row) => line([titleOf(row), ...contenders.map((contender) => cellOf(report, row, contender))])),
  ];
  return `${lines.join("\n")}\n`;
}
