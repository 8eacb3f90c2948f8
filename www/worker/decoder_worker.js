/**
 * A worker that decodes photos: `www/worker/decoder_pool.js` starts it, hands it the compiled wasm and then batches of files. It lives
 * as long as an import, and so does the memory that large photos took.
 */
import { readTogether } from "./files/read_together.js";
import { decodeAny } from "./files/browser_decoding.js";
import { decoderHere } from "./wasm_files.js";
import { isTrap, messageOf } from "../shared/protocol.js";
import { signOf } from "./files/signs.js";

/** @type {import("../shared/types.js").EngineDecoder | undefined} */
let decoder;

addEventListener("message", async ({ data }) => {
  if ("module" in data) {
    decoder = decoderHere(data.module, data.sizing);
    self.postMessage("ready");
    return;
  }
  const files = /** @type {{ id: number, file: Blob, name: string, dated: boolean }[]} */ (data);
  const contents = await readTogether(files.map(({ file }) => file));
  for (const [nth, { id, name, dated }] of files.entries()) {
    try {
      if (!decoder) throw new Error("A decoder got a file before its engine.");
      const bytes = await contents[nth]();
      const { pixels, side } = await decodeAny(decoder, bytes, name);
      self.postMessage({ id, pixels, side, sign: signOf(bytes, dated) }, { transfer: [pixels.buffer] });
    } catch (error) {
      // After a trap the engine's memory is in no known state: this worker is done for.
      if (isTrap(error)) throw error;
      self.postMessage({ id, reason: messageOf(error) });
    }
  }
});

// A promise that nobody waits for, as the one above, must not pass in silence.
addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  self.postMessage({ broken: messageOf(event.reason) });
});
