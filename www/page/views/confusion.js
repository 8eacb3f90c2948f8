import { h, percent } from "../dom.js";
import { t } from "../texts.js";

/** @typedef {import("../../shared/types.js").Evaluation} Evaluation */

/**
 * @param {Evaluation} evaluation
 * @returns {HTMLElement}
 */
export function confusionMatrix({ confusion, per_class }) {
  const labels = per_class.map(({ label }) => label);
  const heads = labels.map((label) => h("th", { scope: "col", title: label }, h("span", null, label)));
  const rows = confusion.map((row, truth) => {
    const total = row.reduce((sum, n) => sum + n, 0);
    return h(
      "tr",
      null,
      h("th", { scope: "row", title: labels[truth] }, h("span", null, labels[truth])),
      ...row.map((n, said) => cell(n, total, truth === said, t.result.cell(n, labels[truth], labels[said]))),
    );
  });
  return h(
    "figure",
    { class: "confusion" },
    h(
      "figcaption",
      null,
      h("span", { class: "chart-title" }, t.result.confusion),
      h("span", { class: "hint" }, t.result.confusionHint),
    ),
    h(
      "div",
      { class: "scrolls", tabindex: 0, role: "region", "aria-label": t.result.confusion },
      h(
        "table",
        { "data-testid": "confusion", class: labels.length > 6 ? "many" : labels.length > 3 ? "some" : null },
        h("thead", null, h("tr", null, h("td"), ...heads)),
        h("tbody", null, ...rows),
      ),
    ),
  );
}

/**
 * @param {number} n
 * @param {number} total of the row
 * @param {boolean} right
 * @param {string} description
 */
function cell(n, total, right, description) {
  const share = total ? n / total : 0;
  const element = h(
    "td",
    { class: `${right ? "right" : "wrong"}${share > 0.5 ? " deep" : ""}${n ? "" : " none"}`, title: description },
    String(n),
  );
  element.style.setProperty("--share", `${Math.round(share * 100)}%`);
  return element;
}

/**
 * @param {Evaluation} evaluation
 * @returns {HTMLElement}
 */
export function perClass({ per_class }) {
  const row = (/** @type {Evaluation["per_class"][number]} */ { label, precision, recall, f1, support }) =>
    h(
      "tr",
      null,
      h("th", { scope: "row" }, label),
      ...[precision, recall, f1].map((share) =>
        h("td", { class: "number" }, Number.isFinite(share) ? percent(share) : "–"),
      ),
      h("td", { class: "number" }, String(support)),
    );
  return h(
    "details",
    { class: "per-class" },
    h("summary", null, t.result.perClass),
    h(
      "div",
      { class: "scrolls" },
      h(
        "table",
        null,
        h("thead", null, h("tr", null, ...t.result.perClassHeads.map((head) => h("th", { scope: "col" }, head)))),
        h("tbody", null, ...per_class.map(row)),
      ),
    ),
  );
}
