import { field, h } from "../dom.js";
import { t } from "../texts.js";

/** Keras' names, and the learning rate Keras gives each. */
const OPTIMIZERS = { rmsprop: 0.001, adam: 0.001, sgd: 0.01 };

/**
 * What the network is trained with. A recipe's own settings are filled in when it is chosen.
 * @param {import("../app.js").App} app
 */
export function trainingForm({ store }) {
  const number = (/** @type {string} */ id, /** @type {Record<string, unknown>} */ more) =>
    h("input", { type: "number", id, "data-testid": id, required: true, ...more });
  const optimizer = h(
    "select",
    { id: "optimizer", "data-testid": "optimizer" },
    ...Object.keys(OPTIMIZERS).map((name) => h("option", null, name)),
  );
  const rate = number("learning-rate", { min: 0, step: "any", value: OPTIMIZERS.rmsprop });
  const batch = number("batch-size", { min: 1, step: 1, value: 32 });
  const epochs = number("epochs", { min: 1, step: 1, value: 5 });
  const steps = number("steps-per-epoch", { min: 1, step: 1, required: false, placeholder: t.training.wholeSet });
  const weights = h(
    "select",
    { id: "class-weight" },
    h("option", { value: "" }, t.training.alike),
    h("option", { value: "balanced" }, t.training.balanced),
  );
  const loss = h("p", { class: "hint", id: "loss-name" });
  const element = h(
    "form",
    { id: "training-settings", class: "settings-form" },
    h(
      "div",
      { class: "fields" },
      field(t.training.optimizer, optimizer),
      field(t.training.learningRate, rate),
      field(t.training.batchSize, batch),
      field(t.training.epochs, epochs),
      field(t.training.stepsPerEpoch, steps),
      field("class_weight", weights),
    ),
    loss,
  );
  element.onsubmit = (event) => event.preventDefault();
  /** @returns {import("../../shared/types.js").FitOptions} */
  const options = () => ({
    epochs: epochs.valueAsNumber,
    batchSize: batch.valueAsNumber,
    stepsPerEpoch: steps.value === "" ? undefined : steps.valueAsNumber,
    optimizer: { name: optimizer.value, learning_rate: rate.valueAsNumber },
    classWeight: weights.value === "balanced" ? "balanced" : undefined,
  });
  const publish = () => store.set({ fitting: element.checkValidity() ? options() : null });
  element.oninput = element.onchange = publish;
  optimizer.onchange = () =>
    (rate.valueAsNumber = OPTIMIZERS[/** @type {keyof typeof OPTIMIZERS} */ (optimizer.value)]);

  let filledFor = "";
  store.watch(["model"], () => {
    const { model, recipe } = store.state;
    const defaults = model?.recipeDefaults;
    loss.textContent = defaults ? t.training.loss(defaults.loss) : "";
    // The same recipe with fresh weights keeps what the user has set.
    if (!defaults || filledFor === recipe) return;
    filledFor = recipe;
    optimizer.value = defaults.optimizer.name;
    rate.valueAsNumber = defaults.optimizer.learning_rate ?? rate.valueAsNumber;
    batch.valueAsNumber = defaults.batchSize;
    epochs.valueAsNumber = defaults.epochs;
    steps.value = "";
    publish();
  });
  publish();

  return {
    element,
    /** @returns {import("../../shared/types.js").FitOptions | null} null where a field is wrong, which then says so */
    read() {
      return element.reportValidity() ? options() : null;
    },
    /** @param {boolean} locked */
    lock(locked) {
      for (const control of element.elements) control.toggleAttribute("disabled", locked);
    },
  };
}
