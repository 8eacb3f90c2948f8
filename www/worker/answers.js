/**
 * What the engine's worker answers where the engine alone cannot: photos have to be decoded, datasets kept, helpers
 * started. `www/shared/calls.js` has the arguments of each call, and the other calls.
 */
import { Contents } from "../../folders.js";
import init, { Engine as EngineOfWasm } from "../../fovea.js";
import { BASES } from "../shared/bases.js";
import { makeEdit } from "../shared/edits.js";
import { OWN_FORMAT } from "../shared/model_formats.js";
import { isTrap, messageOf } from "../shared/protocol.js";
import { baseFile, basesBeside, forgetBase } from "./bases.js";
import { add, begun } from "./datasets/editing.js";
import { examine } from "./datasets/health.js";
import { importFiles, makeRoom } from "./datasets/importing.js";
import { deleteKept, keepDataset, keptDatasets, openKept, tidyUp } from "./datasets/kept.js";
import { DecoderPool } from "./decoder_pool.js";
import { pixelsInstead } from "./files/browser_decoding.js";
import { allFiles, lookInto } from "./files/intake.js";
import { readModel, savedAs } from "./files/model_files.js";
import { projectOf } from "./files/project.js";
import { readTables } from "./files/tables.js";
import { defaultWorkers, startHelpers } from "./start_helpers.js";
import { loadTuning, saveTuning } from "./tuning.js";
import { compiled, decoderHere, digitsOf, photosModule } from "./wasm_files.js";

/** @typedef {import("../shared/types.js").Engine} Engine */
/** @typedef {import("../shared/calls.js").CallOfWorker} CallOfWorker */
/** @typedef {{ post: (event: unknown) => void, signal: AbortSignal }} Context of a call: tells of events, and whether it is to end */

/** So many photos are decoded while a worker starts that is to help. */
const WORTH_A_DECODER = 25;

/** @type {Engine | undefined} */
let engine;
/** What helpers are made of. @type {WebAssembly.Module} */
let module;
let workers = 1;
/** The lab's seed, for calls that take one and were given none. */
let seed = 0;
/** Open models, by their ids in the engine. @type {Set<number>} */
export const models = new Set();
/** What is kept of open datasets, by their ids in the engine. @type {Map<number, import("../shared/types.js").Kept>} */
const keptOf = new Map();

/** @returns {Engine} */
export function opened() {
  if (!engine) throw new Error("The engine has not been opened.");
  return engine;
}

/** @param {import("../shared/types.js").EngineModel} model that was just made */
function modelAnswer(model) {
  models.add(model.id);
  return model;
}

/** @param {number} model */
function closeModel(model) {
  models.delete(model);
  opened().close_model(model);
}

/**
 * What a run of the engine finds, unless it is cancelled.
 * @template Found
 * @param {number} run
 * @param {AbortSignal} signal
 * @param {Promise<Found | null>} finding
 * @returns {Promise<Found | null>}
 */
async function stoppable(run, signal, finding) {
  const stop = () => opened().stop(run);
  signal.addEventListener("abort", stop);
  try {
    const found = await finding;
    signal.throwIfAborted();
    return found;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Gives the engine's device what it works best with: the CPU helpers, a GPU the kernels that are known to be fast. */
async function equip() {
  if (opened().device().kind === "cpu")
    for (const helper of await startHelpers(workers - 1, module)) opened().hire(helper);
  await loadTuning(opened());
}

/** @param {number} id of a dataset */
function datasetAnswer(id) {
  return { id, summary: opened().dataset_summary(id) };
}

/**
 * Keeps a dataset that is whole, as it is now; one without photos is not worth it. Where it cannot, the dataset goes
 * on as it is, and the reason is told.
 * @param {number} id
 * @param {import("../shared/types.js").Kept} kept what was kept of it before
 * @returns {Promise<import("../shared/types.js").Keeping>}
 */
async function keepWhole(id, kept) {
  const { classes, counts, unused, imageShape } = opened().dataset_summary(id);
  const photos = [...Object.values(counts), unused].flat().reduce((sum, count) => sum + count, 0);
  const bytes = imageShape.reduce((product, side) => product * side, photos);
  const whole = { ...kept, classes, photos, total: photos, bytes, finished: true };
  keptOf.set(id, whole);
  try {
    await (photos ? keepDataset(whole, opened().dataset_record(id)) : deleteKept(kept.id));
    return { kept: whole, notKept: "" };
  } catch (error) {
    if (isTrap(error)) throw error;
    return { kept, notKept: messageOf(error).replace(/\.$/, "") };
  }
}

/**
 * What can be known of a folder before a photo is read.
 * @param {import("../shared/types.js").Entry[]} entries
 * @param {AbortSignal} signal
 */
async function looked(entries, signal) {
  const files = await allFiles(entries, signal);
  const contents = new Contents();
  contents.sizes(Float64Array.from(files, ({ size }) => size));
  await lookInto(files, contents, signal);
  await readTables(files, contents);
  // A Mac writes the letters of Korean names apart.
  return { files, contents, paths: files.map(({ path }) => path.normalize("NFC")) };
}

/**
 * A dataset that has just been changed.
 * @param {number} dataset
 * @param {Partial<import("./datasets/editing.js").Added>} [added] what of added photos was not
 */
async function changedAnswer(dataset, { rejected = [], leftOut = [] } = {}) {
  const now = opened().dataset_summary(dataset);
  const summary = { ...now, rejected: [...now.rejected, ...rejected], leftOut: [...now.leftOut, ...leftOut] };
  const kept = keptOf.get(dataset);
  // One that was begun with its classes has no folder that it could differ from.
  return { summary, ...(kept && (await keepWhole(dataset, { ...kept, edited: !summary.shares }))) };
}

/** @type {{ [Call in CallOfWorker]: (args: import("../shared/calls.js").Arguments<Call>, context: Context) => unknown }} */
export const answers = {
  async openLab({ workers: wanted, ...options }) {
    workers = wanted ?? defaultWorkers();
    seed = options.seed;
    module = await compiled(new URL("../../fovea_bg.wasm", import.meta.url));
    await init({ module_or_path: module });
    engine = await EngineOfWasm.open(options);
    await equip();
    void tidyUp();
    return { device: opened().device(), recipes: opened().recipes() };
  },
  async switchDevice({ device }) {
    await opened().switch_device(device);
    await equip();
    return opened().device();
  },
  async importImages({ entries, storage = "auto", ...options }, { post, signal }) {
    const wanted = opened().wanted(options);
    const { files, paths, contents } = await looked(entries, signal);
    let importer;
    try {
      importer = opened().importer(paths, options, contents.layout(paths, wanted));
    } finally {
      contents.free();
    }
    const { missing, kept, flush } = await makeRoom(importer, files, storage, signal).catch((error) => {
      if (!isTrap(error)) importer.free();
      throw error;
    });
    const freed = (/** @type {unknown} */ error) => {
      importer.free();
      throw error;
    };
    const photos = missing.length ? await photosModule().catch(freed) : null;
    const decoders = new DecoderPool(photos, importer.sizing(), photos ? workers : 0);
    const id = await importFiles(importer, files, missing, decoders, post, signal).catch((error) => {
      if (!isTrap(error)) flush();
      throw error;
    });
    flush();
    return { ...datasetAnswer(id), ...(kept && (await keepWhole(id, kept))) };
  },
  async readings({ entries }, { signal }) {
    const { paths, contents } = await looked(entries, signal);
    try {
      return contents.readings(paths);
    } finally {
      contents.free();
    }
  },
  async createDataset({ classes, ...options }) {
    const { id, kept } = await begun(opened(), classes, options);
    // It is kept with its first photo.
    if (kept) keptOf.set(id, kept);
    return { ...datasetAnswer(id), kept };
  },
  keptDatasets: () => keptDatasets(),
  async openDataset({ id: keptId }) {
    const { kept, record, store } = await openKept(keptId);
    const id = opened().open_record(record, store);
    keptOf.set(id, kept);
    return { ...datasetAnswer(id), kept };
  },
  deleteDataset({ id: keptId }) {
    for (const [id, kept] of keptOf) if (kept.id === keptId) keptOf.delete(id);
    return deleteKept(keptId);
  },
  async importDemo({ name, ...options }) {
    const url = new URL(`../demo/${name}.png`, import.meta.url);
    const [response, photos] = await Promise.all([fetch(url), photosModule()]);
    if (!response.ok)
      throw new Error(`The demo's photos are not on the server: ${url.pathname} answered ${response.status}.`);
    return datasetAnswer(opened().import_digits(digitsOf(photos, await response.arrayBuffer()), options));
  },
  edit({ dataset, change }) {
    makeEdit(opened(), dataset, change);
    return changedAnswer(dataset);
  },
  async add({ dataset, entries, class: label, split }) {
    const decoders = async (/** @type {import("../shared/types.js").Sizing} */ sizing, /** @type {number} */ files) =>
      new DecoderPool(await photosModule(), sizing, Math.min(workers, Math.ceil(files / WORTH_A_DECODER)));
    return changedAnswer(dataset, await add(opened(), dataset, decoders, entries, label, split));
  },
  stepBack({ dataset, again }) {
    opened().step_back(dataset, again);
    return changedAnswer(dataset);
  },
  health: ({ dataset }, { signal }) => examine(opened(), dataset, signal),
  closeDataset({ dataset }) {
    keptOf.delete(dataset);
    opened().close_dataset(dataset);
    return tidyUp();
  },
  closeModel: ({ model }) => closeModel(model),
  bases: () => basesBeside(),
  async createModel({ base, ...options }, { post, signal }) {
    if (typeof base !== "string") return modelAnswer(opened().create_model({ base, ...options }));
    const { pooling, trainFrom } = BASES.find(({ id }) => id === base) ?? {};
    const file = await baseFile(base, post, signal);
    const told = options.recipe === "fine_tuning" ? { trainFrom } : {};
    const pooled = options.recipe === undefined ? {} : { pooling };
    try {
      return modelAnswer(opened().create_model({ ...told, ...pooled, ...options }, file));
    } catch (error) {
      // What is kept of a damaged file would be damaged the next time, too.
      if (messageOf(error).startsWith("the base's file")) await forgetBase(base);
      throw error;
    }
  },
  fit({ model, dataset, run, ...options }, { post }) {
    /** @param {import("../shared/types.js").FitEvent} event */
    const hear = (event) => {
      // By now the kernels are chosen, and the tab may be closed long before the last epoch.
      if (event.type === "epoch" || (event.type === "step" && event.step === 1)) void saveTuning(opened());
      post(event);
    };
    return opened().fit(model, dataset, run, options, hear);
  },
  crossValidate({ model, dataset, run, folds, ...options }, { post, signal }) {
    /** @param {import("../shared/types.js").EngineEvent} event */
    const hear = (event) => {
      if (event.type === "features" || event.type === "fold") post({ stage: event.type, done: event.done, total: event.total });
    };
    return stoppable(run, signal, opened().cross_validate(model, dataset, run, folds, options, hear));
  },
  setThreshold({ model, dataset, run, keep }, { post, signal }) {
    /** @param {import("../shared/types.js").EngineEvent} event */
    const hear = (event) => {
      if (event.type === "features") post({ stage: event.type, done: event.done, total: event.total });
    };
    return stoppable(run, signal, opened().set_threshold(model, dataset, run, keep, hear));
  },
  evaluate: ({ model, dataset, split }) => opened().evaluate(model, dataset, { split }),
  async predict({ model, image }) {
    if (!(image instanceof Blob))
      return opened().predict_pixels(model, image.width, image.height, new Uint8Array(image.rgba.buffer));
    const decoder = decoderHere(await photosModule(), opened().model_sizing(model));
    const bytes = new Uint8Array(await image.arrayBuffer());
    let pixels;
    try {
      ({ pixels } = decoder.decode(bytes));
    } catch (error) {
      const told = isTrap(error) ? error : new Error(`the image cannot be read: ${messageOf(error)}`);
      const { width, height, rgba } = await pixelsInstead(bytes, image instanceof File ? image.name : "", told);
      return opened().predict_pixels(model, width, height, rgba);
    } finally {
      decoder.free();
    }
    return opened().predict(model, pixels);
  },
  async exportModel({ model, format }) {
    const own = await opened().export_model(model, OWN_FORMAT);
    const { bytes, filename, mime } = format === OWN_FORMAT ? own : await savedAs(own.bytes, format);
    return { blob: new Blob([bytes], { type: mime }), filename };
  },
  async exportProject({ model, dataset, ...options }, { post, signal }) {
    const snapshot = opened().snapshot(model, dataset);
    try {
      const { bytes } = await opened().export_model(model, OWN_FORMAT);
      return await projectOf(bytes, snapshot, { ...options, seed: options.seed ?? seed }, post, signal);
    } finally {
      snapshot.free();
    }
  },
  async importModel({ files: given, classes, preprocessing }, { post, signal }) {
    const { files, ...told } = await readModel(given, preprocessing, post, signal);
    post({ stage: "loading", done: 0, total: 0 });
    const model = modelAnswer(opened().import_model(files));
    if (!classes) return { ...model, ...told };
    if (classes.length !== model.classes.length) {
      closeModel(model.id);
      throw new Error(`${files[0].name}: its network tells ${model.classes.length} classes apart, and ${classes.length} were named`);
    }
    opened().rename_classes(model.id, classes);
    return { ...model, ...told, classes, namedClasses: true };
  },
};
