/** Puts the page together: one store, the actions on it, and a view for each panel. */
import { Actions } from "./actions/actions.js";
import { saveLanguage, preferredLanguage } from "./language.js";
import { Store } from "./state.js";
import { setLanguage, t } from "./texts.js";
import { mountDevice } from "./views/device.js";
import { mountFoot } from "./views/foot.js";
import { mountNetwork } from "./views/network.js";
import { mountPhotos } from "./views/photos.js";
import { mountResult } from "./views/result.js";
import { mountTraining } from "./views/training.js";

/** @typedef {{ store: Store, actions: Actions, speak: (language: string) => void }} App what each view is given */

const store = new Store();
/** @type {App} */
const app = { store, actions: new Actions(store), speak };

const views = {
  top: mountDevice,
  photos: mountPhotos,
  network: mountNetwork,
  training: mountTraining,
  result: mountResult,
  foot: mountFoot,
};

/** Builds every view anew from the state. */
function mountAll() {
  store.unwatchAll();
  for (const [id, mount] of Object.entries(views)) {
    const root = /** @type {HTMLElement} */ (document.getElementById(id));
    root.replaceChildren();
    mount(root, app);
  }
  store.watch(["training", "step"], showInTitle);
}

/** @param {string} language */
function speak(language) {
  saveLanguage(setLanguage(language));
  mountAll();
}

/** A tab in the background says how far it is. */
function showInTitle() {
  const { step } = store.state;
  const gone = step ? (step.epoch - 1 + (step.type === "epoch" ? 1 : step.step / step.steps)) / step.epochs : 0;
  const title = store.training ? `${t.training.documentTitle(Math.floor(gone * 100))} · Fovea` : "Fovea";
  if (document.title !== title) document.title = title;
}

// A photo dropped beside its target would otherwise replace the page, and the training with it.
for (const type of ["dragover", "drop"]) window.addEventListener(type, (event) => event.preventDefault());
window.addEventListener("beforeunload", (event) => {
  if (store.training || store.unsaved) event.preventDefault();
});

setLanguage(preferredLanguage());
mountAll();
app.actions.devices.lab().catch(() => {
  // The device's line says it.
});
