/**
 * A worker that turns a model file of another program into the engine's own, or back: `www/worker/files/model_files.js` starts it
 * for one model and ends it. So neither training nor the page waits for a large file, cancelling ends it at once, and
 * its memory, several times the file's size, is free again afterwards.
 */
import init, { open_model, save_model } from "../../model_files.js";
import { isTrap, messageOf } from "../shared/protocol.js";
import { readFiles } from "./files/read_files.js";

/** @param {import("../shared/types.js").ModelProgress} progress */
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

addEventListener("message", async ({ data: { module, files, preprocessing, own, format } }) => {
  try {
    await init({ module_or_path: module });
    await (files ? open(files, preprocessing) : save(own, format));
  } catch (error) {
    const what = files ? `${files[0].name}: it cannot be opened` : `the model cannot be saved as ${format}`;
    const said = isTrap(error) ? `${what}: there is not enough memory for it, or the converter failed` : messageOf(error);
    self.postMessage({ error: said });
  }
});
