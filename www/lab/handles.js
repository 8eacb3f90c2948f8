/** What the lab hands out for things that live in the engine. */
import { KIND } from "../shared/checks.js";
import { ask } from "./ask.js";

/** Photos that the engine holds, decoded. */
export class Dataset {
  #lab;
  #closed = false;

  /**
   * @param {import("../lab.js").Lab} lab
   * @param {number} id
   * @param {import("../shared/types.js").DatasetSummary} summary
   * @param {Partial<import("../shared/types.js").Keeping>} [keeping]
   */
  constructor(lab, id, summary, { kept = undefined, notKept = "" } = {}) {
    this.#lab = lab;
    this.id = id;
    this.summary = summary;
    /** What this browser keeps of it; null where it is in memory alone. */
    this.kept = kept ?? null;
    /** Why the dataset, as it is since its last change, could not be kept; empty where nothing was in the way. */
    this.notKept = notKept;
  }

  get [KIND]() {
    return "dataset";
  }

  /**
   * The id in the engine, for a call of this lab's.
   * @param {unknown} lab
   * @returns {number}
   */
  idFor(lab) {
    if (this.#closed) throw new Error("This dataset has been closed: import its photos again.");
    if (lab !== this.#lab) throw new Error("This dataset belongs to another lab: import its photos into this one.");
    return this.id;
  }

  /**
   * Changes which class and split photos are in, and gives the new `summary`. No photo is read again. A model that was
   * made before is for the classes it was made for: where they are others now, training and testing it is refused.
   * @param {import("../shared/types.js").Edit} change
   * @returns {Promise<import("../shared/types.js").DatasetSummary>}
   */
  async edit(change) {
    return this.#changed("edit", { change });
  }

  /**
   * Adds photos to a class, which may be new.
   * @param {Iterable<import("../shared/types.js").Entry | File> | FileList} entries
   * @param {{ class: string, split?: import("../shared/types.js").Split }} to the training split unless told, or, in a dataset
   *   of createDataset(), shared out as its options say; what is there already stays in its split
   * @returns {Promise<import("../shared/types.js").DatasetSummary>} with the files that could not be read in `rejected`
   */
  async add(entries, to) {
    return this.#changed("add", { entries }, to);
  }

  /** @returns {Promise<import("../shared/types.js").DatasetSummary>} before the last change */
  async undo() {
    return this.#changed("stepBack", { again: false });
  }

  /** @returns {Promise<import("../shared/types.js").DatasetSummary>} with the change that was undone last */
  async redo() {
    return this.#changed("stepBack", { again: true });
  }

  /**
   * @param {import("./ask.js").CallName} call
   * @param {Record<string, unknown>} given
   * @param {unknown} [options]
   */
  async #changed(call, given, options) {
    const { summary, kept = this.kept, notKept = "" } = await ask(this.#lab, call, { ...given, dataset: this }, options);
    Object.assign(this, { summary, kept, notKept });
    return summary;
  }

  /** Frees the photos' memory in the engine. */
  async close() {
    if (this.#closed) return;
    this.#closed = true;
    if (!this.#lab.closed) await ask(this.#lab, "closeDataset", { dataset: this.id });
  }
}

/** A network and its weights, which the engine holds. */
export class Model {
  #lab;
  #closed = false;

  /**
   * @param {import("../lab.js").Lab} lab
   * @param {import("../shared/types.js").MadeModel} description
   */
  constructor(lab, description) {
    const { id, name, classes, epochs, input_shape, threshold, recipe_defaults, namedClasses = true, preprocessing, notes = [], ...summary } = description;
    this.#lab = lab;
    this.id = id;
    this.name = name;
    this.classes = classes;
    /** Whether its file told what its classes are called; else they are "class 1" and so on, until renameClasses() names them. */
    this.namedClasses = namedClasses;
    /** What photos become for a network of another program's file: "1/255", "none", "caffe", "torch" or "tf". */
    this.preprocessing = preprocessing;
    /** What of its file was left out or understood in another way, in sentences. */
    this.notes = notes;
    /** Whole epochs that it has been trained for, in all its runs; a model file keeps them. */
    this.epochs = epochs;
    /** The share of right answers that its threshold lets through; null where it always answers. */
    this.threshold = threshold;
    this.inputShape = input_shape;
    /** What to train it with, for a recipe's network. */
    this.recipeDefaults = recipe_defaults;
    /** @type {import("../shared/types.js").ModelSummary} */
    this.summary = summary;
  }

  get [KIND]() {
    return "model";
  }

  /**
   * Shows which layers are trained from now on.
   * @param {import("../shared/types.js").EngineModel} report
   */
  takeOver({ layers, total_params, trainable_params, non_trainable_params, text }) {
    this.summary = { layers, total_params, trainable_params, non_trainable_params, text };
  }

  /**
   * The id in the engine, for a call of this lab's.
   * @param {unknown} lab
   * @returns {number}
   */
  idFor(lab) {
    if (this.#closed) throw new Error("This model has been closed: create or open it again.");
    if (lab !== this.#lab) throw new Error("This model belongs to another lab: open its file in this one.");
    return this.id;
  }

  /** Frees the weights' memory in the engine. */
  async close() {
    if (this.#closed) return;
    this.#closed = true;
    if (!this.#lab.closed) await ask(this.#lab, "closeModel", { model: this.id });
  }
}

/** A training under way. */
export class Run {
  #lab;
  #id;

  /**
   * @param {import("../lab.js").Lab} lab
   * @param {number} id
   * @param {Promise<import("../shared/types.js").History>} finished
   */
  constructor(lab, id, finished) {
    this.#lab = lab;
    this.#id = id;
    /** Resolves with the history once the last epoch is done or the run was stopped. */
    this.finished = finished;
    // Whoever listens to events alone has heard of the failure there.
    finished.catch(() => {});
  }

  /** Halts after the step under way. */
  async pause() {
    await ask(this.#lab, "pause", { run: this.#id });
  }

  /** Goes on where pause() halted. */
  async resume() {
    await ask(this.#lab, "resume", { run: this.#id });
  }

  /** Ends the run for good after the step under way; the model keeps what it has learnt. */
  async stop() {
    await ask(this.#lab, "stop", { run: this.#id });
  }
}
