import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { CONTENDERS } from "../../www/bench/shared/contenders.js";
import { ratioOf } from "../../www/bench/page/report.js";

test("the versions that the page names are the installed ones", async () => {
  const manifest = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
  const packages = { tfjs: "@tensorflow/tfjs", jax: "@jax-js/jax", onnxruntime: "onnxruntime-web" };
  for (const [module, name] of Object.entries(packages)) {
    const versions = CONTENDERS.filter((contender) => contender.module === module).map(({ version }) => version);
    assert.deepEqual(new Set(versions), new Set([manifest.devDependencies[name]]), name);
  }
  assert.equal(CONTENDERS[0].version, manifest.version);
  const { devDependencies } = manifest;
  assert.equal(devDependencies["@tensorflow/tfjs-backend-webgpu"], devDependencies["@tensorflow/tfjs"]);
});

test("a ratio is against ours on the same kind of device", () => {
  const results = Object.fromEntries(
    Object.entries({ "fovea-webgpu": 0.1, "fovea-cpu": 0.02, "tfjs-webgl": 0.5, "jax-wasm": 0.01 }).map(([id, seconds]) => [
      id,
      { status: /** @type {const} */ ("measured"), median: seconds },
    ]),
  );
  const row = { kind: /** @type {const} */ ("train"), imageSize: 64, batch: 4, results };
  const ratio = (/** @type {string} */ id) => ratioOf(row, CONTENDERS.filter((one) => one.id === id)[0]);
  assert.equal(ratio("tfjs-webgl"), 5);
  assert.equal(ratio("jax-wasm"), 0.5);
  assert.equal(ratio("fovea-webgpu"), null);
  assert.equal(ratio("tfjs-cpu"), null);
});
