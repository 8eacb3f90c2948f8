/**
 * The cold start: this page was opened for one contender's first training step and nothing else. The seconds from the
 * opening of the page until that step's loss is there are left at the document, in `data-cold`; what went wrong in
 * `data-failed`.
 */
import { startFirst } from "../../shared/start_worker.js";
import { CONTENDERS, KERNEL_SIZE } from "../shared/contenders.js";

/** @param {string | null} id of the contender */
export async function startCold(id) {
  const { dataset } = document.documentElement;
  const contender = CONTENDERS.find((one) => one.id === id && one.trains);
  if (!contender) return void (dataset.failed = `No contender "${id}" trains.`);
  const [imageSize, batch] = KERNEL_SIZE;
  const worker = await startFirst(new URL("../worker/contender_worker.js", import.meta.url), contender.id);
  worker.onmessage = ({ data }) => {
    if ("error" in data) dataset.failed = data.error;
    if ("opened" in data) worker.postMessage({ measure: { kind: "train", imageSize, batch }, once: true });
    if ("measured" in data) dataset.cold = String(performance.now() / 1000);
  };
  worker.onerror = (event) => void (dataset.failed = event.message);
  worker.postMessage({ open: contender });
}
