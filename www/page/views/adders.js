import { h } from "../dom.js";
import { t } from "../texts.js";
import { openWebcam } from "./webcam_dialog.js";

/** @typedef {import("../../shared/types.js").Entry} Entry */

/**
 * A class's ways to more photos: files, paste into its row, the webcam.
 * @param {import("../app.js").App} app
 * @param {string} id
 * @param {() => string} label
 */
export function adders(app, id, label) {
  const { store, actions } = app;
  const add = async (/** @type {Entry[]} */ entries) => {
    if (!label()) store.set({ importError: t.photos.nameFirst });
    else if (entries.length) await actions.photos.change({ add: entries, to: label() });
  };
  const files = h("input", { type: "file", multiple: true, accept: "image/*,.heic,.zip", class: "file-input", id: `add-${id}` });
  files.onchange = () => {
    void add(entriesOf(files.files ?? [], label()));
    files.value = "";
  };
  const camera = h("button", { type: "button", class: "quiet", id: `webcam-${id}` }, t.photos.webcam);
  camera.onclick = () => {
    const name = label();
    if (!name) return store.set({ importError: t.photos.nameFirst });
    void openWebcam(app, name, (photos) => {
      const at = stamp();
      const entries = photos.map((blob, nth) => ({ path: `${name}/${at} webcam ${nth + 1}.jpg`, blob }));
      return actions.photos.change({ add: entries, to: name });
    });
  };
  const paste = h("input", { type: "text", class: "paste", id: `paste-${id}`, readonly: true, value: t.photos.paste, "aria-label": t.photos.paste });
  paste.onpaste = (event) => {
    // The photo to classify is not meant here.
    event.stopPropagation();
    event.preventDefault();
    // Their content decides: not every system gives a type to every photo.
    const pasted = Array.from(event.clipboardData?.files ?? []);
    if (pasted.length) void add(entriesOf(pasted, label()));
    else store.set({ importError: t.result.noImage });
  };
  return [camera, files, h("label", { class: "button quiet", for: files.id }, t.photos.addPhotos), paste];
}

/**
 * @param {Iterable<File>} files
 * @param {string} label
 * @returns {Entry[]}
 */
export function entriesOf(files, label) {
  return namedFor(label, Array.from(files, (file) => ({ path: file.name, blob: file })));
}

/**
 * @param {string} label
 * @param {Entry[]} entries
 * @returns {Entry[]} with paths that none of the class's photos has
 */
export function namedFor(label, entries) {
  const at = stamp();
  return entries.map(({ path, blob }) => ({ path: `${label}/${at} ${path}`, blob }));
}

/** @returns {string} that no two additions share */
function stamp() {
  return new Date().toISOString().replace(/[:.]/g, "-");
}
