/** Native Keras beside the race: what `keras_native.py` measures, as a column of the report. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { NATIVE, sizeName } from "../../www/bench/shared/contenders.js";
import { median } from "../../www/bench/page/report.js";

const SCRIPT = fileURLToPath(new URL("./keras_native.py", import.meta.url));

/**
 * @param {string} python that has Keras
 * @param {import("../../www/bench/page/race.js").Report} report gets its figures for the rows of whole networks
 */
export async function raceKeras(python, report) {
  const { settings, versions, rows } = report;
  const child = spawn(python, [SCRIPT, String(settings.budget), ...settings.sizes.map(sizeName)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  for await (const line of createInterface({ input: child.stdout })) {
    const { size, keras, tensorflow, ...measured } = JSON.parse(line);
    versions[NATIVE.name] = `${keras} on tensorflow-cpu ${tensorflow}`;
    for (const row of rows)
      if (!row.convolution && sizeName([row.imageSize, row.batch]) === sizeName(size) && measured[row.kind])
        row.results[NATIVE.id] = { status: "measured", runs: measured[row.kind], median: median(measured[row.kind]) };
  }
  const code = await ended;
  if (code !== 0) throw new Error(`native Keras ended with ${code}`);
  settings.contenders.push(NATIVE.id);
}
