/** Photos that look alike, by numbers alone: against every pair compared with every other, and at 20,000. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { balanced } from "../../www/class_weight.js";
import { examine } from "../../www/health.js";

/** How many bits photos that look alike may differ in, and the contrast of one that shows nothing. */
const ALIKE = 4;
const BLANK = 12;

/** @typedef {{ exact: number, gradient: bigint, contrast: number, side?: number }} Look */

/**
 * Looks that a seed draws: new ones, and those of earlier photos with up to six bits changed.
 * @param {number} count
 * @param {number} changed how many in a hundred are like an earlier one
 * @returns {Look[]}
 */
function drawn(count, changed) {
  let state = 7;
  const next = (/** @type {number} */ below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const word = () => BigInt(next(65536));
  /** @type {Look[]} */
  const looks = [];
  while (looks.length < count) {
    let gradient = word() | (word() << 16n) | (word() << 32n) | (word() << 48n);
    const like = looks.length && next(100) < changed ? looks[next(looks.length)] : null;
    if (like) {
      gradient = like.gradient;
      for (let bits = next(7); bits > 0; bits--) gradient ^= 1n << BigInt(next(64));
    }
    looks.push({ exact: like && next(2) ? like.exact : next(1e9), gradient, contrast: next(10) ? 200 : BLANK });
  }
  return looks;
}

/**
 * @param {Look[]} looks
 * @param {number[]} [imageShape]
 * @returns {any} an engine whose photos look so
 */
function engineOf(looks, imageShape = [100, 100, 3]) {
  const half = looks.length >> 1;
  const [from, to] = [{ train: 0, validation: half, test: half }, { train: half, validation: half, test: looks.length }];
  const indices = (/** @type {"train" | "validation" | "test"} */ split) =>
    Array.from({ length: to[split] - from[split] }, (_, index) => from[split] + index);
  return {
    dataset_summary: () => ({
      classes: ["a", "empty"],
      counts: { train: [half, 0], validation: [0, 0], test: [looks.length - half, 0] },
      imageShape,
    }),
    paths: (/** @type {number} */ _, /** @type {"train"} */ split) => indices(split).map(String),
    numbers: (/** @type {number} */ _, /** @type {"train"} */ split) => Uint32Array.from(indices(split)),
    fingerprints: (/** @type {number} */ _, /** @type {number} */ first, /** @type {number} */ last) =>
      looks.slice(first, last).flatMap(({ exact, gradient, contrast, side = 0 }) => [
        exact,
        Number(gradient & 0xffffffffn),
        Number(gradient >> 32n),
        contrast,
        100,
        side,
      ]),
  };
}

/**
 * Groups of photos by every pair.
 * @param {Look[]} looks
 * @param {(one: Look, other: Look) => boolean} same
 * @returns {number[][]}
 */
function grouped(looks, same) {
  const groupOf = looks.map((_, index) => [index]);
  for (let one = 0; one < looks.length; one++)
    for (let other = one + 1; other < looks.length; other++)
      if (groupOf[one] !== groupOf[other] && same(looks[one], looks[other])) {
        const joined = [...groupOf[one], ...groupOf[other]].sort((a, b) => a - b);
        for (const index of joined) groupOf[index] = joined;
      }
  return [...new Set(groupOf)].filter((group) => group.length > 1);
}

/** @param {bigint} word */
const bits = (word) => word.toString(2).replaceAll("0", "").length;

/** @param {import("../../www/types.js").Twins[]} groups */
const numbersIn = (groups) => groups.map(({ photos }) => photos.map(({ path }) => Number(path)));

test("photos that look alike are those that every pair tells", async () => {
  for (const [count, changed] of [[300, 0], [300, 30], [300, 90]]) {
    const looks = drawn(count, changed);
    const { exact, near } = await examine(engineOf(looks), 1, new AbortController().signal);
    const same = grouped(looks, (a, b) => a.exact === b.exact && a.gradient === b.gradient);
    const shows = (/** @type {Look} */ { contrast }) => contrast > BLANK;
    const alike = grouped(looks, (a, b) => shows(a) && shows(b) && bits(a.gradient ^ b.gradient) <= ALIKE);
    const told = (/** @type {number[]} */ group) => same.some((other) => group.every((index) => other.includes(index)));
    assert.deepEqual(numbersIn(exact), same);
    assert.deepEqual(numbersIn(near), alike.filter((group) => !told(group)));
    assert.equal(near.length > 0, changed > 0);
    for (const { photos, leak } of near) assert.equal(leak, new Set(photos.map(({ split }) => split)).size > 1);
  }
});

test("20,000 photos are compared in little time, with rests in between, and it can be ended", async (t) => {
  const engine = engineOf(drawn(20_000, 5));
  const ending = new AbortController();
  let [longest, last, rests] = [0, performance.now(), 0];
  const ticking = setInterval(() => {
    const now = performance.now();
    [longest, last, rests] = [Math.max(longest, now - last), now, rests + 1];
  });
  const start = performance.now();
  const { near } = await examine(engine, 1, ending.signal);
  const seconds = (performance.now() - start) / 1e3;
  clearInterval(ticking);
  t.diagnostic(`${seconds.toFixed(2)} s, ${longest.toFixed(0)} ms at the most without a rest`);
  assert.ok(near.length > 500, `${near.length} groups`);
  assert.ok(seconds < 5, `${seconds} s`);
  assert.ok(rests > 2, `${rests} rests`);
  const ended = examine(engine, 1, ending.signal);
  ending.abort();
  await assert.rejects(ended, { name: "AbortError" });
});

test("photos are tiny whose shorter side is less than half of the image's", async () => {
  const sides = [20, 49, 50, 51, 0, 400];
  const looks = drawn(sides.length, 0).map((look, nth) => ({ ...look, side: sides[nth] }));
  const tiny = async (/** @type {number[]} */ shape) => {
    const found = (await examine(engineOf(looks, shape), 1, new AbortController().signal)).tiny;
    return found.map(({ path }) => sides[Number(path)]);
  };
  assert.deepEqual(await tiny([100, 100, 3]), [20, 49]);
  assert.deepEqual(await tiny([300, 100, 3]), [20, 49]);
  assert.deepEqual(await tiny([102, 104, 3]), [20, 49, 50]);
  assert.deepEqual(await tiny([40, 40, 3]), [], "nor is one whose size is not known");
});

test("classes without photos have no part in class_weight", async () => {
  assert.deepEqual(balanced([10, 0, 30]), [2, 1, 40 / 60]);
  assert.deepEqual([balanced([0, 0]), balanced([])], [[1, 1], []]);
  for (const count of [0, 1, 8]) {
    const { classWeight, unequal } = await examine(engineOf(drawn(count, 0)), 1, new AbortController().signal);
    assert.deepEqual([classWeight, unequal], [[1, 1], false], `${count} photos`);
  }
});
