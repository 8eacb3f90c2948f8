/**
 * The public API: trains image classifiers on photos that stay on this machine. Fovea's own page uses
 * nothing else; another page can embed it alike. All computing is done in one worker.
 *
 * Every failure is an Error whose message says what was wrong with which file or argument, and what to do.
 */
import { ask } from "./lab/ask.js";
import { Connection } from "./lab/connection.js";
import { Dataset, Model, Run } from "./lab/handles.js";
import { checkedCall } from "./shared/calls.js";
import { callback } from "./shared/checks.js";
import { messageOf } from "./shared/protocol.js";
import { startFirst } from "./shared/start_worker.js";

export { Dataset, Model, Run };

/** @typedef {import("./shared/types.js").Split} Split */
/** @typedef {import("./shared/model_formats.js").ModelFormatId} ModelFormatId */

const WORKER = new URL("./worker/engine_worker.js", import.meta.url);
/** Calls whose photos are kept in this browser, unless told. */
const KEEPING = ["importImages", "createDataset"];

/**
 * Starts the engine.
 * @param {import("./shared/types.js").LabOptions} [options] device: "auto" takes WebGPU where it is there and else the CPU
 * @returns {Promise<Lab>}
 */
export async function openLab(options) {
  const { args } = checkedCall("openLab", { recipes: [] }, {}, options);
  const connection = new Connection(await startFirst(WORKER, "fovea"));
  try {
    const { device, recipes } = await connection.call("openLab", args);
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
    this.device = await ask(this, "switchDevice", { device });
    return this.device;
  }

  /**
   * What the GPU's buffers take now, and took at the most; zeros on the CPU.
   * @returns {Promise<{ bytes: number, peakBytes: number }>}
   */
  async memory() {
    return ask(this, "memory");
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
    return ask(this, "profile", { model }, options);
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
    return ask(this, "time", { model }, options);
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
    return this.#import("importImages", { onProgress, entries }, options);
  }

  /**
   * The ways in which a folder can be read, without decoding a photo; the likeliest one first, if there is one.
   * Each has the options that importImages() takes for it, and the classes that it gives.
   * @param {Iterable<import("./shared/types.js").Entry | File> | FileList} entries
   * @param {{ signal?: AbortSignal }} [options]
   * @returns {Promise<import("./shared/types.js").Reading[]>}
   */
  async readings(entries, options) {
    return ask(this, "readings", { entries }, options);
  }

  /**
   * Begins a dataset of classes alone, for photos that come one by one: Dataset.add() puts them in and shares them out
   * as the options say; by their order unless told, since those that a webcam takes one after the other resemble each
   * other, and drawn they would be trained and tested with. It can be trained with once there are two classes, and a training photo of each.
   * @param {import("./shared/types.js").BeginOptions} [options]
   * @returns {Promise<Dataset>}
   */
  async createDataset(options) {
    return this.#import("createDataset", {}, options);
  }

  /**
   * The datasets that this browser keeps, the newest first.
   * @returns {Promise<import("./shared/types.js").Kept[]>}
   */
  async keptDatasets() {
    return ask(this, "keptDatasets");
  }

  /**
   * Opens a dataset that is kept, as it was when it was edited last, without decoding anything.
   * @param {string} id as keptDatasets() tells it
   * @returns {Promise<Dataset>}
   */
  async openDataset(id) {
    return this.#import("openDataset", { id });
  }

  /**
   * Deletes a dataset that is kept. One that is open stays until it is closed.
   * @param {string} id as keptDatasets() tells it
   */
  async deleteDataset(id) {
    await ask(this, "deleteDataset", { id });
  }

  /**
   * Looks for what may be wrong with the photos: the same one in two classes or splits, or twice; photos that look alike,
   * show nothing or are tiny; unequal classes.
   * @param {Dataset} dataset
   * @param {{ signal?: AbortSignal }} [options]
   * @returns {Promise<import("./shared/types.js").Health>}
   */
  async health(dataset, options) {
    return ask(this, "health", { dataset }, options);
  }

  /**
   * Takes a dataset's names of the classes over, one by one: for a dataset whose classes were renamed and nothing else.
   * @param {Model} model
   * @param {Dataset} dataset
   */
  async renameOutputs(model, dataset) {
    await ask(this, "renameOutputs", { model, dataset });
    Object.assign(model, { classes: [...dataset.summary.classes], namedClasses: true });
  }

  /**
   * Gives a model's classes other names. A model keeps them in its file.
   * @param {Model} model
   * @param {string[]} names in the order of its outputs, which is that of `model.classes`
   */
  async renameClasses(model, names) {
    const { args } = checkedCall("renameClasses", this, { model, names });
    await this.connection.call("renameClasses", args);
    Object.assign(model, { classes: args.names, namedClasses: true });
  }

  /**
   * Has training change some layers, or leave them as they are, as `layer.trainable = false` does in Keras. The model keeps
   * its weights, and its optimizer begins anew.
   * @param {Model} model
   * @param {Record<string, boolean>} layers by their names in `model.summary.layers`, such as `{ conv2d: false }`
   */
  async setTrainable(model, layers) {
    model.takeOver(await ask(this, "setTrainable", { model, layers }));
  }

  /**
   * The same for all layers at once: those from one on are trained, and those before it are not. Batch normalization that is frozen
   * stays so, for its statistics are the base's, as in Keras' guide to fine-tuning.
   * @param {Model} model
   * @param {string} layer the name of the first one that is trained
   */
  async trainFrom(model, layer) {
    model.takeOver(await ask(this, "trainFrom", { model, layer }));
  }

  /**
   * @param {string} name "digits": handwritten digits that come with the page
   * @param {import("./shared/types.js").ImportOptions} [options]
   * @returns {Promise<Dataset>}
   */
  async importDemo(name, options) {
    return this.#import("importDemo", { name }, options);
  }

  /**
   * @param {Dataset} dataset
   * @param {Split} split
   * @param {number} index from 0, below the sum of the split's counts
   * @returns {Promise<{ imageData: ImageData, label: string, path: string }>}
   */
  async image(dataset, split, index) {
    return shownImage(await ask(this, "image", { dataset, split, index }));
  }

  /**
   * Several photos at once, as many as are seen.
   * @param {Dataset} dataset
   * @param {Split} split
   * @param {number[]} indices each from 0, below the sum of the split's counts
   * @returns {Promise<{ imageData: ImageData, label: string, path: string }[]>}
   */
  async images(dataset, split, indices) {
    return (await ask(this, "images", { dataset, split, indices })).map(shownImage);
  }

  /**
   * A photo as augmentation would show it to the network in training: so many versions, the same for the same seed.
   * @param {Dataset} dataset
   * @param {{ augmentation: import("./shared/types.js").Augmentation, split?: Split, index?: number, count?: number, seed?: number }}
   *   options eight versions of the first training photo unless told
   * @returns {Promise<ImageData[]>}
   */
  async augmented(dataset, options) {
    const { width, height, rgba } = await ask(this, "augmented", { dataset }, options);
    const pixels = new Uint8ClampedArray(rgba.buffer);
    const bytes = 4 * width * height;
    return Array.from(
      { length: pixels.length / bytes },
      (_, nth) => new ImageData(pixels.slice(nth * bytes, (nth + 1) * bytes), width, height),
    );
  }

  /**
   * The trained networks that createModel() takes as a base by their `id`, and whether each lies beside this page.
   * @returns {Promise<(import("./shared/bases.js").Base & { available: boolean })[]>}
   */
  async bases() {
    return ask(this, "bases");
  }

  /**
   * @param {import("./shared/types.js").CreateOptions} spec a recipe's name, or the layers one by one. With `base`, the layers of
   *   that network come before them: frozen, with their weights, up to the layer named by `through`, by default the last one whose
   *   output is an image. The photos may have another size than the base's. `trainFrom` names the first of the base's layers that
   *   is trained all the same. The recipe "fine_tuning" on a model for the dataset's classes goes on with that model's own head
   * @returns {Promise<Model>}
   */
  async createModel(spec) {
    return this.#made("createModel", {}, spec, (description) => new Model(this, description));
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
      if (event.type === "step") model.threshold = null;
      onEvent?.(event);
    };
    const finished = (async () => {
      if (onEvent !== undefined) callback(onEvent, { call: "fit", name: "onEvent", given: {}, lab: this });
      try {
        return await ask(this, "fit", { model, dataset, run }, options, hear);
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
    return ask(this, "evaluate", { model, dataset }, options);
  }

  /**
   * How well the trained layers of a model on a frozen base tell photos that they never saw: all photos of the dataset are shared
   * out over folds, and each fold is predicted by fresh layers that are trained on the others. The model itself stays as it is. The
   * photos whose labels the predictions contradict come with it, the most doubtful first.
   * @param {Model} model
   * @param {Dataset} dataset
   * @param {import("./shared/types.js").CrossValidationOptions} [options] five folds unless told, each trained as `fit` is told
   * @returns {Promise<import("./shared/types.js").CrossValidation>}
   */
  async crossValidate(model, dataset, options) {
    const run = ++this.#runs;
    return this.#cancellable("crossValidate", { model, dataset, run }, options);
  }

  /**
   * Has a model say that it is not sure, where its answer is likely wrong or the photo is like none of the training photos. The limits
   * are set on the dataset's validation photos, so that the wanted share of right answers is let through. They stay with the model,
   * and in its file of the format "safetensors", until it is trained again.
   * @param {Model} model
   * @param {Dataset} dataset that it was trained with
   * @param {import("./shared/types.js").ThresholdOptions} [options] 95 % of right answers unless told
   * @returns {Promise<import("./shared/types.js").ThresholdReport>} what the threshold lets through and what it withholds
   */
  async setThreshold(model, dataset, options) {
    const run = ++this.#runs;
    const report = await this.#cancellable("setThreshold", { model, dataset, run }, options);
    model.threshold = report.keep;
    return report;
  }

  /**
   * Has a model always answer.
   * @param {Model} model
   */
  async dropThreshold(model) {
    await ask(this, "dropThreshold", { model });
    model.threshold = null;
  }

  /**
   * The classes of an image, which is resized as the model's training photos were. For a model with a threshold the list has two more
   * fields: `confidence`, the calibrated probability that the first class is right; and `notSure`, which is false, or says why the
   * answer is withheld: "unfamiliar" for a photo that is like none of the training photos, "uncertain" where the answer is likely wrong.
   * @param {Model} model
   * @param {Blob | ImageData} image
   * @returns {Promise<import("./shared/types.js").Predictions>} most likely first
   */
  async predict(model, image) {
    const { predictions, sureness } = await ask(this, "predict", { model, image });
    if (!sureness) return predictions;
    return Object.assign(predictions, { confidence: sureness.confidence, notSure: sureness.not_sure ?? /** @type {const} */ (false) });
  }

  /**
   * A model as a file, with its classes' names and, if the format has a place for it, what its training goes on from.
   * @param {Model} model
   * @param {ModelFormatId} format "safetensors": Fovea's own, with all that it knows of the model; "keras": Keras 3's
   *   archive; "h5": what older Keras opens, too; "tfjs": TensorFlow.js' layers model, in a zip
   * @returns {Promise<{ blob: Blob, filename: string }>}
   */
  async exportModel(model, format) {
    return ask(this, "exportModel", { model, format });
  }

  /**
   * A project to go on with in Python, as a zip: the model for Keras 3, the dataset's splits, its photos at the network's size,
   * and a program that trains on, on one machine or on many.
   * @param {Model} model
   * @param {Dataset} dataset that the model can be trained with
   * @param {import("./shared/types.js").ProjectOptions} [options] what the program trains with, as fit() takes it; the model's
   *   own optimizer unless told
   * @returns {Promise<{ blob: Blob, filename: string, photos: boolean }>} with `photos` where these are in it
   */
  async exportProject(model, dataset, options) {
    return this.#cancellable("exportProject", { model, dataset }, options);
  }

  /**
   * Opens a model of any format that exportModel() has; the files' content tells which. What of it was left out or
   * understood in another way is in `model.notes`. If its file does not name its classes, they are called "class 1" and so
   * on, and `model.namedClasses` is false.
   * @param {Iterable<File> | FileList | File} files a model's file or files
   * @param {import("./shared/types.js").ModelOptions} [options]
   * @returns {Promise<Model>}
   */
  async importModel(files, options) {
    return this.#made("importModel", { files }, options, (description) => new Model(this, description));
  }

  /** Ends the worker and frees all that the engine holds. Calls without an answer reject. */
  async close() {
    this.connection.end(new Error("The lab is closed: open another with openLab()."));
  }

  /**
   * @param {import("./lab/ask.js").CallName} call
   * @param {Record<string, unknown>} given
   * @param {unknown} [options]
   */
  async #import(call, given, options) {
    return this.#made(call, given, options, ({ id, summary, ...keeping }) => new Dataset(this, id, summary, keeping));
  }

  /**
   * A call that can be cancelled, and gives a handle.
   * @template {Dataset | Model} Handle
   * @param {import("./lab/ask.js").CallName} call
   * @param {Record<string, unknown>} given
   * @param {unknown} options
   * @param {(answer: any) => Handle} make
   * @returns {Promise<Handle>}
   */
  async #made(call, given, options, make) {
    return this.#cancellable(call, given, options, async (answer, signal) => {
      const handle = make(answer);
      if (signal?.aborted) await handle.close();
      return handle;
    });
  }

  /**
   * A call that can be cancelled.
   * @template Result
   * @param {import("./lab/ask.js").CallName} call
   * @param {Record<string, unknown>} given
   * @param {unknown} options
   * @param {(answer: any, signal?: AbortSignal) => Promise<Result> | Result} [take] what becomes of the answer, also of one that comes
   *   after the call was cancelled
   * @returns {Promise<Result>}
   */
  async #cancellable(call, given, options, take = (answer) => answer) {
    const { args, signal, onProgress } = checkedCall(call, this, given, options);
    if (KEEPING.includes(call) && args.storage !== "memory") askToKeep();
    signal?.throwIfAborted();
    try {
      const taken = await take(await this.connection.call(call, args, { onEvent: onProgress, signal }), signal);
      signal?.throwIfAborted();
      return taken;
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  }
}

/** @param {import("./shared/types.js").EngineImage} image */
function shownImage({ width, height, rgba, label, path }) {
  return { imageData: new ImageData(new Uint8ClampedArray(rgba.buffer), width, height), label, path };
}

/** So that the browser does not make room for others at the photos' cost; it may refuse, and nothing waits for it. */
function askToKeep() {
  // Only a page's storage has this method.
  const store = /** @type {{ persist?: () => Promise<boolean> } | undefined} */ (/** @type {unknown} */ (navigator.storage));
  store?.persist?.().catch(() => {});
}
