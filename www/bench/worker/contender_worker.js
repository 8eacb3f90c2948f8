/**
 * A contender's own worker. It is opened once, then times whatever the page asks for.
 *
 * page to worker   { open: Contender } | { measure: Measure, budget: number, wait: number } | { measure: Measure, once: true }
 * worker to page   { opened: Opened } | { run: number, counts: boolean } | { measured: string[] } | { error: string }
 */
import { messageOf } from "../../shared/protocol.js";
import { timeTask } from "./timing.js";

/**
 * @typedef {object} Opened
 * @property {string} adapter what it computes on, in its own words; empty where it does not tell
 * @property {(measure: import("../shared/contenders.js").Measure) => Promise<import("./timing.js").Task>} prepare
 */

/** @type {Opened | undefined} */
let opened;

addEventListener("message", async ({ data }) => {
  try {
    if (data.open) {
      const { module, device } = data.open;
      const { open } = await import(`./${module}.js`);
      opened = await /** @type {(device: string) => Promise<Opened>} */ (open)(device);
      self.postMessage({ opened: opened.adapter });
    } else if (opened) {
      const task = await opened.prepare(data.measure);
      if (data.once) await (task.times?.(1) ?? task.step?.());
      else await timeTask(task, data, (run, counts) => self.postMessage({ run, counts }));
      task.dispose?.();
      self.postMessage({ measured: task.kernels ?? [] });
    }
  } catch (error) {
    self.postMessage({ error: messageOf(error) });
  }
});
