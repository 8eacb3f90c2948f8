import { errorLine, h, percent } from "../dom.js";
import { misfitOf } from "../obstacle.js";
import { BUSY_KEYS } from "../state.js";
import { t } from "../texts.js";
import { dropThreshold, setThreshold } from "../actions/threshold.js";

/** Shares of right answers that a threshold can be set to keep. */
const SHARES = [0.8, 0.9, 0.95, 0.98, 0.99];
const USUAL = 0.95;

/**
 * When the network says that it is not sure, and what that costs and saves.
 * @param {HTMLElement} parent
 * @param {import("../app.js").App} app
 */
export function mountThreshold(parent, { store }) {
  const share = (/** @type {number} */ keep) => h("option", { value: keep, selected: keep === USUAL }, percent(keep));
  const keep = h("select", { id: "keep" }, ...SHARES.map(share));
  const set = h("button", { type: "button", id: "set-threshold", onclick: () => void setThreshold(store, Number(keep.value)) }, t.threshold.set);
  const drop = h("button", { type: "button", class: "quiet", id: "drop-threshold", onclick: () => void dropThreshold(store) }, t.threshold.drop);
  const progress = h("p", { class: "numbers", "aria-live": "polite" });
  const error = errorLine("threshold-error");
  const hint = h("p", { class: "hint" });
  const found = h("div", { id: "threshold", "data-testid": "threshold", "aria-live": "polite" });
  const root = h(
    "details",
    { class: "cross-validation", id: "not-sure" },
    h("summary", null, t.threshold.title),
    h("p", null, t.threshold.text),
    h("p", { class: "buttons" }, h("label", { for: keep.id }, t.threshold.keep), keep, set, drop),
    hint,
    progress,
    error.element,
    found,
  );
  parent.append(root);

  store.watch(["model", "dataset", "threshold", "settingThreshold", "curves", ...BUSY_KEYS], () => {
    const { model, dataset, settingThreshold } = store.state;
    const validation = dataset?.summary.counts.validation.reduce((sum, n) => sum + n, 0) ?? 0;
    root.hidden = !model || (!dataset && model.threshold === null);
    set.disabled = !validation || store.busy || misfitOf(store.state) !== "";
    drop.hidden = !model || model.threshold === null;
    drop.disabled = store.busy;
    hint.textContent = dataset && !validation ? t.threshold.noValidation : "";
    progress.hidden = settingThreshold === null;
    const { done, total } = settingThreshold ?? { done: 0, total: 0 };
    progress.textContent = total ? t.threshold.progress(done, total) : t.threshold.starting;
    found.replaceChildren(...said(store.state));
  });
  store.watch(["thresholdError"], () => error.say(store.state.thresholdError));
}

/**
 * @param {import("../state.js").State} state
 * @returns {HTMLElement[]}
 */
function said({ model, threshold }) {
  if (!model || model.threshold === null) return [];
  if (!threshold) return [h("p", null, t.threshold.known(percent(model.threshold)))];
  const { answered, withheld, least_probability, most_distance, known } = threshold;
  const given = answered.right + answered.wrong;
  const probability = percent(least_probability);
  return [
    h("p", { class: "said" }, t.threshold.answered(given, given + withheld.right + withheld.wrong, rightOf(answered))),
    h("p", null, t.threshold.withheld(withheld.right, withheld.wrong)),
    h(
      "p",
      { class: "hint" },
      most_distance === null ? t.threshold.noDistance(probability) : t.threshold.limits(probability, most_distance.toPrecision(2), known),
    ),
  ];
}

/**
 * @param {import("../../shared/types.js").Answers} answers
 * @returns {string} the share of them that are right
 */
export function rightOf({ right, wrong }) {
  return percent(right / Math.max(1, right + wrong));
}
