import { field, h } from "../dom.js";
import { recipeFor } from "../actions/photos.js";
import { canBeBase, misfitOf, ready } from "../obstacle.js";
import { BUSY_KEYS } from "../state.js";
import { t } from "../texts.js";
import { adders } from "./adders.js";
import { classFields } from "./class_fields.js";

/** @typedef {import("../app.js").App} App */

/**
 * Changes what was understood: classes, splits, photos by hand. One fieldset, so that all of it rests while something
 * is under way.
 * @param {HTMLElement} parent
 * @param {App} app
 */
export function mountEditor(parent, app) {
  const { store } = app;
  const classes = h("div", { class: "editor-classes" });
  const set = h("fieldset", { class: "editor-set" }, classes, splits(app), history(app));
  const summary = h("summary");
  const root = h(
    "details",
    { class: "editor", id: "editor", "data-testid": "editor" },
    summary,
    set,
  );
  const misfit = h("p", { class: "error", role: "status", id: "misfit", "data-testid": "misfit" });
  parent.append(root, misfit);

  store.watch(["dataset"], () => {
    root.hidden = !store.state.dataset;
    summary.textContent = store.state.dataset?.summary.shares ? t.begun.change : t.photos.change;
    classes.replaceChildren(...(store.state.dataset ? classRows(app) : []));
  });
  store.watch(["dataset", "model"], () => {
    const { dataset, recipe } = store.state;
    const reason = misfitOf(store.state);
    // As long as classes are being filled the network waits for them.
    misfit.hidden = !reason || !dataset || !ready(dataset.summary);
    misfit.replaceChildren();
    if (misfit.hidden) return;
    const known = store.state.lab?.recipes.some(({ name }) => name === recipe);
    const anew = () => void app.actions.networks.useRecipe(known ? recipe : recipeFor(store.state));
    const offers = [h("button", { type: "button", id: "new-network", onclick: anew }, t.photos.newNetwork)];
    if (canBeBase(store.state)) {
      const onTop = () => void app.actions.networks.useAsBase();
      offers.unshift(h("button", { type: "button", id: "use-as-base", title: t.photos.baseMeans, onclick: onTop }, t.photos.asBase));
    }
    misfit.append(reason, " ", ...offers);
  });
  store.watch([...BUSY_KEYS], () => (set.disabled = store.busy));
}

/** @param {App} app */
function classRows(app) {
  const { store, actions } = app;
  const { classes: labels = [], shares } = store.state.dataset?.summary ?? {};
  /** @type {Set<string>} */
  const ticked = new Set();
  const into = h("input", { type: "text", id: "merge-into", "aria-label": t.photos.mergeInto, placeholder: t.photos.mergeInto });
  const merge = h(
    "button",
    { type: "button", id: "merge", disabled: true, onclick: () => void mergeTicked() },
    t.photos.merge,
  );
  const mergeTicked = () =>
    actions.photos.change({ edit: { merge: [...ticked], into: into.value.trim() || [...ticked][0] } });
  const rows = labels.map((label, index) => {
    const tick = h("input", { type: "checkbox", id: `tick-${index}`, "aria-label": t.photos.tick(label) });
    tick.onchange = () => {
      if (tick.checked) ticked.add(label);
      else ticked.delete(label);
      merge.disabled = ticked.size < 2;
    };
    // Where each class has a card, this is told there.
    if (shares) return h("div", { class: "editor-row" }, tick, h("label", { for: tick.id }, label));
    const { name, drop } = classFields(app, index, label);
    return h(
      "div",
      { class: "editor-row" },
      tick,
      name,
      h(
        "div",
        { class: "editor-ways" },
        ...adders(app, `class-${index}`, () => label),
        drop,
      ),
    );
  });
  const merging = h("p", { class: "buttons" }, into, merge);
  if (shares) return [...rows, merging];
  const fresh = h("input", { type: "text", id: "new-class", "aria-label": t.photos.newClass, placeholder: t.photos.newClass });
  return [
    ...rows,
    h(
      "div",
      { class: "editor-row" },
      h("span"),
      fresh,
      h("div", { class: "editor-ways" }, ...adders(app, "new-class", () => fresh.value.trim())),
    ),
    merging,
    h("p", { class: "hint" }, t.photos.pasteHint),
  ];
}

/** @param {App} app */
function splits({ actions }) {
  const number = (/** @type {string} */ id, /** @type {string} */ value) =>
    h("input", { type: "text", inputmode: "decimal", id, value, size: 6 });
  const train = number("split-train", "");
  const validation = number("split-validation", "25%");
  const test = number("split-test", "25%");
  const seed = number("split-seed", "0");
  const by = h(
    "select",
    { id: "split-by" },
    h("option", { value: "drawn" }, t.photos.drawn),
    h("option", { value: "name" }, t.photos.byName),
  );
  const share = (/** @type {string} */ text) => {
    const value = text.trim();
    if (!value) return undefined;
    return value.endsWith("%") ? Number(value.slice(0, -1)) / 100 : Number(value);
  };
  const shareOut = () => {
    const splitBy = by.value === "name" ? "name" : /** @type {const} */ ("drawn");
    const edit = { train: share(train.value), validation: share(validation.value) ?? 0, test: share(test.value) ?? 0 };
    void actions.photos.change({ edit: { ...edit, splitBy, seed: Number(seed.value) || 0 } });
  };
  return h(
    "div",
    { class: "editor-splits" },
    h(
      "div",
      { class: "fields" },
      field(t.photos.splits.train, train),
      field(t.photos.splits.validation, validation),
      field(t.photos.splits.test, test),
      field(t.photos.splitBy, by),
      field("seed", seed),
      h("button", { type: "button", id: "share-out", onclick: shareOut }, t.photos.shareOut),
    ),
    h("p", { class: "hint" }, t.photos.splitHint),
  );
}

/** @param {App} app */
function history({ store, actions }) {
  const step = (/** @type {string} */ id, /** @type {boolean} */ again, /** @type {string} */ text) =>
    h("button", { type: "button", id, onclick: () => void actions.photos.stepBack(again) }, text);
  const undo = step("undo-photos", false, t.photos.undo);
  const redo = step("redo-photos", true, t.photos.redo);
  store.watch(["changes"], () => {
    undo.disabled = !store.state.changes.done.length;
    redo.disabled = !store.state.changes.undone.length;
  });
  return h("p", { class: "buttons" }, undo, redo);
}
