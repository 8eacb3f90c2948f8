import { h } from "../dom.js";
import { SPLITS } from "../splits.js";
import { t } from "../texts.js";

/** @typedef {import("../types.js").Split} Split */

/** The side of a photo and the gap beside it, in pixels. */
const SIDE = 96;
const GAP = 6;
/** Rows above and below the visible ones that are there already when they scroll in. */
const SPARE_ROWS = 2;
/** The value that stands for all classes. */
const ALL = "";

/**
 * All photos of a split, to scroll through: only the rows that are seen are in the document, and their pixels are read
 * when they are.
 * @param {HTMLElement} parent
 * @param {import("../app.js").App} app
 */
export function mountGallery(parent, { store }) {
  const root = h("details", { class: "gallery-box", id: "gallery-box" });
  parent.append(root);
  store.watch(["dataset"], () => {
    const { lab, dataset } = store.state;
    root.replaceChildren();
    root.open = false;
    root.hidden = !lab || !dataset;
    if (!lab || !dataset) return;
    const { classes, counts } = dataset.summary;
    const some = SPLITS.filter((split) => counts[split].some((count) => count > 0));
    const split = h(
      "select",
      { id: "gallery-split", "aria-label": t.photos.gallerySplit },
      ...some.map((name) => h("option", { value: name }, t.photos.splits[name])),
    );
    const label = h(
      "select",
      { id: "gallery-class", "aria-label": t.photos.galleryClass },
      h("option", { value: ALL }, t.photos.allClasses),
      ...classes.map((name, index) => h("option", { value: index }, name)),
    );
    const window = h("div", { class: "gallery", id: "gallery", tabindex: 0, "aria-label": t.photos.gallery });
    root.append(
      h("summary", null, t.photos.gallery),
      h("div", { class: "fields" }, split, label),
      window,
    );
    const show = () => {
      const chosen = /** @type {Split} */ (split.value);
      const [first, count] = range(counts[chosen], label.value);
      scroller(window, count, async (indices) => {
        const images = await lab.images(
          dataset,
          chosen,
          indices.map((index) => first + index),
        );
        return images;
      });
    };
    split.onchange = show;
    label.onchange = show;
    root.ontoggle = () => root.open && show();
  });
}

/**
 * Where the photos of a class lie in their split, which has them class by class.
 * @param {number[]} counts of each class
 * @param {string} label a class's index, or ALL
 * @returns {[first: number, count: number]}
 */
function range(counts, label) {
  const sum = (/** @type {number[]} */ some) => some.reduce((total, count) => total + count, 0);
  return label === ALL ? [0, sum(counts)] : [sum(counts.slice(0, Number(label))), counts[Number(label)]];
}

/**
 * @param {HTMLElement} window that scrolls; what it showed before is gone
 * @param {number} count photos
 * @param {(indices: number[]) => Promise<{ imageData: ImageData, label: string, path: string }[]>} read
 */
function scroller(window, count, read) {
  const columns = Math.max(1, Math.floor((window.clientWidth - GAP) / (SIDE + GAP)));
  const rows = Math.ceil(count / columns);
  const height = SIDE + GAP;
  const sheet = h("div", { class: "gallery-sheet" });
  sheet.style.blockSize = `${rows * height + GAP}px`;
  /** Rows in the document. @type {Map<number, HTMLElement>} */
  const shown = new Map();
  /** Photos that are in the document and not drawn yet. @type {Map<number, HTMLCanvasElement>} */
  const empty = new Map();
  let reading = false;

  const rowAt = (/** @type {number} */ row) => {
    const element = h("div", { class: "gallery-row" });
    element.style.insetBlockStart = `${row * height + GAP}px`;
    for (let index = row * columns; index < Math.min(count, (row + 1) * columns); index++) {
      const canvas = h("canvas", { width: 1, height: 1, role: "img", "data-index": index });
      empty.set(index, canvas);
      element.append(canvas);
    }
    return element;
  };
  const fill = async () => {
    if (reading) return;
    reading = true;
    // What scrolled away meanwhile is no longer asked for.
    while (empty.size && sheet.isConnected) {
      const wanted = [...empty.keys()].slice(0, columns * 2);
      try {
        const images = await read(wanted);
        images.forEach(({ imageData, label, path }, nth) => {
          const canvas = empty.get(wanted[nth]);
          if (!canvas) return;
          empty.delete(wanted[nth]);
          Object.assign(canvas, { width: imageData.width, height: imageData.height, title: path });
          canvas.setAttribute("aria-label", `${label}: ${path}`);
          canvas.getContext("2d")?.putImageData(imageData, 0, 0);
        });
      } catch {
        // The photos were closed meanwhile: other ones are shown by now.
        break;
      }
    }
    reading = false;
  };
  const draw = () => {
    const first = Math.max(0, Math.floor(window.scrollTop / height) - SPARE_ROWS);
    const last = Math.min(rows - 1, Math.ceil((window.scrollTop + window.clientHeight) / height) + SPARE_ROWS);
    for (const [row, element] of shown) {
      if (row >= first && row <= last) continue;
      element.remove();
      shown.delete(row);
      for (let index = row * columns; index < (row + 1) * columns; index++) empty.delete(index);
    }
    for (let row = first; row <= last; row++) {
      if (shown.has(row)) continue;
      const element = rowAt(row);
      shown.set(row, element);
      sheet.append(element);
    }
    void fill();
  };
  let asked = false;
  window.onscroll = () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      draw();
    });
  };
  window.replaceChildren(sheet);
  window.scrollTop = 0;
  draw();
}
