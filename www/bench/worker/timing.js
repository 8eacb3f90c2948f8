/**
 * How a task is timed. What is over soon and needs no answer is launched many times in a row, and then waited for once;
 * `src/device/profile.rs` does the same for our own kernels.
 */

/**
 * What a contender makes ready for a measure: one of four ways to be timed, and what else there is to say and do.
 * @typedef {object} Task
 * @property {() => Promise<ArrayLike<number>>} [step] one run, from handing over the batch until the answer, the loss or
 *   the probabilities, has been read back
 * @property {() => unknown} [launch] one run without waiting for it
 * @property {() => Promise<unknown>} [settle] waits for all that was launched
 * @property {(runs: number) => Promise<number[]>} [times] seconds of so many runs, timed by the contender itself
 * @property {number} [seconds] of a run, already timed by the contender itself
 * @property {string[]} [kernels] names of what runs
 * @property {() => void} [dispose]
 */

/** Runs before those that count: the first compiles, the second still warms up. */
const WARM_UP = 2;
const FEWEST = 3;
const MOST = 100;
/** In seconds; so many times as long as the wait for a GPU; and how often a launch is repeated at the most. */
const LEAST_SECONDS = 0.04;
const WAITS = 5;
const MOST_REPEATS = 1024;
/** Runs of the repeated launches. */
const LAUNCHED_RUNS = 5;

/**
 * @param {Task} task
 * @param {{ budget: number, wait: number }} seconds that the runs that count may take, once there are a few; that the browser
 *   takes to notice that the GPU is done
 * @param {(seconds: number, counts: boolean) => void} onRun
 */
export async function timeTask(task, { budget, wait }, onRun) {
  if (task.seconds !== undefined) onRun(task.seconds, true);
  else if (task.times) await timeSelf(task.times, budget, onRun);
  else if (task.step) await timeSteps(task.step, budget, onRun);
  else await timeLaunches(task, wait, onRun);
}

/**
 * @param {() => Promise<unknown>} run
 * @returns {Promise<number>} seconds
 */
async function seconds(run) {
  const start = performance.now();
  await run();
  return (performance.now() - start) / 1000;
}

/**
 * @param {() => Promise<ArrayLike<number>>} step
 * @param {number} budget
 * @param {(seconds: number, counts: boolean) => void} onRun
 */
async function timeSteps(step, budget, onRun) {
  /** @type {ArrayLike<number>} */
  let answer = [];
  const run = async () => void (answer = await step());
  for (let warmUp = 0; warmUp < WARM_UP; warmUp++) {
    onRun(await seconds(run), false);
    // Who computes nonsense cannot win.
    if (!answer.length || !Array.from(answer).every(Number.isFinite)) throw new Error("its answer is no number");
  }
  let spent = 0;
  for (let runs = 0; runs < FEWEST || (runs < MOST && spent < budget); runs++) {
    const took = await seconds(run);
    spent += took;
    onRun(took, true);
  }
}

/**
 * @param {(runs: number) => Promise<number[]>} times
 * @param {number} budget
 * @param {(seconds: number, counts: boolean) => void} onRun
 */
async function timeSelf(times, budget, onRun) {
  const first = await times(WARM_UP);
  const runs = Math.min(MOST, Math.max(FEWEST, Math.ceil(budget / first[WARM_UP - 1])));
  // Each call begins with a program of its own, which has to be warmed up again.
  for (const [run, took] of (await times(WARM_UP + runs)).entries()) onRun(took, run >= WARM_UP);
}

/**
 * @param {Task} task
 * @param {number} wait
 * @param {(seconds: number, counts: boolean) => void} onRun
 */
async function timeLaunches({ launch, settle }, wait, onRun) {
  const together = (/** @type {number} */ repeats) =>
    seconds(async () => {
      for (let repeat = 0; repeat < repeats; repeat++) await launch?.();
      await settle?.();
    });
  const least = Math.max(LEAST_SECONDS, WAITS * wait);
  onRun(await together(1), false);
  let repeats = 1;
  for (;;) {
    const took = await together(repeats);
    onRun(took / repeats, false);
    if (took >= least || repeats >= MOST_REPEATS) break;
    // Not too many at once: short times tell little.
    const wanted = repeats * Math.min(8, Math.max(2, (1.1 * least) / took));
    repeats = Math.min(MOST_REPEATS, Math.ceil(wanted));
  }
  for (let run = 0; run < LAUNCHED_RUNS; run++) onRun((await together(repeats)) / repeats, true);
}
