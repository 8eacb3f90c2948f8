import { Chart } from "../charts.js";
import { figure, h, percent } from "../dom.js";
import { overfitting } from "../overfitting.js";
import { t } from "../texts.js";

/** @typedef {import("../charts.js").Measure} Measure */

/**
 * The curves, what they mean, and the same as a table.
 * @param {HTMLElement} parent
 * @param {import("../app.js").App} app
 */
export function mountCurves(parent, { store }) {
  const plots = h("div", { class: "charts" });
  const charts = /** @type {const} */ (["loss", "accuracy"]).map((measure) => {
    const { element, chart, show } = chartFigure(measure);
    plots.append(element);
    return { chart, show };
  });
  const verdict = h("p", { class: "verdict", id: "verdict", "data-testid": "verdict" });
  const rows = h("tbody");
  const heads = t.training.tableHeads.map((head) => h("th", { scope: "col" }, head));
  const table = h(
    "details",
    { class: "epochs" },
    h("summary", null, t.training.table),
    h(
      "div",
      { class: "scrolls" },
      h("table", { id: "history", "data-testid": "history" }, h("thead", null, h("tr", null, ...heads)), rows),
    ),
  );
  const all = h("div", { class: "curves", id: "curves" }, plots, verdict, table);
  parent.append(all);

  store.watch(["curves", "step"], () => {
    const { curves } = store.state;
    all.hidden = !curves.stepAt.length;
    if (all.hidden) return rows.replaceChildren();
    const { best, rising } = overfitting(curves.history);
    for (const { chart, show } of charts) {
      chart.draw(curves, best);
      show(curves);
    }
    // Rows are added as epochs end; a shorter history is another network's.
    const { loss } = curves.history;
    if (rows.childElementCount > loss.length) rows.replaceChildren();
    for (let row = rows.childElementCount; row < loss.length; row++) rows.append(epochRow(curves, row));
    [...rows.children].forEach((row, index) => row.classList.toggle("best", index === best));
    verdict.classList.toggle("warning", rising);
    verdict.textContent = best < 0 ? "" : inWords(curves, best, rising);
  });
}

/**
 * @param {import("../state.js").Curves} curves
 * @param {number} best
 * @param {boolean} rising
 */
function inWords({ epochAt, history: { val_loss } }, best, rising) {
  if (rising)
    return t.training.overfitting(epochAt[best], figure(val_loss[best]), figure(val_loss[val_loss.length - 1]));
  return t.training.best(epochAt[best], figure(val_loss[best]));
}

/** @param {Measure} measure */
function chartFigure(measure) {
  const title = measure === "loss" ? t.training.lossTitle : t.training.accuracyTitle;
  const host = h("div", {
    class: "chart",
    id: `chart-${measure}`,
    "data-testid": `chart-${measure}`,
    role: "img",
    "aria-label": t.training.chartLabel(title),
  });
  const trained = h("b");
  const validated = h("b");
  const element = h(
    "figure",
    null,
    h(
      "figcaption",
      null,
      h("span", { class: "chart-title" }, title),
      h("span", { class: "swatch line train" }, t.training.train, " ", trained),
      h("span", { class: "swatch line validation" }, t.training.validation, " ", validated),
      h("span", { class: "swatch line faint" }, measure === "loss" ? t.training.batch : t.training.running),
    ),
    host,
  );
  const written = (/** @type {number | null | undefined} */ value) => {
    if (value === null || value === undefined || !Number.isFinite(value)) return "";
    return measure === "loss" ? figure(value) : percent(value);
  };
  return {
    element,
    chart: new Chart(host, measure),
    show: (/** @type {import("../state.js").Curves} */ { history }) => {
      trained.textContent = written(history[measure].at(-1));
      validated.textContent = written(history[`val_${measure}`].at(-1));
    },
  };
}

/**
 * @param {import("../state.js").Curves} curves
 * @param {number} row
 */
function epochRow({ epochAt, history: { loss, accuracy, val_loss, val_accuracy } }, row) {
  const cells = [loss, accuracy, val_loss, val_accuracy].map((list) => figure(list[row]));
  return h(
    "tr",
    null,
    h("th", { scope: "row" }, String(epochAt[row])),
    ...cells.map((text) => h("td", { class: "number" }, text)),
  );
}
