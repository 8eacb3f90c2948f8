import { errorLine, h } from "../dom.js";
import { messageOf } from "../../shared/protocol.js";
import { t } from "../texts.js";

const VERSIONS = 8;
/** Where the photo as it is stands among them: in the middle of three rows of three. */
const MIDDLE = VERSIONS / 2;

/**
 * One photo, and around it eight versions of it as training may see them; drawn anew when a setting changes.
 * @param {import("../app.js").App} app
 */
export function augmentationPreview({ store }) {
  const canvases = Array.from({ length: VERSIONS + 1 }, (_, nth) =>
    h("canvas", { width: 1, height: 1, role: "img", class: nth === MIDDLE ? "original" : null }),
  );
  const caption = h("figcaption", { class: "hint" });
  const error = errorLine("augmentation-error");
  const button = (/** @type {string} */ id, /** @type {string} */ text, /** @type {() => void} */ onclick) =>
    h("button", { type: "button", class: "quiet", id, "data-testid": id, onclick }, text);
  const element = h(
    "div",
    { class: "versions", id: "versions", "data-testid": "versions" },
    h("figure", null, h("div", { class: "nine" }, ...canvases), caption),
    h(
      "div",
      { class: "buttons" },
      button("another-photo", t.augmentation.another, () => {
        share = Math.random();
        void draw();
      }),
      button("draw-again", t.augmentation.again, () => {
        seed += 1;
        void draw();
      }),
    ),
    error.element,
  );
  let seed = 1;
  /** How far into the training photos the one shown is. */
  let share = 0;
  let drawing = false;
  let stale = false;

  async function drawOnce() {
    const { lab, dataset, augmentation } = store.state;
    if (!lab || !dataset || !augmentation) return;
    const photos = dataset.summary.counts.train.reduce((sum, n) => sum + n, 0);
    const index = Math.floor(share * photos);
    try {
      const [{ imageData, path, label }, versions] = await Promise.all([
        lab.image(dataset, "train", index),
        lab.augmented(dataset, { index, augmentation, count: VERSIONS, seed }),
      ]);
      versions.splice(MIDDLE, 0, imageData);
      versions.forEach((version, nth) => {
        const canvas = canvases[nth];
        const said =
          nth === MIDDLE ? t.augmentation.original(path) : t.augmentation.version(nth < MIDDLE ? nth + 1 : nth);
        canvas.setAttribute("aria-label", said);
        canvas.title = said;
        Object.assign(canvas, { width: version.width, height: version.height });
        canvas.getContext("2d")?.putImageData(version, 0, 0);
      });
      caption.textContent = t.augmentation.caption(path, label);
      element.dataset.drawn = String(Number(element.dataset.drawn ?? 0) + 1);
      error.say("");
    } catch (thrown) {
      // Photos that were closed meanwhile have others in their place, which are drawn next.
      if (store.state.dataset === dataset) error.say(messageOf(thrown));
    }
  }

  /** One drawing at a time; a change meanwhile is drawn after it. */
  async function draw() {
    stale = true;
    if (drawing) return;
    drawing = true;
    while (stale) {
      stale = false;
      await drawOnce();
    }
    drawing = false;
  }

  store.watch(["augmentation", "dataset"], () => void draw());
  return element;
}
