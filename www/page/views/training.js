import { errorLine, h, percent } from "../dom.js";
import { obstacle } from "../obstacle.js";
import { BUSY_KEYS } from "../state.js";
import { t } from "../texts.js";
import { steer, train } from "../actions/training.js";
import { classifyAgain } from "../actions/trying.js";
import { augmentationForm } from "./augmentation.js";
import { mountCurves } from "./curves.js";
import { panel } from "./panel.js";
import { trainingForm } from "./training_form.js";


/**
 * Panel 3: the training, its settings, its progress and its curves.
 * @param {HTMLElement} root
 * @param {import("../app.js").App} app
 */
export function mountTraining(root, app) {
  const { store, actions } = app;
  const { body, status } = panel(root, 3, t.training.title);
  const empty = h("p", { class: "empty" }, t.training.empty);
  const settings = trainingForm(app);
  const augmentation = augmentationForm(app);
  const button = (/** @type {string} */ id, /** @type {string} */ text, /** @type {() => void} */ onclick, look = "") =>
    h("button", { type: "button", id, "data-testid": id, class: look, onclick }, text);
  const start = button("start", t.training.start, () => void begin(), "primary");
  const afresh = button("start-afresh", t.training.afresh, () => void beginAfresh(), "quiet");
  const pause = button(
    "pause",
    t.training.pause,
    () => void steer(store, store.state.training === "paused" ? "resume" : "pause"),
  );
  const stop = button("stop", t.training.stop, () => void steer(store, "stop"));
  const error = errorLine("training-error");
  const buttons = h("div", { class: "buttons" }, start, afresh, pause, stop);
  const choices = [
    button("use-cpu", t.device.useCpu, () => void actions.devices.switchDevice("cpu"), "primary"),
    button("try-webgpu", t.device.tryWebgpu, () => void actions.devices.switchDevice("webgpu")),
  ];
  const lost = h("div", { id: "device-lost", hidden: true }, h("p", null, t.device.lost), h("div", { class: "buttons" }, ...choices));
  const reason = h("p", { class: "hint", id: "start-reason", "data-testid": "start-reason" });
  const content = h("div", null, settings.element, augmentation.element, buttons, reason, error.element, lost, progress(app));
  body.append(empty, content);
  mountCurves(content, app);

  /** Focus must not fall off the page with the button that is gone. @param {HTMLElement} gone @param {HTMLElement} next */
  const passFocus = (gone, next) => {
    if (document.activeElement === gone || document.activeElement === document.body) next.focus();
  };
  const begin = async () => {
    const options = settings.read();
    if (!options) return;
    const done = train(store, options);
    pause.focus();
    await done;
    passFocus(pause, start);
    await classifyAgain(store);
  };
  const beginAfresh = async () => {
    await actions.networks.startAfresh();
    if (!store.state.modelError) await begin();
  };

  store.watch(["model", "dataset"], () => {
    const there = store.state.model !== null && store.state.dataset !== null;
    empty.hidden = there;
    content.hidden = !there;
    root.classList.toggle("filled", there);
  });
  store.watch(["trainingError"], () => error.say(store.state.trainingError));
  store.watch(["deviceLost", ...BUSY_KEYS], () => {
    lost.hidden = !store.state.deviceLost;
    for (const choice of choices) choice.disabled = store.busy;
  });
  store.watch(["model", "dataset", "curves", ...BUSY_KEYS], () => {
    const { training, model, curves, dataset, recipe } = store.state;
    root.dataset.state = training;
    const begun = curves.stepAt.length > 0;
    start.hidden = store.training;
    start.textContent = begun ? t.training.further : t.training.start;
    reason.textContent = obstacle(store.state);
    reason.hidden = !reason.textContent;
    start.disabled = afresh.disabled = store.busy || !dataset || reason.textContent !== "";
    // Fresh weights for all layers would lose the base.
    afresh.hidden = store.training || !begun || recipe === "base" || recipe === "fine_tuning";
    pause.hidden = stop.hidden = !store.training;
    pause.disabled = training === "starting" || training === "stopping";
    stop.disabled = training === "stopping";
    pause.textContent = training === "paused" ? t.training.resume : t.training.pause;
    status.textContent = model ? t.training.statuses[training] : t.training.none;
    settings.lock(store.training);
    augmentation.lock(store.training);
  });
}

/** @param {import("../app.js").App} app */
function progress({ store }) {
  const bar = h("progress", {
    id: "training-progress",
    "data-testid": "training-progress",
    max: 1,
    "aria-label": t.training.title,
  });
  const words = h("p", { class: "numbers", id: "training-words", "data-testid": "training-words" });
  // Each step would be too much to read out: the end of an epoch is not.
  const spoken = h("p", {
    class: "unseen",
    "aria-live": "polite",
    id: "training-spoken",
    "data-testid": "training-spoken",
  });
  const row = h("div", { class: "training-progress" }, bar, words, spoken);
  store.watch(["training", "preparing", "features", "step"], () => {
    const { step, training, preparing, features } = store.state;
    row.hidden = training === "idle";
    if (!step) {
      const { done, total } = features ?? preparing ?? { done: 0, total: 0 };
      if (total > 0) bar.value = done / total;
      else bar.removeAttribute("value");
      const under = training === "starting" && total > 0;
      words.textContent = under ? (features ? t.training.features : t.training.preparing)(done, total) : t.training.statuses[training];
      return;
    }
    const { epoch, epochs } = step;
    bar.value = training === "done" ? 1 : (epoch - 1 + (step.type === "epoch" ? 1 : step.step / step.steps)) / epochs;
    words.textContent = inWords(step, store.training);
    const { accuracy, val_accuracy } = store.state.curves.history;
    const last = val_accuracy.at(-1) ?? accuracy.at(-1);
    if (training === "done") spoken.textContent = t.training.finished(percent(last ?? 0));
    else if (step.type === "epoch") spoken.textContent = `${t.training.epoch(epoch, epochs)}: ${percent(last ?? 0)}`;
    else if (training === "paused" || training === "stopped") spoken.textContent = t.training.statuses[training];
  });
  return row;
}

/**
 * @param {import("../../shared/types.js").StepEvent} event
 * @param {boolean} running
 */
function inWords({ epoch, epochs, step, steps, imagesPerSecond, etaSeconds }, running) {
  const words = [t.training.epoch(epoch, epochs)];
  if (step && steps) words.push(t.training.step(step, steps));
  if (imagesPerSecond) words.push(t.training.speed(imagesPerSecond));
  if (running && Number.isFinite(etaSeconds)) words.push(t.training.left(etaSeconds));
  return words.join(" · ");
}
