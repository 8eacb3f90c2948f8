import { h } from "../dom.js";
import { messageOf } from "../protocol.js";
import { BUSY_KEYS } from "../state.js";
import { t } from "../texts.js";

/** So many groups or photos are named. */
const NAMED = 20;

/**
 * What may be wrong with the photos, when it is asked for.
 * @param {HTMLElement} parent
 * @param {import("../app.js").App} app
 */
export function mountHealth(parent, { store }) {
  const button = h("button", { type: "button", id: "examine", onclick: () => void examine() }, t.health.examine);
  const found = h("div", { class: "health", id: "health", "data-testid": "health", "aria-live": "polite" });
  const root = h("div", null, h("p", { class: "buttons" }, button), found);
  parent.append(root);
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
  store.watch(["dataset", ...BUSY_KEYS], () => {
    root.hidden = !store.state.dataset;
    button.disabled = store.busy;
  });
  store.watch(["health", "dataset"], () => {
    const { health, dataset } = store.state;
    found.replaceChildren();
    if (!health || !dataset) return;
    const { exact, near, blank, grey, tiny, unequal, classWeight } = health;
    const leaks = [...exact, ...near].filter(({ leak }) => leak);
    const { classes, counts } = dataset.summary;
    const weights = classes.flatMap((label, index) =>
      counts.train[index] ? [`${label} ${classWeight[index].toFixed(2)}`] : [],
    );
    /** @type {(HTMLElement | 0)[]} */
    const lists = [
      leaks.length && list("leaks", t.health.leaks(leaks.length), leaks.map(twins), true),
      exact.length && list("exact", t.health.exact(exact.length), exact.map(twins)),
      near.length && list("near", t.health.near(near.length), near.map(twins)),
      blank.length && list("blank", t.health.blank(blank.length), blank.map(where)),
      grey.length && list("grey", t.health.grey(grey.length), grey.map(where)),
      tiny.length && list("tiny", t.health.tiny(tiny.length), tiny.map(where)),
    ];
    if (unequal) lists.push(h("p", { id: "unequal" }, t.health.unequal(weights.join(", "))));
    const shown = lists.filter((part) => part instanceof Node);
    found.append(...(shown.length ? shown : [h("p", null, t.health.fine)]));
  });
}

/** @param {import("../types.js").HealthPhoto} photo */
const where = ({ path, split }) => `${path} (${t.photos.splits[split]})`;

/** @param {import("../types.js").Twins} group */
const twins = ({ photos }) => photos.map(where).join(" = ");

/**
 * @param {string} id
 * @param {string} title
 * @param {string[]} lines
 * @param {boolean} [warning]
 */
function list(id, title, lines, warning = false) {
  return h(
    "details",
    { class: warning ? "rejected error" : "rejected", id, open: warning },
    h("summary", null, title),
    h(
      "ul",
      null,
      ...lines.slice(0, NAMED).map((line) => h("li", null, line)),
      lines.length > NAMED && h("li", null, t.health.more(lines.length - NAMED)),
    ),
  );
}
