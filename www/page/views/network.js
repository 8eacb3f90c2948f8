import { errorLine, field, h, sentence } from "../dom.js";
import { photosMissing } from "../obstacle.js";
import { BUSY_KEYS } from "../state.js";
import { t } from "../texts.js";
import { mountLayerForm } from "./layer_form.js";
import { panel } from "./panel.js";

/** @typedef {import("../../shared/types.js").LayerSummary} LayerSummary */

/**
 * Panel 2: the network as Keras' summary shows it, each layer with its settings.
 * @param {HTMLElement} root
 * @param {import("../app.js").App} app
 */
export function mountNetwork(root, app) {
  const { store, actions } = app;
  const { body, status } = panel(root, 2, t.network.title);
  const empty = h("p", { class: "empty", id: "network-missing" });
  const recipe = h("select", { id: "recipe", "data-testid": "recipe" });
  const described = h("p", { class: "hint", id: "recipe-description" });
  const undo = h(
    "button",
    { type: "button", class: "quiet", id: "undo", "data-testid": "undo", onclick: () => void actions.networks.undo() },
    t.network.undo,
  );
  const table = h("table", { class: "summary", id: "summary", "data-testid": "summary" });
  const form = h("div", { class: "layer-form" });
  // Beside the form when a layer is being set, else on its own.
  const error = errorLine("network-error");
  const choice = h("div", { class: "fields" }, field(t.network.recipe, recipe));
  const content = h(
    "div",
    null,
    choice,
    described,
    h("div", { class: "network" }, h("div", { class: "scrolls" }, table), form),
  );
  body.append(empty, content, error.element);
  recipe.onchange = () => {
    store.set({ selectedLayer: -1 });
    void actions.networks.useRecipe(recipe.value);
  };

  store.watch(["model", "dataset"], () => {
    const { model, dataset } = store.state;
    const missing = dataset ? photosMissing(dataset.summary) : t.network.empty;
    empty.textContent = missing;
    empty.hidden = !missing || Boolean(model && !dataset);
    content.hidden = !model && !(dataset && !missing);
    root.classList.toggle("filled", Boolean(model));
    status.textContent = model ? t.network.status(model.name, model.summary.total_params) : t.network.none;
  });
  store.watch(["lab", "recipe", "model", "previous", ...BUSY_KEYS], () => {
    const { lab, recipe: chosen, previous } = store.state;
    fillRecipes(recipe, lab?.recipes ?? [], chosen);
    described.textContent = lab?.recipes.find(({ name }) => name === chosen)?.description ?? "";
    recipe.disabled = store.busy;
    undo.hidden = !previous;
    undo.disabled = store.busy;
    // A network can be brought back where there is none, too.
    (store.state.model ? choice : body).append(undo);
  });
  store.watch(["model", "selectedLayer", ...BUSY_KEYS], () => fillTable(table, app));
  mountLayerForm(form, app);
  store.watch(["modelError", "selectedLayer"], () => {
    const { modelError, selectedLayer } = store.state;
    const place = selectedLayer < 0 ? body : form.parentElement;
    if (selectedLayer < 0) place?.append(error.element);
    else form.append(error.element);
    error.say(modelError && store.state.model ? `${sentence(modelError)} ${t.network.unchanged}` : modelError);
  });
}

/**
 * @param {HTMLSelectElement} select
 * @param {import("../../shared/types.js").Recipe[]} recipes
 * @param {string} chosen
 */
function fillRecipes(select, recipes, chosen) {
  const options = recipes.map(({ name, title }) => h("option", { value: name }, title));
  if (chosen === "custom") options.push(h("option", { value: "custom" }, t.network.custom));
  if (chosen === "base") options.push(h("option", { value: "base" }, t.network.base));
  if (chosen === "file") options.push(h("option", { value: "file" }, t.network.file));
  select.replaceChildren(...options);
  select.value = chosen;
}

/**
 * @param {HTMLTableElement} table
 * @param {import("../app.js").App} app
 */
function fillTable(table, { store, actions }) {
  const { model, selectedLayer } = store.state;
  const focused = table.contains(document.activeElement) ? document.activeElement?.id : undefined;
  table.replaceChildren();
  if (!model) return;
  const { layers, total_params, trainable_params, non_trainable_params } = model.summary;
  const graph = layers.some(({ connected_to }) => connected_to);
  const row = (/** @type {LayerSummary} */ layer, /** @type {number} */ index) => {
    const select = () => store.set({ selectedLayer: selectedLayer === index ? -1 : index, modelError: "" });
    const button = h(
      "button",
      {
        type: "button",
        class: "layer",
        id: `layer-${index}`,
        "aria-expanded": String(selectedLayer === index),
        "aria-controls": "layer-settings",
        onclick: select,
      },
      h("span", { class: "layer-name" }, layer.name),
      " ",
      h("span", { class: "layer-class" }, `(${layer.class_name})`),
    );
    return h(
      "tr",
      { class: selectedLayer === index ? "selected" : null, "data-testid": "layer-row" },
      h("th", { scope: "row" }, button),
      h("td", { class: "shape" }, shape(layer.output_shape)),
      h("td", { class: "number" }, layer.params.toLocaleString("en")),
      h("td", { class: "trained" }, layer.params > 0 && trains(layer, index)),
      layer.connected_to && h("td", { class: "inputs" }, layer.connected_to.join(", ")),
    );
  };
  const trains = (/** @type {LayerSummary} */ layer, /** @type {number} */ index) =>
    h("input", {
      type: "checkbox",
      id: `layer-trained-${index}`,
      checked: layer.trainable,
      disabled: store.busy,
      "aria-label": t.network.trainOne(layer.name),
      onchange: () => void actions.networks.setTrainable({ [layer.name]: !layer.trainable }),
    });
  const total = (/** @type {string} */ label, /** @type {number} */ n) =>
    h("tr", null, h("th", { scope: "row", colspan: 2 }, label), h("td", { class: "number" }, n.toLocaleString("en")));
  table.append(
    h(
      "thead",
      null,
      h(
        "tr",
        null,
        ...[t.network.layer, t.network.shape, t.network.params, t.network.trained, ...(graph ? [t.network.connectedTo] : [])].map((head) =>
          h("th", { scope: "col" }, head),
        ),
      ),
    ),
    h("tbody", null, ...layers.map(row)),
    h(
      "tfoot",
      { "data-testid": "totals" },
      total(t.network.total, total_params),
      total(t.network.trainable, trainable_params),
      total(t.network.nonTrainable, non_trainable_params),
    ),
  );
  if (focused) document.getElementById(focused)?.focus();
}

/** @param {(number | null)[]} sizes */
function shape(sizes) {
  return `(${sizes.map((size) => size ?? "None").join(", ")})`;
}
