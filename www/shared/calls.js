/**
 * What a lab asks of the engine's worker: each call with its arguments by name, and how each is checked. The lab checks
 * them, once, before they leave (`checkedCall`); the worker finds here what the engine answers alone.
 */
import * as check from "./checks.js";
import { edit } from "./edits.js";
import { MODEL_FORMATS } from "./model_formats.js";
import { SPLITS } from "./splits.js";

/** @typedef {import("./types.js").Engine} Engine */

/**
 * @template T
 * @typedef {object} Argument
 * @property {import("./checks.js").Check<T>} check
 * @property {string} [shown] its name in errors, where that is another
 * @property {boolean} [option] whether it is one of the options
 * @property {boolean} [optional] whether it may be left out
 * @property {T} [fallback] what it then is
 * @property {boolean} [stays] whether it is for the lab alone, and does not go to the worker
 */

/**
 * @template {Record<string, Argument<any>>} Takes
 * @typedef {{ [Name in keyof Takes]: Takes[Name] extends Argument<infer T> ? T : never }} Taken what arguments become
 */

/**
 * An argument that has its place.
 * @template T
 * @param {import("./checks.js").Check<T>} check
 * @param {string} [shown]
 * @returns {Argument<T>}
 */
const placed = (check, shown) => ({ check, shown });
/**
 * An option that has to be given.
 * @template T
 * @param {import("./checks.js").Check<T>} check
 * @returns {Argument<T>}
 */
const needed = (check) => ({ check, option: true });
/**
 * An option that may be left out.
 * @template T
 * @param {import("./checks.js").Check<T>} check
 * @returns {Argument<T | undefined>}
 */
const option = (check) => ({ check, option: true, optional: true });
/**
 * An option, and what it is unless told.
 * @template T
 * @param {import("./checks.js").Check<T>} check
 * @param {T} fallback
 * @returns {Argument<T>}
 */
const unlessTold = (check, fallback) => ({ check, option: true, optional: true, fallback });

/**
 * A call that the engine answers alone.
 * @template {Record<string, Argument<any>>} Takes
 * @param {Takes} takes
 * @param {(engine: Engine, taken: Taken<Takes>) => unknown} answer
 */
const ofEngine = (takes, answer) => ({ takes, answer });
/**
 * A call that takes more than the engine: the worker has its answer.
 * @template {Record<string, Argument<any>>} Takes
 * @param {Takes} takes
 */
const ofWorker = (takes) => ({ takes });

const DEVICES = /** @type {const} */ (["auto", "webgpu", "cpu"]);
const wholeFrom = (/** @type {number} */ from) => check.number({ from, whole: true });
const split = check.choice(SPLITS);
const dataset = check.handle("dataset", "importImages(), createDataset() or importDemo()");
const model = check.handle("model", "createModel() or importModel()");
const DATASET = placed(dataset);
const MODEL = placed(model);
const ENTRIES = placed(check.entries);
/** What handles say of themselves. @type {Argument<number>} */
const ID = placed(check.anything);
const ON_PROGRESS = { ...option(check.callback), stays: true };
const SIGNAL = { ...option(check.instance(AbortSignal, "an AbortSignal")), stays: true };
const AUGMENTATION = option(check.augmentation);
const SIZING = {
  imageSize: option(check.anything),
  interpolation: option(check.anything),
  cropToAspectRatio: option(check.anything),
};
const SPLITTING = {
  train: option(check.number({ from: 0 })),
  validation: option(check.anything),
  test: option(check.anything),
  splitBy: option(check.choice(["drawn", "name"])),
  seed: option(check.anything),
};
const STORAGE = { storage: option(check.choice(["auto", "memory"])) };
const tableText = check.text("a text: a table's path, or the head of a column");
const IMPORTING = {
  ...SIZING,
  ...SPLITTING,
  layout: option(check.choice(["auto", "folders", "names", "table"])),
  table: option(tableText),
  column: option(tableText),
  ...STORAGE,
  signal: SIGNAL,
};
/** What a model is trained with. */
const FITTING = {
  epochs: option(wholeFrom(1)),
  batchSize: option(wholeFrom(1)),
  stepsPerEpoch: option(wholeFrom(1)),
  optimizer: option(check.optimizer),
  loss: option(check.anything),
  augmentation: AUGMENTATION,
  shuffle: option(check.boolean),
  seed: option(check.anything),
  classWeight: option(check.classWeight),
};
const KEPT_ID = placed(check.text("one of keptDatasets()"), "the id");

export const CALLS = {
  openLab: ofWorker({
    device: unlessTold(check.choice(DEVICES), "auto"),
    seed: unlessTold(wholeFrom(0), 1),
    workers: option(wholeFrom(1)),
  }),
  switchDevice: ofWorker({ device: placed(check.choice(DEVICES), "the device") }),
  memory: ofEngine({}, (engine) => engine.memory()),
  profile: ofEngine(
    {
      model: MODEL,
      batchSize: unlessTold(check.anything, 32),
      runs: unlessTold(wholeFrom(1), 3),
      only: option(check.text('an operation\'s label, such as "conv2d forward"')),
      augmentation: AUGMENTATION,
    },
    (engine, { model, batchSize, runs, only, augmentation }) => engine.profile(model, batchSize, runs, only, augmentation),
  ),
  time: ofEngine(
    {
      model: MODEL,
      batchSize: unlessTold(check.anything, 32),
      goal: unlessTold(check.choice(["train", "predict"]), "train"),
      runs: unlessTold(wholeFrom(1), 10),
      augmentation: AUGMENTATION,
    },
    (engine, { model, batchSize, goal, runs, augmentation }) => engine.time(model, batchSize, goal, runs, augmentation),
  ),

  importImages: ofWorker({
    onProgress: { ...placed(check.callback), optional: true, stays: true },
    entries: ENTRIES,
    ...IMPORTING,
  }),
  readings: ofWorker({ entries: ENTRIES, signal: SIGNAL }),
  createDataset: ofWorker({
    classes: unlessTold(check.classNames, []),
    ...SIZING,
    ...SPLITTING,
    splitBy: unlessTold(check.choice(["drawn", "name"]), "name"),
    ...STORAGE,
  }),
  importDemo: ofWorker({ name: placed(check.choice(["digits"]), "the name"), ...IMPORTING }),
  keptDatasets: ofWorker({}),
  openDataset: ofWorker({ id: KEPT_ID }),
  deleteDataset: ofWorker({ id: KEPT_ID }),
  closeDataset: ofWorker({ dataset: ID }),

  edit: ofWorker({ change: placed(edit), dataset: DATASET }),
  add: ofWorker({ class: needed(check.className), split: option(split), entries: ENTRIES, dataset: DATASET }),
  stepBack: ofWorker({ dataset: DATASET, again: placed(check.boolean) }),
  health: ofWorker({ dataset: DATASET, signal: SIGNAL }),
  image: ofEngine(
    { dataset: DATASET, split: placed(split), index: placed(wholeFrom(0)) },
    (engine, { dataset, split, index }) => engine.image(dataset, split, index),
  ),
  images: ofEngine(
    { dataset: DATASET, split: placed(split), indices: placed(check.indices) },
    (engine, { dataset, split, indices }) => indices.map((index) => engine.image(dataset, split, index)),
  ),
  augmented: ofEngine(
    {
      augmentation: AUGMENTATION,
      split: unlessTold(split, "train"),
      index: unlessTold(wholeFrom(0), 0),
      count: unlessTold(check.number({ from: 1, below: 101, whole: true }), 8),
      seed: unlessTold(check.number({ from: 0, below: 2 ** 32, whole: true }), 1),
      dataset: DATASET,
    },
    (engine, { dataset, split, index, augmentation, count, seed }) =>
      engine.augmented(dataset, split, index, augmentation, count, seed),
  ),

  bases: ofWorker({}),
  createModel: ofWorker({
    recipe: needed(check.recipe),
    layers: option(check.layers),
    base: option(check.base(model)),
    through: option(check.text("the name of one of the base's layers")),
    pooling: option(check.choice(["average", "flatten"])),
    trainFrom: option(check.text("the name of the first layer of the base that is trained")),
    signal: SIGNAL,
    onProgress: ON_PROGRESS,
    dataset: needed(dataset),
  }),
  renameOutputs: ofEngine({ model: MODEL, dataset: DATASET }, (engine, { model, dataset }) =>
    engine.rename_classes(model, engine.dataset_summary(dataset).classes),
  ),
  renameClasses: ofEngine({ model: MODEL, names: placed(check.outputNames) }, (engine, { model, names }) =>
    engine.rename_classes(model, names),
  ),
  setTrainable: ofEngine({ model: MODEL, layers: placed(check.trainable, "the layers") }, (engine, { model, layers }) =>
    engine.set_trainable(model, layers),
  ),
  trainFrom: ofEngine(
    { model: MODEL, layer: placed(check.text("the name of a layer"), "the layer") },
    (engine, { model, layer }) => engine.train_from(model, layer),
  ),
  exportModel: ofWorker({ model: MODEL, format: placed(check.choice(MODEL_FORMATS.map(({ id }) => id)), "the format") }),
  exportProject: ofWorker({
    model: MODEL,
    dataset: DATASET,
    ...FITTING,
    photos: option(check.boolean),
    signal: SIGNAL,
    onProgress: ON_PROGRESS,
  }),
  importModel: ofWorker({
    classes: option(check.outputNames),
    preprocessing: option(check.text('the name of a preprocessing, such as "1/255"')),
    signal: SIGNAL,
    onProgress: ON_PROGRESS,
    files: placed(check.files),
  }),
  closeModel: ofWorker({ model: ID }),

  fit: ofWorker({
    model: MODEL,
    dataset: DATASET,
    run: ID,
    initial: option(check.boolean),
    ...FITTING,
  }),
  crossValidate: ofWorker({
    model: MODEL,
    dataset: DATASET,
    run: ID,
    folds: unlessTold(check.number({ from: 2, below: 101, whole: true }), 5),
    ...FITTING,
    signal: SIGNAL,
    onProgress: ON_PROGRESS,
  }),
  setThreshold: ofWorker({
    model: MODEL,
    dataset: DATASET,
    run: ID,
    keep: unlessTold(check.number({}), 0.95),
    signal: SIGNAL,
    onProgress: ON_PROGRESS,
  }),
  dropThreshold: ofEngine({ model: MODEL }, (engine, { model }) => engine.drop_threshold(model)),
  pause: ofEngine({ run: ID }, (engine, { run }) => engine.pause(run)),
  resume: ofEngine({ run: ID }, (engine, { run }) => engine.resume(run)),
  stop: ofEngine({ run: ID }, (engine, { run }) => engine.stop(run)),
  evaluate: ofWorker({ model: MODEL, dataset: DATASET, split: unlessTold(split, "test") }),
  predict: ofWorker({ model: MODEL, image: placed(check.image) }),
};

/** @typedef {typeof CALLS} Calls */
/** @typedef {keyof Calls} CallName */
/**
 * @template {CallName} Name
 * @typedef {Taken<Calls[Name]["takes"]>} Arguments of a call, as the worker gets them
 */
/** @typedef {{ [Name in CallName]: Calls[Name] extends { answer: unknown } ? never : Name }[CallName]} CallOfWorker */

/**
 * Checks what a call was given: its options first, then what has a place.
 * @param {CallName} call
 * @param {import("./checks.js").At["lab"]} lab
 * @param {Record<string, unknown>} given by place, here by name
 * @param {unknown} [options]
 * @returns {{ args: Record<string, unknown>, signal?: AbortSignal, onProgress?: (progress: any) => void }} what goes to the
 *   worker, what ends the call, and who is told how far it is
 */
export function checkedCall(call, lab, given, options) {
  const takes = /** @type {[string, Argument<any>][]} */ (Object.entries(CALLS[call].takes));
  const isOption = (/** @type {[string, Argument<any>]} */ [, { option }]) => option === true;
  const known = takes.filter(isOption).map(([name]) => name);
  const all = { ...given, ...(known.length && check.checkedOptions(options, call, known)) };
  /** @type {Record<string, any>[]} */
  const [args, stay] = [{}, {}];
  for (const [name, argument] of [...takes.filter(isOption), ...takes.filter((one) => !isOption(one))]) {
    const at = { call, name: argument.shown ?? name, given: all, lab };
    const leftOut = argument.optional && all[name] === undefined;
    const taken = leftOut ? argument.fallback : argument.check(all[name], at);
    if (taken !== undefined) (argument.stays ? stay : args)[name] = taken;
  }
  return { args, signal: stay.signal, onProgress: stay.onProgress };
}
