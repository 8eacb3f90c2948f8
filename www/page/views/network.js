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
  const base = h("select", { id: "base", "data-testid": "base" });
  const described = h("p", { class: "hint", id: "recipe-description" });
  const baseDescribed = h("p", { class: "hint", id: "base-description", "data-testid": "base-description" });
  const loading = h("p", { class: "numbers", id: "base-loading", "aria-live": "polite" });
  const undo = h(
    "button",
    { type: "button", class: "quiet", id: "undo", "data-testid": "undo", onclick: () => void actions.networks.undo() },
    t.network.undo,
  );
  const table = h("table", { class: "summary", id: "summary", "data-testid": "summary" });
  const form = h("div", { class: "layer-form" });
  // Beside the form when a layer is being set, else on its own.
  const error = errorLine("network-error");
  const baseField = field(t.network.baseChoice, base);
  const choice = h("div", { class: "fields" }, field(t.network.recipe, recipe), baseField);
  const content = h(
    "div",
    null,
    choice,
    described,
    baseDescribed,
    h("div", { class: "network" }, h("div", { class: "scrolls" }, table), form),
  );
  body.append(empty, content, loading, error.element);
  recipe.onchange = () => {
    store.set({ selectedLayer: -1 });
    void actions.networks.useRecipe(recipe.value);
  };
  base.onchange = () => {
    store.set({ selectedLayer: -1 });
    void actions.networks.useBase(/** @type {import("../../shared/bases.js").BaseId} */ (base.value));
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
  store.watch(["loading"], () => {
    const { done, total } = store.state.loading ?? { done: 0, total: 0 };
    loading.hidden = !total;
    loading.textContent = total ? t.network.loadingBase(done / total) : "";
  });
  store.watch(["lab", "bases", "base", "recipe", "model", "previous", ...BUSY_KEYS], () => {
    const { lab, bases, base: chosenBase, recipe: chosen, previous } = store.state;
    const recipes = (lab?.recipes ?? []).filter((one) => !one.base || bases.length > 0 || one.name === chosen);
    fillRecipes(recipe, recipes, chosen);
    const info = recipes.find(({ name }) => name === chosen);
    described.textContent = info?.description ?? "";
    base.replaceChildren(...bases.map(({ id, name }) => h("option", { value: id }, name)));
    base.value = chosenBase;
    baseField.hidden = !info?.base || bases.length < 2;
    const row = bases.find(({ id }) => id === chosenBase);
    baseDescribed.hidden = !info?.base || !row;
    baseDescribed.textContent = row ? t.network.baseMeans(row.name, row.trainedOn, row.licence) : "";
    recipe.disabled = base.disabled = store.busy;
    undo.hidden = !previous;
    undo.disabled = store.busy;
    // A network can be brought back where there is none, too.
    (store.state.model ? choice : body).append(undo);
  });
  store.watch(["model", "frozenShown", "selectedLayer", ...BUSY_KEYS], () => fillTable(table, app));
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
  const option = (/** @type {import("../../shared/types.js").Recipe} */ { name, title }) => h("option", { value: name }, title);
  const [onBase, fromScratch] = [true, false].map((base) => recipes.filter((one) => one.base === base).map(option));
  const options = onBase.length
    ? [h("optgroup", { label: t.network.onBase }, ...onBase), h("optgroup", { label: t.network.fromScratch }, ...fromScratch)]
    : fromScratch;
  if (chosen === "custom") options.push(h("option", { value: "custom" }, t.network.custom));
  if (chosen === "base") options.push(h("option", { value: "base" }, t.network.base));
  if (chosen === "file") options.push(h("option", { value: "file" }, t.network.file));
  select.replaceChildren(...options);
  select.value = chosen;
}

/** So many frozen layers in front are shown one by one in any case. */
const FEW = 12;

/**
 * @param {LayerSummary[]} layers
 * @returns {number} how many layers lie in front of the first one that is trained
 */
function frozenInFront(layers) {
  const first = layers.findIndex(({ params, trainable }) => params > 0 && trainable);
  return first < 0 ? 0 : first;
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
  const frozen = frozenInFront(layers);
  const many = frozen > FEW;
  const toggle = () => store.set({ frozenShown: !store.state.frozenShown });
  const words = store.state.frozenShown ? t.network.hideFrozen : t.network.showFrozen(frozen);
  const fold = h("button", { type: "button", class: "quiet", id: "frozen-layers", "aria-expanded": String(store.state.frozenShown), onclick: toggle }, words);
  const folded = many && h("tr", { class: "folded" }, h("td", { colspan: graph ? 5 : 4 }, fold));
  const shown = layers.map((layer, index) => (many && !store.state.frozenShown && index < frozen ? null : row(layer, index)));
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
    h("tbody", null, folded, ...shown),
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
