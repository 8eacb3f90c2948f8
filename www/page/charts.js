/** The curves, drawn by uPlot on a canvas. */
// @ts-expect-error: Trunk puts it there
import Plot from "../../vendor/uPlot.esm.js";
import { t } from "./texts.js";

/** @typedef {import("uplot")} UPlot */
/** @typedef {import("./state.js").Curves} Curves */
/** @typedef {"loss" | "accuracy"} Measure */

const UPlotClass = /** @type {typeof import("uplot")} */ (Plot);
const HEIGHT = 230;
const dark = matchMedia("(prefers-color-scheme: dark)");

/** One measure over the epochs: faint for each step, strong for each epoch, training against validation. */
export class Chart {
  /** @type {UPlot | null} */
  #plot = null;
  /** @type {Curves | null} */
  #curves = null;
  #waiting = false;
  #best = -1;

  /**
   * @param {HTMLElement} host
   * @param {Measure} measure
   */
  constructor(host, measure) {
    this.host = host;
    this.measure = measure;
    new ResizeObserver(() => this.#plot?.setSize(this.#size())).observe(host);
    dark.addEventListener("change", () => this.#build());
    // A GPU process that crashes takes the canvas's picture with it. The event does not bubble.
    host.addEventListener("contextrestored", () => this.#plot?.redraw(), { capture: true });
  }

  /**
   * Draws with the next frame, however often it is called before.
   * @param {Curves} curves
   * @param {number} best entry of the history to mark, or -1
   */
  draw(curves, best) {
    this.#curves = curves;
    this.#best = best;
    if (this.#waiting) return;
    this.#waiting = true;
    requestAnimationFrame(() => {
      this.#waiting = false;
      if (!this.#plot) this.#build();
      else if (this.#curves) this.#plot.setData(aligned(this.#curves, this.measure));
    });
  }

  #size() {
    return { width: Math.max(200, this.host.clientWidth), height: HEIGHT };
  }

  /** Colours are taken from the style sheet, so a change of them needs another plot. */
  #build() {
    if (!this.#curves || !this.host.isConnected) return;
    this.#plot?.destroy();
    const style = getComputedStyle(this.host);
    const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
    const axis = {
      stroke: colour("--muted"),
      font: `12px ${style.fontFamily}`,
      grid: { stroke: colour("--line"), width: 1 },
      ticks: { show: false },
    };
    const accuracy = this.measure === "accuracy";
    this.#plot = new UPlotClass(
      {
        ...this.#size(),
        legend: { show: false },
        cursor: { show: false },
        padding: [12, 12, 0, 0],
        scales: {
          x: { time: false, range: (_, low, high) => [Math.min(0, low), Math.max(1, Math.ceil(high))] },
          y: accuracy
            ? { range: (_, low) => [Number.isFinite(low) ? Math.max(0, Math.floor(low * 10) / 10 - 0.02) : 0, 1.01] }
            : { range: (_, low, high) => lossRange(low, high) },
        },
        axes: [
          { ...axis, size: 32, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500] },
          {
            ...axis,
            size: 52,
            values: (_, ticks) =>
              ticks.map((tick) => (accuracy ? `${Math.round(tick * 100)} %` : String(+tick.toPrecision(6)))),
          },
        ],
        series: [
          {},
          { stroke: colour("--train-faint"), width: 1, points: { show: false } },
          {
            stroke: colour("--train"),
            width: 2.5,
            spanGaps: true,
            points: { show: true, size: 6, fill: colour("--train") },
          },
          {
            stroke: colour("--validation"),
            width: 2.5,
            spanGaps: true,
            points: { show: true, size: 6, fill: colour("--validation") },
          },
        ],
        hooks: { draw: [(plot) => this.#markBest(plot, colour("--validation"), colour("--muted"))] },
      },
      aligned(this.#curves, this.measure),
      this.host,
    );
  }

  /**
   * A line where validation was best.
   * @param {UPlot} plot
   * @param {string} colour
   * @param {string} ink
   */
  #markBest(plot, colour, ink) {
    const at = this.#curves?.epochAt[this.#best];
    if (at === undefined) return;
    const { ctx, bbox } = plot;
    const x = Math.round(plot.valToPos(at, "x", true));
    ctx.save();
    ctx.strokeStyle = colour;
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.fillStyle = ink;
    ctx.font = `${11 * devicePixelRatio}px ${getComputedStyle(this.host).fontFamily}`;
    const left = x > bbox.left + bbox.width / 2;
    ctx.textAlign = left ? "right" : "left";
    ctx.fillText(
      t.training.bestMark,
      x + (left ? -6 : 6) * devicePixelRatio,
      this.measure === "loss" ? bbox.top + 10 * devicePixelRatio : bbox.top + bbox.height - 6 * devicePixelRatio,
    );
    ctx.restore();
  }
}

/**
 * @param {number} low
 * @param {number} high
 * @returns {[number, number]}
 */
function lossRange(low, high) {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [0, 1];
  return [Math.min(0, low), high > 0 ? high * 1.05 : 1];
}

/**
 * Steps and epochs on one axis: an epoch's end falls on its last step where there is one.
 * @param {Curves} curves
 * @param {Measure} measure
 * @returns {import("uplot").AlignedData}
 */
function aligned(curves, measure) {
  const steps = measure === "loss" ? curves.stepLoss : curves.stepAccuracy;
  const train = curves.history[measure];
  const validation = curves.history[`val_${measure}`];
  /** @type {[number[], (number | null)[], (number | null)[], (number | null)[]]} */
  const [x, each, trained, validated] = [[], [], [], []];
  let epoch = 0;
  const push = (/** @type {number} */ at, /** @type {number | null} */ step, /** @type {number} */ ended) => {
    x.push(at);
    each.push(step);
    trained.push(ended < 0 ? null : drawn(train[ended]));
    validated.push(ended < 0 ? null : drawn(validation[ended]));
  };
  curves.stepAt.forEach((at, index) => {
    while (epoch < curves.epochAt.length && curves.epochAt[epoch] < at) push(curves.epochAt[epoch], null, epoch++);
    push(at, steps[index], curves.epochAt[epoch] === at ? epoch++ : -1);
  });
  while (epoch < curves.epochAt.length) push(curves.epochAt[epoch], null, epoch++);
  return [x, each, trained, validated];
}

/** @param {number} value */
const drawn = (value) => (Number.isFinite(value) ? value : null);
