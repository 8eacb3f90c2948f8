/**
 * The public API: trains image classifiers on photos that stay on this machine. Fovea's own page uses
 * nothing else; another page can embed it alike. All computing is done in one worker.
 *
 * Every failure is an Error whose message says what was wrong with which file or argument, and what to do.
 */
import * as check from "./lab/arguments.js";
import { Connection } from "./lab/connection.js";
import { Dataset, Model, Run } from "./lab/handles.js";
import { messageOf } from "./shared/protocol.js";
import { SPLITS } from "./shared/splits.js";
import { startFirst } from "./shared/start_worker.js";

export { Dataset, Model, Run };

/** @typedef {import("./shared/types.js").Split} Split */

const WORKER = new URL("./worker/engine_worker.js", import.meta.url);
const DEVICES = /** @type {const} */ (["auto", "webgpu", "cpu"]);
const FIT_OPTIONS = ["initial", "epochs", "batchSize", "stepsPerEpoch", "optimizer", "loss", "augmentation", "shuffle", "seed", "classWeight"];
const SPLIT_OPTIONS = [...SPLITS, "splitBy", "seed"];
const SIZING_OPTIONS = ["imageSize", "interpolation", "cropToAspectRatio"];
const IMPORT_OPTIONS = [...SIZING_OPTIONS, ...SPLIT_OPTIONS, "layout", "table", "column", "storage", "signal"];
const BEGIN_OPTIONS = ["classes", ...SIZING_OPTIONS, ...SPLIT_OPTIONS, "storage"];

/**
 * Starts the engine.
 * @param {import("./shared/types.js").LabOptions} [options] device: "auto" takes WebGPU where it is there and else the CPU
 * @returns {Promise<Lab>}
 */
export async function openLab(options) {
  const given = check.checkedOptions(options, "openLab", ["device", "seed", "workers"]);
  check.checkChoice(given.device, "openLab: device", DEVICES);
  check.checkNumber(given.seed, "openLab: seed", { from: 0, whole: true });
  check.checkNumber(given.workers, "openLab: workers", { from: 1, whole: true });
  const connection = new Connection(await startFirst(WORKER, "fovea"));
  try {
    const { device, recipes } = await connection.call("open", [{ device: "auto", seed: 1, ...given }]);
    return new Lab(connection, device, recipes);
  } catch (error) {
    connection.end(new Error("The engine did not start."));
    throw error;
  }
}

/** The engine's end on this page. Open it with openLab(). */
export class Lab {
  #runs = 0;

  /**
   * @param {Connection} connection
   * @param {import("./shared/types.js").DeviceInfo} device
   * @param {import("./shared/types.js").Recipe[]} recipes
   */
  constructor(connection, device, recipes) {
    this.connection = connection;
    this.device = device;
    this.recipes = recipes;
    /**
     * Resolves with the reason when the lab is closed or its worker crashed. Where it could save its models, `models` of the
     * reason has their files, by the models' ids, for importModel() of another lab.
     */
    this.ended = connection.ended;
  }

  /** @returns {boolean} whether the lab answers no more */
  get closed() {
    return this.connection.closed;
  }

  /**
   * Switches to another device, with all datasets and models. If that device is not there, everything stays as it was.
   * After a GPU was lost (the error of a fit then has the `code` "device-lost"), models come over in their last good
   * state. It is refused while a model is being trained.
   * @param {import("./shared/types.js").DeviceChoice} device
   * @returns {Promise<import("./shared/types.js").DeviceInfo>} the lab's `device` from now on
   */
  async switchDevice(device) {
    check.checkChoice(device ?? null, "switchDevice: the device", DEVICES);
    this.device = await this.connection.call("switchDevice", [device]);
    return this.device;
  }

  /**
   * What the GPU's buffers take now, and took at the most; zeros on the CPU.
   * @returns {Promise<{ bytes: number, peakBytes: number }>}
   */
  async memory() {
    return this.connection.call("memory", []);
  }

  /**
   * What each operation of a training step takes on its own, in the order in which they run: the median of so many
   * runs. The model is left alone.
   * @param {Model} model
   * @param {{ batchSize?: number, runs?: number, only?: string, augmentation?: import("./shared/types.js").Augmentation }}
   *   [options] 3 runs unless told; only the operations of this label, or of this label and sizes with a space between
   *   them
   * @returns {Promise<import("./shared/types.js").Part[]>}
   */
  async profile(model, options) {
    const given = check.checkedOptions(options, "profile", ["batchSize", "runs", "only", "augmentation"]);
    const { batchSize = 32, runs = 3, only } = given;
    check.checkNumber(runs, "profile: runs", { from: 1, whole: true });
    if (only !== undefined && typeof only !== "string")
      throw new Error('profile: only must be an operation\'s label, such as "conv2d forward".');
    const augmentation = check.checkedAugmentation(given.augmentation, "profile");
    return this.connection.call("profile", [this.#modelId(model, "profile"), batchSize, runs, only, augmentation]);
  }

  /**
   * How long steps on a made-up batch take, one after the other: the seconds of each, from handing over the batch until
   * its loss, or its probabilities, have been read back. The first ones are slower. The model is left alone.
   * @param {Model} model
   * @param {{ batchSize?: number, goal?: "train" | "predict", runs?: number,
   *   augmentation?: import("./shared/types.js").Augmentation }} [options] 10 runs of training unless told
   * @returns {Promise<number[]>}
   */
  async time(model, options) {
    const given = check.checkedOptions(options, "time", ["batchSize", "goal", "runs", "augmentation"]);
    const { batchSize = 32, goal = "train", runs = 10 } = given;
    check.checkChoice(goal, "time: goal", ["train", "predict"]);
    check.checkNumber(runs, "time: runs", { from: 1, whole: true });
    const augmentation = check.checkedAugmentation(given.augmentation, "time");
    return this.connection.call("time", [this.#modelId(model, "time"), batchSize, goal, runs, augmentation]);
  }

  /**
   * Reads a folder of photos: a folder a class, names that begin with the class, or a table of file names and labels.
   * Files that are no photos are left out and named in `summary.rejected`.
   * Decoded photos are kept in this browser, and found again by path, size and date. Where it has too little room for
   * them the error's `code` is "quota".
   * @param {Iterable<import("./shared/types.js").Entry | File> | FileList} entries
   * @param {import("./shared/types.js").ImportOptions} [options]
   * @param {(progress: import("./shared/types.js").Progress) => void} [onProgress]
   * @returns {Promise<Dataset>}
   */
  async importImages(entries, options, onProgress) {
    const { signal, ...given } = checkedImportOptions(options, "importImages");
    check.checkCallback(onProgress, "importImages: onProgress");
    askToKeep(given.storage);
    return this.#import("importImages", [check.checkedEntries(entries, "importImages"), given], { onEvent: onProgress, signal });
  }

  /**
   * The ways in which a folder can be read, without decoding a photo; the likeliest one first, if there is one.
   * Each has the options that importImages() takes for it, and the classes that it gives.
   * @param {Iterable<import("./shared/types.js").Entry | File> | FileList} entries
   * @param {{ signal?: AbortSignal }} [options]
   * @returns {Promise<import("./shared/types.js").Reading[]>}
   */
  async readings(entries, options) {
    const { signal } = check.checkedOptions(options, "readings", ["signal"]);
    return this.connection.call("readings", [check.checkedEntries(entries, "readings")], { signal });
  }

  /**
   * Begins a dataset of classes alone, for photos that come one by one: Dataset.add() puts them in and shares them out
   * as the options say; by their order unless told, since those that a webcam takes one after the other resemble each
   * other, and drawn they would be trained and tested with. It can be trained with once there are two classes, and a training photo of each.
   * @param {import("./shared/types.js").BeginOptions} [options]
   * @returns {Promise<Dataset>}
   */
  async createDataset(options) {
    const { classes = [], ...given } = checkedImportOptions(options, "createDataset", BEGIN_OPTIONS);
    check.checkKind(classes, Array, "createDataset: classes must be an array of names");
    for (const name of classes)
      if (typeof name !== "string") throw new Error("createDataset: each of the classes must be a name, a string.");
    askToKeep(given.storage);
    const names = classes.map((/** @type {string} */ name) => name.trim());
    return this.#import("createDataset", [names, { ...given, splitBy: given.splitBy ?? "name" }], {});
  }

  /**
   * The datasets that this browser keeps, the newest first.
   * @returns {Promise<import("./shared/types.js").Kept[]>}
   */
  async keptDatasets() {
    return this.connection.call("keptDatasets", []);
  }

  /**
   * Opens a dataset that is kept, as it was when it was edited last, without decoding anything.
   * @param {string} id as keptDatasets() tells it
   * @returns {Promise<Dataset>}
   */
  async openDataset(id) {
    if (typeof id !== "string") throw new Error("openDataset: the id must be one of keptDatasets().");
    return this.#import("openDataset", [id], {});
  }

  /**
   * Deletes a dataset that is kept. One that is open stays until it is closed.
   * @param {string} id as keptDatasets() tells it
   */
  async deleteDataset(id) {
    if (typeof id !== "string") throw new Error("deleteDataset: the id must be one of keptDatasets().");
    await this.connection.call("deleteDataset", [id]);
  }

  /**
   * Changes which class and split photos are in; Dataset.edit() is the way to it.
   * @param {Dataset} dataset
   * @param {string} method
   * @param {unknown[]} args
   * @returns {Promise<{ summary: import("./shared/types.js").DatasetSummary } & Partial<import("./shared/types.js").Keeping>>}
   */
  async editDataset(dataset, method, args) {
    return this.connection.call("edit", [this.#datasetId(dataset, "edit"), method, args]);
  }

  /**
   * Looks for what may be wrong with the photos: the same one in two classes or splits, or twice; photos that look alike,
   * show nothing or are tiny; unequal classes.
   * @param {Dataset} dataset
   * @param {{ signal?: AbortSignal }} [options]
   * @returns {Promise<import("./shared/types.js").Health>}
   */
  async health(dataset, options) {
    const { signal } = check.checkedOptions(options, "health", ["signal"]);
    return this.connection.call("health", [this.#datasetId(dataset, "health")], { signal });
  }

  /**
   * Takes a dataset's names of the classes over, one by one: for a dataset whose classes were renamed and nothing else.
   * @param {Model} model
   * @param {Dataset} dataset
   */
  async renameOutputs(model, dataset) {
    const ids = [this.#modelId(model, "renameOutputs"), this.#datasetId(dataset, "renameOutputs")];
    await this.connection.call("renameOutputs", ids);
    model.classes = [...dataset.summary.classes];
  }

  /**
   * @param {string} name "digits": handwritten digits that come with the page
   * @param {import("./shared/types.js").ImportOptions} [options]
   * @returns {Promise<Dataset>}
   */
  async importDemo(name, options) {
    check.checkChoice(name ?? null, "importDemo: the name", ["digits"]);
    const { signal, ...given } = checkedImportOptions(options, "importDemo");
    return this.#import("importDemo", [name, given], { signal });
  }

  /**
   * @param {Dataset} dataset
   * @param {Split} split
   * @param {number} index from 0, below the sum of the split's counts
   * @returns {Promise<{ imageData: ImageData, label: string, path: string }>}
   */
  async image(dataset, split, index) {
    const id = this.#datasetId(dataset, "image");
    check.checkChoice(split ?? null, "image: split", SPLITS);
    check.checkNumber(index ?? null, "image: index", { from: 0, whole: true });
    return shownImage(await this.connection.call("image", [id, split, index]));
  }

  /**
   * Several photos at once, as many as are seen.
   * @param {Dataset} dataset
   * @param {Split} split
   * @param {number[]} indices each from 0, below the sum of the split's counts
   * @returns {Promise<{ imageData: ImageData, label: string, path: string }[]>}
   */
  async images(dataset, split, indices) {
    const id = this.#datasetId(dataset, "images");
    check.checkChoice(split ?? null, "images: split", SPLITS);
    check.checkKind(indices, Array, "images: indices must be an array of numbers");
    for (const index of indices) check.checkNumber(index, "images: an index", { from: 0, whole: true });
    return (await this.connection.call("images", [id, split, indices])).map(shownImage);
  }

  /**
   * A photo as augmentation would show it to the network in training: so many versions, the same for the same seed.
   * @param {Dataset} dataset
   * @param {{ augmentation: import("./shared/types.js").Augmentation, split?: Split, index?: number, count?: number, seed?: number }}
   *   options eight versions of the first training photo unless told
   * @returns {Promise<ImageData[]>}
   */
  async augmented(dataset, options) {
    const known = ["augmentation", "split", "index", "count", "seed"];
    const given = check.checkedOptions(options, "augmented", known);
    const { split = "train", index = 0, count = 8, seed = 1 } = given;
    check.checkChoice(split, "augmented: split", SPLITS);
    check.checkNumber(index, "augmented: index", { from: 0, whole: true });
    check.checkNumber(count, "augmented: count", { from: 1, below: 101, whole: true });
    check.checkNumber(seed, "augmented: seed", { from: 0, below: 2 ** 32, whole: true });
    const augmentation = check.checkedAugmentation(given.augmentation, "augmented");
    const args = [this.#datasetId(dataset, "augmented"), split, index, augmentation, count, seed];
    const { width, height, rgba } = await this.connection.call("augmented", args);
    const pixels = new Uint8ClampedArray(rgba.buffer);
    const bytes = 4 * width * height;
    return Array.from(
      { length: count },
      (_, nth) => new ImageData(pixels.slice(nth * bytes, (nth + 1) * bytes), width, height),
    );
  }

  /**
   * @param {{ recipe?: string, layers?: import("./shared/types.js").LayerSpec[], dataset: Dataset } & Record<string, unknown>} spec
   *   a recipe's name, or the layers one by one
   * @returns {Promise<Model>}
   */
  async createModel(spec) {
    const given = check.checkedOptions(spec, "createModel", ["recipe", "layers", "dataset"]);
    if ("recipe" in given === "layers" in given)
      throw new Error(`createModel: give either a recipe, such as "${this.recipes[0]?.name}", or layers.`);
    if ("recipe" in given) {
      const names = this.recipes.map((recipe) => recipe.name);
      check.checkChoice(given.recipe, "createModel: recipe", names);
    } else check.checkKind(given.layers, Array, "createModel: layers must be an array of { class_name, config }");
    const dataset = this.#datasetId(given.dataset, "createModel");
    return new Model(this, await this.connection.call("createModel", [{ ...given, dataset }]));
  }

  /**
   * Trains a model. It continues from where the model's training is, and updates `model.epochs`. A wrong argument rejects
   * `finished`, as any later failure does. If the loss or the weights become NaN or infinite, or the GPU is lost, the model
   * goes back to its last good state, and the error says which one that is.
   * @param {Model} model
   * @param {Dataset} dataset
   * @param {import("./shared/types.js").FitOptions} [options]
   * @param {(event: import("./shared/types.js").FitEvent) => void} [onEvent]
   * @returns {Run}
   */
  fit(model, dataset, options, onEvent) {
    const run = ++this.#runs;
    let told = false;
    const hear = (/** @type {import("./shared/types.js").FitEvent} */ event) => {
      told ||= event.type === "error";
      if ("trainedEpochs" in event) model.epochs = event.trainedEpochs;
      onEvent?.(event);
    };
    const finished = (async () => {
      check.checkCallback(onEvent, "fit: onEvent");
      try {
        const { classWeight, ...given } = checkedFitOptions(options);
        const ids = [this.#modelId(model, "fit"), this.#datasetId(dataset, "fit")];
        if (classWeight !== undefined) given.classWeight = check.checkedClassWeight(classWeight, dataset.summary);
        const args = [...ids, run, given];
        return await this.connection.call("fit", args, { onEvent: hear });
      } catch (error) {
        // The engine tells of its own failures; of a wrong argument or a crash it cannot.
        if (!told) onEvent?.({ type: "error", message: messageOf(error) });
        throw error;
      }
    })();
    return new Run(this, run, finished);
  }

  /**
   * @param {Model} model
   * @param {Dataset} dataset
   * @param {{ split?: Split }} [options] the test split unless told
   * @returns {Promise<import("./shared/types.js").Evaluation>}
   */
  async evaluate(model, dataset, options) {
    const { split = "test" } = check.checkedOptions(options, "evaluate", ["split"]);
    check.checkChoice(split, "evaluate: split", SPLITS);
    return this.connection.call("evaluate", [
      this.#modelId(model, "evaluate"),
      this.#datasetId(dataset, "evaluate"),
      { split },
    ]);
  }

  /**
   * The classes of an image, which is resized as the model's training photos were.
   * @param {Model} model
   * @param {Blob | ImageData} image
   * @returns {Promise<import("./shared/types.js").Prediction[]>} most likely first
   */
  async predict(model, image) {
    return this.connection.call("predict", [this.#modelId(model, "predict"), check.checkedImage(image)]);
  }

  /**
   * @param {Model} model
   * @param {string} format "safetensors"
   * @returns {Promise<{ blob: Blob, filename: string }>}
   */
  async exportModel(model, format) {
    const id = this.#modelId(model, "exportModel");
    if (typeof format !== "string") throw new Error('exportModel: the format must be a string such as "safetensors".');
    return this.connection.call("exportModel", [id, format]);
  }

  /**
   * @param {Iterable<File> | FileList | File} files a model's file or files
   * @returns {Promise<Model>}
   */
  async importModel(files) {
    return new Model(this, await this.connection.call("importModel", [check.checkedFiles(files)]));
  }

  /** Ends the worker and frees all that the engine holds. Calls without an answer reject. */
  async close() {
    this.connection.end(new Error("The lab is closed: open another with openLab()."));
  }

  /**
   * @param {string} method
   * @param {unknown[]} args
   * @param {{ onEvent?: (event: any) => void, signal?: AbortSignal }} options
   */
  async #import(method, args, options) {
    options.signal?.throwIfAborted();
    try {
      const { id, summary, ...keeping } = await this.connection.call(method, args, options);
      const dataset = new Dataset(this, id, summary, keeping);
      if (options.signal?.aborted) await dataset.close();
      options.signal?.throwIfAborted();
      return dataset;
    } catch (error) {
      options.signal?.throwIfAborted();
      throw error;
    }
  }

  /**
   * @param {unknown} dataset
   * @param {string} where
   */
  #datasetId(dataset, where) {
    check.checkKind(dataset, Dataset, `${where}: dataset must be what importImages(), createDataset() or importDemo() gave`);
    return /** @type {Dataset} */ (dataset).idFor(this);
  }

  /**
   * @param {unknown} model
   * @param {string} where
   */
  #modelId(model, where) {
    check.checkKind(model, Model, `${where}: model must be what createModel() or importModel() gave`);
    return /** @type {Model} */ (model).idFor(this);
  }
}

/** @param {import("./shared/types.js").EngineImage} image */
function shownImage({ width, height, rgba, label, path }) {
  return { imageData: new ImageData(new Uint8ClampedArray(rgba.buffer), width, height), label, path };
}

/**
 * So that the browser does not make room for others at the photos' cost; it may refuse, and nothing waits for it.
 * @param {"auto" | "memory" | undefined} storage
 */
function askToKeep(storage) {
  if (storage === "memory") return;
  // Only a page's storage has this method.
  const store = /** @type {{ persist?: () => Promise<boolean> } | undefined} */ (/** @type {unknown} */ (navigator.storage));
  store?.persist?.().catch(() => {});
}

/**
 * @param {unknown} options
 * @param {string} where
 * @param {readonly string[]} [known]
 */
function checkedImportOptions(options, where, known = IMPORT_OPTIONS) {
  const given = check.checkedOptions(options, where, known);
  check.checkChoice(given.storage, `${where}: storage`, ["auto", "memory"]);
  check.checkChoice(given.splitBy, `${where}: splitBy`, ["drawn", "name"]);
  check.checkChoice(given.layout, `${where}: layout`, ["auto", "folders", "names", "table"]);
  for (const name of ["table", "column"])
    if (given[name] !== undefined && typeof given[name] !== "string")
      throw new Error(`${where}: ${name} must be a text: a table's path, or the head of a column.`);
  check.checkNumber(given.train, `${where}: train`, { from: 0 });
  if (given.signal !== undefined) check.checkKind(given.signal, AbortSignal, `${where}: signal must be an AbortSignal`);
  return given;
}

/**
 * @param {unknown} options
 * @returns {Record<string, any>}
 */
function checkedFitOptions(options) {
  const given = check.checkedOptions(options, "fit", FIT_OPTIONS);
  for (const name of ["epochs", "batchSize", "stepsPerEpoch"])
    check.checkNumber(given[name], `fit: ${name}`, { from: 1, whole: true });
  if (given.optimizer !== undefined && typeof given.optimizer !== "string")
    check.checkKind(given.optimizer, Object, "fit: optimizer must be a name or { name, learning_rate }");
  if (given.shuffle !== undefined && typeof given.shuffle !== "boolean")
    throw new Error("fit: shuffle must be true or false.");
  if (given.initial !== undefined && typeof given.initial !== "boolean")
    throw new Error("fit: initial must be true or false.");
  return { ...given, augmentation: check.checkedAugmentation(given.augmentation, "fit") };
}
