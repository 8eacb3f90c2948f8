/** The photos: read, kept and changed; the network follows them. No DOM here. */
import { messageOf } from "../../shared/protocol.js";
import { fits, ready } from "../obstacle.js";
import { noResult } from "../state.js";
import { t } from "../texts.js";
import { applyChange, makeChange, stepBack } from "./changes.js";

/** @typedef {import("../state.js").Store} Store */
/** @typedef {import("../../lab.js").Lab} Lab */

/** What the digits are trained with, and any other photos. */
export const RECIPE_FOR = { digits: "digits", photos: "cats_and_dogs_small" };
/** Photos whose sides have so many pixels show what a base was trained to see. */
const BASE_FROM = 96;

/**
 * @param {import("../state.js").State} state
 * @returns {string} the recipe for the photos that are there: new layers on a base for coloured ones, where there is a base
 */
export function recipeFor({ source, dataset, base }) {
  if (source?.kind === "digits") return RECIPE_FOR.digits;
  const [height, width, channels] = dataset?.summary.imageShape ?? [0, 0, 0];
  return base && channels === 3 && Math.min(height, width) >= BASE_FROM ? "feature_extraction" : RECIPE_FOR.photos;
}

export class Photos {
  /** @type {AbortController | null} */
  #aborting = null;

  /**
   * @param {Store} store
   * @param {import("./devices.js").Devices} devices
   * @param {import("./networks.js").Networks} networks
   */
  constructor(store, devices, networks) {
    this.store = store;
    this.devices = devices;
    this.networks = networks;
  }

  /**
   * Reads photos and gives them a network, unless the one that is there fits them.
   * @param {import("../state.js").Source} source
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
      const lab = await this.devices.lab();
      const [dataset] = await Promise.all([
        this.#read(lab, source, aborting.signal),
        source.kind !== "digits" && this.networks.lookForBases(lab),
      ]);
      const changes = this.#changesOf(dataset);
      store.set({ dataset, source, unread: null, changes, health: null, photo: null, ...noResult() });
      if (dataset.notKept) store.set({ importError: t.kept.photosNotKept(dataset.notKept) });
      await former?.close();
      if (!fits(store.state)) await this.networks.renew(recipeFor(store.state));
      return true;
    } catch (error) {
      if (/** @type {{ code?: string }} */ (error).code === "quota")
        store.set({ noRoom: { source, message: messageOf(error) } });
      else if (aborting.signal.aborted) store.set({ importError: t.photos.cancelled });
      else store.set({ importError: messageOf(error), unread: source.kind === "folder" ? source : null });
      return false;
    } finally {
      store.set({ importing: null });
      if (store.state.lab) void this.lookForKept(store.state.lab);
    }
  }

  /** Ends the import under way; the photos that were there before stay. */
  cancelImport() {
    this.#aborting?.abort();
  }

  /**
   * Begins a dataset of two empty classes.
   * @param {import("../../shared/types.js").ImportOptions} options
   */
  async beginDataset(options) {
    const classes = [1, 2].map(t.begun.class);
    await this.importPhotos({ kind: "begun", entries: [], options, classes });
  }

  /**
   * Changes the photos; where classes are still being filled, the network comes with the last one.
   * @param {import("./changes.js").Change} wanted
   * @returns {Promise<boolean>} whether it was done
   */
  async change(wanted) {
    const done = await makeChange(this.store, wanted);
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
    await this.networks.useRecipe(known ? recipe : recipeFor(this.store.state));
  }

  /**
   * The changes that can be undone in a dataset that has just been read.
   * @param {import("../../lab.js").Dataset} dataset
   */
  #changesOf({ summary }) {
    return { done: summary.undo ? this.store.state.changes.done : [], undone: [] };
  }

  /**
   * Opens a dataset that this browser keeps.
   * @param {import("../../shared/types.js").Kept} kept
   */
  async openKept({ id, sizing }) {
    const { imageSize, interpolation, cropToAspectRatio } = sizing;
    await this.importPhotos({ kind: "kept", entries: [], options: { imageSize, interpolation, cropToAspectRatio }, id });
  }

  /** @param {import("../../shared/types.js").Kept} kept */
  async deleteKept({ id }) {
    const { store } = this;
    if (store.busy) return;
    try {
      const lab = await this.devices.lab();
      await lab.deleteDataset(id);
      await this.lookForKept(lab);
    } catch (error) {
      store.set({ importError: messageOf(error) });
    }
  }

  /** @param {Lab} lab */
  async lookForKept(lab) {
    // Where it fails nothing is kept, or the lab is gone.
    const kept = await lab.keptDatasets().catch(() => []);
    if (this.store.state.lab === lab) this.store.set({ kept });
  }

  /**
   * @param {Lab} lab
   * @param {import("../state.js").Source} source
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
      for (const change of this.store.state.changes.done) await applyChange(dataset, change);
    return dataset;
  }
}
