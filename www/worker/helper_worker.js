/**
 * A helper of the engine on the CPU: it computes its share of each batch, as it is told. The engine's worker
 * starts it and hands it the compiled wasm; it knows nothing of the page.
 */
import { Hand, initSync } from "../../fovea.js";

/** @type {{ obey: (order: unknown) => { values: Float32Array } } | undefined} */
let hand;

addEventListener("message", ({ data }) => {
  if (data instanceof WebAssembly.Module) {
    initSync({ module: data });
    hand = new Hand();
    self.postMessage("ready");
    return;
  }
  if (!hand) throw new Error("A helper got an order before its engine.");
  const answer = hand.obey(data);
  self.postMessage(answer, { transfer: [answer.values.buffer] });
});
