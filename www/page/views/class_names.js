import { field, h } from "../dom.js";
import { BUSY_KEYS } from "../state.js";
import { t } from "../texts.js";

/** So many classes have a field each; more are lines of one text, into which a list can be pasted. */
const MOST_FIELDS = 24;

/**
 * Asks for the names of a network's classes if its file did not have them.
 * @param {HTMLElement} parent
 * @param {import("../app.js").App} app
 */
export function mountClassNames(parent, { store, actions }) {
  const explained = h("p", null);
  const place = h("div", null);
  const use = h("button", { type: "submit", class: "primary", id: "use-class-names" }, t.modelFiles.useNames);
  const asPhotos = h("button", { type: "button", id: "class-names-as-photos" }, t.modelFiles.asPhotos);
  const form = h(
    "form",
    { class: "class-names", id: "class-names" },
    h("h3", null, t.modelFiles.namesTitle),
    explained,
    place,
    h("div", { class: "buttons" }, use, asPhotos),
  );
  /** @type {Names | null} */
  let names = null;
  /** Whose names are asked for. @type {import("../../lab.js").Model | null} */
  let asked = null;
  form.onsubmit = (event) => {
    event.preventDefault();
    if (names) void actions.networks.nameClasses(names.read());
  };
  asPhotos.onclick = () => names?.show(store.state.dataset?.summary.classes ?? []);
  parent.append(form);

  store.watch(["model", "dataset"], () => {
    const { model, dataset } = store.state;
    form.hidden = !model || model.namedClasses;
    if (!model || model.namedClasses) {
      asked = null;
      return;
    }
    asPhotos.hidden = dataset?.summary.classes.length !== model.classes.length;
    // What was typed until now stays.
    if (asked === model) return;
    asked = model;
    explained.textContent = t.modelFiles.namesText(model.classes.length);
    names = model.classes.length > MOST_FIELDS ? lines() : fields(model.classes.length);
    names.show(model.classes);
    place.replaceChildren(names.element);
  });
  store.watch([...BUSY_KEYS], () => (use.disabled = asPhotos.disabled = store.busy));
}

/** @typedef {{ element: HTMLElement, read: () => string[], show: (names: string[]) => void }} Names */

/**
 * @param {number} count
 * @returns {Names}
 */
function fields(count) {
  const inputs = Array.from({ length: count }, (_, nth) => h("input", { type: "text", id: `class-name-${nth}`, autocomplete: "off" }));
  return {
    element: h("div", { class: "fields" }, ...inputs.map((input, nth) => field(t.modelFiles.nameOf(nth + 1), input))),
    read: () => inputs.map(({ value }) => value),
    show: (names) => inputs.forEach((input, nth) => (input.value = names[nth] ?? "")),
  };
}

/** @returns {Names} */
function lines() {
  const text = h("textarea", { id: "class-name-lines", rows: 10, spellcheck: "false", "aria-label": t.modelFiles.names });
  return {
    element: h("div", { class: "class-name-lines" }, h("p", { class: "hint" }, t.modelFiles.namesLines), text),
    read: () => text.value.trim().split("\n"),
    show: (names) => (text.value = names.join("\n")),
  };
}
