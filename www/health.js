/** What may be wrong with a dataset's photos: twins, leaks between splits, photos that show nothing or are tiny, unequal classes. */
import { balanced } from "./class_weight.js";
import { SPLITS } from "./splits.js";

/** @typedef {import("./types.js").Split} Split */
/** @typedef {import("./types.js").HealthPhoto} HealthPhoto */

/** Numbers a photo that the engine gives. */
const LOOKS = 6;
/** Photos whose looks are taken at once. */
const AT_ONCE = 32;
/** Milliseconds after which the engine hears of other calls, and training goes on. */
const BREATH = 10;
/** Photos that look alike differ in so few of 64 bits. */
const ALIKE = 4;
/** Every fifth bit of a word: moved by 0 to 4 these are the parts of a look, of which two that are alike share one. */
const FIFTH = 0x42108421;
/** A photo whose brightest and darkest place are no further apart shows nothing. */
const BLANK = 12;
/** Colours that are no further apart are JPEG's noise on grey. */
const GREY = 12;
/** A photo that is enlarged more than so many times is a blur. */
const ENLARGED = 2;
/** A class with so many times the photos of another pulls the network to itself. */
const UNEQUAL = 1.5;

/**
 * @param {import("./types.js").Engine} engine
 * @param {number} dataset
 * @param {AbortSignal} signal
 * @returns {Promise<import("./types.js").Health>}
 */
export async function examine(engine, dataset, signal) {
  const { classes, counts, imageShape } = engine.dataset_summary(dataset);
  const photos = SPLITS.flatMap((split) => {
    const labels = classes.flatMap((label, index) => Array.from({ length: counts[split][index] }, () => label));
    const paths = engine.paths(dataset, split);
    return Array.from(engine.numbers(dataset, split), (number, index) => ({
      number,
      photo: { path: paths[index], label: labels[index], split, index },
    }));
  });
  const last = photos.reduce((last, { number }) => Math.max(last, number + 1), 0);
  const looks = new Uint32Array(last * LOOKS);
  const breath = new Breath(signal);
  for (let from = 0; from < last; from += AT_ONCE) {
    looks.set(engine.fingerprints(dataset, from, Math.min(last, from + AT_ONCE)), from * LOOKS);
    if (breath.due) await breath.take();
  }
  const { exact, near } = await twins(photos, looks, breath);
  const showing = (/** @type {(contrast: number, colour: number, side: number) => boolean} */ wanted) =>
    photos
      .filter(({ number }) => wanted(looks[number * LOOKS + 3], looks[number * LOOKS + 4], looks[number * LOOKS + 5]))
      .map(({ photo }) => photo);
  const blank = showing((contrast) => contrast <= BLANK);
  const grey = showing((contrast, colour) => contrast > BLANK && colour <= GREY);
  const [height, width] = imageShape;
  // Of photos that did not come from files it is not known.
  const tiny = showing((_contrast, _colour, side) => side > 0 && side * ENLARGED < Math.min(height, width));
  const filled = counts.train.filter((n) => n > 0);
  return {
    exact,
    near,
    blank,
    // Where all are grey nothing is odd about any.
    grey: grey.length * 2 > photos.length ? [] : grey,
    tiny,
    unequal: Math.max(...filled) > UNEQUAL * Math.min(...filled),
    classWeight: balanced(counts.train),
  };
}

/** Rests of a long computation. */
class Breath {
  #signal;
  #last = performance.now();

  /** @param {AbortSignal} signal that ends it */
  constructor(signal) {
    this.#signal = signal;
  }

  get due() {
    return performance.now() - this.#last > BREATH;
  }

  async take() {
    await new Promise((resolve) => setTimeout(resolve));
    this.#signal.throwIfAborted();
    this.#last = performance.now();
  }
}

/**
 * Groups of photos that are the same, and of those that look the same.
 * @param {{ number: number, photo: HealthPhoto }[]} photos
 * @param {Uint32Array} looks
 * @param {Breath} breath
 */
async function twins(photos, looks, breath) {
  const same = new Groups(photos.length);
  const alike = new Groups(photos.length);
  const [word, other] = [1, 2].map((at) => photos.map(({ number }) => looks[number * LOOKS + at]));
  /** One photo of each look; photos that show nothing all look alike. @type {number[]} */
  const shown = [];
  for (const [index, { number }] of photos.entries()) {
    const look = `${word[index]} ${other[index]}`;
    same.joinBy(`${looks[number * LOOKS]} ${look}`, index);
    if (looks[number * LOOKS + 3] > BLANK && alike.joinBy(look, index)) shown.push(index);
    if (breath.due) await breath.take();
  }
  // Four bits lie in four of five parts at the most: no other pairs can be alike than those with a part in common.
  for (let part = 0; part <= ALIKE; part++) {
    const [mask, others] = [FIFTH << part, FIFTH << ((part + 1) % (ALIKE + 1))];
    /** @type {Map<number, number[]>} */
    const sharing = new Map();
    for (const index of shown) {
      const common = (word[index] & mask) | (other[index] & others);
      const before = sharing.get(common);
      for (const earlier of before ?? []) {
        const apart = bits(word[index] ^ word[earlier]) + bits(other[index] ^ other[earlier]);
        if (apart <= ALIKE) alike.join(earlier, index);
      }
      if (before) before.push(index);
      else sharing.set(common, [index]);
      if (breath.due) await breath.take();
    }
  }
  const told = (/** @type {number[]} */ group) => {
    const members = group.map((index) => photos[index].photo);
    return { photos: members, leak: new Set(members.map(({ split }) => split)).size > 1 };
  };
  const exact = same.all();
  // A group of nothing but the same photo has been told.
  const near = alike.all().filter((group) => group.some((index) => same.root(index) !== same.root(group[0])));
  return { exact: exact.map(told), near: near.map(told) };
}

/** Sets that are joined, pair by pair. */
class Groups {
  /** @type {Map<string, number>} */
  #firsts = new Map();

  /** @param {number} count */
  constructor(count) {
    this.above = Int32Array.from({ length: count }, (_, index) => index);
  }

  /**
   * @param {number} index
   * @returns {number}
   */
  root(index) {
    while (this.above[index] !== index) index = this.above[index] = this.above[this.above[index]];
    return index;
  }

  /**
   * Joins what has the same key.
   * @param {string} key
   * @param {number} index
   * @returns {boolean} whether it is the first one with this key
   */
  joinBy(key, index) {
    const first = this.#firsts.get(key);
    if (first === undefined) this.#firsts.set(key, index);
    else this.join(first, index);
    return first === undefined;
  }

  /**
   * @param {number} one
   * @param {number} other
   */
  join(one, other) {
    this.above[this.root(other)] = this.root(one);
  }

  /** @returns {number[][]} those with more than one member */
  all() {
    /** @type {Map<number, number[]>} */
    const groups = new Map();
    for (let index = 0; index < this.above.length; index++) {
      const root = this.root(index);
      const group = groups.get(root);
      if (group) group.push(index);
      else groups.set(root, [index]);
    }
    return [...groups.values()].filter((group) => group.length > 1);
  }
}

/** @param {number} word */
function bits(word) {
  word -= (word >>> 1) & 0x55555555;
  word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
  return (((word + (word >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}
