/**
 * Runs the race of the built page and writes what it found: `cargo xtask bench` calls it.
 *
 *   node tests/bench/bench.js [--sizes 64x4,150x20] [--groups training,inference,kernels,mobile,cold] [--contenders id,id]
 *     [--budget 4] [--limit 90] [--starts 3] [--browser chromium|firefox] [--gpu]
 *     [--one-thread] [--keras python] [--out file.json]
 */
import { writeFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { serveSite } from "../page/site.js";
import { CONTENDERS, GROUPS, SIZES, sizeName } from "../../www/bench/shared/contenders.js";
import { DEVICES, markdown, median, threeFigures, timeOf, titleOf } from "../../www/bench/page/report.js";
import { openChromium } from "./chromium.js";
import { openFirefox } from "./firefox.js";
import { raceKeras } from "./keras.js";

/** @typedef {import("../../www/bench/page/race.js").Report} Report */
/** @typedef {import("./chromium.js").Browser} Browser */

const COLD = "cold";

const { values: options } = parseArgs({
  options: {
    sizes: { type: "string", default: SIZES.map(sizeName).join() },
    groups: { type: "string", default: [...GROUPS, COLD].join() },
    contenders: { type: "string", default: CONTENDERS.map(({ id }) => id).join() },
    budget: { type: "string", default: "4" },
    limit: { type: "string", default: "90" },
    starts: { type: "string", default: "3" },
    browser: { type: "string", default: "chromium" },
    gpu: { type: "boolean", default: false },
    "one-thread": { type: "boolean", default: false },
    keras: { type: "string" },
    out: { type: "string" },
  },
});

/**
 * @param {string} option
 * @param {readonly string[]} known
 */
function checked(option, known) {
  const given = /** @type {Record<string, any>} */ (options)[option].split(",");
  for (const one of given)
    if (!known.includes(one)) throw new Error(`--${option} ${one}: it must be of ${known.join(", ")}.`);
  return given;
}

/**
 * @param {Browser} browser
 * @param {string} url
 * @returns {Promise<Report>}
 */
async function runRace(browser, url) {
  /** @type {Report | undefined} */
  let report;
  let told = "";
  const status = await browser.race(url, (soFar, row, id) => {
    report = soFar;
    if (told) console.log(lineOf(report, told));
    told = id ? `${row} ${id}` : "";
  });
  if (!report) throw new Error(`the race did not run: ${status}`);
  return report;
}

/**
 * What has just been measured, in a line.
 * @param {Report} report
 * @param {string} turn the row's number and the contender's id
 */
function lineOf(report, turn) {
  const [number, id] = turn.split(" ");
  const row = report.rows[Number(number)];
  const result = row.results[id];
  const time = timeOf(result, report.settings.limit);
  return `${titleOf(row)}: ${id}: ${time}${result?.median ? " ms" : ""}${result?.message ? `: ${result.message}` : ""}`;
}

/**
 * Seconds from opening the page to the end of the first training step, each time in a browser profile that knows nothing.
 * @param {Browser} browser
 * @param {string} url
 * @param {string} contender
 * @returns {Promise<import("../../www/bench/page/race.js").Result>}
 */
async function coldStart(browser, url, contender) {
  const runs = [];
  for (let start = 0; start < Number(options.starts); start++) {
    const { cold, failed } = await browser.cold(`${url}?cold=${contender}`, Number(options.limit));
    if (failed) return { status: "failed", message: failed };
    if (!cold) return { status: "slow" };
    runs.push(Number(cold));
  }
  return { status: "measured", runs, median: median(runs) };
}

/**
 * @param {Report} report
 * @returns {string} the contenders' cold starts in Markdown
 */
function coldTable({ cold, settings }) {
  const lines = CONTENDERS.filter(({ id }) => id in cold).map(({ id, name, device, rival }) => {
    const [result, ours] = [cold[id], cold[rival]];
    const seconds = result.median === undefined ? timeOf(result, settings.limit) : threeFigures(result.median);
    const ratio = id !== rival && result.median && ours?.median ? threeFigures(result.median / ours.median) : "";
    return `| ${name} ${DEVICES[device]} | ${seconds} | ${ratio} |`;
  });
  return ["| first training step after opening the page | s | times ours |", "| --- | ---: | ---: |", ...lines, ""].join("\n");
}

const sizes = checked("sizes", SIZES.map(sizeName));
const groups = checked("groups", [...GROUPS, COLD]);
const contenders = checked("contenders", CONTENDERS.map(({ id }) => id));
const [program] = checked("browser", ["chromium", "firefox"]);
// On a page that is not isolated, libraries of wasm have one thread, as an operation of ours that is timed alone has.
const site = await serveSite({ isolated: !options["one-thread"] });
const browser = program === "firefox" ? await openFirefox() : await openChromium({ gpu: options.gpu });
try {
  const url = `${site.url}bench.html`;
  const raced = groups.filter((/** @type {string} */ group) => group !== COLD);
  const { budget, limit } = options;
  const query = new URLSearchParams({ sizes: sizes.join(), groups: raced.join(), contenders: contenders.join(), budget, limit });
  const report = await runRace(browser, `${url}?${query}`);
  if (options.keras) await raceKeras(options.keras, report);
  report.cold = {};
  if (groups.includes(COLD))
    for (const { id } of CONTENDERS.filter(({ id, trains }) => trains && contenders.includes(id))) {
      const result = (report.cold[id] = await coldStart(browser, url, id));
      console.log(`Cold start: ${id}: ${result.median === undefined ? result.status : `${threeFigures(result.median)} s`}`);
    }
  report.machine = {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch}`,
    browser: `${browser.name} ${browser.version}`,
  };
  if (options.out) await writeFile(options.out, `${JSON.stringify(report, null, 2)}\n`);
  const { cpu, cores } = report.machine;
  const adapter = Object.values(report.adapter).join(" ");
  console.log(`\n${cpu}, ${cores} cores; ${report.machine.browser}; WebGPU adapter: ${adapter || "does not tell"}; ${report.date.slice(0, 10)}\n`);
  console.log(markdown(report));
  if (report.wait > 0.01) {
    const wait = Math.round(report.wait * 1000);
    console.log(`The browser takes ${wait} ms to notice that the GPU is done: steps and inferences on WebGPU that take about as long are its wait.\n`);
  }
  if (groups.includes(COLD)) console.log(coldTable(report));
} finally {
  await browser.close();
  await site.close();
}
