/**
 * What the user can do with the device, the photos and the network: no DOM here. Each action leaves the state whole
 * when it fails: what was there stays, and the error stands beside it.
 */
import { openLab } from "../lab.js";
import { messageOf } from "../shared/protocol.js";
import { apply, change, fits, ready, stepBack } from "./edits.js";
import { emptyCurves } from "./state.js";
import { t } from "./texts.js";
import { train } from "./trainer.js";
import { classifyAgain } from "./trial.js";

/** @typedef {import("./state.js").Store} Store */
/** @typedef {import("../lab.js").Lab} Lab */
/** @typedef {import("../lab.js").Model} Model */

/** What the digits are trained with, and any other photos. */
const RECIPE_FOR = {
  digits: "digits",
  folder: "cats_and_dogs_small",
  kept: "cats_and_dogs_small",
  begun: "cats_and_dogs_small",
};
/** The format a model is carried over to another device in. */
const FORMAT = "safetensors";
/** Parameters of the networks that undo can bring back; the last one is kept whatever its size. */
const MOST_BEFORE = 16e6;

/** Where photos and networks come from, and go to. */
export class Actions {
  /** @type {Promise<Lab> | null} */
  #opening = null;
  /** @type {AbortController | null} */
  #aborting = null;
  /** @type {import("../shared/types.js").DeviceChoice} */
  #wanted = "auto";
  /** The network of an engine that crashed. @type {{ file: File, recipe: string, unsaved: boolean, recipeDefaults?: import("../shared/types.js").RecipeDefaults } | undefined} */
  #saved;

  /** @param {Store} store */
  constructor(store) {
    this.store = store;
  }

  /**
   * The lab, opened once.
   * @returns {Promise<Lab>}
   */
  lab() {
    const { lab, deviceChoice } = this.store.state;
    if (lab) return Promise.resolve(lab);
    this.#opening ??= this.#open(deviceChoice)
      .catch((error) => {
        this.store.set({ labError: messageOf(error) });
        throw error;
      })
      .finally(() => (this.#opening = null));
    return this.#opening;
  }

  /**
   * Opens a lab and makes it the page's.
   * @param {import("../shared/types.js").DeviceChoice} device
   */
  async #open(device) {
    const lab = await openLab({ device });
    this.store.set({ lab, labError: "", deviceLost: false, deviceChoice: device });
    void this.#lookForKept(lab);
    void lab.ended.then((reason) => {
      // A lab that another took the place of concerns nobody.
      if (this.store.state.lab !== lab) return;
      const { model, recipe, unsaved } = this.store.state;
      const saved = reason.models?.find(({ id }) => id === model?.id);
      this.#saved = saved && { file: new File([saved.bytes], saved.filename), recipe, unsaved, recipeDefaults: model?.recipeDefaults };
      this.store.set({
        lab: null,
        labError: messageOf(reason),
        dataset: null,
        model: null,
        previous: null,
        unsaved: false,
        importing: null,
      });
    });
    return lab;
  }

  /**
   * Computes on another device from now on; photos and network stay as they are. Where that device is not there, all
   * stays as it was.
   * @param {import("../shared/types.js").DeviceChoice} device
   */
  async switchDevice(device) {
    const { store } = this;
    if (store.busy && !store.state.moving) return;
    this.#wanted = device;
    if (store.state.moving) return;
    let former = store.state.deviceChoice;
    store.set({ moving: true, labError: "", deviceChoice: device });
    for (;;) {
      const next = this.#wanted;
      try {
        await this.#move(next);
        former = next;
      } catch (error) {
        if (next === this.#wanted) store.set({ labError: messageOf(error), deviceChoice: former });
      }
      // The user may have gone on to another choice meanwhile.
      if (next === this.#wanted) break;
    }
    store.set({ moving: false });
  }

  /** @param {import("../shared/types.js").DeviceChoice} device */
  async #move(device) {
    const { store } = this;
    const { lab } = store.state;
    if (lab) await lab.switchDevice(device);
    else await this.#open(device);
    // The lab is the same object with another device.
    const after = store.state.deviceLost ? { trainingError: "" } : {};
    store.set({ lab: store.state.lab, labError: "", deviceLost: false, ...after });
  }

  /** After a crash: a new lab, with the network where it could be saved, and the photos read into it again. */
  async restart() {
    const { store } = this;
    const { source } = store.state;
    const lab = await this.lab();
    const saved = this.#saved;
    this.#saved = undefined;
    if (saved) {
      // Where the file is damaged, too, the photos get a network anew.
      const model = await lab.importModel([saved.file]).catch(() => null);
      if (model) store.set({ model: Object.assign(model, { recipeDefaults: saved.recipeDefaults }), recipe: saved.recipe, unsaved: saved.unsaved });
    }
    if (source) await this.importPhotos(source);
  }

  /**
   * Reads photos and gives them a network, unless the one that is there fits them.
   * @param {import("./state.js").Source} source
   * @returns {Promise<boolean>} whether they are there now
   */
  async importPhotos(source) {
    const { store } = this;
    if (store.busy) return false;
    const aborting = (this.#aborting = new AbortController());
    const importing = { done: 0, total: source.entries.length, rejected: 0 };
    store.set({ importing, importError: "", noRoom: null });
    try {
      const former = store.state.dataset;
      const dataset = await this.#read(await this.lab(), source, aborting.signal);
      const changes = this.#changesOf(dataset);
      store.set({ dataset, source, unread: null, changes, health: null, photo: null, ...this.#noResult() });
      if (dataset.notKept) store.set({ importError: t.kept.photosNotKept(dataset.notKept) });
      await former?.close();
      if (!fits(store.state)) await this.#renew(RECIPE_FOR[source.kind]);
      return true;
    } catch (error) {
      if (/** @type {{ code?: string }} */ (error).code === "quota")
        store.set({ noRoom: { source, message: messageOf(error) } });
      else if (aborting.signal.aborted) store.set({ importError: t.photos.cancelled });
      else store.set({ importError: messageOf(error), unread: source.kind === "folder" ? source : null });
      return false;
    } finally {
      store.set({ importing: null });
      if (store.state.lab) void this.#lookForKept(store.state.lab);
    }
  }

  /**
   * Begins a dataset of two empty classes.
   * @param {import("../shared/types.js").ImportOptions} options
   */
  async beginDataset(options) {
    const classes = [1, 2].map(t.begun.class);
    await this.importPhotos({ kind: "begun", entries: [], options, classes });
  }

  /**
   * Changes the photos; where classes are still being filled, the network comes with the last one.
   * @param {import("./edits.js").Change} wanted
   * @returns {Promise<boolean>} whether it was done
   */
  async change(wanted) {
    const done = await change(this.store, wanted);
    await this.#followClasses();
    return done;
  }

  /** @param {boolean} again whether to redo */
  async stepBack(again) {
    await stepBack(this.store, again);
    await this.#followClasses();
  }

  /** Where the classes came first, a network that has learnt nothing yet is made anew for those that there are. */
  async #followClasses() {
    const { lab, dataset, model, recipe, curves } = this.store.state;
    if (!lab || !dataset?.summary.shares || fits(this.store.state) || !ready(dataset.summary)) return;
    const known = lab.recipes.some(({ name }) => name === recipe);
    if (model && (!known || curves.stepAt.length)) return;
    await this.useRecipe(known ? recipe : RECIPE_FOR.begun);
  }

  /**
   * A network for the photos; where these are not all there yet, none.
   * @param {string} recipe
   */
  async #renew(recipe) {
    const { dataset, model } = this.store.state;
    if (dataset && ready(dataset.summary)) await this.useRecipe(recipe);
    else if (model) await this.#adopt(null, "");
  }

  /**
   * The changes that can be undone in a dataset that has just been read.
   * @param {import("../lab.js").Dataset} dataset
   */
  #changesOf({ summary }) {
    return { done: summary.undo ? this.store.state.changes.done : [], undone: [] };
  }

  /**
   * Opens a dataset that this browser keeps.
   * @param {import("../shared/types.js").Kept} kept
   */
  async openKept({ id, sizing }) {
    const { imageSize, interpolation, cropToAspectRatio } = sizing;
    await this.importPhotos({ kind: "kept", entries: [], options: { imageSize, interpolation, cropToAspectRatio }, id });
  }

  /** @param {import("../shared/types.js").Kept} kept */
  async deleteKept({ id }) {
    const { store } = this;
    if (store.busy) return;
    try {
      const lab = await this.lab();
      await lab.deleteDataset(id);
      await this.#lookForKept(lab);
    } catch (error) {
      store.set({ importError: messageOf(error) });
    }
  }

  /** @param {Lab} lab */
  async #lookForKept(lab) {
    // Where it fails nothing is kept, or the lab is gone.
    const kept = await lab.keptDatasets().catch(() => []);
    if (this.store.state.lab === lab) this.store.set({ kept });
  }

  /** Ends the import under way; the photos that were there before stay. */
  cancelImport() {
    this.#aborting?.abort();
  }

  /**
   * The first click: the built-in digits, their network, and off it goes.
   * @param {() => void} onStart
   */
  async demo(onStart) {
    const { store } = this;
    if (!(await this.importPhotos({ kind: "digits", entries: [], options: {} }))) return;
    if (store.state.recipe !== RECIPE_FOR.digits) await this.useRecipe(RECIPE_FOR.digits);
    const defaults = store.state.model?.recipeDefaults;
    if (!defaults) return;
    const { epochs, batchSize, optimizer } = defaults;
    onStart();
    await train(store, { epochs, batchSize, optimizer });
    await classifyAgain(store);
  }

  /** @param {string} recipe */
  async useRecipe(recipe) {
    await this.#replaceModel(recipe, (lab, dataset) => lab.createModel({ recipe, dataset }));
  }

  /**
   * @param {import("../shared/types.js").LayerSpec[]} layers
   * @returns {Promise<boolean>} whether they make a network
   */
  applyLayers(layers) {
    return this.#replaceModel("custom", (lab, dataset) => lab.createModel({ layers, dataset }));
  }

  /** The same layers with fresh weights. */
  async startAfresh() {
    const { recipe, model } = this.store.state;
    if (!model) return;
    const known = this.store.state.lab?.recipes.some(({ name }) => name === recipe);
    await (known
      ? this.useRecipe(recipe)
      : this.applyLayers(model.summary.layers.map(({ class_name, config }) => ({ class_name, config }))));
  }

  /** Back to the network before the last change, with its weights and curves. */
  async undo() {
    const { previous, model } = this.store.state;
    if (!previous || this.store.busy) return;
    this.store.set({ ...previous, modelError: "", ...this.#noResult() });
    await model?.close();
    await classifyAgain(this.store);
  }

  /** @param {File[]} files */
  async openModel(files) {
    const { store } = this;
    if (store.busy) return;
    store.set({ fileError: "", fileNote: "", modelBusy: true });
    try {
      const model = await (await this.lab()).importModel(files);
      await this.#adopt(model, "file");
      const former = store.state.previous?.unsaved ? ` ${t.result.former}` : "";
      store.set({ fileNote: t.result.opened(model.name, model.classes) + former });
      await classifyAgain(store);
    } catch (error) {
      store.set({ fileError: messageOf(error) });
    } finally {
      store.set({ modelBusy: false });
    }
  }

  /** @returns {Promise<{ blob: Blob, filename: string } | null>} */
  async saveModel() {
    const { lab, model } = this.store.state;
    if (!lab || !model) return null;
    this.store.set({ fileError: "", fileNote: "" });
    try {
      const file = await lab.exportModel(model, FORMAT);
      if (this.store.state.model === model) this.store.set({ unsaved: false });
      this.store.set({ fileNote: t.result.saved(file.filename) });
      return file;
    } catch (error) {
      this.store.set({ fileError: messageOf(error) });
      return null;
    }
  }

  /**
   * @param {Lab} lab
   * @param {import("./state.js").Source} source
   * @param {AbortSignal} [signal]
   */
  async #read(lab, source, signal) {
    const { kind, entries, options, id, classes } = source;
    // What is kept was kept as the user had changed it.
    const kept = kind === "kept" || (kind === "begun" && (await lab.keptDatasets()).some((one) => one.id === id));
    if (kept) return lab.openDataset(id ?? "");
    const dataset = await {
      digits: () => lab.importDemo("digits", { ...options, signal }),
      begun: () => lab.createDataset({ ...options, classes }),
      folder: () =>
        lab.importImages(entries, { ...options, signal }, (importing) => {
          if (!signal?.aborted) this.store.set({ importing });
        }),
    }[kind]();
    if (kind === "begun") source.id = dataset.kept?.id;
    // The same photos once more are left as the user had changed them; what was undone stays so.
    if (source === this.store.state.source)
      for (const change of this.store.state.changes.done) await apply(dataset, change);
    return dataset;
  }

  /**
   * @param {string} recipe
   * @param {(lab: Lab, dataset: import("../lab.js").Dataset) => Promise<Model>} create
   * @returns {Promise<boolean>}
   */
  async #replaceModel(recipe, create) {
    const { store } = this;
    const { dataset } = store.state;
    if (store.training) return false;
    if (!dataset) {
      store.set({ modelError: t.network.needsPhotos });
      return false;
    }
    store.set({ modelBusy: true, modelError: "" });
    try {
      await this.#adopt(await create(await this.lab(), dataset), recipe);
      return true;
    } catch (error) {
      store.set({ modelError: messageOf(error) });
      return false;
    } finally {
      store.set({ modelBusy: false });
    }
  }

  /**
   * @param {Model | null} model
   * @param {string} recipe
   */
  async #adopt(model, recipe) {
    const { state } = this.store;
    const { model: former, recipe: formerRecipe, augmentation, curves, training, step, unsaved } = state;
    const before = { model: former, recipe: formerRecipe, augmentation, curves, training, step, unsaved, previous: state.previous };
    const { previous, dropped } = bounded(former ? before : state.previous);
    // The same recipe with fresh weights, and layers of the user's own, keep what the user has set.
    const brings = recipe !== formerRecipe && model?.recipeDefaults;
    this.store.set({
      model,
      recipe,
      augmentation: brings ? (brings.augmentation ?? null) : augmentation,
      previous,
      unsaved: false,
      modelError: "",
      curves: emptyCurves(),
      training: "idle",
      step: null,
      trainingError: "",
      ...this.#noResult(),
    });
    for (const one of dropped) await one.close();
  }

  /** @returns {Partial<import("./state.js").State>} */
  #noResult() {
    return { evaluation: null, evaluationError: "", predictions: null, predictionError: "" };
  }
}

/**
 * @param {import("./state.js").Previous | null} latest
 * @returns {{ previous: import("./state.js").Previous | null, dropped: Model[] }} those networks that are kept for undo,
 *   and those that are too many
 */
function bounded(latest) {
  /** @type {Model[]} */
  const dropped = [];
  /** @type {(one: import("./state.js").Previous | null, room: number) => import("./state.js").Previous | null} */
  const keep = (one, room) => {
    if (!one) return null;
    const left = room - (one.model?.summary.total_params ?? 0);
    if (left >= 0 || one === latest) return { ...one, previous: keep(one.previous, left) };
    for (let at = /** @type {import("./state.js").Previous | null} */ (one); at; at = at.previous)
      if (at.model) dropped.push(at.model);
    return null;
  };
  return { previous: keep(latest, MOST_BEFORE), dropped };
}
