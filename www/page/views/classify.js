import { errorLine, h, percent, pictureOf } from "../dom.js";
import { t } from "../texts.js";
import { classify, classifyRandom } from "../actions/trying.js";

/** Classes shown with a bar; the rest of a long list is all but nothing. */
const SHOWN = 10;

/**
 * One photo: chosen, dropped, pasted, or a random one from the test.
 * @param {HTMLElement} parent
 * @param {import("../app.js").App} app
 */
export function mountClassify(parent, { store }) {
  const input = h("input", {
    type: "file",
    id: "choose-image",
    "data-testid": "choose-image",
    class: "file-input",
    accept: "image/*",
  });
  const random = h(
    "button",
    {
      type: "button",
      id: "random-photo",
      "data-testid": "random-photo",
      onclick: () => void classifyRandom(store),
    },
    t.result.random,
  );
  const error = errorLine("prediction-error");
  const picture = h("div", { class: "picture", id: "picture" });
  const sure = h("p", { id: "sure", "aria-live": "polite" });
  const bars = h("ol", {
    class: "predictions",
    id: "predictions",
    "data-testid": "predictions",
    "aria-live": "polite",
  });
  const zone = h(
    "div",
    { class: "classify", id: "classify", "data-now": t.photos.dropNow },
    h("h3", null, t.result.tryTitle),
    h("p", null, t.result.tryText),
    h("div", { class: "buttons" }, input, h("label", { class: "button", for: input.id }, t.result.choose), random),
    error.element,
    sure,
    h("div", { class: "answer" }, picture, bars),
  );
  parent.append(zone);

  const take = (/** @type {FileList | null | undefined} */ files) => {
    const file = Array.from(files ?? []).find(({ type }) => type.startsWith("image/")) ?? files?.[0];
    if (file) void classify(store, { image: file, name: file.name });
    else store.set({ predictionError: t.result.noImage });
  };
  input.onchange = () => {
    const files = input.files;
    if (files?.length) take(files);
    input.value = "";
  };
  zone.ondragover = (event) => (event.preventDefault(), zone.classList.add("over"));
  zone.ondragleave = (event) =>
    zone.classList.toggle("over", event.relatedTarget instanceof Node && zone.contains(event.relatedTarget));
  zone.ondrop = (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    take(event.dataTransfer?.files);
  };
  document.onpaste = (event) => {
    if (store.state.model && event.clipboardData?.files.length) take(event.clipboardData.files);
  };

  store.watch(["dataset", "model"], () => {
    random.disabled = !store.state.dataset;
  });
  store.watch(["predictionError"], () => error.say(store.state.predictionError));
  store.watch(["photo"], () => void showPhoto(picture, store.state.photo));
  store.watch(["predictions", "photo"], () => {
    const { predictions, photo } = store.state;
    const { notSure, confidence } = predictions ?? {};
    sure.hidden = notSure === undefined;
    sure.className = notSure ? "not-sure" : "hint";
    sure.textContent = notSure ? t.threshold[notSure] : confidence === undefined ? "" : t.threshold.confidence(percent(confidence));
    bars.classList.toggle("withheld", Boolean(notSure));
    bars.replaceChildren(
      ...(predictions ?? []).slice(0, SHOWN).map((prediction, rank) => bar(prediction, rank, photo?.truth)),
    );
  });
}

/**
 * @param {import("../../shared/types.js").Prediction} prediction
 * @param {number} rank
 * @param {string} [truth]
 */
function bar({ label, probability }, rank, truth) {
  const fill = h("span", { class: "fill" });
  fill.style.inlineSize = `${probability * 100}%`;
  const classes = [rank === 0 && "first", truth === label && "true"].filter(Boolean).join(" ");
  return h(
    "li",
    { class: classes || null, "data-label": label, "data-probability": probability },
    h("span", { class: "prediction-label", title: label }, label),
    h("span", { class: "track", "aria-hidden": "true" }, fill),
    h("span", { class: "number" }, percent(probability)),
  );
}

/**
 * @param {HTMLElement} picture
 * @param {import("../state.js").Photo | null} photo
 */
async function showPhoto(picture, photo) {
  for (const old of picture.querySelectorAll("img")) URL.revokeObjectURL(old.src);
  picture.replaceChildren();
  if (!photo) return;
  const caption = h("p", { class: "hint" }, photo.truth ? t.result.isReally(photo.truth) : photo.name);
  if (photo.image instanceof ImageData) return picture.append(pictureOf(photo.image, photo.name), caption);
  const image = h("img", { src: URL.createObjectURL(photo.image), alt: photo.name });
  image.onerror = () => image.replaceWith(h("p", { class: "hint" }, t.result.cannotShow));
  picture.append(image, caption);
}
