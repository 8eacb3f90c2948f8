import { h } from "../dom.js";
import { messageOf } from "../../shared/protocol.js";
import { SPLITS } from "../../shared/splits.js";
import { BUSY_KEYS } from "../state.js";
import { t } from "../texts.js";

/** @typedef {import("../../shared/types.js").Reading} Reading */

/** More classes than this are counted only. */
const LISTED = 20;

/**
 * What the classes come from: the ways in which the folder can be read, with the classes now and then. A folder that could
 * not be read is offered here, too.
 * @param {HTMLElement} parent
 * @param {import("../app.js").App} app
 */
export function mountReadings(parent, { store, actions }) {
  const choice = h("select", { id: "reading-choice", "data-testid": "reading-choice" });
  const compared = h("div", { class: "compared", "data-testid": "compared" });
  const said = h("p", { class: "hint", role: "status" });
  const read = h("button", { type: "button", id: "read-this-way" }, t.readings.read);
  const chosen = h("div", { class: "field" }, h("label", { for: choice.id }, t.readings.label), choice);
  const root = h(
    "details",
    { class: "readings", id: "readings", "data-testid": "readings" },
    h("summary", null, t.readings.title),
    h("p", { class: "hint" }, t.readings.hint),
    said,
    chosen,
    compared,
    read,
  );
  parent.append(root);
  /** @type {Reading[]} */
  let readings = [];
  /** The photos that the readings are of. @type {import("../state.js").Source | null} */
  let of = null;

  const source = () => store.state.unread ?? (store.state.source?.kind === "folder" ? store.state.source : null);
  const now = () => (store.state.unread ? null : store.state.dataset?.summary);

  const show = () => {
    const wanted = readings[choice.selectedIndex];
    compared.replaceChildren();
    if (!wanted) return;
    const summary = now();
    const before = summary?.classes.map((name, index) => ({
      name,
      photos: SPLITS.reduce((sum, split) => sum + summary.counts[split][index], summary.unused[index]),
    }));
    compared.append(listOf(t.readings.now, before), listOf(t.readings.then, wanted.classes));
  };

  const look = async () => {
    const from = source();
    const { unread } = store.state;
    if (!from || from === of || store.busy || !(root.open || unread)) return;
    of = from;
    readings = [];
    draw(t.readings.looking);
    try {
      const found = await (await actions.devices.lab()).readings(from.entries);
      if (of !== from) return;
      readings = found;
      draw(readings.length ? "" : t.readings.none);
    } catch (error) {
      if (of === from) draw(messageOf(error));
    }
    // A folder that can be read in another way is offered without asking.
    if (unread && of === from) root.open = readings.length > 0;
  };

  const draw = (/** @type {string} */ words) => {
    said.textContent = words;
    said.hidden = !words;
    chosen.hidden = read.hidden = !readings.length;
    choice.replaceChildren(
      ...readings.map((reading) => {
        const photos = reading.classes.reduce((sum, { photos }) => sum + photos, 0);
        return h("option", null, `${t.readings.way(reading)}: ${t.readings.sum(reading.classes.length, photos)}`);
      }),
    );
    const { layout = "auto", table, column } = of?.options ?? {};
    const current = readings.findIndex(
      (reading) => reading.layout === layout && reading.table === table && reading.column === column,
    );
    choice.selectedIndex = Math.max(0, current);
    show();
  };

  choice.onchange = show;
  root.ontoggle = () => void look();
  read.onclick = () => {
    const from = source();
    const wanted = readings[choice.selectedIndex];
    if (!from || !wanted) return;
    const { layout, table, column } = wanted;
    void actions.photos.importPhotos({ ...from, options: { ...from.options, layout, table, column } });
  };
  store.watch(["dataset", "unread", "source", ...BUSY_KEYS], () => {
    root.hidden = !source();
    read.disabled = choice.disabled = store.busy;
    if (source() === of) show();
    else void look();
  });
}

/**
 * @param {string} title
 * @param {{ name: string, photos: number }[] | undefined} classes none where there are no photos yet
 */
function listOf(title, classes) {
  const photos = classes?.reduce((sum, one) => sum + one.photos, 0) ?? 0;
  return h(
    "div",
    null,
    h("h4", null, title),
    h("p", { class: "hint" }, classes ? t.readings.sum(classes.length, photos) : t.readings.unread),
    h(
      "ul",
      null,
      ...(classes ?? []).slice(0, LISTED).map(({ name, photos }) => h("li", null, name, " ", h("span", null, t.readings.photos(photos)))),
      classes && classes.length > LISTED ? h("li", null, t.readings.more(classes.length - LISTED)) : "",
    ),
  );
}
