import { h } from "../dom.js";
import { droppedEntries } from "../dropped_files.js";
import { messageOf } from "../../shared/protocol.js";
import { BUSY_KEYS } from "../state.js";
import { t } from "../texts.js";
import { adders, entriesOf, namedFor } from "./adders.js";
import { classFields } from "./class_fields.js";
import { balance, drawThumbnails, frames } from "./classes.js";

/**
 * The classes of a dataset that was begun with them: a card for each, to name it and to fill it.
 * @param {HTMLElement} parent
 * @param {import("../app.js").App} app
 */
export function mountClassCards(parent, app) {
  const { store, actions } = app;
  const cards = h("div", { class: "cards" });
  const more = h("button", { type: "button", id: "add-class" }, t.begun.addClass);
  const set = h(
    "fieldset",
    { class: "editor-set", id: "class-cards", "data-testid": "class-cards" },
    h("legend", { class: "unseen" }, t.begun.title),
    cards,
    h("p", { class: "buttons" }, more),
  );
  parent.append(set);
  more.onclick = async () => {
    const classes = store.state.dataset?.summary.classes ?? [];
    let number = classes.length + 1;
    while (classes.includes(t.begun.class(number))) number++;
    if (!(await actions.photos.change({ edit: { create: t.begun.class(number) } }))) return;
    const name = document.getElementById(`class-${classes.length}`);
    if (name instanceof HTMLInputElement) name.select();
  };

  store.watch(["dataset"], () => {
    const { lab, dataset } = store.state;
    // Typing goes on where it was, though the field is another one.
    const focused = set.contains(document.activeElement) ? document.activeElement?.id : undefined;
    cards.replaceChildren();
    set.hidden = !dataset?.summary.shares;
    if (set.hidden || !lab || !dataset) return;
    const { classes, counts } = dataset.summary;
    const of = (/** @type {number} */ index) => [counts.train, counts.validation, counts.test].map((split) => split[index]);
    const largest = Math.max(1, ...classes.map((_, index) => of(index).reduce((sum, n) => sum + n, 0)));
    /** @type {Map<string, HTMLElement>} */
    const strips = new Map();
    for (const [index, label] of classes.entries()) {
      const strip = h("div", { class: "thumbnails" }, ...frames(counts.train[index]));
      strips.set(label, strip);
      const some = of(index).some((count) => count > 0);
      const said = some ? balance(label, of(index), largest) : h("p", { class: "hint" }, t.begun.empty);
      cards.append(card(app, index, label, said, strip));
    }
    void drawThumbnails(app, lab, dataset, strips);
    if (focused) document.getElementById(focused)?.focus();
  });
  store.watch([...BUSY_KEYS], () => (set.disabled = store.busy));
}

/**
 * @param {import("../app.js").App} app
 * @param {number} index
 * @param {string} label
 * @param {HTMLElement} said how many photos there are
 * @param {HTMLElement} strip
 */
function card(app, index, label, said, strip) {
  const { actions } = app;
  const { name, drop } = classFields(app, index, label);
  const root = h(
    "div",
    { class: "card", "data-now": t.photos.dropNow, "data-label": label },
    h("div", { class: "card-head" }, name, drop),
    h("div", { class: "buttons" }, ...adders(app, `class-${index}`, () => label)),
    said,
    strip,
  );
  root.ondragover = (event) => (event.preventDefault(), root.classList.add("over"));
  root.ondragleave = (event) =>
    root.classList.toggle("over", event.relatedTarget instanceof Node && root.contains(event.relatedTarget));
  root.ondrop = async (event) => {
    event.preventDefault();
    // The zone around would read it as a folder.
    event.stopPropagation();
    root.classList.remove("over");
    if (!event.dataTransfer) return;
    const loose = entriesOf(event.dataTransfer.files, label);
    try {
      const dropped = await droppedEntries(event.dataTransfer);
      const add = dropped ? namedFor(label, dropped) : loose;
      if (add.length) await actions.photos.change({ add, to: label });
    } catch (error) {
      app.store.set({ importError: messageOf(error) });
    }
  };
  return root;
}
