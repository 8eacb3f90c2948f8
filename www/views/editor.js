import { change, fits, stepBack } from "../edits.js";
import { field, h } from "../dom.js";
import { messageOf } from "../protocol.js";
import { BUSY_KEYS } from "../state.js";
import { t } from "../texts.js";
import { burst } from "../webcam.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("../types.js").Entry} Entry */

/** Photos of a burst. */
const BURST = 20;

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
  const root = h(
    "details",
    { class: "editor", id: "editor", "data-testid": "editor" },
    h("summary", null, t.photos.change),
    set,
  );
  const misfit = h("p", { class: "error", role: "status", id: "misfit", "data-testid": "misfit" });
  parent.append(root, misfit);

  store.watch(["dataset"], () => {
    root.hidden = !store.state.dataset;
    classes.replaceChildren(...(store.state.dataset ? classRows(app) : []));
  });
  store.watch(["dataset", "model"], () => {
    const { dataset, model, recipe } = store.state;
    misfit.hidden = !dataset || !model || fits(store.state);
    misfit.replaceChildren();
    if (misfit.hidden || !dataset || !model) return;
    const known = store.state.lab?.recipes.some(({ name }) => name === recipe);
    const anew = () => void app.actions.useRecipe(known ? recipe : "cats_and_dogs_small");
    misfit.append(
      t.photos.misfit(model.classes, dataset.summary.classes),
      " ",
      h("button", { type: "button", id: "new-network", onclick: anew }, t.photos.newNetwork),
    );
  });
  store.watch([...BUSY_KEYS], () => (set.disabled = store.busy));
}

/** @param {App} app */
function classRows({ store }) {
  const labels = store.state.dataset?.summary.classes ?? [];
  /** @type {Set<string>} */
  const ticked = new Set();
  const into = h("input", { type: "text", id: "merge-into", "aria-label": t.photos.mergeInto, placeholder: t.photos.mergeInto });
  const merge = h(
    "button",
    { type: "button", id: "merge", disabled: true, onclick: () => void mergeTicked() },
    t.photos.merge,
  );
  const mergeTicked = () =>
    change(store, { edit: { merge: [...ticked], into: into.value.trim() || [...ticked][0] } });
  const rows = labels.map((label, index) => {
    const name = h("input", { type: "text", value: label, id: `class-${index}`, "aria-label": t.photos.nameOf(label) });
    name.onchange = async () => {
      const to = name.value.trim();
      if (to === label || !(await change(store, { edit: { rename: label, to } }))) name.value = label;
    };
    const tick = h("input", { type: "checkbox", id: `tick-${index}`, "aria-label": t.photos.tick(label) });
    tick.onchange = () => {
      if (tick.checked) ticked.add(label);
      else ticked.delete(label);
      merge.disabled = ticked.size < 2;
    };
    const drop = () => void change(store, { edit: { drop: label } });
    return h(
      "div",
      { class: "editor-row" },
      tick,
      name,
      ...adders(store, `class-${index}`, () => label),
      h("button", { type: "button", class: "quiet", id: `drop-${index}`, "aria-label": t.photos.dropOf(label), onclick: drop }, t.photos.dropClass),
    );
  });
  const fresh = h("input", { type: "text", id: "new-class", "aria-label": t.photos.newClass, placeholder: t.photos.newClass });
  return [
    ...rows,
    h("div", { class: "editor-row" }, h("span"), fresh, ...adders(store, "new-class", () => fresh.value.trim())),
    h("p", { class: "buttons" }, into, merge),
    h("p", { class: "hint" }, t.photos.pasteHint),
  ];
}

/**
 * A class's ways to more photos: files, paste into its row, a burst of the webcam.
 * @param {import("../state.js").Store} store
 * @param {string} id
 * @param {() => string} label
 */
function adders(store, id, label) {
  const add = (/** @type {Entry[]} */ entries) => {
    if (!label()) store.set({ importError: t.photos.nameFirst });
    else if (entries.length) void change(store, { add: entries, to: label() });
  };
  const named = (/** @type {Iterable<File>} */ files) =>
    Array.from(files, (file) => ({ path: `${label()}/${stamp()} ${file.name}`, blob: file }));
  const files = h("input", { type: "file", multiple: true, accept: "image/*", class: "file-input", id: `add-${id}` });
  files.onchange = () => {
    add(named(files.files ?? []));
    files.value = "";
  };
  const camera = h("button", { type: "button", class: "quiet", id: `webcam-${id}` }, t.photos.webcam);
  camera.onclick = async () => {
    if (!label()) return store.set({ importError: t.photos.nameFirst });
    camera.disabled = true;
    try {
      const photos = await burst(BURST, (taken) => (camera.textContent = `${taken}/${BURST}`));
      const at = stamp();
      add(photos.map((blob, nth) => ({ path: `${label()}/${at} webcam ${nth + 1}.jpg`, blob })));
    } catch (error) {
      store.set({ importError: t.photos.noWebcam(messageOf(error)) });
    } finally {
      camera.disabled = false;
      camera.textContent = t.photos.webcam;
    }
  };
  const paste = h("input", { type: "text", class: "paste", id: `paste-${id}`, readonly: true, value: t.photos.paste, "aria-label": t.photos.paste });
  paste.onpaste = (event) => {
    // The photo to classify is not meant here.
    event.stopPropagation();
    event.preventDefault();
    const pasted = Array.from(event.clipboardData?.files ?? []).filter(({ type }) => type.startsWith("image/"));
    if (pasted.length) add(named(pasted));
    else store.set({ importError: t.result.noImage });
  };
  return [files, h("label", { class: "button quiet", for: files.id }, t.photos.addPhotos), paste, camera];
}

/** @returns {string} that no two additions share */
function stamp() {
  return new Date().toISOString().replace(/[:.]/g, "-");
}

/** @param {App} app */
function splits({ store }) {
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
  const share_out = () => {
    const splitBy = by.value === "name" ? "name" : /** @type {const} */ ("drawn");
    const edit = { train: share(train.value), validation: share(validation.value) ?? 0, test: share(test.value) ?? 0 };
    void change(store, { edit: { ...edit, splitBy, seed: Number(seed.value) || 0 } });
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
      h("button", { type: "button", id: "share-out", onclick: share_out }, t.photos.shareOut),
    ),
    h("p", { class: "hint" }, t.photos.splitHint),
  );
}

/** @param {App} app */
function history({ store }) {
  const step = (/** @type {string} */ id, /** @type {boolean} */ again, /** @type {string} */ text) =>
    h("button", { type: "button", id, onclick: () => void stepBack(store, again) }, text);
  const undo = step("undo-photos", false, t.photos.undo);
  const redo = step("redo-photos", true, t.photos.redo);
  store.watch(["changes"], () => {
    undo.disabled = !store.state.changes.done.length;
    redo.disabled = !store.state.changes.undone.length;
  });
  return h("p", { class: "buttons" }, undo, redo);
}
