import assert from "node:assert/strict";

const STEPS = 6;

/** What `trainShortly` is given: the same seed and steps, on either device. */
export const ON_CPU = /** @type {const} */ ({ device: "cpu", steps: STEPS });
export const ON_WEBGPU = /** @type {const} */ ({ device: "webgpu", steps: STEPS });

/** @typedef {{ kind: string, name: string, software: boolean, losses: number[] }} ShortTraining */

/**
 * Trains the digits shortly through the public API. It runs in the page, and so knows nothing of this module.
 * @param {{ device: "cpu" | "webgpu", steps: number, workers?: number, augmentation?: object }} given
 * @returns {Promise<ShortTraining>} with the loss of each batch
 */
export async function trainShortly({ device, steps, workers, augmentation }) {
  const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
  const lab = await openLab({ device, seed: 7, workers });
  const dataset = await lab.importDemo("digits");
  const model = await lab.createModel({ recipe: "digits", dataset });
  /** @type {number[]} */
  const losses = [];
  const optimizer = { name: "rmsprop", learning_rate: 1e-3 };
  const options = { epochs: 1, batchSize: 32, stepsPerEpoch: steps, optimizer, augmentation };
  await lab.fit(
    model,
    dataset,
    options,
    (/** @type {any} */ event) => event.type === "step" && losses.push(event.batch_loss),
  ).finished;
  const { kind, name, software } = lab.device;
  await lab.close();
  return { kind, name, software, losses };
}

/**
 * The two devices lose alike, step by step, and something is learnt.
 * @param {ShortTraining} cpu
 * @param {ShortTraining} gpu
 */
export function assertAlike(cpu, gpu) {
  assert.deepEqual([cpu.kind, gpu.kind], ["cpu", "webgpu"]);
  assert.equal(cpu.losses.length, STEPS);
  assert.equal(gpu.losses.length, STEPS);
  cpu.losses.forEach((loss, step) => {
    const apart = Math.abs(gpu.losses[step] - loss) / loss;
    assert.ok(apart <= 0.01, `step ${step + 1}: ${loss} on the CPU, ${gpu.losses[step]} on WebGPU`);
  });
  assert.notEqual(cpu.losses[0], cpu.losses[STEPS - 1]);
}
