/**
 * What may be wrong with a dataset's photos: the same one in two classes or splits, or twice; photos that look alike, show
 * nothing or are tiny; unequal classes.
 */
import { balanced } from "../../shared/class_weight.js";
import { SPLITS } from "../../shared/splits.js";

/** @typedef {import("../../shared/types.js").Split} Split */
/** @typedef {import("../../shared/types.js").HealthPhoto} HealthPhoto */

/** Numbers a photo that the engine gives. */
const LOOKS = 6;
/** Photos whose looks are taken at once. */
const AT_ONCE = 32;
/** Milliseconds after which the engine hears of other calls, and training goes on. */
const BREATH = 10;
/** Photos that look alike differ in so few of 64 bits. */
const ALIKE = 4;
/** Every fifth bit of a word: moved by 0 to 4 these are the parts of a look. */
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
 * @param {import("../../shared/types.js").Engine} engine
 * @param {number} dataset
 * @param {AbortSignal} signal
 * @returns {Promise<import("../../shared/types.js").Health>}
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
  const { contradictions, exact, near } = await compared(photos, looks, breath);
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
    contradictions,
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
 * Photos that are the same, in groups, and photos that look alike, in groups of which every two look alike.
 * @param {{ number: number, photo: HealthPhoto }[]} photos
 * @param {Uint32Array} looks
 * @param {Breath} breath
 */
async function compared(photos, looks, breath) {
  const [word, other] = [1, 2].map((at) => Uint32Array.from(photos, ({ number }) => looks[number * LOOKS + at]));
  /** Photos of the same pixels. @type {Map<string, number[]>} */
  const same = new Map();
  const similar = new Similar(word, other);
  for (const [index, { number }] of photos.entries()) {
    const key = `${looks[number * LOOKS]} ${word[index]} ${other[index]}`;
    const group = same.get(key);
    if (group) group.push(index);
    else {
      same.set(key, [index]);
      // Photos that show nothing all look alike.
      if (looks[number * LOOKS + 3] > BLANK) similar.add(index);
    }
    if (breath.due) await breath.take();
  }
  const told = (/** @type {number[]} */ group) => {
    const members = group.map((index) => photos[index].photo);
    return { photos: members, leak: several(members, "split") };
  };
  const copies = [...same.values()].filter((group) => group.length > 1).map(told);
  const weight = (/** @type {import("../../shared/types.js").Twins} */ { photos, leak }) =>
    Number(several(photos, "label")) * 2 + Number(leak);
  return {
    contradictions: copies.filter(({ photos }) => several(photos, "label")),
    exact: copies.filter(({ photos }) => !several(photos, "label")),
    // What may matter most comes first: look-alikes of several classes, then those of several splits.
    near: similar.groups().map(told).sort((one, next) => weight(next) - weight(one)),
  };
}

/**
 * @param {HealthPhoto[]} photos
 * @param {"label" | "split"} what
 * @returns {boolean} whether they are in more than one
 */
function several(photos, what) {
  return photos.some((photo) => photo[what] !== photos[0][what]);
}

/** Groups of photos of which every two look alike. That one photo is like two others does not make those two alike. */
class Similar {
  #word;
  #other;
  /** Of each part of a look, the photos that have it. Four bits lie in four of five parts at the most: no other photos
   * can be alike than those with a part in common. @type {Map<number, number[]>[]} */
  #parts = Array.from({ length: ALIKE + 1 }, () => new Map());
  /** The group of each photo that was compared. @type {Map<number, number[]>} */
  #groups = new Map();
  /** And of each look. @type {Map<string, number[]>} */
  #byLook = new Map();

  /**
   * @param {Uint32Array} word of each photo's look the first 32 bits
   * @param {Uint32Array} other and the rest
   */
  constructor(word, other) {
    this.#word = word;
    this.#other = other;
  }

  /** @param {number} index of a photo, which joins the group of the one that it is most like, if it is like all of it */
  add(index) {
    const look = `${this.#word[index]} ${this.#other[index]}`;
    const known = this.#byLook.get(look);
    if (known) return void known.push(index);
    /** @type {Map<number[], number>} */
    const near = new Map();
    for (const [part, sharing] of this.#parts.entries()) {
      const [mask, others] = [FIFTH << part, FIFTH << ((part + 1) % (ALIKE + 1))];
      const common = (this.#word[index] & mask) | (this.#other[index] & others);
      const before = sharing.get(common);
      for (const earlier of before ?? []) {
        const apart = this.#apart(earlier, index);
        const group = /** @type {number[]} */ (this.#groups.get(earlier));
        if (apart <= ALIKE && apart < (near.get(group) ?? Infinity)) near.set(group, apart);
      }
      if (before) before.push(index);
      else sharing.set(common, [index]);
    }
    const nearest = [...near].sort(([, one], [, next]) => one - next);
    const found = nearest.find(([group]) => group.every((member) => this.#apart(member, index) <= ALIKE));
    const group = found ? found[0] : [];
    group.push(index);
    this.#groups.set(index, group);
    this.#byLook.set(look, group);
  }

  /** @returns {number[][]} those with more than one photo */
  groups() {
    return [...new Set(this.#groups.values())].filter((group) => group.length > 1);
  }

  /**
   * @param {number} one
   * @param {number} next
   */
  #apart(one, next) {
    return bits(this.#word[one] ^ this.#word[next]) + bits(this.#other[one] ^ this.#other[next]);
  }
}

/** @param {number} word */
function bits(word) {
  word -= (word >>> 1) & 0x55555555;
  word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
  return (((word + (word >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}
