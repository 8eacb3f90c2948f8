/**
 * What the page knows, in one place. Views draw from it and never from each other.
 */

/**
 * @typedef {object} Curves everything measured so far; a later run of the same model is appended
 * @property {number[]} stepAt epochs gone by, a fraction within one
 * @property {(number | null)[]} stepLoss of each batch alone
 * @property {(number | null)[]} stepAccuracy mean of the epoch so far
 * @property {number[]} epochAt where on the same axis each entry of the history stands
 * @property {import("../shared/types.js").History} history
 */

/**
 * @typedef {object} Source where the photos came from, to read them again
 * @property {"digits" | "folder" | "kept" | "begun"} kind
 * @property {import("../shared/types.js").Entry[]} entries
 * @property {import("../shared/types.js").ImportOptions} options
 * @property {string} [id] of a dataset that is kept, or will be with its first photo
 * @property {string[]} [classes] that a dataset is begun with
 */

/**
 * @typedef {object} State
 * @property {import("../shared/types.js").DeviceChoice} deviceChoice
 * @property {import("../lab.js").Lab | null} lab
 * @property {string} labError
 * @property {boolean} moving whether the engine is going over to another device
 * @property {boolean} deviceLost whether the GPU stopped working, and nobody has chosen yet what to go on with
 * @property {Source | null} source
 * @property {Source | null} unread a folder that could not be read
 * @property {import("../shared/types.js").Progress | null} importing
 * @property {string} importError
 * @property {{ source: Source, message: string } | null} noRoom an import that the browser has no room to keep
 * @property {import("../shared/types.js").Kept[]} kept what this browser keeps
 * @property {import("../lab.js").Dataset | null} dataset
 * @property {{ done: import("./actions/changes.js").Change[], undone: import("./actions/changes.js").Change[] }} changes of the dataset
 * @property {import("../shared/types.js").Health | null} health of the dataset, once it was asked for
 * @property {(import("../shared/bases.js").Base & { available: boolean })[]} bases trained networks that lie beside the page
 * @property {import("../shared/bases.js").BaseId | ""} base the one that recipes are put on top of; empty where there is none
 * @property {string} recipe a recipe's name, "custom" for edited layers, "file" for an opened model, "base" for new layers on top of one
 * @property {import("../lab.js").Model | null} model
 * @property {string} modelError
 * @property {boolean} modelBusy
 * @property {import("../shared/types.js").Augmentation | null} augmentation of the training photos; null where they stay as they are
 * @property {boolean} frozenShown whether the table has the layers of a base one by one
 * @property {number} selectedLayer index of the layer in the form, or -1
 * @property {Previous | null} previous
 * @property {boolean} unsaved whether the network has learnt something that is in no file
 * @property {"idle" | "starting" | "running" | "paused" | "stopping" | "done" | "stopped" | "failed"} training
 * @property {{ done: number, total: number } | null} preparing how far the device is before the first step
 * @property {{ done: number, total: number } | null} features for how many photos the base has been run
 * @property {import("../shared/types.js").StepEvent | null} step the run's last step or epoch
 * @property {string} trainingError
 * @property {Curves} curves
 * @property {import("../shared/types.js").Evaluation | null} evaluation
 * @property {boolean} evaluating
 * @property {string} evaluationError
 * @property {{ stage: "features" | "fold", done: number, total: number } | null} validating how far a cross-validation is
 * @property {import("../shared/types.js").CrossValidation | null} crossValidation
 * @property {string} validationError
 * @property {{ done: number, total: number } | null} settingThreshold for how many photos the network has been run
 * @property {import("../shared/types.js").ThresholdReport | null} threshold what was found when the network's was set on this page
 * @property {string} thresholdError
 * @property {Photo | null} photo
 * @property {import("../shared/types.js").Predictions | null} predictions
 * @property {string} predictionError
 * @property {import("../shared/types.js").FitOptions | null} fitting what the form for training says; null where a field is wrong
 * @property {import("../lab.js").ModelFormatId | "project"} saveFormat the format that models are saved in
 * @property {boolean | null} projectPhotos whether a project gets the photos; null until the user has said
 * @property {import("../shared/types.js").ProjectProgress | null} packing how far the project is that is being saved
 * @property {boolean} saving whether a model is being saved
 * @property {import("../shared/types.js").ModelProgress | null} opening how far the file is that is being opened
 * @property {import("../shared/types.js").ModelProgress | null} loading how much of a base is there
 * @property {string} fileError of saving or opening a model
 * @property {string} fileNote
 */

/**
 * @typedef {object} Photo the one to classify
 * @property {Blob | ImageData} image
 * @property {string} name
 * @property {string} [truth] its class, where it is known
 */

/** @typedef {Pick<State, "model" | "recipe" | "augmentation" | "curves" | "training" | "step" | "unsaved" | "previous">} Previous the network before the last change */

/** What `busy` depends on, for views to watch. */
export const BUSY_KEYS = /** @type {const} */ (["training", "moving", "importing", "modelBusy", "validating", "settingThreshold"]);

/** @returns {Curves} */
export function emptyCurves() {
  return {
    stepAt: [],
    stepLoss: [],
    stepAccuracy: [],
    epochAt: [],
    history: { loss: [], accuracy: [], val_loss: [], val_accuracy: [] },
  };
}

/** @returns {Partial<State>} what has not been found out yet of a network, or of its photos */
export function noResult() {
  return {
    evaluation: null,
    evaluationError: "",
    crossValidation: null,
    validationError: "",
    threshold: null,
    thresholdError: "",
    predictions: null,
    predictionError: "",
  };
}

/** The state, and who wants to hear of its changes. */
export class Store {
  /** @type {State} */
  state = {
    deviceChoice: "auto",
    lab: null,
    labError: "",
    moving: false,
    deviceLost: false,
    source: null,
    unread: null,
    importing: null,
    importError: "",
    noRoom: null,
    kept: [],
    dataset: null,
    changes: { done: [], undone: [] },
    health: null,
    bases: [],
    base: "",
    recipe: "",
    model: null,
    modelError: "",
    modelBusy: false,
    augmentation: null,
    frozenShown: false,
    selectedLayer: -1,
    previous: null,
    unsaved: false,
    training: "idle",
    preparing: null,
    features: null,
    step: null,
    trainingError: "",
    curves: emptyCurves(),
    evaluation: null,
    evaluating: false,
    evaluationError: "",
    validating: null,
    crossValidation: null,
    validationError: "",
    settingThreshold: null,
    threshold: null,
    thresholdError: "",
    photo: null,
    predictions: null,
    predictionError: "",
    fitting: null,
    saveFormat: "safetensors",
    projectPhotos: null,
    packing: null,
    saving: false,
    opening: null,
    loading: null,
    fileError: "",
    fileNote: "",
  };
  /** @type {Set<{ keys: (keyof State)[], draw: () => void }>} */
  #watchers = new Set();

  /** @param {Partial<State>} changes */
  set(changes) {
    Object.assign(this.state, changes);
    for (const { keys, draw } of [...this.#watchers]) if (keys.some((key) => key in changes)) draw();
  }

  /**
   * Draws now and again whenever one of the keys is set.
   * @param {(keyof State)[]} keys
   * @param {() => void} draw
   */
  watch(keys, draw) {
    this.#watchers.add({ keys, draw });
    draw();
  }

  /** Forgets every watcher, before the views are built anew. */
  unwatchAll() {
    this.#watchers.clear();
  }

  /** @returns {boolean} whether photos or network are about to be others, or a run is under way */
  get busy() {
    const { moving, importing, modelBusy, validating, settingThreshold } = this.state;
    return this.training || moving || importing !== null || modelBusy || validating !== null || settingThreshold !== null;
  }

  /** @returns {boolean} whether closing the page would lose what a network has learnt, be it one that undo brings back */
  get unsaved() {
    for (let at = /** @type {Previous | null} */ (this.state); at; at = at.previous) if (at.unsaved) return true;
    return false;
  }

  /** @returns {boolean} whether a run is under way */
  get training() {
    return ["starting", "running", "paused", "stopping"].includes(this.state.training);
  }
}
