import { h } from "../dom.js";
import { BUSY_KEYS } from "../state.js";
import { t } from "../texts.js";

/**
 * The datasets that this browser keeps: to be opened at once, or deleted. And what to do where there is no room for more.
 * @param {HTMLElement} parent
 * @param {import("../app.js").App} app
 */
export function mountKept(parent, { store, actions }) {
  const root = h("div", { class: "kept", id: "kept", "data-testid": "kept" });
  const choice = h("div", { class: "kept", id: "no-room", role: "alert" });
  parent.append(choice, root);

  store.watch(["noRoom"], () => {
    const { noRoom } = store.state;
    choice.hidden = !noRoom;
    choice.replaceChildren();
    if (!noRoom) return;
    const { source, message } = noRoom;
    const { imageSize = 150 } = source.options;
    const smaller = Math.max(8, Math.floor((Array.isArray(imageSize) ? Math.max(...imageSize) : imageSize) / 2));
    const button = (/** @type {string} */ id, /** @type {string} */ words, /** @type {() => void} */ onclick) =>
      h("button", { type: "button", id, onclick }, words);
    const again = (/** @type {import("../../shared/types.js").ImportOptions} */ options) =>
      void actions.photos.importPhotos({ ...source, options: { ...source.options, ...options } });
    choice.append(
      h("p", null, t.kept.noRoom),
      h("p", { class: "hint" }, message),
      h(
        "div",
        { class: "buttons" },
        button("in-memory", t.kept.inMemory, () => again({ storage: "memory" })),
        button("smaller-images", t.kept.smaller(smaller), () => again({ imageSize: smaller })),
        button("no-import", t.photos.cancel, () => store.set({ noRoom: null })),
      ),
    );
  });

  /** The dataset that may be about to be deleted, by its id. */
  let asked = "";
  const draw = () => {
    const { kept } = store.state;
    root.hidden = !kept.length;
    const ask = (/** @type {string} */ id, /** @type {string} */ next) => {
      asked = id;
      draw();
      /** @type {HTMLElement | null} */ (root.querySelector(next))?.focus();
    };
    root.replaceChildren(
      h("h3", null, t.kept.title),
      h("ul", null, ...kept.map((one) => (one.id === asked ? question(one, store.busy, actions, ask) : row(one, store.busy, actions, ask)))),
      h("p", { class: "hint" }, t.kept.hint),
    );
  };
  store.watch(["kept", ...BUSY_KEYS], draw);
}

/**
 * Photos that are deleted are gone: it is asked first.
 * @param {import("../../shared/types.js").Kept} kept
 * @param {boolean} busy
 * @param {import("../actions/actions.js").Actions} actions
 * @param {(id: string, next: string) => void} ask goes on to ask about another one, or none, and has the focus there
 */
function question(kept, busy, actions, ask) {
  const title = kept.name || kept.classes.join(", ");
  const remove = () => {
    ask("", ".open-kept");
    void actions.photos.deleteKept(kept);
  };
  return h(
    "li",
    { class: "question", role: "alertdialog", "aria-label": t.kept.sure(title, kept.photos) },
    h("span", null, t.kept.sure(title, kept.photos)),
    h("button", { type: "button", class: "confirm-delete", disabled: busy, onclick: remove }, t.kept.delete),
    h("button", { type: "button", class: "quiet keep-kept", onclick: () => ask("", `[data-id="${CSS.escape(kept.id)}"]`) }, t.kept.keep),
  );
}

/**
 * @param {import("../../shared/types.js").Kept} kept
 * @param {boolean} busy
 * @param {import("../actions/actions.js").Actions} actions
 * @param {(id: string, next: string) => void} ask whether it is to be deleted
 */
function row(kept, busy, actions, ask) {
  const { name, classes, photos, total, finished, edited, date, bytes } = kept;
  const { imageSize, interpolation, cropToAspectRatio } = kept.sizing;
  const [height, width] = Array.isArray(imageSize) ? imageSize : [imageSize, imageSize];
  const details = [
    finished ? t.kept.photos(photos) : t.kept.part(total),
    `${width}×${height}`,
    ...(interpolation === "bilinear" ? [] : [interpolation]),
    ...(cropToAspectRatio ? [t.kept.cropped] : []),
    ...(edited ? [t.kept.edited] : []),
    t.kept.day(date),
    `${Math.ceil(bytes / 1e6)} MB`,
  ].join(", ");
  const title = name || classes.join(", ");
  const words = h("span", null, h("strong", null, title), ` ${details}`);
  const open = h(
    "button",
    { type: "button", class: "open-kept", disabled: busy, onclick: () => void actions.photos.openKept(kept) },
    t.kept.open,
  );
  const remove = h(
    "button",
    {
      type: "button",
      class: "quiet delete-kept",
      disabled: busy,
      "data-id": kept.id,
      "aria-label": `${t.kept.delete}: ${title}`,
      onclick: () => ask(kept.id, ".keep-kept"),
    },
    t.kept.delete,
  );
  return h("li", null, words, finished ? open : h("span", { class: "hint" }, t.kept.unfinished), remove);
}
