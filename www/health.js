/** What may be wrong with a dataset's photos: twins, leaks between splits, photos that show nothing, unequal classes. */

/** @typedef {import("./types.js").Split} Split */
/** @typedef {import("./types.js").HealthPhoto} HealthPhoto */

const SPLITS = /** @type {const} */ (["train", "validation", "test"]);
/** Numbers a photo that the engine gives. */
const LOOKS = 5;
/** Photos whose looks are taken at once; the engine hears of other calls in between. */
const AT_ONCE = 256;
/** Photos that look alike differ in so few of 64 bits. */
const ALIKE = 4;
/** A photo whose brightest and darkest place are no further apart shows nothing. */
const BLANK = 12;
/** Colours that are no further apart are JPEG's noise on grey. */
const GREY = 12;
/** A class with so many times the photos of another pulls the network to itself. */
const UNEQUAL = 1.5;

/**
 * @param {import("./types.js").Engine} engine
 * @param {number} dataset
 * @param {AbortSignal} signal
 * @returns {Promise<import("./types.js").Health>}
 */
export async function examine(engine, dataset, signal) {
  const { classes, counts } = engine.dataset_summary(dataset);
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
  for (let from = 0; from < last; from += AT_ONCE) {
    signal.throwIfAborted();
    looks.set(engine.fingerprints(dataset, from, Math.min(last, from + AT_ONCE)), from * LOOKS);
    await new Promise((resolve) => setTimeout(resolve));
  }
  const { exact, near } = await twins(photos, looks, signal);
  const showing = (/** @type {(contrast: number, colour: number) => boolean} */ wanted) =>
    photos
      .filter(({ number }) => wanted(looks[number * LOOKS + 3], looks[number * LOOKS + 4]))
      .map(({ photo }) => photo);
  const blank = showing((contrast) => contrast <= BLANK);
  const grey = showing((contrast, colour) => contrast > BLANK && colour <= GREY);
  const most = Math.max(...counts.train);
  return {
    exact,
    near,
    blank,
    // Where all are grey nothing is odd about any.
    grey: grey.length * 2 > photos.length ? [] : grey,
    unequal: most > UNEQUAL * Math.min(...counts.train),
    classWeight: balanced(counts.train),
  };
}

/**
 * Weights by which each class counts the same in all: photos / (classes * photos of the class).
 * @param {number[]} counts
 */
export function balanced(counts) {
  const all = counts.reduce((sum, n) => sum + n, 0);
  return counts.map((n) => all / (counts.length * Math.max(1, n)));
}

/**
 * Groups of photos that are the same, and of those that look the same.
 * @param {{ number: number, photo: HealthPhoto }[]} photos
 * @param {Uint32Array} looks
 * @param {AbortSignal} signal
 */
async function twins(photos, looks, signal) {
  const blank = (/** @type {number} */ at) => looks[at + 3] <= BLANK;
  const same = new Groups(photos.length);
  const alike = new Groups(photos.length);
  let since = performance.now();
  for (let one = 0; one < photos.length; one++) {
    const a = photos[one].number * LOOKS;
    for (let other = one + 1; other < photos.length; other++) {
      const b = photos[other].number * LOOKS;
      const apart = bits(looks[a + 1] ^ looks[b + 1]) + bits(looks[a + 2] ^ looks[b + 2]);
      if (apart > ALIKE) continue;
      if (apart === 0 && looks[a] === looks[b]) same.join(one, other);
      // Photos that show nothing all look alike.
      if (!blank(a) && !blank(b)) alike.join(one, other);
    }
    if (performance.now() - since > 10) {
      await new Promise((resolve) => setTimeout(resolve));
      signal.throwIfAborted();
      since = performance.now();
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
