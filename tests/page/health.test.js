/** Photos that look alike, by numbers alone: against every pair compared with every other, and at 20,000. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { balanced } from "../../www/shared/class_weight.js";
import { examine } from "../../www/worker/datasets/health.js";

/** How many bits photos that look alike may differ in, and the contrast of one that shows nothing. */
const ALIKE = 4;
const BLANK = 12;

/** @typedef {{ exact: number, gradient: bigint, contrast: number, side?: number }} Look a photo without exact twins has an `exact` of its own */

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
 * @param {object} [summary] what else is so
 * @returns {any} an engine whose photos look so
 */
function engineOf(looks, imageShape = [100, 100, 3], summary = {}) {
  const half = looks.length >> 1;
  const [from, to] = [{ train: 0, validation: half, test: half }, { train: half, validation: half, test: looks.length }];
  const indices = (/** @type {"train" | "validation" | "test"} */ split) =>
    Array.from({ length: to[split] - from[split] }, (_, index) => from[split] + index);
  return {
    dataset_summary: () => ({
      classes: ["a", "empty"],
      counts: { train: [half, 0], validation: [0, 0], test: [looks.length - half, 0] },
      imageShape,
      ...summary,
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

/** @param {import("../../www/shared/types.js").Twins[]} groups */
const numbersIn = (groups) => groups.map(({ photos }) => photos.map(({ path }) => Number(path)));

test("the same photos are grouped, and of photos that look alike every two of a group do", async () => {
  for (const [count, changed] of [[300, 0], [300, 30], [300, 90]]) {
    const looks = drawn(count, changed);
    const { exact, near, contradictions } = await examine(engineOf(looks), 1, new AbortController().signal);
    const isSame = (/** @type {Look} */ a, /** @type {Look} */ b) => a.exact === b.exact && a.gradient === b.gradient;
    assert.deepEqual(numbersIn(exact), grouped(looks, isSame));
    assert.deepEqual(contradictions, [], "there is one class");
    const isAlike = (/** @type {number} */ one, /** @type {number} */ other) =>
      bits(looks[one].gradient ^ looks[other].gradient) <= ALIKE;
    const groups = numbersIn(near);
    for (const group of groups) {
      assert.ok(group.every((one, nth) => group.slice(nth + 1).every((other) => isAlike(one, other))), group.join());
      assert.ok(group.every((one, nth) => group.slice(nth + 1).every((other) => !isSame(looks[one], looks[other]))));
    }
    const placed = groups.flat();
    assert.equal(new Set(placed).size, placed.length, "a photo is in one group");
    // Photos that show nothing, and all but the first of the same ones, are not compared.
    const first = (/** @type {number} */ index) => looks.findIndex((look) => isSame(look, looks[index])) === index;
    const alone = looks.flatMap(({ contrast }, index) => (contrast > BLANK && first(index) && !placed.includes(index) ? [index] : []));
    for (const one of alone) {
      assert.ok(!alone.some((other) => other !== one && isAlike(one, other)), `${one} has a photo like it`);
      assert.ok(!groups.some((group) => group.every((member) => isAlike(member, one))), `${one} is like a group`);
    }
    assert.equal(near.length > 0, changed > 0);
    for (const { photos, leak } of near) assert.equal(leak, new Set(photos.map(({ split }) => split)).size > 1);
    const leaks = near.map(({ leak }) => leak);
    assert.deepEqual(leaks, [...leaks].sort((one, next) => Number(next) - Number(one)), "those of several splits come first");
  }
});

test("what is like the next one and so on is no group", async () => {
  // Each differs from the next in three bits: the first and the third do in six.
  const chain = Array.from({ length: 12 }, (_, nth) => ({ exact: nth, gradient: (1n << BigInt(3 * nth)) - 1n, contrast: 200 }));
  const { near } = await examine(engineOf(chain), 1, new AbortController().signal);
  assert.deepEqual(numbersIn(near).map((group) => group.length), [2, 2, 2, 2, 2, 2]);
});

test("the same photo in two classes is a contradiction, in two splits a leak, and in neither a copy", async () => {
  // Of class a photos 0 to 3 train; of class b 4 to 6 do, and 7 to 9 test.
  const exact = [1, 1, 2, 3, 4, 5, 6, 2, 5, 7];
  const looks = exact.map((exact) => ({ exact, gradient: BigInt(exact) << 20n, contrast: 200 }));
  const engine = engineOf(looks, [100, 100, 3], { classes: ["a", "b"], counts: { train: [4, 3], validation: [0, 0], test: [0, 3] } });
  const path = (/** @type {number} */ _, /** @type {string} */ split) =>
    ({ train: [0, 1, 2, 3, 4, 5, 6], validation: [], test: [7, 8, 9] })[split] ?? [];
  engine.paths = (/** @type {number} */ _, /** @type {string} */ split) => path(_, split).map(String);
  engine.numbers = (/** @type {number} */ _, /** @type {string} */ split) => Uint32Array.from(path(_, split));
  const { contradictions, exact: copies } = await examine(engine, 1, new AbortController().signal);
  assert.deepEqual(numbersIn(contradictions), [[2, 7]]);
  assert.deepEqual(contradictions[0].photos.map(({ label }) => label), ["a", "b"]);
  assert.deepEqual(numbersIn(copies), [[0, 1], [5, 8]]);
  assert.deepEqual(copies.map(({ leak }) => leak), [false, true]);
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
