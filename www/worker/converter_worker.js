/**
 * A worker that turns a model file of another program into the engine's own, or back, or into a project: `www/worker/files/model_files.js`
 * starts it for one model and ends it. So neither training nor the page waits for a large file, cancelling ends it at once, and
 * its memory, several times the file's size, is free again afterwards.
 */
import init, { ProjectFiles, open_model, save_model } from "../../model_files.js";
import { isTrap, messageOf } from "../shared/protocol.js";
import { archiveOf } from "./files/project_archive.js";
import { readFiles } from "./files/read_files.js";

/** What was asked for last. @type {((given: Uint8Array) => void) | undefined} */
let take;

/** @param {import("../shared/types.js").ModelProgress | import("../shared/types.js").ProjectProgress} progress */
const tell = (progress) => self.postMessage({ progress });

/**
 * @param {File[]} files
 * @param {string} [preprocessing]
 */
async function open(files, preprocessing) {
  const read = await readFiles(files, tell);
  tell({ stage: "converting", done: 0, total: 0 });
  const opened = open_model(read, preprocessing);
  const { own, named_classes: namedClasses, notes } = opened;
  self.postMessage({ own, namedClasses, preprocessing: opened.preprocessing, notes }, { transfer: [own.buffer] });
}

/**
 * @param {Uint8Array} own
 * @param {string} format
 */
function save(own, format) {
  const { bytes, filename, mime } = save_model(own, format);
  self.postMessage({ bytes, filename, mime }, { transfer: [bytes.buffer] });
}

/**
 * @param {Uint8Array} own
 * @param {{ options: string, sizing?: string, tables: import("./files/project.js").Table[], photos: boolean, imageBytes: number }} project
 */
async function pack(own, { options, sizing, ...rest }) {
  const ask = (/** @type {unknown} */ wanted) =>
    new Promise((/** @type {(given: Uint8Array) => void} */ resolve) => {
      take = resolve;
      self.postMessage({ wanted });
    });
  self.postMessage(await archiveOf(new ProjectFiles(own, options, sizing), rest, ask, tell));
}

/**
 * @param {{ files?: File[], preprocessing?: string, own: Uint8Array, format: string, project?: Parameters<typeof pack>[1] }} job
 * @returns {[what: string, work: () => Promise<void> | void]} what fails where it fails, and what to do
 */
function workOf({ files, preprocessing, own, format, project }) {
  if (files) return [`${files[0].name}: it cannot be opened`, () => open(files, preprocessing)];
  if (project) return ["the project cannot be made", () => pack(own, project)];
  return [`the model cannot be saved as ${format}`, () => save(own, format)];
}

addEventListener("message", async ({ data }) => {
  if ("given" in data) return take?.(data.given);
  const [what, work] = workOf(data);
  try {
    await init({ module_or_path: data.module });
    await work();
  } catch (error) {
    const said = isTrap(error) ? `${what}: there is not enough memory for it, or the converter failed` : messageOf(error);
    self.postMessage({ error: said });
  }
});
