import { errorLine, field, h } from "../dom.js";
import { droppedEntries } from "../dropped_files.js";
import { messageOf } from "../../shared/protocol.js";
import { BUSY_KEYS } from "../state.js";
import { t } from "../texts.js";
import { mountClassCards } from "./class_cards.js";
import { mountClasses } from "./classes.js";
import { mountGallery } from "./gallery.js";
import { mountKept } from "./kept.js";
import { mountEditor } from "./editor.js";
import { mountHealth } from "./health.js";
import { mountReadings } from "./readings.js";
import { goTo, panel } from "./panel.js";

/** @typedef {import("../../shared/types.js").Entry} Entry */

/**
 * Panel 1: where photos come in.
 * @param {HTMLElement} root
 * @param {import("../app.js").App} app
 */
export function mountPhotos(root, app) {
  const { store, actions } = app;
  const { body, status } = panel(root, 1, t.photos.title);
  const settings = readSettings(store.state.source?.options);
  const error = errorLine("photos-error");
  const importEntries = (/** @type {Entry[]} */ entries, /** @type {import("../../shared/types.js").ImportOptions} */ chosen = {}) =>
    void actions.photos.importPhotos({ kind: "folder", entries, options: { ...settings.values(), ...chosen } });
  // What the classes come from stays as it was chosen.
  const readAgain = () => {
    const { entries = [], options = {} } = store.state.source ?? {};
    const { layout, table, column } = options;
    importEntries(entries, { layout, table, column });
  };

  const demo = h(
    "button",
    { type: "button", class: "primary big", id: "demo-digits", "data-testid": "demo-digits" },
    t.photos.demoButton,
  );
  demo.onclick = () => void actions.demo(() => goTo("training"));
  const begin = h("button", { type: "button", id: "begin", "data-testid": "begin" }, t.begun.button);
  begin.onclick = () => void actions.photos.beginDataset(settings.values());
  const folder = h("input", {
    type: "file",
    webkitdirectory: true,
    multiple: true,
    id: "choose-folder",
    "data-testid": "choose-folder",
    class: "file-input",
  });
  const files = h("input", {
    type: "file",
    multiple: true,
    id: "choose-files",
    "data-testid": "choose-files",
    accept: "image/*,.zip,.csv,.tsv",
    class: "file-input",
  });
  for (const input of [folder, files])
    input.onchange = () => {
      const entries = Array.from(input.files ?? [], (file) => ({
        path: file.webkitRelativePath || file.name,
        blob: file,
      }));
      // The same folder chosen again is a change, too.
      input.value = "";
      importEntries(entries);
    };
  const reread = h(
    "button",
    { type: "button", class: "quiet", id: "reread", onclick: readAgain },
    t.photos.reread,
  );
  const zone = dropZone([folder, files], [...settings.fields, reread], importEntries, (message) =>
    store.set({ importError: message }),
  );
  const progress = importProgress(app);

  body.append(
    h(
      "div",
      { class: "sources" },
      h(
        "div",
        { class: "source-column" },
        h(
          "div",
          { class: "source demo" },
          digits(),
          h("h3", null, t.photos.demoTitle),
          h("p", null, t.photos.demoText),
          demo,
        ),
        h("div", { class: "source begin" }, h("h3", null, t.begun.title), h("p", null, t.begun.text), begin),
      ),
      zone,
    ),
    progress,
    error.element,
  );
  mountKept(body, app);
  mountClasses(body, app);
  mountReadings(body, app);
  mountClassCards(body, app);
  mountGallery(body, app);
  mountEditor(body, app);
  mountHealth(body, app);

  store.watch(["importError"], () => error.say(store.state.importError));
  store.watch(["source", ...BUSY_KEYS], () => {
    const { busy } = store;
    demo.disabled = begin.disabled = busy;
    folder.disabled = files.disabled = busy;
    reread.hidden = store.state.source?.kind !== "folder";
    reread.disabled = busy;
    zone.classList.toggle("disabled", busy);
  });
  store.watch(["dataset"], () => {
    const summary = store.state.dataset?.summary;
    const photos = Object.values(summary?.counts ?? {})
      .flat()
      .reduce((sum, n) => sum + n, 0);
    status.textContent = summary ? t.photos.status(photos, summary.classes.length) : t.photos.none;
    root.classList.toggle("filled", Boolean(summary));
  });
}

/** @returns {HTMLElement} an ornament */
function digits() {
  return h(
    "div",
    { class: "digits", "aria-hidden": "true" },
    ...Array.from("0123456789", (digit) => h("span", null, digit)),
  );
}

/**
 * @param {[HTMLInputElement, HTMLInputElement]} inputs of a folder, and of files
 * @param {HTMLElement[]} settings
 * @param {(entries: Entry[]) => void} take
 * @param {(message: string) => void} complain
 */
function dropZone([folder, files], settings, take, complain) {
  const zone = h(
    "div",
    { class: "source drop", id: "drop-zone", "data-now": t.photos.dropNow },
    h("h3", null, t.photos.folderTitle),
    h("p", null, t.photos.folderText),
    h("pre", { class: "tree", "aria-hidden": "true" }, "photos/\n├─ cats/  1.jpg  2.jpg  …\n└─ dogs/  1.jpg  2.jpg  …"),
    h("div", { class: "fields" }, ...settings),
    h("p", { class: "hint" }, t.photos.settingsHint),
    h(
      "p",
      { class: "choose" },
      h("span", null, t.photos.dropHint),
      folder,
      h("label", { class: "button", for: folder.id }, t.photos.choose),
      files,
      h("label", { class: "button", for: files.id }, t.photos.chooseFiles),
    ),
  );
  const over = (/** @type {boolean} */ on) => zone.classList.toggle("over", on && !folder.disabled);
  zone.ondragover = (event) => (event.preventDefault(), over(true));
  zone.ondragleave = (event) => over(event.relatedTarget instanceof Node && zone.contains(event.relatedTarget));
  zone.ondrop = async (event) => {
    event.preventDefault();
    over(false);
    if (folder.disabled || !event.dataTransfer) return;
    try {
      const entries = await droppedEntries(event.dataTransfer);
      if (entries) take(entries);
      else complain(t.photos.notFolder);
    } catch (error) {
      complain(messageOf(error));
    }
  };
  return zone;
}

/** @param {import("../../shared/types.js").ImportOptions | undefined} given */
function readSettings(given) {
  const size = h("input", {
    type: "number",
    id: "image-size",
    min: 8,
    max: 512,
    step: 1,
    value: given?.imageSize ?? 150,
    required: true,
  });
  const validation = h("input", {
    type: "number",
    id: "validation-share",
    min: 0,
    max: 90,
    step: 1,
    value: (given?.validation ?? 0.25) * 100,
    required: true,
  });
  const test = h("input", {
    type: "number",
    id: "test-share",
    min: 0,
    max: 90,
    step: 1,
    value: (given?.test ?? 0.25) * 100,
    required: true,
  });
  const interpolation = h(
    "select",
    { id: "interpolation" },
    ...["bilinear", "nearest"].map((name) => h("option", { value: name }, name)),
  );
  interpolation.value = given?.interpolation ?? "bilinear";
  const crop = h("input", { type: "checkbox", id: "crop", checked: given?.cropToAspectRatio ?? false });
  return {
    fields: [
      field(t.photos.imageSize, size, "px"),
      field("interpolation", interpolation),
      field("crop_to_aspect_ratio", crop),
      field(t.photos.validation, validation, "%"),
      field(t.photos.test, test, "%"),
    ],
    values: () => ({
      imageSize: size.valueAsNumber,
      interpolation: /** @type {"bilinear" | "nearest"} */ (interpolation.value),
      cropToAspectRatio: crop.checked,
      validation: validation.valueAsNumber / 100,
      test: test.valueAsNumber / 100,
    }),
  };
}

/** @param {import("../app.js").App} app */
function importProgress({ store, actions }) {
  const bar = h("progress", { id: "import-progress", "aria-label": t.photos.reading });
  const words = h("span", { "aria-live": "polite", class: "numbers" });
  const cancel = h(
    "button",
    { type: "button", class: "quiet", id: "cancel-import", onclick: () => actions.photos.cancelImport() },
    t.photos.cancel,
  );
  const row = h("div", { class: "progress-row" }, bar, words, cancel);
  store.watch(["importing"], () => {
    const { importing } = store.state;
    row.hidden = !importing;
    if (!importing) return;
    const { done, total, imagesPerSecond, etaSeconds } = importing;
    if (total) Object.assign(bar, { max: total, value: done });
    else bar.removeAttribute("value");
    const pace = imagesPerSecond && etaSeconds ? [t.training.speed(imagesPerSecond), t.training.left(etaSeconds)] : [];
    words.textContent = total ? [t.photos.progress(done, total), ...pace].join(", ") : t.photos.reading;
    cancel.hidden = !total;
  });
  return row;
}
