import { errorLine, h, percent, pictureOf } from "../dom.js";
import { misfitOf } from "../obstacle.js";
import { BUSY_KEYS } from "../state.js";
import { t } from "../texts.js";
import { crossValidate, relabel, stopValidating } from "../actions/cross_validating.js";

/** @typedef {import("../../shared/types.js").Doubtful} Doubtful */

/** So many photos are shown at a time. */
const SHOWN = 12;

/**
 * How well new layers on the base do on photos that they never saw, and the photos whose labels they doubt.
 * @param {HTMLElement} parent
 * @param {import("../app.js").App} app
 */
export function mountCrossValidation(parent, app) {
  const { store } = app;
  const start = h("button", { type: "button", id: "cross-validate", onclick: () => void crossValidate(store) }, t.crossValidation.start);
  const stop = h("button", { type: "button", class: "quiet", id: "stop-validating", onclick: stopValidating }, t.crossValidation.stop);
  const progress = h("p", { class: "numbers", id: "validating", "aria-live": "polite" });
  const error = errorLine("validation-error");
  const found = h("div", { class: "health", id: "cross-validation", "data-testid": "cross-validation", "aria-live": "polite" });
  const root = h(
    "details",
    { class: "cross-validation", id: "cross-validating" },
    h("summary", null, t.crossValidation.title),
    h("p", null, t.crossValidation.text),
    h("p", { class: "buttons" }, start, stop),
    progress,
    error.element,
    found,
  );
  parent.append(root);

  store.watch(["recipe", "model", "dataset", "fitting", "validating", ...BUSY_KEYS], () => {
    const { lab, recipe, validating, fitting, dataset } = store.state;
    root.hidden = !dataset || !(recipe === "base" || lab?.recipes.find(({ name }) => name === recipe)?.base);
    start.disabled = store.busy || validating !== null || !fitting || misfitOf(store.state) !== "";
    stop.hidden = validating === null;
    progress.hidden = validating === null;
    const { stage, done, total } = validating ?? { stage: "fold", done: 0, total: 0 };
    progress.textContent = total ? t.crossValidation.progress[stage](done, total) : t.crossValidation.starting;
  });
  store.watch(["validationError"], () => error.say(store.state.validationError));
  store.watch(["crossValidation"], () => {
    const { crossValidation } = store.state;
    found.replaceChildren();
    if (!crossValidation) return;
    const { accuracy, photos, interval, doubtful } = crossValidation;
    found.append(
      h("p", { class: "said", id: "cross-accuracy", "data-accuracy": accuracy }, t.crossValidation.accuracy(percent(accuracy), photos, percent(interval[0]), percent(interval[1]))),
      h("p", { class: "hint" }, doubtful.length ? t.crossValidation.doubtful(doubtful.length) : t.crossValidation.none),
      ...(doubtful.length ? [doubtfulPhotos(app, doubtful)] : []),
    );
  });
}

/**
 * @param {import("../app.js").App} app
 * @param {Doubtful[]} all
 */
function doubtfulPhotos({ store, actions }, all) {
  const list = h("ul", { class: "groups doubtful", id: "doubtful" });
  const more = h("button", { type: "button", class: "quiet", onclick: () => void show() }, t.crossValidation.more);
  const changed = h("p", { class: "hint", hidden: true }, t.crossValidation.changed);
  let seen = 0;
  /** Where the photos have changed, the numbers of those that were not shown yet mean others. */
  let asFound = true;
  const settle = (/** @type {HTMLElement} */ item) => {
    const next = item.nextElementSibling ?? item.previousElementSibling;
    item.remove();
    /** @type {HTMLElement | null | undefined} */ (next?.querySelector("button"))?.focus();
  };
  const count = () => {
    const left = seen < all.length;
    more.hidden = !left || !asFound;
    changed.hidden = !left || asFound;
  };
  const itemOf = (/** @type {Doubtful} */ doubtful) => {
    const { path, label, suggested } = doubtful;
    const frame = h("div", { class: "frame" });
    const move = async () => {
      if (!(await relabel(actions.photos, doubtful))) return;
      asFound = false;
      settle(item);
      count();
    };
    const item = h(
      "li",
      null,
      h(
        "div",
        { class: "figures" },
        h(
          "figure",
          null,
          frame,
          h("figcaption", { title: path }, t.crossValidation.says(label), h("span", { class: "path" }, path.split("/").at(-1))),
        ),
      ),
      h(
        "p",
        { class: "buttons" },
        h("button", { type: "button", class: "move", onclick: () => void move() }, t.crossValidation.moveTo(suggested)),
        h("button", { type: "button", class: "quiet", onclick: () => settle(item) }, t.crossValidation.keep),
      ),
    );
    return { item, frame };
  };
  const show = async () => {
    const next = all.slice(seen, seen + SHOWN);
    seen += next.length;
    const shown = next.map(itemOf);
    list.append(...shown.map(({ item }) => item));
    count();
    await draw(store, next, shown.map(({ frame }) => frame));
  };
  void show();
  return h("div", null, list, h("p", { class: "buttons" }, more), changed);
}

/**
 * @param {import("../state.js").Store} store
 * @param {Doubtful[]} photos
 * @param {HTMLElement[]} frames
 */
async function draw({ state: { lab, dataset } }, photos, frames) {
  if (!lab || !dataset) return;
  for (const split of new Set(photos.map((photo) => photo.split))) {
    const wanted = photos.flatMap((photo, at) => (photo.split === split ? [{ index: photo.index, frame: frames[at] }] : []));
    try {
      const images = await lab.images(dataset, split, wanted.map(({ index }) => index));
      images.forEach(({ imageData, path }, nth) => wanted[nth].frame.append(pictureOf(imageData, path)));
    } catch {
      // The photos were closed meanwhile: other ones are shown by now.
      return;
    }
  }
}
