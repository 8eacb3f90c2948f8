import { h } from "../dom.js";
import { SPLITS } from "../../shared/splits.js";
import { t } from "../texts.js";
import { openPhoto } from "./photo_dialog.js";

/** @typedef {import("../../shared/types.js").Split} Split */

/** The side of a photo at the least, and the gap beside it, in pixels. */
const SIDE = 96;
const GAP = 6;
/** Rows above and below the visible ones that are there already when they scroll in. */
const SPARE_ROWS = 2;
/** The value that stands for all classes. */
const ALL = "";
/** @type {Place} */
const START = { above: 0, index: 0 };

/**
 * All photos of a split, to scroll through and to open: only the rows that are seen are in the document, and their
 * pixels are read when they are. A change of the dataset, or of the page's width, leaves the user where they were.
 * @param {HTMLElement} parent
 * @param {import("../app.js").App} app
 */
export function mountGallery(parent, app) {
  const { store } = app;
  const root = h("details", { class: "gallery-box", id: "gallery-box" });
  parent.append(root);
  /** What is shown. @type {{ dataset: import("../../lab.js").Dataset, split: Split, label: string, sheet: Sheet } | null} */
  let shown = null;
  /** Lays the photos out anew. @type {(from: Place) => Sheet} */
  let show;
  const widths = new ResizeObserver(() => {
    if (!shown || !root.open || shown.sheet.fits) return;
    const { focused } = shown.sheet;
    const place = shown.sheet.place();
    const sheet = show(place);
    if (focused) sheet.goTo(place.index);
  });
  store.watch(["dataset"], () => {
    const { lab, dataset } = store.state;
    const before = root.open && shown?.dataset === dataset ? shown : null;
    const focused = before?.sheet.focused ?? false;
    const place = before?.sheet.place() ?? START;
    shown = null;
    widths.disconnect();
    root.replaceChildren();
    root.open = before !== null;
    root.hidden = !lab || !dataset;
    if (!lab || !dataset) return;
    const { classes, counts } = dataset.summary;
    const some = SPLITS.filter((split) => counts[split].some((count) => count > 0));
    root.hidden = !some.length;
    const split = h(
      "select",
      { id: "gallery-split", "aria-label": t.photos.gallerySplit },
      ...some.map((name) => h("option", { value: name, selected: name === before?.split }, t.photos.splits[name])),
    );
    const label = h(
      "select",
      { id: "gallery-class", "aria-label": t.photos.galleryClass },
      h("option", { value: ALL }, t.photos.allClasses),
      ...classes.map((name) => h("option", { value: name, selected: name === before?.label }, name)),
    );
    const window = h("div", { class: "gallery", id: "gallery", role: "group", "aria-label": t.photos.gallery });
    root.append(
      h("summary", null, t.photos.gallery),
      h("div", { class: "fields" }, split, label),
      window,
      h("p", { class: "hint" }, t.photo.keys),
    );
    widths.observe(window);
    show = (from) => {
      const chosen = /** @type {Split} */ (split.value);
      const [first, count] = range(counts[chosen], classes.indexOf(label.value));
      const sheet = scroller(window, count, from, {
        read: (indices) =>
          lab.images(
            dataset,
            chosen,
            indices.map((index) => first + index),
          ),
        open: (index) => void openPhoto(app, { split: chosen, first, count }, index, (last) => shown?.sheet.goTo(last)),
      });
      shown = { dataset, split: chosen, label: label.value, sheet };
      return sheet;
    };
    split.onchange = label.onchange = () => void show(START);
    root.ontoggle = () => void (root.open && !shown && show(START));
    if (!before || !some.length) return;
    const sheet = show(split.value === before.split && label.value === before.label ? place : START);
    if (focused) sheet.goTo(place.index);
  });
}

/**
 * Where the photos of a class lie in their split, which has them class by class.
 * @param {number[]} counts of each class
 * @param {number} label a class's index, or -1 for all
 * @returns {[first: number, count: number]}
 */
function range(counts, label) {
  const sum = (/** @type {number[]} */ some) => some.reduce((total, count) => total + count, 0);
  return label < 0 ? [0, sum(counts)] : [sum(counts.slice(0, label)), counts[label]];
}

/**
 * @typedef {object} Place
 * @property {number} above how many photos are scrolled off at the top, as a fraction where a row is in part
 * @property {number} index of the photo that the Tab key goes to
 */

/**
 * @typedef {object} Sheet
 * @property {boolean} focused
 * @property {boolean} fits whether it is laid out for the width that there is
 * @property {() => Place} place
 * @property {(index: number) => void} goTo gives a photo the focus
 */

/**
 * @param {HTMLElement} window that scrolls; what it showed before is gone
 * @param {number} count photos
 * @param {Place} from
 * @param {object} photos
 * @param {(indices: number[]) => Promise<{ imageData: ImageData, label: string, path: string }[]>} photos.read
 * @param {(index: number) => void} photos.open
 * @returns {Sheet}
 */
function scroller(window, count, from, { read, open }) {
  const width = window.clientWidth;
  const columns = Math.max(1, Math.floor((width - GAP) / (SIDE + GAP)));
  const rows = Math.ceil(count / columns);
  const height = Math.max(SIDE + GAP, Math.floor((width - GAP) / columns));
  const sheet = h("div", { class: "gallery-sheet" });
  sheet.style.setProperty("--side", `${height - GAP}px`);
  sheet.style.blockSize = `${rows * height + GAP}px`;
  /** Rows in the document. @type {Map<number, HTMLElement>} */
  const shown = new Map();
  /** Photos that are in the document and not drawn yet. @type {Map<number, HTMLCanvasElement>} */
  const empty = new Map();
  let reading = false;
  let current = Math.max(0, Math.min(from.index, count - 1));

  const buttonAt = (/** @type {number} */ index) =>
    /** @type {HTMLElement | null} */ (sheet.querySelector(`button[data-index="${index}"]`));
  const rowAt = (/** @type {number} */ row) => {
    const element = h("div", { class: "gallery-row" });
    element.style.insetBlockStart = `${row * height + GAP}px`;
    for (let index = row * columns; index < Math.min(count, (row + 1) * columns); index++) {
      const canvas = h("canvas", { width: 1, height: 1, "data-index": index });
      empty.set(index, canvas);
      const attributes = { "data-index": index, tabindex: -1, "aria-label": String(index + 1) };
      element.append(
        h("button", { type: "button", class: "thumbnail", ...attributes, onclick: () => open(index) }, canvas),
      );
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
          canvas.parentElement?.setAttribute("aria-label", `${label}: ${path}`);
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
      // The focus would fall off the page with its row.
      if ((row >= first && row <= last) || element.contains(document.activeElement)) continue;
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
    // The Tab key stops at one photo, of those that are there.
    if (!shown.has(Math.floor(current / columns))) current = Math.min(count - 1, (first + SPARE_ROWS) * columns);
    mark();
    void fill();
  };
  const mark = () => {
    for (const button of sheet.querySelectorAll('button[tabindex="0"]')) button.setAttribute("tabindex", "-1");
    buttonAt(current)?.setAttribute("tabindex", "0");
  };
  const goTo = (/** @type {number} */ index) => {
    current = Math.max(0, Math.min(index, count - 1));
    const top = Math.floor(current / columns) * height;
    window.scrollTop = Math.min(top, Math.max(window.scrollTop, top + height + GAP - window.clientHeight));
    draw();
    buttonAt(current)?.focus({ preventScroll: true });
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
  window.onkeydown = (event) => {
    const page = columns * Math.max(1, Math.floor(window.clientHeight / height));
    /** @type {Record<string, number>} */
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, PageUp: -page, PageDown: page, Home: -count, End: count };
    const by = steps[event.key];
    if (!by || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    goTo(current + by);
  };
  sheet.addEventListener("focusin", ({ target }) => {
    const index = target instanceof HTMLElement ? target.dataset.index : undefined;
    if (index === undefined || Number(index) === current) return;
    current = Number(index);
    mark();
  });
  window.replaceChildren(sheet);
  window.scrollTop = (from.above / columns) * height;
  draw();
  return {
    get focused() {
      return sheet.contains(document.activeElement);
    },
    get fits() {
      return window.clientWidth === width;
    },
    place: () => ({ above: (window.scrollTop / height) * columns, index: current }),
    goTo,
  };
}
