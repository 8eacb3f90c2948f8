import { h } from "../dom.js";

/**
 * A panel's frame: its number, its title, a word on how it stands.
 * @param {HTMLElement} root a section
 * @param {number} number
 * @param {string} title
 * @returns {{ body: HTMLElement, status: HTMLElement }}
 */
export function panel(root, number, title) {
  const status = h("p", { class: "panel-status", "data-testid": `${root.id}-status` });
  const body = h("div", { class: "panel-body" });
  root.append(
    h(
      "header",
      { class: "panel-head" },
      h("span", { class: "panel-number", "aria-hidden": "true" }, String(number)),
      h("h2", { id: `${root.id}-title` }, title),
      status,
    ),
    body,
  );
  return { body, status };
}

/**
 * Brings a panel into view, gently where the user wants no motion.
 * @param {string} id
 */
export function goTo(id) {
  const root = document.getElementById(id);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  root?.scrollIntoView({ behavior: still ? "auto" : "smooth", block: "start" });
  root?.focus({ preventScroll: true });
}
