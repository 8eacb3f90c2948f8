import { change } from "../edits.js";
import { field, h, pictureOf } from "../dom.js";
import { t } from "../texts.js";

/**
 * One photo, large, and where it belongs: another class, another split, or out.
 * @param {import("../app.js").App} app
 * @param {{ imageData: ImageData, label: string, path: string }} photo
 * @param {import("../types.js").Split} split
 */
export function openPhoto({ store }, { imageData, label, path }, split) {
  const { dataset } = store.state;
  if (!dataset || store.busy) return;
  const option = (/** @type {string} */ value, /** @type {string} */ text, /** @type {string} */ chosen) =>
    h("option", { value, selected: value === chosen }, text);
  const classes = h("select", { id: "move-class" }, ...dataset.summary.classes.map((name) => option(name, name, label)));
  const splits = h(
    "select",
    { id: "move-split" },
    ...Object.entries(t.photos.splits).map(([name, text]) => option(name, text, split)),
  );
  const dialog = h("dialog", { class: "photo-dialog", id: "photo-dialog", "aria-label": path });
  const done = () => dialog.close();
  const move = () => {
    done();
    const to = /** @type {import("../types.js").Split} */ (splits.value);
    if (classes.value !== label || to !== split)
      void change(store, { edit: { move: [path], class: classes.value, split: to } });
  };
  const remove = () => {
    done();
    void change(store, { edit: { remove: [path] } });
  };
  dialog.append(
    pictureOf(imageData, path),
    h("p", { class: "hint" }, path),
    h("div", { class: "fields" }, field(t.photos.class, classes), field(t.photos.split, splits)),
    h(
      "p",
      { class: "buttons" },
      h("button", { type: "button", class: "primary", id: "move-photo", onclick: move }, t.photos.move),
      h("button", { type: "button", id: "remove-photo", onclick: remove }, t.photos.removePhoto),
      h("button", { type: "button", class: "quiet", onclick: done }, t.photos.close),
    ),
  );
  dialog.onclose = () => dialog.remove();
  document.body.append(dialog);
  dialog.showModal();
}
