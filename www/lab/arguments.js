/**
 * Checks of what the caller gave, before it goes to the worker. Each throws an Error that names the argument,
 * says what it got, and what to give.
 */
import { balanced } from "../shared/class_weight.js";
import { SPLITS } from "../shared/splits.js";

/**
 * @param {unknown} value
 * @returns {string} a short picture of the value for an error's sentence
 */
function shown(value) {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === "object") return Array.isArray(value) ? "an array" : `a ${value.constructor?.name ?? "object"}`;
  return typeof value === "function" ? "a function" : String(value);
}

/**
 * @param {unknown} options
 * @param {string} where the method's name
 * @param {readonly string[]} known
 * @returns {Record<string, any>} the options without those left undefined
 */
export function checkedOptions(options, where, known) {
  if (options === undefined) return {};
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw new Error(`${where}: the options must be an object such as { ${known[0]}: … }, not ${shown(options)}.`);
  /** @type {Record<string, any>} */
  const given = {};
  for (const [name, value] of Object.entries(options)) {
    if (!known.includes(name)) throw new Error(`${where}: there is no option "${name}". It knows ${known.join(", ")}.`);
    if (value !== undefined) given[name] = value;
  }
  return given;
}

/**
 * @param {unknown} value
 * @param {string} name
 * @param {{ from?: number, below?: number, whole?: boolean }} range
 */
export function checkNumber(value, name, { from = -Infinity, below = Infinity, whole = false }) {
  if (value === undefined) return;
  const right = typeof value === "number" && value >= from && value < below && (!whole || Number.isSafeInteger(value));
  if (right) return;
  const upper = below === Infinity ? "" : ` and below ${below}`;
  throw new Error(`${name} must be a ${whole ? "whole " : ""}number from ${from}${upper}, not ${shown(value)}.`);
}

/**
 * @param {unknown} value
 * @param {string} name
 * @param {readonly string[]} choices
 */
export function checkChoice(value, name, choices) {
  if (value === undefined || (typeof value === "string" && choices.includes(value))) return;
  throw new Error(`${name} must be ${choices.map((choice) => `"${choice}"`).join(" or ")}, not ${shown(value)}.`);
}

/**
 * @param {unknown} value
 * @param {string} name
 */
export function checkCallback(value, name) {
  if (value !== undefined && typeof value !== "function")
    throw new Error(`${name} must be a function, not ${shown(value)}.`);
}

/**
 * @param {unknown} entries a FileList, or an iterable of Files or of { path, blob }
 * @param {string} where
 * @returns {import("../shared/types.js").Entry[]}
 */
export function checkedEntries(entries, where) {
  if (typeof entries !== "object" || entries === null || !(Symbol.iterator in entries))
    throw new Error(
      `${where}: entries must be a FileList or an iterable of { path, blob }, not ${shown(entries)}.`,
    );
  return Array.from(/** @type {Iterable<unknown>} */ (entries), (entry, index) => {
    if (entry instanceof File) return { path: entry.webkitRelativePath || entry.name, blob: entry };
    const { path, blob } = /** @type {{ path?: unknown, blob?: unknown }} */ (entry ?? {});
    if (typeof path !== "string" || !path)
      throw new Error(
        `${where}: entries[${index}].path must be a path such as "train/cats/1.jpg", not ${shown(path)}.`,
      );
    if (!(blob instanceof Blob))
      throw new Error(`${where}: entries[${index}].blob (${path}) must be a Blob, not ${shown(blob)}.`);
    return { path, blob };
  });
}

/**
 * @param {unknown} files one File, or an iterable of them
 * @returns {File[]}
 */
export function checkedFiles(files) {
  const list = files instanceof File ? [files] : files;
  const right =
    typeof list === "object" && list !== null && Symbol.iterator in list
      ? Array.from(/** @type {Iterable<unknown>} */ (list))
      : [];
  if (!right.length || !right.every((file) => file instanceof File))
    throw new Error(`importModel: give the model's files as a File[] or a FileList, not ${shown(files)}.`);
  return /** @type {File[]} */ (right);
}

/**
 * @param {unknown} image
 * @returns {Blob | import("../shared/types.js").Pixels}
 */
export function checkedImage(image) {
  if (image instanceof Blob) return image;
  if (image instanceof ImageData) {
    const { width, height, data } = image;
    return { width, height, rgba: new Uint8ClampedArray(data) };
  }
  throw new Error(
    `predict: the image must be a Blob (or File) of an image file, or an ImageData, not ${shown(image)}.`,
  );
}

/**
 * @param {unknown} augmentation
 * @param {string} where the method's name
 * @returns {import("../shared/types.js").Augmentation | undefined} without the settings left undefined; the engine knows the rest
 */
export function checkedAugmentation(augmentation, where) {
  if (augmentation === undefined || augmentation === null) return undefined;
  if (typeof augmentation !== "object" || Array.isArray(augmentation))
    throw new Error(
      `${where}: augmentation must be an object such as { rotation_range: 40 }, not ${shown(augmentation)}.`,
    );
  return Object.fromEntries(Object.entries(augmentation).filter(([, value]) => value !== undefined));
}

/**
 * @param {unknown} value
 * @param {new (...args: any[]) => any} kind
 * @param {string} message what to give instead
 */
export function checkKind(value, kind, message) {
  if (!(value instanceof kind)) throw new Error(`${message}, not ${shown(value)}.`);
}

/**
 * @param {unknown} change
 * @returns {[string, unknown[]]} the engine's method for it, and the arguments
 */
export function checkedEdit(change) {
  const known = ["create", "rename", "to", "merge", "into", "drop", "move", "class", "split", "remove", ...SPLITS, "splitBy", "seed"];
  const given = checkedOptions(change, "edit", known);
  const text = (/** @type {string} */ name) => {
    if (typeof given[name] !== "string") throw new Error(`edit: ${name} must be a class's name, not ${shown(given[name])}.`);
    return given[name].trim();
  };
  const texts = (/** @type {string} */ name, /** @type {string} */ what) => {
    const list = given[name];
    if (!Array.isArray(list) || !list.length || !list.every((item) => typeof item === "string"))
      throw new Error(`edit: ${name} must be an array of ${what}, not ${shown(list)}.`);
    return list;
  };
  checkChoice(given.splitBy, "edit: splitBy", ["drawn", "name"]);
  if ("create" in given) return ["create_class", [text("create")]];
  if ("rename" in given) return ["rename_class", [given.rename, text("to")]];
  if ("merge" in given) return ["merge_classes", [texts("merge", "classes' names"), text("into")]];
  if ("drop" in given) return ["drop_class", [text("drop")]];
  if ("remove" in given) return ["remove_photos", [texts("remove", "photos' paths")]];
  if ("move" in given) {
    if (given.class === undefined && given.split === undefined)
      throw new Error("edit: move needs a class, a split or both to move the photos to.");
    checkChoice(given.split, "edit: split", SPLITS);
    const label = given.class === undefined ? undefined : text("class");
    return ["move_photos", [texts("move", "photos' paths"), label, given.split]];
  }
  const { train, validation, test, splitBy, seed } = given;
  if ([train, validation, test, splitBy, seed].every((value) => value === undefined))
    throw new Error("edit: give one of rename, merge, drop, move, remove, create, or train, validation, test, splitBy and seed.");
  return ["split_photos", [{ train, validation, test, splitBy, seed }]];
}

/**
 * @param {unknown} weights "balanced", a number per label, a number by a class's name, or by its label as in Keras:
 *   { 0: 1, 1: 3 }. Where all keys are names of classes, they are names, even if they are numbers.
 * @param {import("../shared/types.js").DatasetSummary} summary
 * @returns {number[]} a number per label; a class that is not named counts 1
 */
export function checkedClassWeight(weights, { classes, counts }) {
  if (weights === "balanced") return balanced(counts.train);
  if (typeof weights !== "object" || weights === null)
    throw new Error(`fit: classWeight must be "balanced" or { ${classes[0]}: 1, … }, not ${shown(weights)}.`);
  if (Array.isArray(weights)) return weights;
  const given = /** @type {Record<string, number>} */ (weights);
  const wrong = Object.keys(given).find((name) => !classes.includes(name));
  if (wrong === undefined) return classes.map((name) => given[name] ?? 1);
  const isLabel = (/** @type {string} */ key) => /^\d+$/.test(key) && Number(key) < classes.length;
  if (Object.keys(given).every(isLabel)) return classes.map((_, label) => given[label] ?? 1);
  throw new Error(`fit: classWeight names "${wrong}"; the classes are ${classes.join(", ")}, and their labels 0 to ${classes.length - 1}.`);
}
