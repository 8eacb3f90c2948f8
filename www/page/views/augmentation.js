import { h } from "../dom.js";
import { t } from "../texts.js";
import { augmentationPreview } from "./augmentation_preview.js";

/** @typedef {import("../../shared/types.js").Augmentation} Augmentation */
/** @typedef {{ name: keyof Augmentation, most?: number, step?: number }} Knob */

/** Settings of numbers, and as far as their sliders go. @type {Knob[]} */
const KNOBS = [
  { name: "rotation_range", most: 180, step: 1 },
  { name: "width_shift_range", most: 0.5, step: 0.01 },
  { name: "height_shift_range", most: 0.5, step: 0.01 },
  { name: "shear_range", most: 45, step: 0.1 },
  { name: "zoom_range", most: 0.9, step: 0.01 },
  { name: "channel_shift_range", most: 128, step: 1 },
  { name: "brightness_range" },
];
const SWITCHES = /** @type {const} */ (["horizontal_flip", "vertical_flip"]);
const FILL_MODES = ["nearest", "reflect", "wrap", "constant"];
/** The book's, for who switches augmentation on. @type {Augmentation} */
const BOOK = {
  rotation_range: 40,
  width_shift_range: 0.2,
  height_shift_range: 0.2,
  shear_range: 0.2,
  zoom_range: 0.2,
  horizontal_flip: true,
  fill_mode: "nearest",
};

/**
 * How training photos are changed, and what that looks like.
 * @param {import("../app.js").App} app
 */
export function augmentationForm(app) {
  const { store } = app;
  const use = h("input", { type: "checkbox", id: "augment", "data-testid": "augment" });
  const form = h("form", { id: "augmentation-settings", class: "knobs", novalidate: true });
  const preview = augmentationPreview(app);
  const body = h("div", { class: "augmentation-body" }, form, preview);
  const element = h(
    "section",
    { class: "augmentation", id: "augmentation", "aria-labelledby": "augmentation-title" },
    h("h3", { id: "augmentation-title" }, t.augmentation.title),
    h("label", { class: "switch", for: use.id }, use, t.augmentation.use),
    h("p", { class: "hint" }, t.augmentation.text),
    body,
  );
  /** What was set before it was switched off. @type {Augmentation} */
  let former = store.state.augmentation ?? BOOK;
  use.onchange = () => {
    former = store.state.augmentation ?? former;
    store.set({ augmentation: use.checked ? former : null });
  };
  const change = (/** @type {Augmentation} */ changes) =>
    store.set({ augmentation: { ...store.state.augmentation, ...changes } });

  const settings = [
    ...KNOBS.map((knob) => numberSetting(knob, change)),
    ...SWITCHES.map((name) => switchSetting(name, change)),
    fillSetting(change),
  ];
  const cval = numberSetting({ name: "cval", most: 255, step: 1 }, change);
  const book = h(
    "button",
    { type: "button", class: "quiet", id: "augmentation-book", onclick: () => store.set({ augmentation: BOOK }) },
    t.augmentation.book,
  );
  form.append(...settings.map(({ row }) => row), cval.row, book);
  form.onsubmit = (event) => event.preventDefault();

  store.watch(["augmentation"], () => {
    const { augmentation } = store.state;
    use.checked = augmentation !== null;
    body.hidden = !augmentation;
    for (const { show } of [...settings, cval]) show(augmentation ?? {});
    cval.row.hidden = augmentation?.fill_mode !== "constant";
  });
  return {
    element,
    /** @param {boolean} locked */
    lock(locked) {
      for (const control of [use, ...form.elements]) control.toggleAttribute("disabled", locked);
    },
  };
}

/**
 * A row with a name, what to know of it, and its controls.
 * @param {keyof Augmentation} name
 * @param {HTMLElement} control
 * @param {...HTMLElement} more
 */
function setting(name, control, ...more) {
  control.id = `augmentation-${name}`;
  const trap = h("p", { class: "hint", id: `${control.id}-hint` }, t.augmentation.traps[name]);
  control.setAttribute("aria-describedby", trap.id);
  return h("div", { class: "knob" }, h("label", { for: control.id }, name), control, ...more, trap);
}

/**
 * A field for one number or several, with a slider for one.
 * @param {Knob} knob
 * @param {(changes: Augmentation) => void} change
 */
function numberSetting({ name, most, step }, change) {
  const text = h("input", {
    type: "text",
    inputmode: "decimal",
    placeholder: most === undefined ? t.augmentation.none : "0",
    "data-testid": name,
  });
  const slider = h("input", {
    type: "range",
    min: 0,
    max: most,
    step,
    "aria-label": t.augmentation.slider(name),
    hidden: most === undefined,
  });
  text.oninput = () => change({ [name]: typed(text.value) });
  slider.oninput = () => change({ [name]: slider.valueAsNumber });
  return {
    row: setting(name, text, slider),
    show(/** @type {Augmentation} */ augmentation) {
      const value = augmentation[name];
      // What is being typed, such as "0.", is left alone.
      if (String(typed(text.value)) !== String(value ?? undefined)) text.value = shown(value);
      slider.value = String(typeof value === "number" ? value : 0);
    },
  };
}

/**
 * @param {"horizontal_flip" | "vertical_flip"} name
 * @param {(changes: Augmentation) => void} change
 */
function switchSetting(name, change) {
  const box = h("input", { type: "checkbox", "data-testid": name });
  box.onchange = () => change({ [name]: box.checked });
  return {
    row: setting(name, box),
    show(/** @type {Augmentation} */ augmentation) {
      box.checked = augmentation[name] ?? false;
    },
  };
}

/** @param {(changes: Augmentation) => void} change */
function fillSetting(change) {
  const modes = h("select", { "data-testid": "fill_mode" }, ...FILL_MODES.map((mode) => h("option", null, mode)));
  modes.onchange = () => change({ fill_mode: /** @type {Augmentation["fill_mode"]} */ (modes.value) });
  return {
    row: setting("fill_mode", modes),
    show(/** @type {Augmentation} */ augmentation) {
      modes.value = augmentation.fill_mode ?? FILL_MODES[0];
    },
  };
}

/** @param {unknown} value */
function shown(value) {
  if (value === null || value === undefined || value === 0) return "";
  return Array.isArray(value) ? value.join(", ") : String(value);
}

/**
 * @param {string} text such as "0.2", "0.8, 1.2", "[0.8, 1.2]" or nothing
 * @returns {any} what is no number goes to the engine as it was typed: it says what is wrong
 */
function typed(text) {
  const parts = text.split(/[\s,()[\]]+/).filter(Boolean);
  if (!parts.length || parts[0] === "None") return undefined;
  const values = parts.map(Number);
  if (!values.every(Number.isFinite)) return text;
  return values.length === 1 ? values[0] : values;
}
