/** The lab, and the device that it computes on. No DOM here. */
import { openLab } from "../../lab.js";
import { messageOf } from "../../shared/protocol.js";

/** @typedef {import("../state.js").Store} Store */
/** @typedef {import("../../lab.js").Lab} Lab */

/**
 * The network of an engine that crashed.
 * @typedef {{ file: File, recipe: string, unsaved: boolean, recipeDefaults?: import("../../shared/types.js").RecipeDefaults }} Saved
 */

export class Devices {
  /** @type {Promise<Lab> | null} */
  #opening = null;
  /** @type {import("../../shared/types.js").DeviceChoice} */
  #wanted = "auto";
  /** @type {Saved | undefined} */
  #saved;
  #onOpened;

  /**
   * @param {Store} store
   * @param {(lab: Lab) => void} onOpened called with each lab that becomes the page's
   */
  constructor(store, onOpened) {
    this.store = store;
    this.#onOpened = onOpened;
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
   * @param {import("../../shared/types.js").DeviceChoice} device
   */
  async #open(device) {
    const lab = await openLab({ device });
    this.store.set({ lab, labError: "", deviceLost: false, deviceChoice: device });
    this.#onOpened(lab);
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
   * @param {import("../../shared/types.js").DeviceChoice} device
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

  /** @param {import("../../shared/types.js").DeviceChoice} device */
  async #move(device) {
    const { store } = this;
    const { lab } = store.state;
    if (lab) await lab.switchDevice(device);
    else await this.#open(device);
    // The lab is the same object with another device.
    const after = store.state.deviceLost ? { trainingError: "" } : {};
    store.set({ lab: store.state.lab, labError: "", deviceLost: false, ...after });
  }

  /** @returns {Saved | undefined} what could be saved when the engine crashed; given once */
  takeSaved() {
    const saved = this.#saved;
    this.#saved = undefined;
    return saved;
  }
}
