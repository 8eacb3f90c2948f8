import { errorLine, h, sentence } from "../dom.js";
import { BUSY_KEYS } from "../state.js";
import { t } from "../texts.js";
import { MODEL_FORMATS, PROJECT, PROJECT_PHOTOS } from "../../shared/model_formats.js";
import { mountClassNames } from "./class_names.js";
import { mountPreprocessing } from "./preprocessing.js";

const ENDINGS = MODEL_FORMATS.flatMap(({ opened }) => opened);

/**
 * The network as a file to keep, and networks from files.
 * @param {HTMLElement} parent
 * @param {import("../app.js").App} app
 */
export function mountModelFiles(parent, app) {
  const { store } = app;
  const error = errorLine("file-error");
  const note = h("p", { class: "hint", role: "status", "data-testid": "file-note" });
  const files = h("div", { class: "model-files" }, saving(app), opening(app));
  const said = h("div", { class: "model-files-said" }, error.element, note, notes(app));
  mountPreprocessing(said, app);
  const { actions } = app;
  const opens = { key: /** @type {const} */ ("opening"), ids: ["open-progress", "open-stage", "cancel-opening"], label: t.modelFiles.openTitle };
  const saves = { key: /** @type {const} */ ("packing"), ids: ["save-progress", "save-stage", "cancel-saving"], label: t.modelFiles.saveTitle };
  const rows = [
    progressRow(store, { ...opens, cancel: () => actions.networks.cancelOpening() }),
    progressRow(store, { ...saves, cancel: () => actions.networks.cancelSaving() }),
  ];
  parent.append(h("div", { class: "keep" }, files, ...rows, said));
  mountClassNames(said, app);
  store.watch(["fileError"], () => error.say(store.state.fileError));
  store.watch(["fileNote"], () => (note.textContent = store.state.fileNote));
}

/** @param {import("../app.js").App} app */
function saving({ store, actions }) {
  const save = h("button", { type: "button", id: "save-model", "data-testid": "save-model" });
  save.onclick = async () => {
    const file = await actions.networks.saveModel();
    if (file) download(file);
  };
  const project = { id: PROJECT, saved: t.modelFiles.project };
  const formats = h(
    "fieldset",
    { class: "formats" },
    h("legend", null, t.modelFiles.saveAs),
    ...[...MODEL_FORMATS, project].map(({ id, saved }) => {
      const checked = id === store.state.saveFormat;
      const radio = h("input", { type: "radio", name: "save-format", id: `save-as-${id}`, value: id, checked });
      radio.onchange = () => store.set({ saveFormat: id });
      return h(
        "label",
        { class: "format", for: radio.id },
        radio,
        h("code", null, saved),
        h("span", null, t.modelFiles.formats[id]),
      );
    }),
    projectPhotos(store),
  );
  store.watch(["model", "saving", ...BUSY_KEYS], () => {
    const { model, moving, saving } = store.state;
    save.disabled = !model || moving || saving;
    save.textContent = saving ? t.modelFiles.saving : t.modelFiles.save;
  });
  return h("div", { class: "model-file" }, h("h3", null, t.modelFiles.saveTitle), formats, h("div", { class: "buttons" }, save));
}

/** @param {import("../app.js").App} app */
function opening({ store, actions }) {
  const input = h("input", {
    type: "file",
    id: "open-model",
    "data-testid": "open-model",
    class: "file-input",
    accept: ENDINGS.join(","),
    multiple: true,
  });
  input.onchange = () => {
    const files = Array.from(input.files ?? []);
    input.value = "";
    void actions.networks.openModel(files);
  };
  const zone = h(
    "div",
    { class: "model-file drop", id: "drop-model", "data-now": t.modelFiles.dropNow },
    h("h3", null, t.modelFiles.openTitle),
    h("p", null, t.modelFiles.openText),
    h("div", { class: "buttons" }, input, h("label", { class: "button", for: input.id }, t.modelFiles.open)),
  );
  const over = (/** @type {boolean} */ on) => zone.classList.toggle("over", on && !input.disabled);
  zone.ondragover = (event) => (event.preventDefault(), over(true));
  zone.ondragleave = (event) => over(event.relatedTarget instanceof Node && zone.contains(event.relatedTarget));
  zone.ondrop = (event) => {
    event.preventDefault();
    over(false);
    if (input.disabled) return;
    const files = Array.from(event.dataTransfer?.files ?? []);
    if (files.length) void actions.networks.openModel(files);
    else store.set({ fileError: t.modelFiles.noFile });
  };
  store.watch([...BUSY_KEYS], () => {
    input.disabled = store.busy;
    zone.classList.toggle("disabled", store.busy);
  });
  return zone;
}

/**
 * Whether the photos come with a project; where they are many, only if the user says so.
 * @param {import("../state.js").Store} store
 */
function projectPhotos(store) {
  const box = h("input", { type: "checkbox", id: "project-photos" });
  const words = h("span", null);
  const row = h("label", { class: "project-photos", for: box.id }, box, words);
  box.onchange = () => store.set({ projectPhotos: box.checked });
  store.watch(["saveFormat", "dataset", "projectPhotos"], () => {
    const { saveFormat, dataset, projectPhotos } = store.state;
    row.hidden = saveFormat !== PROJECT || !dataset;
    if (!dataset) return;
    const { counts, imageShape } = dataset.summary;
    const photos = Object.values(counts).flat().reduce((sum, count) => sum + count, 0);
    const bytes = imageShape.reduce((product, side) => product * side, photos);
    box.checked = projectPhotos ?? bytes <= PROJECT_PHOTOS;
    words.textContent = t.modelFiles.withPhotos(photos, bytes);
  });
  return row;
}

/**
 * How far the opening or the saving of a file is.
 * @param {import("../state.js").Store} store
 * @param {{ key: "opening" | "packing", ids: string[], label: string, cancel: () => void }} of
 */
function progressRow(store, { key, ids: [barId, wordsId, cancelId], label, cancel }) {
  const bar = h("progress", { id: barId, "aria-label": label });
  const words = h("span", { id: wordsId, "aria-live": "polite", class: "numbers" });
  const button = h("button", { type: "button", class: "quiet", id: cancelId, onclick: cancel }, t.modelFiles.cancel);
  const row = h("div", { class: "progress-row" }, bar, words, button);
  store.watch([key], () => {
    const progress = store.state[key];
    row.hidden = !progress;
    if (!progress) return;
    const { stage, done, total } = progress;
    if (total) Object.assign(bar, { max: total, value: done });
    else bar.removeAttribute("value");
    words.textContent = t.modelFiles.stages[stage](done, total);
  });
  return row;
}

/**
 * What of the network's file was not taken over as it was.
 * @param {import("../app.js").App} app
 */
function notes({ store }) {
  const list = h("ul", null);
  const shown = h("div", { class: "file-notes", id: "file-notes" }, h("p", null, t.modelFiles.notes), list);
  store.watch(["model"], () => {
    const said = store.state.model?.notes ?? [];
    shown.hidden = !said.length;
    list.replaceChildren(...said.map((one) => h("li", null, sentence(one))));
  });
  return shown;
}

/** @param {{ blob: Blob, filename: string }} file */
function download({ blob, filename }) {
  const href = URL.createObjectURL(blob);
  h("a", { href, download: filename }).click();
  // The browser reads the blob after the click has been dealt with.
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
