/** The network: chosen, built, undone, opened and saved. No DOM here. */
import { PROJECT } from "../../shared/model_formats.js";
import { messageOf } from "../../shared/protocol.js";
import { layerSpecs } from "../layer_specs.js";
import { ready } from "../obstacle.js";
import { emptyCurves, noResult } from "../state.js";
import { t } from "../texts.js";
import { classifyAgain } from "./trying.js";

/** @typedef {import("../state.js").Store} Store */
/** @typedef {import("../../lab.js").Lab} Lab */
/** @typedef {import("../../lab.js").Model} Model */
/** @typedef {import("../../shared/types.js").ModelOptions["preprocessing"]} Preprocessing */

/** Parameters of the networks that undo can bring back; the last one is kept whatever its size. */
const MOST_BEFORE = 16e6;

export class Networks {
  /** @type {AbortController | null} */
  #aborting = null;
  /** The files of the network that was opened last. @type {File[]} */
  #opened = [];
  /** @type {AbortController | null} */
  #packing = null;

  /**
   * @param {Store} store
   * @param {import("./devices.js").Devices} devices
   */
  constructor(store, devices) {
    this.store = store;
    this.devices = devices;
  }

  /** @param {string} recipe */
  async useRecipe(recipe) {
    const { store } = this;
    const { lab, bases, base: chosen, model, recipe: former, curves } = store.state;
    if (!lab?.recipes.find(({ name }) => name === recipe)?.base)
      return this.#replaceModel(recipe, (lab, dataset) => lab.createModel({ recipe, dataset }));
    // Layers that were trained on the base are what fine-tuning goes on with.
    const tunes = recipe === "fine_tuning" && former.startsWith("feature_extraction") && curves.stepAt.length > 0;
    const row = bases.find(({ id }) => id === chosen);
    const base = (tunes && model) || row?.id;
    const onProgress = (/** @type {import("../../shared/types.js").ModelProgress} */ opening) => store.set({ loading: opening });
    try {
      return await this.#replaceModel(recipe, (lab, dataset) =>
        lab.createModel({ recipe, base, ...(tunes && { trainFrom: row?.trainFrom }), dataset, onProgress }),
      );
    } finally {
      store.set({ loading: null });
    }
  }

  /**
   * Has recipes put on top of another base from now on, and the one that is there.
   * @param {import("../../shared/bases.js").BaseId} base
   */
  async useBase(base) {
    this.store.set({ base });
    await this.useRecipe(this.store.state.recipe);
  }

  /**
   * Which trained networks lie beside the page; looked for once.
   * @param {Lab} lab
   */
  async lookForBases(lab) {
    if (this.store.state.bases.length) return;
    // Without an answer there are none; the recipes that begin from scratch need none.
    const bases = (await lab.bases().catch(() => [])).filter(({ available }) => available);
    this.store.set({ bases, base: bases[0]?.id ?? "" });
  }

  /**
   * @param {import("../../shared/types.js").LayerSpec[]} layers
   * @returns {Promise<boolean>} whether they make a network
   */
  applyLayers(layers) {
    return this.#replaceModel("custom", (lab, dataset) => lab.createModel({ layers, dataset }));
  }

  /**
   * New last layers for the photos' classes on top of the network that is there. Its own layers keep their weights and are
   * frozen: feature extraction as in section 5.3 of the book.
   */
  async useAsBase() {
    const { model: base } = this.store.state;
    if (!base) return;
    await this.#replaceModel("base", (lab, dataset) => lab.createModel({ recipe: "feature_extraction", base, dataset }));
  }

  /**
   * A network for the photos; where these are not all there yet, none.
   * @param {string} recipe
   */
  async renew(recipe) {
    const { dataset, model } = this.store.state;
    if (dataset && ready(dataset.summary)) await this.useRecipe(recipe);
    else if (model) await this.#adopt(null, "");
  }

  /** The same layers with fresh weights. */
  async startAfresh() {
    const { recipe, model } = this.store.state;
    if (!model) return;
    const known = this.store.state.lab?.recipes.find(({ name }) => name === recipe);
    const asMade = known?.base || model.summary.layers.every(({ trainable }) => trainable);
    await (known && asMade
      ? this.useRecipe(recipe)
      : this.applyLayers(layerSpecs(model.summary.layers)));
  }

  /**
   * Has training change some layers, or leave them as they are. The network keeps what it has learned.
   * @param {Record<string, boolean>} layers
   */
  setTrainable(layers) {
    return this.#retrain((lab, model) => lab.setTrainable(model, layers));
  }

  /**
   * Has training change the layers from one on, and leave those before it as they are.
   * @param {string} layer
   */
  trainFrom(layer) {
    return this.#retrain((lab, model) => lab.trainFrom(model, layer));
  }

  /** @param {(lab: Lab, model: Model) => Promise<void>} change of which layers are trained */
  async #retrain(change) {
    const { store } = this;
    const { lab, model } = store.state;
    if (!lab || !model || store.busy) return;
    store.set({ modelError: "" });
    await change(lab, model).catch((error) => store.set({ modelError: messageOf(error) }));
    // The model is the same object with another summary.
    if (store.state.model === model) store.set({ model });
  }

  /** Back to the network before the last change, with its weights and curves. */
  async undo() {
    const { previous, model } = this.store.state;
    if (!previous || this.store.busy) return;
    this.store.set({ ...previous, modelError: "", ...noResult() });
    await model?.close();
    await classifyAgain(this.store);
  }

  /**
   * Opens a network from its file or files, of any format that there is.
   * @param {File[]} files
   * @param {Preprocessing} [preprocessing] what photos become for it; by default what the file says, or most likely wants
   */
  async openModel(files, preprocessing) {
    const { store } = this;
    if (store.busy) return;
    const { signal } = (this.#aborting = new AbortController());
    const hear = (/** @type {import("../../shared/types.js").ModelProgress} */ opening) => store.set({ opening });
    store.set({ fileError: "", fileNote: "", modelBusy: true, opening: { stage: "reading", done: 0, total: 0 } });
    try {
      const model = await (await this.devices.lab()).importModel(files, { signal, preprocessing, onProgress: hear });
      this.#opened = files;
      await this.#adopt(model, "file");
      const former = store.state.previous?.unsaved ? ` ${t.modelFiles.former}` : "";
      const { name, classes, namedClasses } = model;
      const opened = namedClasses ? t.modelFiles.opened(name, classes) : t.modelFiles.openedUnnamed(name);
      store.set({ fileNote: opened + former });
      await classifyAgain(store);
    } catch (error) {
      store.set(signal.aborted ? { fileNote: t.modelFiles.cancelled } : { fileError: messageOf(error) });
    } finally {
      store.set({ modelBusy: false, opening: null });
    }
  }

  /**
   * Opens the same files again, with photos made into other numbers for the network.
   * @param {Preprocessing} preprocessing
   */
  async changePreprocessing(preprocessing) {
    const former = this.store.state.model;
    await this.openModel(this.#opened, preprocessing);
    const { model } = this.store.state;
    if (model && former?.namedClasses && !model.namedClasses && model !== former) await this.nameClasses(former.classes);
  }

  /** Ends the opening of a file; the network that was there before stays. */
  cancelOpening() {
    this.#aborting?.abort();
  }

  /**
   * Names the classes of a network whose file did not.
   * @param {string[]} names
   */
  async nameClasses(names) {
    const { store } = this;
    const { lab, model } = store.state;
    if (!lab || !model || store.busy) return;
    store.set({ fileError: "", fileNote: "", modelBusy: true });
    try {
      await lab.renameClasses(model, names);
      // The model is the same object with other classes.
      store.set({ model, fileNote: t.modelFiles.named(model.classes), ...noResult() });
      await classifyAgain(store);
    } catch (error) {
      store.set({ fileError: messageOf(error) });
    } finally {
      store.set({ modelBusy: false });
    }
  }

  /** @returns {Promise<{ blob: Blob, filename: string } | null>} */
  async saveModel() {
    const { lab, model, saveFormat } = this.store.state;
    if (!lab || !model) return null;
    const { signal } = (this.#packing = new AbortController());
    this.store.set({ fileError: "", fileNote: "", saving: true });
    try {
      const file = saveFormat === PROJECT ? await this.#project(lab, model, signal) : await lab.exportModel(model, saveFormat);
      if (this.store.state.model === model) this.store.set({ unsaved: false });
      this.store.set({ fileNote: t.modelFiles.saved(file.filename) });
      return file;
    } catch (error) {
      this.store.set(signal.aborted ? { fileNote: t.modelFiles.notSaved } : { fileError: messageOf(error) });
      return null;
    } finally {
      this.store.set({ saving: false, packing: null });
    }
  }

  /** Ends the saving of a project. */
  cancelSaving() {
    this.#packing?.abort();
  }

  /**
   * The network with the photos, and with the settings of panel 3.
   * @param {Lab} lab
   * @param {Model} model
   * @param {AbortSignal} signal
   */
  #project(lab, model, signal) {
    const { dataset, fitting, augmentation, projectPhotos } = this.store.state;
    if (!dataset) throw new Error(t.modelFiles.projectNeedsPhotos);
    if (!fitting) throw new Error(t.modelFiles.projectNeedsSettings);
    const onProgress = (/** @type {import("../../shared/types.js").ProjectProgress} */ packing) => this.store.set({ packing });
    const photos = projectPhotos ?? undefined;
    return lab.exportProject(model, dataset, { ...fitting, augmentation: augmentation ?? undefined, photos, signal, onProgress });
  }

  /**
   * @param {string} recipe
   * @param {(lab: Lab, dataset: import("../../lab.js").Dataset) => Promise<Model>} create
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
      await this.#adopt(await create(await this.devices.lab(), dataset), recipe);
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
      ...noResult(),
    });
    for (const one of dropped) await one.close();
  }
}

/**
 * @param {import("../state.js").Previous | null} latest
 * @returns {{ previous: import("../state.js").Previous | null, dropped: Model[] }} those networks that are kept for undo,
 *   and those that are too many
 */
function bounded(latest) {
  /** @type {Model[]} */
  const dropped = [];
  /** @type {(one: import("../state.js").Previous | null, room: number) => import("../state.js").Previous | null} */
  const keep = (one, room) => {
    if (!one) return null;
    const left = room - (one.model?.summary.total_params ?? 0);
    if (left >= 0 || one === latest) return { ...one, previous: keep(one.previous, left) };
    for (let at = /** @type {import("../state.js").Previous | null} */ (one); at; at = at.previous)
      if (at.model) dropped.push(at.model);
    return null;
  };
  return { previous: keep(latest, MOST_BEFORE), dropped };
}
