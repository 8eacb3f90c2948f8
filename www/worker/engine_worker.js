/**
 * The engine's home. Calls are answered as they come, each in its own time, so that the engine stays
 * answerable while it trains.
 */
import init, { Contents, Engine } from "../../fovea.js";
import { DecoderPool } from "./decoder_pool.js";
import { defaultWorkers, startHelpers } from "./start_helpers.js";
import { begun, edited, Learnt } from "./datasets/editing.js";
import { pixelsInstead } from "./files/browser_decoding.js";
import { examine } from "./datasets/health.js";
import { allFiles, lookInto } from "./files/intake.js";
import { deleteKept, keepDataset, keptDatasets, openKept, tidyUp } from "./datasets/kept.js";
import { compiled, decoderHere, photosModule } from "./wasm_files.js";
import { loadTuning, saveTuning } from "./tuning.js";
import { CRASH, isTrap, messageOf } from "../shared/protocol.js";
import { importFiles, makeRoom, readAll } from "./datasets/importing.js";
import { readTables } from "./files/tables.js";
import { hearRelay } from "./own_workers.js";

/** @typedef {import("../shared/types.js").Engine} EngineApi */
/** @typedef {import("../shared/types.js").Split} Split */
/** @typedef {import("../shared/types.js").Augmentation} Augmentation */
/** @typedef {{ post: (event: unknown) => void, signal: AbortSignal }} Context */

/** So many photos are decoded while a worker starts that is to help. */
const WORTH_A_DECODER = 25;
/** What may find out more about the GPU. */
const COMPUTING = new Set(["fit", "evaluate", "predict", "profile"]);

/** @type {EngineApi | undefined} */
let engine;
/** What helpers are made of. @type {WebAssembly.Module} */
let module;
let workers = 1;
/** Open models, by their ids in the engine. @type {Set<number>} */
const models = new Set();
/** Which photos each model was trained with. */
const learnt = new Learnt();
/** What is kept of open datasets, by their ids in the engine. @type {Map<number, import("../shared/types.js").Kept>} */
const keptOf = new Map();
/** Calls under way, by id. @type {Map<number, AbortController>} */
const underWay = new Map();

/** @returns {EngineApi} */
function opened() {
  if (!engine) throw new Error("The engine has not been opened.");
  return engine;
}

/** @param {import("../shared/types.js").EngineModel} model that was just made */
function modelAnswer(model) {
  models.add(model.id);
  return model;
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

/** @type {Record<string, (context: Context, ...args: any[]) => unknown>} */
const methods = {
  async open(_, /** @type {import("../shared/types.js").LabOptions} */ { workers: wanted, ...options }) {
    workers = wanted ?? defaultWorkers();
    module = await compiled(new URL("../../fovea_bg.wasm", import.meta.url));
    await init({ module_or_path: module });
    engine = await Engine.open(options);
    await equip();
    void tidyUp();
    return { device: opened().device(), recipes: opened().recipes() };
  },
  async switchDevice(_, /** @type {import("../shared/types.js").DeviceChoice} */ device) {
    await opened().switch_device(device);
    await equip();
    return opened().device();
  },
  memory: () => opened().memory(),
  profile: (
    _,
    /** @type {number} */ model,
    /** @type {number} */ batchSize,
    /** @type {number} */ runs,
    /** @type {string | undefined} */ only,
    /** @type {Augmentation | undefined} */ augmentation,
  ) => opened().profile(model, batchSize, runs, only, augmentation),
  time: (
    _,
    /** @type {number} */ model,
    /** @type {number} */ batchSize,
    /** @type {"train" | "predict"} */ goal,
    /** @type {number} */ runs,
    /** @type {Augmentation | undefined} */ augmentation,
  ) => opened().time(model, batchSize, goal, runs, augmentation),
  async importImages(
    { post, signal },
    /** @type {import("../shared/types.js").Entry[]} */ entries,
    /** @type {{ storage?: "auto" | "memory" }} */ { storage = "auto", ...options },
  ) {
    const { files, paths, contents } = await looked(entries, signal);
    let importer;
    try {
      importer = opened().importer(paths, options, contents);
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
  async readings({ signal }, /** @type {import("../shared/types.js").Entry[]} */ entries) {
    const { paths, contents } = await looked(entries, signal);
    try {
      return opened().readings(paths, contents);
    } finally {
      contents.free();
    }
  },
  async createDataset(_, /** @type {string[]} */ classes, /** @type {{ storage?: "auto" | "memory" }} */ options) {
    const { id, kept } = await begun(opened(), classes, options);
    // It is kept with its first photo.
    if (kept) keptOf.set(id, kept);
    return { ...datasetAnswer(id), kept };
  },
  keptDatasets: () => keptDatasets(),
  async openDataset(_, /** @type {string} */ keptId) {
    const { kept, record, store } = await openKept(keptId);
    const id = opened().open_record(record, store);
    keptOf.set(id, kept);
    return { ...datasetAnswer(id), kept };
  },
  deleteDataset(_, /** @type {string} */ keptId) {
    for (const [id, kept] of keptOf) if (kept.id === keptId) keptOf.delete(id);
    return deleteKept(keptId);
  },
  async importDemo(_, /** @type {string} */ name, /** @type {object} */ options) {
    const url = new URL(`../demo/${name}.png`, import.meta.url);
    const response = await fetch(url);
    if (!response.ok)
      throw new Error(`The demo's photos are not on the server: ${url.pathname} answered ${response.status}.`);
    return datasetAnswer(opened().import_digits(new Uint8Array(await response.arrayBuffer()), options));
  },
  async edit(_, /** @type {number} */ dataset, /** @type {string} */ method, /** @type {any[]} */ args) {
    const decoders = async (/** @type {import("../shared/types.js").Sizing} */ sizing, /** @type {number} */ files) =>
      new DecoderPool(await photosModule(), sizing, Math.min(workers, Math.ceil(files / WORTH_A_DECODER)));
    const summary = await edited(opened(), dataset, method, args, decoders);
    const kept = keptOf.get(dataset);
    // One that was begun with its classes has no folder that it could differ from.
    return { summary, ...(kept && (await keepWhole(dataset, { ...kept, edited: !summary.shares }))) };
  },
  health: ({ signal }, /** @type {number} */ dataset) => examine(opened(), dataset, signal),
  renameOutputs: (_, /** @type {number} */ model, /** @type {number} */ dataset) =>
    opened().rename_outputs(model, dataset),
  images: (_, /** @type {number} */ dataset, /** @type {Split} */ split, /** @type {number[]} */ indices) =>
    indices.map((index) => opened().image(dataset, split, index)),
  image: (_, /** @type {number} */ dataset, /** @type {Split} */ split, /** @type {number} */ index) =>
    opened().image(dataset, split, index),
  augmented: (
    _,
    /** @type {number} */ dataset,
    /** @type {Split} */ split,
    /** @type {number} */ index,
    /** @type {Augmentation | undefined} */ augmentation,
    /** @type {number} */ count,
    /** @type {number} */ seed,
  ) => opened().augmented(dataset, split, index, augmentation, count, seed),
  closeDataset(_, /** @type {number} */ id) {
    keptOf.delete(id);
    opened().close_dataset(id);
    return tidyUp();
  },
  closeModel(_, /** @type {number} */ id) {
    learnt.forget(id);
    models.delete(id);
    opened().close_model(id);
  },
  createModel: (_, /** @type {import("../engine.d.ts").ModelOptions} */ spec) => modelAnswer(opened().create_model(spec)),
  fit: (
    { post },
    /** @type {number} */ model,
    /** @type {number} */ dataset,
    /** @type {number} */ run,
    /** @type {Partial<import("../engine.d.ts").FitOptions>} */ options,
  ) => {
    /** @param {import("../shared/types.js").FitEvent} event */
    const hear = (event) => {
      // By now the kernels are chosen, and the tab may be closed long before the last epoch.
      if (event.type === "epoch" || (event.type === "step" && event.step === 1)) void saveTuning(opened());
      post(event);
    };
    learnt.note(model, opened().paths(dataset, "train"));
    return opened().fit(model, dataset, run, options, hear);
  },
  pause: (_, /** @type {number} */ run) => opened().pause(run),
  resume: (_, /** @type {number} */ run) => opened().resume(run),
  stop: (_, /** @type {number} */ run) => opened().stop(run),
  async evaluate(
    _,
    /** @type {number} */ model,
    /** @type {number} */ dataset,
    /** @type {{ split: Split }} */ options,
  ) {
    const seen = learnt.count(model, opened().paths(dataset, options.split));
    return { ...(await opened().evaluate(model, dataset, options)), seen };
  },
  async predict(_, /** @type {number} */ model, /** @type {Blob | import("../shared/types.js").Pixels} */ image) {
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
  async exportModel(_, /** @type {number} */ model, /** @type {string} */ format) {
    const { bytes, filename, mime } = await opened().export_model(model, format);
    return { blob: new Blob([bytes], { type: mime }), filename };
  },
  importModel: async (_, /** @type {File[]} */ files) => modelAnswer(opened().import_model(await readAll(files))),
  abort: (_, /** @type {number} */ id) => underWay.get(id)?.abort(),
};

/**
 * Ends the engine, with what can still be read of its models. Whoever opens their files again checks them.
 * @param {unknown} error
 */
function crashed(error) {
  /** @type {import("../shared/protocol.js").SavedModel[]} */
  const saved = [];
  const ids = [...models];
  // Once only: a second crash may be of what is tried here.
  models.clear();
  for (const id of ids) {
    try {
      const { bytes, filename } = opened().export_last_good(id, "safetensors");
      saved.push({ id, bytes, filename });
    } catch {
      // It is lost.
    }
  }
  self.postMessage({ id: CRASH, error: messageOf(error), models: saved });
}

/** @param {import("../shared/protocol.js").Call} call */
async function answer({ id, method, args }) {
  const aborting = new AbortController();
  underWay.set(id, aborting);
  try {
    if (!Object.hasOwn(methods, method)) throw new Error(`The engine has no method "${method}".`);
    const post = (/** @type {unknown} */ event) => self.postMessage({ id, event });
    const result = await methods[method]({ post, signal: aborting.signal }, ...args);
    if (COMPUTING.has(method)) await saveTuning(opened());
    self.postMessage({ id, result });
  } catch (error) {
    if (isTrap(error)) crashed(error);
    else self.postMessage({ id, error: messageOf(error), code: /** @type {{ code?: unknown }} */ (error)?.code });
  } finally {
    underWay.delete(id);
  }
}

addEventListener("message", ({ data }) => {
  if ("worker" in data) hearRelay(data);
  else void answer(data);
});
addEventListener("unhandledrejection", (event) => crashed(event.reason));
// A trap in what the engine does by itself, between calls.
addEventListener("error", (event) => {
  event.preventDefault();
  crashed(event.error ?? event.message);
});
