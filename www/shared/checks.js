/**
 * Checks of what a caller of the lab gave, each of one argument. Each gives the argument as it goes to the engine's
 * worker, or throws an Error that names the argument, says what it got, and what to give. `calls.js` says which argument
 * is checked how.
 */
import { BASES } from "./bases.js";
import { balanced } from "./class_weight.js";

/**
 * @typedef {object} At which argument is checked
 * @property {string} call the lab's method
 * @property {string} name of the argument in errors
 * @property {Record<string, any>} given all that the call was given, unchecked
 * @property {{ recipes: { name: string }[] }} lab
 */

/**
 * @template T
 * @typedef {(value: unknown, at: At) => T} Check
 */

/** The property by which a handle says whether it is a dataset or a model. */
export const KIND = Symbol("kind");

/**
 * @param {unknown} value
 * @returns {string} a short picture of the value for an error's sentence
 */
export function shown(value) {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === "object") return Array.isArray(value) ? "an array" : `a ${value.constructor?.name ?? "object"}`;
  return typeof value === "function" ? "a function" : String(value);
}

/**
 * @param {unknown} options
 * @param {string} call the method's name
 * @param {readonly string[]} known
 * @returns {Record<string, any>} the options without those left undefined
 */
export function checkedOptions(options, call, known) {
  if (options === undefined) return {};
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw new Error(`${call}: the options must be an object such as { ${known[0]}: … }, not ${shown(options)}.`);
  /** @type {Record<string, any>} */
  const given = {};
  for (const [name, value] of Object.entries(options)) {
    if (!known.includes(name)) throw new Error(`${call}: there is no option "${name}". It knows ${known.join(", ")}.`);
    if (value !== undefined) given[name] = value;
  }
  return given;
}

/** What the engine checks. @type {Check<any>} */
export const anything = (value) => value;

/**
 * @param {{ from?: number, below?: number, whole?: boolean }} range
 * @returns {Check<number>}
 */
export function number({ from = -Infinity, below = Infinity, whole = false }) {
  return (value, { call, name }) => {
    if (typeof value === "number" && value >= from && value < below && (!whole || Number.isSafeInteger(value))) return value;
    const upper = below === Infinity ? "" : ` and below ${below}`;
    throw new Error(`${call}: ${name} must be a ${whole ? "whole " : ""}number from ${from}${upper}, not ${shown(value ?? null)}.`);
  };
}

/**
 * @template {string} Choice
 * @param {readonly Choice[]} choices
 * @returns {Check<Choice>} nothing given counts as null
 */
export function choice(choices) {
  return (value, { call, name }) => {
    const chosen = choices.find((one) => one === value);
    if (chosen !== undefined) return chosen;
    const all = choices.map((one) => `"${one}"`).join(" or ");
    throw new Error(`${call}: ${name} must be ${all}, not ${shown(value ?? null)}.`);
  };
}

/**
 * @param {string} what it must be, for the sentence of its error
 * @returns {Check<string>}
 */
export function text(what) {
  return (value, { call, name }) => {
    if (typeof value !== "string") throw new Error(`${call}: ${name} must be ${what}.`);
    return value;
  };
}

/** @type {Check<boolean>} */
export function boolean(value, { call, name }) {
  if (typeof value !== "boolean") throw new Error(`${call}: ${name} must be true or false.`);
  return value;
}

/** @type {Check<Function>} */
export function callback(value, { call, name }) {
  if (typeof value !== "function") throw new Error(`${call}: ${name} must be a function, not ${shown(value)}.`);
  return value;
}

/**
 * @template T
 * @param {new (...args: any[]) => T} kind
 * @param {string} what it must be
 * @returns {Check<T>}
 */
export function instance(kind, what) {
  return (value, { call, name }) => {
    if (value instanceof kind) return value;
    throw new Error(`${call}: ${name} must be ${what}, not ${shown(value)}.`);
  };
}

/**
 * @param {"dataset" | "model"} kind
 * @param {string} from what gives such
 * @returns {Check<number>} its id in the engine
 */
export function handle(kind, from) {
  return (value, { call, lab }) => {
    const given = /** @type {{ [KIND]?: string, idFor: (lab: unknown) => number } | null | undefined} */ (value);
    if (given?.[KIND] !== kind) throw new Error(`${call}: ${kind} must be what ${from} gave, not ${shown(value)}.`);
    return given.idFor(lab);
  };
}

/** A FileList, or an iterable of Files or of { path, blob }. @type {Check<import("./types.js").Entry[]>} */
export function entries(value, { call }) {
  if (typeof value !== "object" || value === null || !(Symbol.iterator in value))
    throw new Error(`${call}: entries must be a FileList or an iterable of { path, blob }, not ${shown(value)}.`);
  return Array.from(/** @type {Iterable<unknown>} */ (value), (entry, index) => {
    if (entry instanceof File) return { path: entry.webkitRelativePath || entry.name, blob: entry };
    const { path, blob } = /** @type {{ path?: unknown, blob?: unknown }} */ (entry ?? {});
    if (typeof path !== "string" || !path)
      throw new Error(`${call}: entries[${index}].path must be a path such as "train/cats/1.jpg", not ${shown(path)}.`);
    if (!(blob instanceof Blob)) throw new Error(`${call}: entries[${index}].blob (${path}) must be a Blob, not ${shown(blob)}.`);
    return { path, blob };
  });
}

/** One File, or an iterable of them. @type {Check<File[]>} */
export function files(value, { call }) {
  const list = value instanceof File ? [value] : value;
  const right =
    typeof list === "object" && list !== null && Symbol.iterator in list
      ? Array.from(/** @type {Iterable<unknown>} */ (list))
      : [];
  if (!right.length || !right.every((file) => file instanceof File))
    throw new Error(`${call}: give the model's files as a File[] or a FileList, not ${shown(value)}.`);
  return /** @type {File[]} */ (right);
}

/** @type {Check<Blob | import("./types.js").Pixels>} */
export function image(value, { call }) {
  if (value instanceof Blob) return value;
  if (value instanceof ImageData) {
    const { width, height, data } = value;
    return { width, height, rgba: new Uint8ClampedArray(data) };
  }
  throw new Error(`${call}: the image must be a Blob (or File) of an image file, or an ImageData, not ${shown(value)}.`);
}

/** Without the settings left undefined; the engine checks the rest. @type {Check<import("./types.js").Augmentation | undefined>} */
export function augmentation(value, { call }) {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "object" || Array.isArray(value))
    throw new Error(`${call}: augmentation must be an object such as { rotation_range: 40 }, not ${shown(value)}.`);
  return Object.fromEntries(Object.entries(value).filter(([, setting]) => setting !== undefined));
}

/** Names of classes. @type {Check<string[]>} */
export function classNames(value, { call, name }) {
  if (!Array.isArray(value)) throw new Error(`${call}: ${name} must be an array of names, not ${shown(value)}.`);
  return value.map((one) => {
    if (typeof one !== "string") throw new Error(`${call}: each of the ${name} must be a name, a string.`);
    return one.trim();
  });
}

/** What a network's outputs are called: each by a name of its own. @type {Check<string[]>} */
export function outputNames(value, at) {
  const { call, name, given } = at;
  const names = classNames(value, at);
  const wrong = names.findIndex((one, nth) => !one || names.indexOf(one) < nth);
  if (wrong >= 0)
    throw new Error(`${call}: each class needs a name that no other has; ${name}[${wrong}] is ${shown(names[wrong])}${names[wrong] ? " once more" : ""}.`);
  /** @type {{ classes?: string[] } | undefined} */
  const model = given.model;
  if (model?.classes && model.classes.length !== names.length)
    throw new Error(`${call}: the network tells ${model.classes.length} classes apart, and ${names.length} were named.`);
  return names;
}

/** Which layers are trained, by their names. @type {Check<Record<string, boolean>>} */
export function trainable(value, { call, name }) {
  const entries = typeof value === "object" && value && !Array.isArray(value) ? Object.entries(value) : [["", value]];
  if (entries.some(([layer, one]) => !layer || typeof one !== "boolean"))
    throw new Error(`${call}: ${name} must be an object of true or false by the layers' names, such as { conv2d: false }, not ${shown(value)}.`);
  return Object.fromEntries(entries);
}

/** Places of photos in a split. @type {Check<number[]>} */
export function indices(value, at) {
  if (!Array.isArray(value)) throw new Error(`${at.call}: ${at.name} must be an array of numbers, not ${shown(value)}.`);
  const one = number({ from: 0, whole: true });
  return value.map((index) => (index === undefined ? index : one(index, { ...at, name: "an index" })));
}

/** A recipe's name, which is given where layers are not. @type {Check<string | undefined>} */
export function recipe(value, at) {
  const { call, given, lab } = at;
  if ((value === undefined) === (given.layers === undefined))
    throw new Error(`${call}: give either a recipe, such as "${lab.recipes[0]?.name}", or layers.`);
  return value === undefined ? undefined : choice(lab.recipes.map(({ name }) => name))(value, at);
}

/**
 * What new layers are put on top of: a model, or one of the networks that lie beside the page.
 * @param {Check<number>} model
 * @returns {Check<number | import("./bases.js").BaseId>} the model's id in the engine, or the base's name
 */
export function base(model) {
  return (value, at) => (typeof value === "string" ? choice(BASES.map(({ id }) => id))(value, at) : model(value, at));
}

/** The engine checks each. */
export const layers = /** @type {Check<import("./types.js").LayerSpec[]>} */ (instance(Array, "an array of { class_name, config }"));

/** A name or an object; the engine checks the rest. @type {Check<import("../engine.d.ts").FitOptions["optimizer"]>} */
export function optimizer(value, at) {
  return typeof value === "string" ? value : /** @type {any} */ (instance(Object, "a name or { name, learning_rate }")(value, at));
}

/**
 * "balanced", a number per label, a number by a class's name, or by its label as in Keras: { 0: 1, 1: 3 }. Where all keys
 * are names of classes, they are names, even if they are numbers.
 * @type {Check<number[]>}
 * @returns a number per label; a class that is not named counts 1
 */
export function classWeight(value, { call, given }) {
  /** @type {import("./types.js").DatasetSummary | undefined} */
  const summary = given.dataset?.summary;
  // What is no dataset is told by its own check.
  if (!summary) return [];
  const { classes, counts } = summary;
  if (value === "balanced") return balanced(counts.train);
  if (typeof value !== "object" || value === null)
    throw new Error(`${call}: classWeight must be "balanced" or { ${classes[0]}: 1, … }, not ${shown(value)}.`);
  if (Array.isArray(value)) return value;
  const weights = /** @type {Record<string, number>} */ (value);
  const wrong = Object.keys(weights).find((name) => !classes.includes(name));
  if (wrong === undefined) return classes.map((name) => weights[name] ?? 1);
  const isLabel = (/** @type {string} */ key) => /^\d+$/.test(key) && Number(key) < classes.length;
  if (Object.keys(weights).every(isLabel)) return classes.map((_, label) => weights[label] ?? 1);
  throw new Error(`${call}: classWeight names "${wrong}"; the classes are ${classes.join(", ")}, and their labels 0 to ${classes.length - 1}.`);
}

/** A class that there is, or a new one. @type {Check<string>} */
export function className(value, { call, name }) {
  if (typeof value === "string" && value) return value;
  throw new Error(`${call}: ${name} must be the name of a class, old or new.`);
}
