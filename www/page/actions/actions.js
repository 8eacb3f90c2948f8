/**
 * What the user can do. Each action leaves the state whole when it fails: what was there stays, and the error stands
 * beside it. No DOM here.
 */
import { Devices } from "./devices.js";
import { Networks } from "./networks.js";
import { Photos, RECIPE_FOR } from "./photos.js";
import { train } from "./training.js";
import { classifyAgain } from "./trying.js";

export class Actions {
  /** @param {import("../state.js").Store} store */
  constructor(store) {
    this.store = store;
    this.devices = new Devices(store, (lab) => void this.photos.lookForKept(lab));
    this.networks = new Networks(store, this.devices);
    this.photos = new Photos(store, this.devices, this.networks);
  }

  /** After a crash: a new lab, with the network where it could be saved, and the photos read into it again. */
  async restart() {
    const { store } = this;
    const { source } = store.state;
    const lab = await this.devices.lab();
    const saved = this.devices.takeSaved();
    if (saved) {
      // Where the file is damaged, too, the photos get a network anew.
      const model = await lab.importModel([saved.file]).catch(() => null);
      if (model) store.set({ model: Object.assign(model, { recipeDefaults: saved.recipeDefaults }), recipe: saved.recipe, unsaved: saved.unsaved });
    }
    if (source) await this.photos.importPhotos(source);
  }

  /**
   * The first click: the built-in digits, their network, and off it goes.
   * @param {() => void} onStart
   */
  async demo(onStart) {
    const { store } = this;
    if (!(await this.photos.importPhotos({ kind: "digits", entries: [], options: {} }))) return;
    if (store.state.recipe !== RECIPE_FOR.digits) await this.networks.useRecipe(RECIPE_FOR.digits);
    const defaults = store.state.model?.recipeDefaults;
    if (!defaults) return;
    const { epochs, batchSize, optimizer } = defaults;
    onStart();
    await train(store, { epochs, batchSize, optimizer });
    await classifyAgain(store);
  }
}
