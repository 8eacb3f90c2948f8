import { h } from "../dom.js";
import { messageOf } from "../../shared/protocol.js";
import { t } from "../texts.js";
import { Camera } from "../webcam.js";

/** Photos of a burst. */
const BURST = 20;

/**
 * What the webcam sees, and photos of it for a class: as long as a button is held, or so many in a row.
 * @param {import("../app.js").App} app
 * @param {string} label the class, which may be new
 * @param {(photos: Blob[]) => Promise<unknown>} add
 */
export async function openWebcam({ store }, label, add) {
  const video = h("video", { "aria-label": t.begun.webcam(label) });
  const said = h("p", { class: "hint numbers", role: "status", id: "webcam-said" }, t.begun.look);
  const hold = h("button", { type: "button", class: "primary", id: "webcam-hold" }, t.begun.hold);
  const burst = h("button", { type: "button", id: "webcam-burst" }, t.begun.burst(BURST));
  const close = h("button", { type: "button", class: "quiet", id: "webcam-close" }, t.photos.close);
  const dialog = h(
    "dialog",
    { class: "photo-dialog", id: "webcam-dialog", "aria-label": t.begun.webcam(label) },
    h("h3", null, t.begun.webcam(label)),
    video,
    said,
    h("p", { class: "buttons" }, hold, burst, close),
  );
  document.body.append(dialog);
  /** @type {Camera} */
  let camera;
  try {
    camera = await Camera.open(video);
  } catch (error) {
    dialog.remove();
    store.set({ importError: t.photos.noWebcam(messageOf(error)) });
    return;
  }

  let held = false;
  let taking = false;
  let all = 0;
  const take = async (/** @type {(taken: number) => boolean} */ goesOn) => {
    if (taking) return;
    taking = true;
    try {
      const photos = await camera.take((taken) => {
        said.textContent = t.begun.taken(all + taken);
        return dialog.open && goesOn(taken);
      });
      all += photos.length;
      hold.disabled = burst.disabled = true;
      await add(photos);
    } catch (error) {
      store.set({ importError: t.photos.noWebcam(messageOf(error)) });
      dialog.close();
    } finally {
      taking = hold.disabled = burst.disabled = false;
    }
  };
  const press = () => {
    held = true;
    void take(() => held);
  };
  const release = () => (held = false);
  hold.onpointerdown = (event) => {
    if (event.button === 0) press();
  };
  hold.onkeydown = (event) => {
    if (event.repeat || (event.key !== " " && event.key !== "Enter")) return;
    event.preventDefault();
    press();
  };
  hold.onkeyup = release;
  hold.onblur = release;
  // The finger may have left the button before it is lifted.
  dialog.onpointerup = dialog.onpointercancel = dialog.onpointerleave = release;
  // A long press is no wish for a menu here.
  hold.oncontextmenu = (event) => event.preventDefault();
  burst.onclick = () => void take((taken) => taken < BURST);
  close.onclick = () => dialog.close();
  dialog.onclose = () => {
    held = false;
    camera.close();
    dialog.remove();
  };
  dialog.showModal();
  hold.focus();
}
