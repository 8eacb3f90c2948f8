import { errorLine, figure, h, percent } from "../dom.js";
import { misfitOf } from "../obstacle.js";
import { BUSY_KEYS } from "../state.js";
import { t } from "../texts.js";
import { evaluate } from "../actions/trying.js";
import { mountClassify } from "./classify.js";
import { confusionMatrix, perClass } from "./confusion.js";
import { mountCrossValidation } from "./cross_validation.js";
import { mountModelFiles } from "./model_files.js";
import { panel } from "./panel.js";
import { mountThreshold, rightOf } from "./threshold.js";

/**
 * Panel 4: what the network can do: on the test photos, on one photo, and as a file to keep.
 * @param {HTMLElement} root
 * @param {import("../app.js").App} app
 */
export function mountResult(root, app) {
  const { store } = app;
  const { body, status } = panel(root, 4, t.result.title);
  const empty = h("p", { class: "empty" }, t.result.empty);
  const tests = h("div", { class: "tests" });
  body.append(empty, tests);
  mountTest(tests, app);
  mountClassify(tests, app);
  mountThreshold(body, app);
  mountCrossValidation(body, app);
  mountModelFiles(body, app);
  store.watch(["model", "evaluation"], () => {
    const { model, evaluation } = store.state;
    empty.hidden = model !== null;
    tests.hidden = model === null;
    root.classList.toggle("filled", model !== null);
    status.textContent = evaluation ? percent(evaluation.accuracy) : t.result.none;
  });
}

/**
 * @param {HTMLElement} parent
 * @param {import("../app.js").App} app
 */
function mountTest(parent, { store }) {
  const button = h("button", {
    type: "button",
    class: "primary",
    id: "evaluate",
    "data-testid": "evaluate",
    onclick: () => void evaluate(store),
  });
  const hint = h("p", { class: "hint" });
  const error = errorLine("evaluation-error");
  const shown = h("div", { class: "evaluation", id: "evaluation", "data-testid": "evaluation", "aria-live": "polite" });
  parent.append(
    h(
      "div",
      { class: "on-test" },
      h("h3", null, t.result.testTitle),
      h("p", null, t.result.testText),
      h("div", { class: "buttons" }, button),
      hint,
      error.element,
      shown,
    ),
  );

  store.watch(["dataset", "model", "evaluating", "curves", ...BUSY_KEYS], () => {
    const { dataset, evaluating, recipe, curves } = store.state;
    const photos = dataset?.summary.counts.test.reduce((sum, n) => sum + n, 0) ?? 0;
    const misfit = misfitOf(store.state);
    button.disabled = !photos || misfit !== "" || evaluating || store.busy;
    button.textContent = evaluating ? t.result.evaluating : t.result.evaluate;
    const untrained = recipe !== "file" && !curves.stepAt.length;
    hint.textContent = dataset && !photos ? t.result.noTest : misfit || (untrained ? t.result.untrained : "");
  });
  store.watch(["evaluationError"], () => error.say(store.state.evaluationError));
  store.watch(["evaluation"], () => {
    const { evaluation } = store.state;
    shown.replaceChildren();
    if (!evaluation) return;
    const photos = evaluation.confusion.flat().reduce((sum, n) => sum + n, 0);
    shown.append(
      h(
        "p",
        { class: "said", "data-testid": "test-accuracy", "data-accuracy": evaluation.accuracy },
        t.result.accuracy(percent(evaluation.accuracy), photos),
        " ",
        h("span", { class: "hint" }, t.result.loss(figure(evaluation.loss))),
      ),
      ...(evaluation.withheld ? [withThreshold(evaluation, photos)] : []),
      evaluation.seen ? h("p", { class: "error", id: "seen" }, t.result.seen.some(evaluation.seen)) : unseen(evaluation),
      confusionMatrix(evaluation),
      perClass(evaluation),
    );
  });
}

/**
 * What its threshold makes of the test.
 * @param {import("../../shared/types.js").Evaluation} evaluation
 * @param {number} photos
 */
function withThreshold({ accuracy, withheld }, photos) {
  const { right, wrong } = withheld ?? { right: 0, wrong: 0 };
  const allRight = Math.round(accuracy * photos);
  const answered = { right: allRight - right, wrong: photos - allRight - wrong };
  return h(
    "p",
    { id: "withheld" },
    t.threshold.onTest(answered.right + answered.wrong, photos, rightOf(answered)),
    " ",
    t.threshold.withheld(right, wrong),
  );
}

/**
 * What is known of photos that the network may have been trained with, where none of these is known to be.
 * @param {import("../../shared/types.js").Evaluation} evaluation
 */
function unseen({ seen_complete }) {
  return h("p", { class: "hint", id: "unseen" }, seen_complete ? t.result.seen.none : t.result.seen.unknown);
}
