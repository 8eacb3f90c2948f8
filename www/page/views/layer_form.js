import { field, h } from "../dom.js";
import { layerSpecs } from "../layer_specs.js";
import { BUSY_KEYS } from "../state.js";
import { t } from "../texts.js";

/** @typedef {import("../../shared/types.js").LayerSpec} LayerSpec */
/** @typedef {{ name: string, control: HTMLElement, read: () => unknown }} Setting */

/** Settings with a fixed set of words. */
const CHOICES = {
  activation: "linear relu relu6 leaky_relu elu gelu silu hard_silu tanh sigmoid hard_sigmoid softmax".split(" "),
  padding: ["valid", "same"],
};
/** Where whole numbers make no sense. */
const FRACTIONS = ["rate", "momentum", "epsilon", "negative_slope", "threshold"];
/** Layers that can be added; an empty config takes Keras' defaults. @type {LayerSpec[]} */
const NEW_LAYERS = [
  { class_name: "Conv2D", config: { filters: 32, activation: "relu" } },
  { class_name: "MaxPooling2D", config: {} },
  { class_name: "Flatten", config: {} },
  { class_name: "Dropout", config: { rate: 0.5 } },
  { class_name: "Dense", config: { units: 64, activation: "relu" } },
  { class_name: "BatchNormalization", config: {} },
  { class_name: "Activation", config: { activation: "relu" } },
  { class_name: "SeparableConv2D", config: { filters: 32, activation: "relu" } },
  { class_name: "DepthwiseConv2D", config: { activation: "relu" } },
  { class_name: "AveragePooling2D", config: {} },
  { class_name: "GlobalAveragePooling2D", config: {} },
  { class_name: "GlobalMaxPooling2D", config: {} },
  { class_name: "ZeroPadding2D", config: {} },
];

/**
 * The settings of the layer chosen in the table.
 * @param {HTMLElement} parent
 * @param {import("../app.js").App} app
 */
export function mountLayerForm(parent, { store, actions }) {
  const form = h("form", { id: "layer-settings", "data-testid": "layer-settings", novalidate: true });
  parent.append(form);

  /** @param {(specs: LayerSpec[], index: number) => void} change */
  const edit = async (change) => {
    const { model, selectedLayer } = store.state;
    if (!model) return false;
    const specs = layerSpecs(model.summary.layers).map((spec) =>
      spec.inbound ? spec : { ...spec, config: unnamed(spec.config ?? {}) },
    );
    // The input of a graph is a row of the table, and no layer.
    change(specs, selectedLayer - (model.summary.layers.length - specs.length));
    return actions.networks.applyLayers(specs);
  };

  store.watch(["model", "selectedLayer"], () => {
    const { model, selectedLayer } = store.state;
    const layer = model?.summary.layers[selectedLayer];
    parent.hidden = !layer || layer.class_name === "InputLayer";
    if (!layer || parent.hidden) return form.replaceChildren();
    const graph = Boolean(layer.connected_to);
    const settings = Object.entries(unnamed(layer.config)).map(([name, value]) => setting(name, value));
    const kind = h(
      "select",
      { id: "new-layer", "data-testid": "new-layer" },
      ...NEW_LAYERS.map(({ class_name }) => h("option", null, class_name)),
    );
    const remove = async () => {
      if (await edit((specs, index) => specs.splice(index, 1))) store.set({ selectedLayer: -1 });
    };
    const add = async () => {
      const added = NEW_LAYERS[kind.selectedIndex];
      if (await edit((specs, index) => specs.splice(index + 1, 0, { ...added })))
        store.set({ selectedLayer: selectedLayer + 1 });
    };
    form.onsubmit = (event) => {
      event.preventDefault();
      const config = Object.fromEntries(settings.map(({ name, read }) => [name, read()]));
      void edit((specs, index) => (specs[index] = merged(specs[index], config)));
    };
    const adder = h(
      "div",
      { class: "fields add" },
      field(t.network.addAfter, kind),
      h(
        "button",
        { type: "button", id: "add-layer", "data-testid": "add-layer", onclick: () => void add() },
        t.network.add,
      ),
    );
    const from = h(
      "button",
      { type: "button", id: "train-from", onclick: () => void actions.networks.trainFrom(layer.name) },
      t.network.trainFrom,
    );
    form.replaceChildren(
      h("h3", null, t.network.edit(layer.name)),
      settings.length
        ? h("div", { class: "fields" }, ...settings.map(({ name, control }) => field(name, control)))
        : h("p", { class: "hint" }, t.network.noSettings),
      h(
        "div",
        { class: "buttons" },
        settings.length > 0 &&
          h("button", { class: "primary", id: "apply-layer", "data-testid": "apply-layer" }, t.network.apply),
        !graph &&
          h(
            "button",
            { type: "button", id: "remove-layer", "data-testid": "remove-layer", onclick: () => void remove() },
            t.network.remove,
          ),
      ),
      ...(layer.params > 0 ? [h("div", { class: "buttons" }, from), h("p", { class: "hint" }, t.network.trainFromMeans)] : []),
      // Where a new layer of a graph would belong is not known.
      ...(graph ? [] : [adder]),
      h("p", { class: "hint" }, t.network.fresh),
    );
  });
  store.watch([...BUSY_KEYS, "selectedLayer", "model"], () => {
    for (const control of form.querySelectorAll("input, select, button"))
      control.toggleAttribute("disabled", store.busy);
  });
}

/**
 * A layer with other settings, under its own name.
 * @param {LayerSpec} spec
 * @param {Record<string, unknown>} config
 * @returns {LayerSpec}
 */
function merged(spec, config) {
  return { ...spec, config: { ...spec.config, ...config } };
}

/**
 * In a sequence names follow from the classes and their order, so that a change of one layer needs none of another.
 * @param {Record<string, unknown>} config
 */
function unnamed(config) {
  return Object.fromEntries(Object.entries(config).filter(([name]) => name !== "name"));
}

/**
 * A control for a setting, by what it holds.
 * @param {string} name Keras' name
 * @param {unknown} value
 * @returns {Setting}
 */
function setting(name, value) {
  const id = `setting-${name}`;
  if (name in CHOICES && typeof value === "string") {
    const control = h(
      "select",
      { id },
      ...CHOICES[/** @type {keyof typeof CHOICES} */ (name)].map((word) => h("option", null, word)),
    );
    control.value = String(value);
    return { name, control, read: () => control.value };
  }
  if (typeof value === "boolean") {
    const control = h("input", { type: "checkbox", id });
    control.checked = value;
    return { name, control, read: () => control.checked };
  }
  if (typeof value === "number") {
    const control = h("input", {
      type: "number",
      id,
      value,
      step: FRACTIONS.includes(name) ? 0.05 : 1,
      min: 0,
    });
    // What is no number goes to the engine as it was typed: it says what is wrong.
    return { name, control, read: () => (control.value === "" ? null : control.valueAsNumber) };
  }
  const control = h("input", { type: "text", id, value: shown(value), inputmode: "numeric", placeholder: "None" });
  return { name, control, read: () => typed(control.value) };
}

/** @param {unknown} value */
function shown(value) {
  if (value === null || value === undefined) return "";
  return Array.isArray(value) ? value.join(", ") : String(value);
}

/**
 * @param {string} text such as "3, 3", "(3, 3)", "3" or nothing
 * @returns {number | (number | string)[] | string | null}
 */
function typed(text) {
  const parts = text.split(/[\s,()[\]]+/).filter(Boolean);
  if (!parts.length || parts[0] === "None") return null;
  const values = parts.map((part) => (Number.isFinite(Number(part)) ? Number(part) : part));
  return values.length === 1 ? values[0] : values;
}
