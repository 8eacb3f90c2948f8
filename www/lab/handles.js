/** What the lab hands out for things that live in the engine. */
import { checkChoice, checkedEdit, checkedEntries, checkedOptions } from "./arguments.js";
import { SPLITS } from "../shared/splits.js";

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

  /**
   * The id in the engine, for a call of this lab's.
   * @param {import("../lab.js").Lab} lab
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
    return this.#change(...checkedEdit(change));
  }

  /**
   * Adds photos to a class, which may be new.
   * @param {Iterable<import("../shared/types.js").Entry | File> | FileList} entries
   * @param {{ class: string, split?: import("../shared/types.js").Split }} to the training split unless told, or, in a dataset
   *   of createDataset(), shared out as its options say; what is there already stays in its split
   * @returns {Promise<import("../shared/types.js").DatasetSummary>} with the files that could not be read in `rejected`
   */
  async add(entries, to) {
    const { class: label, split } = checkedOptions(to, "add", ["class", "split"]);
    if (typeof label !== "string" || !label) throw new Error("add: class must be the name of a class, old or new.");
    checkChoice(split, "add: split", SPLITS);
    return this.#change("add", [checkedEntries(entries, "add"), label, split]);
  }

  /** @returns {Promise<import("../shared/types.js").DatasetSummary>} before the last change */
  async undo() {
    return this.#change("step_back", [false]);
  }

  /** @returns {Promise<import("../shared/types.js").DatasetSummary>} with the change that was undone last */
  async redo() {
    return this.#change("step_back", [true]);
  }

  /**
   * @param {string} method
   * @param {unknown[]} args
   */
  async #change(method, args) {
    const { summary, kept = this.kept, notKept = "" } = await this.#lab.editDataset(this, method, args);
    Object.assign(this, { summary, kept, notKept });
    return summary;
  }

  /** Frees the photos' memory in the engine. */
  async close() {
    if (this.#closed) return;
    this.#closed = true;
    if (!this.#lab.closed) await this.#lab.connection.call("closeDataset", [this.id]);
  }
}

/** A network and its weights, which the engine holds. */
export class Model {
  #lab;
  #closed = false;

  /**
   * @param {import("../lab.js").Lab} lab
   * @param {import("../shared/types.js").EngineModel} description
   */
  constructor(lab, description) {
    const { id, name, classes, epochs, input_shape, recipe_defaults, ...summary } = description;
    this.#lab = lab;
    this.id = id;
    this.name = name;
    this.classes = classes;
    /** Whole epochs that it has been trained for, in all its runs; a model file keeps them. */
    this.epochs = epochs;
    this.inputShape = input_shape;
    /** What to train it with, for a recipe's network. */
    this.recipeDefaults = recipe_defaults;
    /** @type {import("../shared/types.js").ModelSummary} */
    this.summary = summary;
  }

  /**
   * The id in the engine, for a call of this lab's.
   * @param {import("../lab.js").Lab} lab
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
    if (!this.#lab.closed) await this.#lab.connection.call("closeModel", [this.id]);
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
    await this.#lab.connection.call("pause", [this.#id]);
  }

  /** Goes on where pause() halted. */
  async resume() {
    await this.#lab.connection.call("resume", [this.#id]);
  }

  /** Ends the run for good after the step under way; the model keeps what it has learnt. */
  async stop() {
    await this.#lab.connection.call("stop", [this.#id]);
  }
}
