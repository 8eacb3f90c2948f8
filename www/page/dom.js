/**
 * Builds an element. Strings become text and nothing else: file and class names are other people's words.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown> | null} [attributes] a function is set as a property (`onclick`); true, false and null as one expects
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") Object.assign(element, { [name]: value });
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/**
 * A labelled field.
 * @param {string} label
 * @param {HTMLElement} control with an id
 * @param {string} [unit]
 */
export function field(label, control, unit) {
  return h(
    "div",
    { class: "field" },
    h("label", { for: control.id }, label),
    unit ? h("span", { class: "with-unit" }, control, unit) : control,
  );
}

/**
 * An error in its place: announced, and gone when there is none.
 * @param {string} id
 * @returns {{ element: HTMLElement, say: (message: string) => void }}
 */
export function errorLine(id) {
  const element = h("p", { class: "error", id, role: "alert", "data-testid": id });
  const say = (/** @type {string} */ message) => {
    const said = sentence(message);
    if (element.textContent !== said) element.textContent = said;
    element.hidden = !message;
  };
  say("");
  return { element, say };
}

/**
 * The engine's messages begin small, as they may stand behind others; here they stand alone.
 * @param {string} message
 * @returns {string}
 */
export function sentence(message) {
  const begun = /^[a-z]+ /.test(message) ? message[0].toUpperCase() + message.slice(1) : message;
  return begun && !/[.!?…]$/.test(begun) ? `${begun}.` : begun;
}

/**
 * @param {ImageData} imageData
 * @param {string} description
 * @returns {HTMLCanvasElement}
 */
export function pictureOf({ width, height, data }, description) {
  const canvas = h("canvas", { width, height, role: "img", "aria-label": description, title: description });
  canvas.getContext("2d")?.putImageData(new ImageData(data, width, height), 0, 0);
  return canvas;
}

/**
 * @param {number} share 0 to 1
 * @returns {string} never 100 % or 0 % for what is only close to it
 */
export function percent(share) {
  if (share > 0.999 && share < 1) return "> 99.9 %";
  if (share > 0 && share < 0.001) return "< 0.1 %";
  return `${(share * 100).toFixed(1)} %`;
}

/**
 * @param {number} value a loss
 * @returns {string} four figures
 */
export function figure(value) {
  if (!Number.isFinite(value)) return "–";
  return value !== 0 && Math.abs(value) < 0.001 ? value.toExponential(2) : value.toFixed(4);
}
