import { h, pictureOf } from "../dom.js";
import { SPLITS } from "../../shared/splits.js";
import { t } from "../texts.js";
import { openPhoto } from "./photo_dialog.js";

/** @typedef {import("../../shared/types.js").Split} Split */

const THUMBNAILS = 12;
/** More classes than this are named without pictures. */
const PICTURED_CLASSES = 24;
/** A part of a bar that is shorter than this share of it has no room for its number. */
const LEGIBLE = 0.09;

/**
 * What was found: the classes, how they are balanced and split, a dozen photos of each, and what was left out.
 * @param {HTMLElement} parent
 * @param {import("../app.js").App} app
 */
export function mountClasses(parent, app) {
  const { store } = app;
  const root = h("div", { class: "found", id: "found", "data-testid": "found" });
  parent.append(root);
  store.watch(["dataset"], () => {
    const { lab, dataset } = store.state;
    root.replaceChildren();
    if (!lab || !dataset) return;
    const { classes, counts, unused, rejected, leftOut: left, layout, shares } = dataset.summary;
    const spare = unused.reduce((sum, n) => sum + n, 0);
    const totals = classes.map((_, index) => SPLITS.reduce((sum, split) => sum + counts[split][index], 0));
    const photos = totals.reduce((sum, n) => sum + n, 0);
    const strips = new Map(
      classes.map((label, index) => [label, h("div", { class: "thumbnails" }, ...frames(counts.train[index]))]),
    );
    const largest = Math.max(...totals);
    if (shares) {
      const photosOf = t.photos.found(photos, classes.length);
      root.append(
        photos ? h("p", { class: "said", role: "status", "data-testid": "found-line" }, photosOf) : "",
        h("p", { class: "hint", "data-testid": "begun-hint" }, t.begun.hint),
        photos ? legend() : "",
        leftOut(rejected),
        leftBehind(left),
      );
      return;
    }
    root.append(
      h("p", { class: "said", role: "status", "data-testid": "found-line" }, t.photos.found(photos, classes.length)),
      layout ? h("p", { class: "hint", "data-testid": "understood" }, t.photos.understood(layout)) : "",
      spare ? h("p", { class: "hint" }, t.photos.unused(spare)) : "",
      legend(),
      h(
        "ul",
        { class: classes.length > 4 ? "classes many" : "classes" },
        ...classes.slice(0, PICTURED_CLASSES).map((label, index) =>
          h(
            "li",
            null,
            h("span", { class: "class-name", title: label }, label),
            balance(
              label,
              SPLITS.map((split) => counts[split][index]),
              largest,
            ),
            strips.get(label),
          ),
        ),
      ),
      classes.length > PICTURED_CLASSES
        ? h("p", { class: "hint" }, t.photos.more(classes.length - PICTURED_CLASSES))
        : "",
      leftOut(rejected),
      leftBehind(left),
    );
    void drawThumbnails(app, lab, dataset, strips);
  });
}

/** @returns {HTMLElement} */
function legend() {
  return h(
    "p",
    { class: "key" },
    ...SPLITS.map((split) => h("span", { class: `swatch ${split}` }, t.photos.splits[split])),
  );
}

/**
 * Empty frames first, so that nothing on the page moves as the photos come.
 * @param {number} count training photos of a class
 */
export function frames(count) {
  return Array.from({ length: Math.min(THUMBNAILS, count) }, () => h("span"));
}

/**
 * @param {string} label
 * @param {number[]} counts of each split
 * @param {number} largest photos of the largest class
 */
export function balance(label, counts, largest) {
  const bar = h("div", {
    class: "balance",
    role: "img",
    "aria-label": t.photos.balance(label, counts),
    title: t.photos.balance(label, counts),
  });
  SPLITS.forEach((split, index) => {
    if (!counts[index]) return;
    const share = counts[index] / largest;
    // A number cut short would be another number.
    const part = h("span", { class: split }, share > LEGIBLE ? String(counts[index]) : "\u00a0");
    part.style.inlineSize = `${share * 100}%`;
    bar.append(part);
  });
  return bar;
}

/** @param {{ path: string, reason: string }[]} rejected */
function leftOut(rejected) {
  if (!rejected.length) return "";
  return h(
    "details",
    { class: "rejected", id: "rejected", "data-testid": "rejected" },
    h("summary", null, t.photos.rejected(rejected.length)),
    h("ul", null, ...rejected.map(({ path, reason }) => h("li", null, h("code", null, path), " ", reason))),
  );
}

/** @param {import("../../shared/types.js").LeftOut[]} left */
function leftBehind(left) {
  if (!left.length) return "";
  return h("p", { class: "hint", "data-testid": "left-out" }, t.left.told(left));
}

/**
 * A dozen photos of each class, spread over the training photos. They come in the classes' order.
 * @param {import("../app.js").App} app
 * @param {import("../../lab.js").Lab} lab
 * @param {import("../../lab.js").Dataset} dataset
 * @param {Map<string, HTMLElement>} strips
 */
export async function drawThumbnails(app, lab, dataset, strips) {
  const counts = dataset.summary.counts.train;
  let first = 0;
  for (const count of counts.slice(0, PICTURED_CLASSES)) {
    const shown = Math.min(THUMBNAILS, count);
    for (let nth = 0; nth < shown; nth++) {
      const index = first + Math.floor((nth * count) / shown);
      try {
        const { imageData, label, path } = await lab.image(dataset, "train", index);
        const range = /** @type {const} */ ({ split: "train", first, count });
        const open = () => void openPhoto(app, range, index - range.first);
        const button = h("button", { type: "button", class: "thumbnail", "aria-label": path, onclick: open });
        button.append(pictureOf(imageData, path));
        strips.get(label)?.children[nth]?.replaceWith(button);
      } catch {
        // The photos were closed meanwhile: other ones are drawn by now.
        return;
      }
    }
    first += count;
  }
}
