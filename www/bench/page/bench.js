/** The page of the race: what is to be run, its table as it fills, and its figures to take along. */
import { h } from "../../page/dom.js";
import { messageOf } from "../../shared/protocol.js";
import { startCold } from "./cold.js";
import { CONTENDERS, GROUPS, SIZES, sizeName } from "../shared/contenders.js";
import { race } from "./race.js";
import { DEVICES, adapterOfPage, cellOf, contendersOf, markdown, ratioOf, titleOf } from "./report.js";
import { t } from "./texts.js";

/** @typedef {import("./race.js").Report} Report */
/** @typedef {import("./race.js").Settings} Settings */

const BUDGET = 4;
const LIMIT = 90;

/** @type {AbortController | null} */
let running = null;
/** @type {Report | null} */
let last = null;

const start = h("button", { type: "button", id: "start", class: "primary", onclick: () => void run(chosen()) }, t.start);
const stop = h("button", { type: "button", id: "stop", disabled: true, onclick: () => running?.abort() }, t.stop);
const copyJson = copyButton("copy-json", t.copyJson, () => JSON.stringify(last, null, 2));
const copyTable = copyButton("copy-table", t.copyTable, () => (last ? markdown(last) : ""));
const status = h("p", { id: "status", role: "status" }, t.ready);
const bar = h("progress", { max: 1, value: 0, "aria-label": t.progress, hidden: true });
/** Waits that are longer, in seconds, are told. */
const LONG_WAIT = 0.01;
const wait = h("p", { id: "wait", class: "hint", hidden: true });
const tables = h("div", { id: "tables" });
const choices = h(
  "form",
  { class: "choices" },
  checks("sizes", t.sizes, SIZES.map((size) => [sizeName(size), t.size(size)]), ["64x4"]),
  checks("groups", t.groups, GROUPS.map((group) => [group, t.group[group]]), ["training", "inference"]),
  checks(
    "contenders",
    t.contenders,
    CONTENDERS.map(({ id, name, device, version }) => [id, `${name} ${DEVICES[device]}`, version]),
    CONTENDERS.map(({ id }) => id),
  ),
);

/**
 * A list of things to tick.
 * @param {string} name
 * @param {string} title
 * @param {string[][]} options value, words and, where there is more to say, a title
 * @param {string[]} ticked
 */
function checks(name, title, options, ticked) {
  const list = options.map(([value, words, more]) => {
    const input = h("input", { type: "checkbox", name, value, id: `${name}-${value}`, checked: ticked.includes(value) });
    return h("label", { for: input.id, title: more }, input, words);
  });
  return h("fieldset", null, h("legend", null, title), ...list);
}

/**
 * @param {string} id
 * @param {string} words
 * @param {() => string} text
 */
function copyButton(id, words, text) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      status.textContent = t.copied;
    } catch (error) {
      status.textContent = messageOf(error);
    }
  };
  return h("button", { type: "button", id, disabled: true, onclick: () => void copy() }, words);
}

/** @param {string} name */
function ticked(name) {
  return [...choices.querySelectorAll("input")].filter((input) => input.name === name && input.checked).map(({ value }) => value);
}

/** @returns {Settings} */
function chosen() {
  return {
    contenders: ticked("contenders"),
    groups: /** @type {import("../shared/contenders.js").Group[]} */ (ticked("groups")),
    sizes: SIZES.filter((size) => ticked("sizes").includes(sizeName(size))),
    budget: Number(parameters.get("budget") ?? BUDGET),
    limit: Number(parameters.get("limit") ?? LIMIT),
  };
}

/** @param {Settings} settings */
async function run(settings) {
  if (running) return;
  running = new AbortController();
  setRunning(true);
  let said = t.done;
  try {
    await race(settings, running.signal, (report, now) => {
      last = report;
      if (now) {
        status.textContent = t.now(titleOf(now.row, t), `${now.contender.name} ${DEVICES[now.contender.device]}`);
        bar.value = now.done / now.total;
      }
      wait.hidden = report.wait < LONG_WAIT;
      wait.textContent = t.wait(Math.round(report.wait * 1000));
      showTables(report, now);
      document.dispatchEvent(new CustomEvent("race:progress", { detail: { report, now } }));
    });
  } catch (error) {
    said = running.signal.aborted ? t.stopped : messageOf(error);
  }
  running = null;
  setRunning(false);
  status.textContent = said;
  document.dispatchEvent(new CustomEvent("race:done", { detail: { report: last } }));
}

/** @param {boolean} on */
function setRunning(on) {
  document.documentElement.dataset.race = on ? "running" : "done";
  start.disabled = on;
  stop.disabled = !on;
  for (const button of [copyJson, copyTable]) button.disabled = on || !last;
  for (const input of choices.querySelectorAll("input")) input.disabled = on;
  bar.hidden = !on;
}

/**
 * @param {Report} report
 * @param {{ row: import("./race.js").Row, contender: import("../shared/contenders.js").Contender } | null} now
 */
function showTables(report, now) {
  const whole = report.rows.filter(({ convolution }) => !convolution);
  const kernels = report.rows.filter(({ convolution }) => convolution);
  tables.replaceChildren(
    ...[whole, kernels].filter((rows) => rows.length).map((rows) => table(report, rows, now)),
  );
}

/**
 * @param {Report} report
 * @param {import("./race.js").Row[]} rows
 * @param {{ row: import("./race.js").Row, contender: import("../shared/contenders.js").Contender } | null} now
 */
function table(report, rows, now) {
  const contenders = contendersOf(report);
  const caption = rows[0].convolution ? t.kernels : t.whole;
  const head = contenders.map(({ name, device }) => h("th", { scope: "col" }, name, h("span", null, DEVICES[device])));
  const body = rows.map((row) => {
    const cells = contenders.map((contender) => {
      const ratio = ratioOf(row, contender);
      const atIt = now?.row === row && now.contender === contender;
      const pace = ratio === null ? null : ratio < 1 ? "faster" : "slower";
      const message = row.results[contender.id]?.message;
      const text = atIt ? "…" : cellOf(report, row, contender).replace("failed", t.failed);
      return h("td", { class: pace, title: message, "data-contender": contender.id }, text);
    });
    return h("tr", null, h("th", { scope: "row" }, titleOf(row, t)), ...cells);
  });
  return h(
    "div",
    { class: "wide", tabindex: "0", role: "region", "aria-label": caption },
    h("table", null, h("caption", null, caption), h("thead", null, h("tr", null, h("td"), ...head)), h("tbody", null, ...body)),
  );
}

async function mount() {
  const root = /** @type {HTMLElement} */ (document.getElementById("race"));
  document.getElementById("top")?.append(
    h("div", { class: "brand" }, h("h1", null, t.title)),
    h("p", { class: "tagline" }, t.tagline, " ", h("a", { href: "./" }, t.back)),
  );
  const machine = h("p", { id: "machine", class: "hint" });
  root.append(
    machine,
    choices,
    h("div", { class: "buttons" }, start, stop, copyJson, copyTable),
    status,
    bar,
    wait,
    tables,
    h("details", null, h("summary", null, t.howTitle), ...t.how.map((text) => h("p", { class: "hint" }, text))),
  );
  const { vendor, architecture, device, description } = await adapterOfPage();
  const adapter = [vendor, architecture, device, description].filter(Boolean).join(" ") || t.noAdapter;
  const threads = globalThis.crossOriginIsolated ? t.isolated : t.notIsolated;
  machine.textContent = `${t.machine(adapter, navigator.hardwareConcurrency)} ${threads}`;
  if (parameters.has("start")) await run(chosen());
}

/** The choices can be in the address: `?sizes=64x4,64x20&groups=training&contenders=fovea-webgpu&start`. */
function takeFromAddress() {
  for (const name of ["sizes", "groups", "contenders"]) {
    const wanted = parameters.get(name)?.split(",");
    for (const input of choices.querySelectorAll("input"))
      if (wanted && input.name === name) input.checked = wanted.includes(input.value);
  }
}

const parameters = new URLSearchParams(location.search);
if (parameters.has("cold")) void startCold(parameters.get("cold"));
else {
  takeFromAddress();
  await mount();
}
