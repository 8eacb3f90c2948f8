import { field, h, pictureOf } from "../dom.js";
import { t } from "../texts.js";

/**
 * Photos that are looked at one after the other.
 * @typedef {object} Range
 * @property {import("../../shared/types.js").Split} split
 * @property {number} first of them, by its index in the split
 * @property {number} count
 */

/**
 * One photo, large, and where it belongs: another class, another split, or out. The ones beside it are a key away.
 * @param {import("../app.js").App} app
 * @param {Range} range
 * @param {number} index of the photo, in the range
 * @param {(index: number) => void} [closed] is told which photo was seen last
 */
export async function openPhoto({ store, actions }, { split, first, count }, index, closed) {
  const { lab, dataset } = store.state;
  if (!lab || !dataset || store.busy) return;
  let [path, label] = ["", ""];
  const names = dataset.summary.classes;
  const classes = h("select", { id: "move-class" }, ...names.map((name) => h("option", { value: name }, name)));
  const splits = h(
    "select",
    { id: "move-split" },
    ...Object.entries(t.photos.splits).map(([name, text]) => h("option", { value: name }, text)),
  );
  const picture = h("div", { class: "photo-large" });
  const caption = h("p", { class: "hint photo-path" });
  const nth = h("span", { class: "hint numbers", "aria-live": "polite" });
  const step = (/** @type {string} */ id, /** @type {string} */ name, /** @type {string} */ sign, /** @type {number} */ by) =>
    h("button", { type: "button", class: "quiet", id, "aria-label": name, title: name, onclick: () => void show(index + by) }, sign);
  const previous = step("previous-photo", t.photo.previous, "←", -1);
  const next = step("next-photo", t.photo.next, "→", 1);
  const dialog = h("dialog", { class: "photo-dialog", id: "photo-dialog" });

  const show = async (/** @type {number} */ wanted) => {
    if (wanted < 0 || wanted >= count) return;
    index = wanted;
    const shown = await lab.image(dataset, split, first + index);
    // A faster finger has gone on.
    if (index !== wanted) return;
    ({ path, label } = shown);
    picture.replaceChildren(pictureOf(shown.imageData, path));
    caption.textContent = path;
    caption.title = path;
    dialog.setAttribute("aria-label", path);
    [classes.value, splits.value] = [label, split];
    nth.textContent = t.photo.place(index + 1, count);
    previous.disabled = index === 0;
    next.disabled = index === count - 1;
  };
  const done = () => dialog.close();
  const move = () => {
    done();
    const to = /** @type {import("../../shared/types.js").Split} */ (splits.value);
    if (classes.value !== label || to !== split)
      void actions.photos.change({ edit: { move: [path], class: classes.value, split: to } });
  };
  const remove = () => {
    done();
    void actions.photos.change({ edit: { remove: [path] } });
  };
  dialog.append(
    picture,
    h("div", { class: "photo-steps" }, previous, nth, next),
    caption,
    h("div", { class: "fields" }, field(t.photos.class, classes), field(t.photos.split, splits)),
    h(
      "p",
      { class: "buttons" },
      h("button", { type: "button", class: "primary", id: "move-photo", onclick: move }, t.photos.move),
      h("button", { type: "button", id: "remove-photo", onclick: remove }, t.photos.removePhoto),
      h("button", { type: "button", class: "quiet", id: "close-photo", onclick: done }, t.photos.close),
    ),
  );
  dialog.onkeydown = (event) => {
    // In a list of choices the arrows choose.
    if (event.target instanceof HTMLSelectElement) return;
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by) void show(index + by);
  };
  dialog.onclose = () => {
    dialog.remove();
    closed?.(index);
  };
  try {
    await show(index);
  } catch {
    // The photos were closed meanwhile: other ones are shown by now.
    return;
  }
  document.body.append(dialog);
  dialog.showModal();
}
