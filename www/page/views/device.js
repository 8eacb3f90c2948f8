import { h, sentence } from "../dom.js";
import { BUSY_KEYS } from "../state.js";
import { languageNames, t } from "../texts.js";

const SVG = "http://www.w3.org/2000/svg";

/** @returns {SVGSVGElement} the page's mark: a fovea, where the eye sees sharpest */
function mark() {
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ viewBox: "0 0 32 32", class: "mark", "aria-hidden": "true" }))
    svg.setAttribute(name, value);
  for (const [radius, part] of /** @type {const} */ ([
    ["14.5", "outer"],
    ["9.5", "inner"],
    ["4.6", "centre"],
  ])) {
    const circle = document.createElementNS(SVG, "circle");
    for (const [name, value] of Object.entries({ cx: "16", cy: "16", r: radius, class: part }))
      circle.setAttribute(name, value);
    svg.append(circle);
  }
  return svg;
}

/**
 * The top of the page: its name, the device it computes on and why, the language.
 * @param {HTMLElement} root
 * @param {import("../app.js").App} app
 */
export function mountDevice(root, { store, actions, speak }) {
  const line = h("p", { class: "device-line", id: "device-line", "data-testid": "device-line", "aria-live": "polite" });
  const restart = h(
    "button",
    { type: "button", id: "restart", hidden: true, onclick: () => void actions.restart().catch(() => {}) },
    t.device.restart,
  );
  const choices = h("fieldset", { class: "segments" }, h("legend", null, t.device.label));
  for (const choice of /** @type {const} */ (["auto", "webgpu", "cpu"])) {
    const input = h("input", {
      type: "radio",
      name: "device",
      value: choice,
      id: `device-${choice}`,
      onchange: () => void actions.devices.switchDevice(choice),
    });
    choices.append(input, h("label", { for: input.id }, t.device.choices[choice]));
  }
  root.append(
    h("a", { class: "skip", href: "#photos" }, t.skip),
    h("div", { class: "brand" }, mark(), h("h1", null, "Fovea"), languageSwitch(speak)),
    h("p", { class: "tagline" }, t.tagline, " ", h("strong", null, t.promise)),
    h("div", { class: "device" }, choices, h("div", { class: "device-said" }, line, restart)),
  );
  store.watch(["lab", "labError", "deviceLost", "deviceChoice", ...BUSY_KEYS], () => {
    const { lab, moving, deviceLost, deviceChoice } = store.state;
    const labError = store.state.labError || (deviceLost ? t.device.lost : "");
    for (const input of choices.querySelectorAll("input")) {
      input.checked = input.value === deviceChoice;
      // While photos are on their way to one device another can be chosen: a control must not lose its focus.
      input.disabled = moving ? false : store.busy || (!lab && !labError);
    }
    choices.title = store.training ? t.device.locked : "";
    restart.hidden = !labError || lab !== null;
    line.classList.toggle("error", labError !== "" && !moving);
    line.replaceChildren(...said(lab, labError, moving));
  });
}

/**
 * @param {import("../../lab.js").Lab | null} lab
 * @param {string} error
 * @param {boolean} moving
 * @returns {(Node | string)[]}
 */
function said(lab, error, moving) {
  if (moving) return [t.device.moving];
  if (error) return [sentence(error)];
  if (!lab) return [t.device.opening];
  const { kind, name, software, workers, reason } = lab.device;
  const facts = [name, software && t.device.software, kind === "cpu" && workers && t.device.workers(workers)].filter(
    Boolean,
  );
  const shown = [
    h("span", { class: `lamp ${kind}`, "aria-hidden": "true" }),
    h("strong", null, t.device.kinds[kind]),
    " ",
  ];
  return [...shown, facts.join(", "), h("span", { class: "reason" }, sentence(reason))];
}

/** @param {(language: string) => void} speak */
function languageSwitch(speak) {
  const names = languageNames();
  if (names.length < 2) return null;
  const select = h("select", { id: "language", "aria-label": t.languages, onchange: () => speak(select.value) });
  for (const [code, name] of names) select.append(h("option", { value: code, lang: code }, name));
  select.value = document.documentElement.lang;
  return select;
}
