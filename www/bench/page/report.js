/** What a race's figures mean: medians, ratios, tables. No DOM here. */
import { CONTENDERS, NATIVE } from "../shared/contenders.js";
import { KERNEL } from "../shared/network.js";

/** @typedef {import("../shared/contenders.js").Contender} Contender */
/** @typedef {import("./race.js").Report} Report */
/** @typedef {import("./race.js").Result} Result */
/** @typedef {import("./race.js").Row} Row */

/** What a device is called where people read. */
export const DEVICES = { webgpu: "WebGPU", webgl: "WebGL", wasm: "wasm", cpu: "CPU", native: "native" };

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

/** @returns {Promise<number>} seconds that the browser takes to tell that a GPU is done which has nothing to do */
export async function waitOfGpu() {
  /** @type {any} */
  const gpu = "gpu" in navigator ? navigator.gpu : null;
  const device = await (await gpu?.requestAdapter({ powerPreference: "high-performance" }))?.requestDevice();
  if (!device) return 0;
  const waits = [];
  for (let run = 0; run < 4; run++) {
    const start = performance.now();
    device.queue.submit([device.createCommandEncoder().finish()]);
    await device.queue.onSubmittedWorkDone();
    waits.push((performance.now() - start) / 1000);
  }
  device.destroy();
  // The first one starts the device.
  return median(waits.slice(1));
}

/**
 * @param {Report} report
 * @returns {Contender[]} those that took part
 */
export function contendersOf({ settings }) {
  return [...CONTENDERS, NATIVE].filter(({ id }) => settings.contenders.includes(id));
}

/** @typedef {{ kinds: Record<import("../shared/contenders.js").Kind, string>, depthwise: string, size: (size: [number, number]) => string }} Words */

/** @type {Words} */
export const ENGLISH = {
  kinds: {
    train: "Training step",
    predict: "Inference",
    forward: "forward",
    "input gradient": "input gradient",
    "kernel gradient": "kernel gradient",
  },
  depthwise: "depthwise",
  size: ([imageSize, batch]) => `${imageSize}×${imageSize}, batch ${batch}`,
};

/**
 * @param {Row} row
 * @param {Words} [words] tables to take along are English
 * @returns {string}
 */
export function titleOf({ kind, imageSize, batch, convolution }, { kinds, depthwise, size } = ENGLISH) {
  if (!convolution) return `${kinds[kind]}, ${size([imageSize, batch])}`;
  const { size: side, channels, filters, kernel, stride } = convolution;
  const image = `${side}×${side}×${channels}`;
  const window = `${kernel}×${kernel}${stride > 1 ? ` / ${stride}` : ""}`;
  const what = convolution.depthwise ? `${depthwise} ${window}` : `→ ${filters}${kernel === KERNEL ? "" : `, ${window}`}`;
  return `${image} ${what}, ${kinds[kind]}`;
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
