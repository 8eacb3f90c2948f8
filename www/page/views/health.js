import { h } from "../dom.js";
import { messageOf } from "../../shared/protocol.js";
import { BUSY_KEYS } from "../state.js";
import { t } from "../texts.js";
import { photoGroups } from "./photo_groups.js";

/** So many photos are named. */
const NAMED = 20;

/**
 * What may be wrong with the photos, when it is asked for: what is certain first, what may be chance last.
 * @param {HTMLElement} parent
 * @param {import("../app.js").App} app
 */
export function mountHealth(parent, app) {
  const { store, actions } = app;
  const button = h("button", { type: "button", id: "examine", onclick: () => void examine() }, t.health.examine);
  const found = h("div", { class: "health", id: "health", "data-testid": "health", "aria-live": "polite" });
  const set = h("fieldset", { class: "editor-set" }, found);
  const root = h("div", null, h("p", { class: "buttons" }, button), set);
  parent.append(root);
  /** Groups that the user wants to keep as they are, by their photos. @type {Set<string>} */
  const settled = new Set();
  const examine = async () => {
    const { lab, dataset } = store.state;
    if (!lab || !dataset) return;
    button.disabled = true;
    try {
      const health = await lab.health(dataset);
      if (store.state.dataset === dataset) store.set({ health });
    } catch (error) {
      store.set({ importError: messageOf(error) });
    } finally {
      button.disabled = store.busy;
    }
  };
  const leaveOut = async (/** @type {string[]} */ paths) => {
    if (await actions.photos.change({ edit: { remove: paths } })) await examine();
  };
  store.watch(["dataset", ...BUSY_KEYS], () => {
    root.hidden = !store.state.dataset;
    button.disabled = set.disabled = store.busy;
  });
  store.watch(["health", "dataset"], () => {
    const { health, dataset } = store.state;
    found.replaceChildren();
    if (!health || !dataset) return;
    const { exact, blank, grey, tiny, unequal } = health;
    const groups = (/** @type {string} */ id, /** @type {import("../../shared/types.js").Twins[]} */ all, /** @type {Pick<import("./photo_groups.js").How, "title" | "hint" | "alarm" | "copies">} */ how) =>
      all.length > 0 && photoGroups(app, id, all, { settled, leaveOut, ...how });
    const leaks = exact.filter(({ leak }) => leak);
    const copies = exact.filter(({ leak }) => !leak);
    const wrong = [
      groups("contradictions", health.contradictions, { title: t.health.contradictions, alarm: true }),
      groups("leaks", leaks, { title: t.health.leaks, alarm: true, copies: true }),
      groups("exact", copies, { title: t.health.exact, copies: true }),
      blank.length > 0 && list("blank", t.health.blank(blank.length), blank),
      tiny.length > 0 && list("tiny", t.health.tiny(tiny.length), tiny),
      unequal && h("p", { id: "unequal" }, t.health.unequal(weights(dataset.summary, health.classWeight))),
    ].filter((part) => part instanceof Node);
    const rest = [
      grey.length > 0 && list("grey", t.health.grey(grey.length), grey),
      groups("near", health.near, { title: t.health.near, hint: t.health.nearHint }),
    ].filter((part) => part instanceof Node);
    found.append(...(wrong.length ? wrong : [h("p", { id: "fine" }, t.health.fine)]), ...rest);
  });
}

/**
 * @param {import("../../shared/types.js").DatasetSummary} summary
 * @param {number[]} classWeight
 */
function weights({ classes, counts }, classWeight) {
  const trained = classes.map((label, index) => (counts.train[index] ? `${label} ${classWeight[index].toFixed(2)}` : ""));
  return trained.filter(Boolean).join(", ");
}

/**
 * @param {string} id
 * @param {string} title
 * @param {import("../../shared/types.js").HealthPhoto[]} photos
 */
function list(id, title, photos) {
  const where = photos.slice(0, NAMED).map(({ path, split }) => h("li", null, `${path} (${t.photos.splits[split]})`));
  const more = photos.length - NAMED;
  return h(
    "details",
    { class: "rejected", id },
    h("summary", null, title),
    h("ul", null, ...where, more > 0 && h("li", null, t.health.more(more))),
  );
}
