import { h, pictureOf } from "../dom.js";
import { t } from "../texts.js";

/** @typedef {import("../../shared/types.js").Twins} Twins */
/** @typedef {import("../../shared/types.js").HealthPhoto} HealthPhoto */

/** So many groups are shown at a time, and photos of a group. */
const GROUPS = 12;
const PHOTOS = 8;

/**
 * @typedef {object} How
 * @property {(groups: number) => string} title
 * @property {string} [hint]
 * @property {boolean} [alarm] whether the user has to do something
 * @property {boolean} [copies] whether one photo of each group is enough, so that the others are to be left out
 * @property {Set<string>} settled groups that are kept as they are
 * @property {(paths: string[]) => Promise<void>} leaveOut
 */

/**
 * Groups of photos side by side, each photo to be kept or left out. Pictures are read once they are to be seen.
 * @param {import("../app.js").App} app
 * @param {string} id
 * @param {Twins[]} all
 * @param {How} how
 * @returns {HTMLElement | null} null where all groups are settled
 */
export function photoGroups({ store }, id, all, { title, hint, alarm = false, copies = false, settled, leaveOut }) {
  let groups = all.filter((group) => !settled.has(keyOf(group)));
  if (!groups.length) return null;
  /** The photos to be left out, by path. @type {Set<string>} */
  const out = new Set(copies ? groups.flatMap(({ photos }) => photos.slice(1).map(({ path }) => path)) : []);
  const summary = h("summary");
  const shown = h("ul", { class: "groups" });
  const more = h("button", { type: "button", class: "quiet", onclick: () => void show() }, t.health.moreGroups);
  const remove = h("button", { type: "button", class: "leave-out", onclick: () => void leaveOut([...out]) });
  const root = h(
    "details",
    { class: alarm ? "photo-groups error" : "photo-groups", id, open: alarm },
    summary,
    hint ? h("p", { class: "hint" }, hint) : null,
    shown,
    h("p", { class: "buttons" }, remove, more),
  );
  const count = () => {
    summary.textContent = title(groups.length);
    remove.textContent = t.health.leaveOut(out.size);
    remove.disabled = !out.size;
    more.hidden = shown.childElementCount >= groups.length;
  };
  const settle = (/** @type {Twins} */ group, /** @type {HTMLElement} */ item) => {
    settled.add(keyOf(group));
    groups = groups.filter((one) => one !== group);
    for (const { path } of group.photos) out.delete(path);
    const next = item.nextElementSibling ?? item.previousElementSibling;
    item.remove();
    if (!groups.length) root.remove();
    /** @type {HTMLElement | null | undefined} */ (next?.querySelector(".keep-all"))?.focus();
    count();
  };
  const choice = (/** @type {HealthPhoto} */ photo, /** @type {string} */ name) => {
    const option = (/** @type {boolean} */ leave, /** @type {string} */ words) => {
      const change = () => {
        if (leave) out.add(photo.path);
        else out.delete(photo.path);
        count();
      };
      const input = h("input", { type: "radio", name, onchange: change, checked: out.has(photo.path) === leave });
      return h("label", null, input, words);
    };
    const words = { keep: t.health.keep, out: t.health.out };
    return h(
      "fieldset",
      null,
      h("legend", { class: "unseen" }, photo.path),
      option(false, words.keep),
      option(true, words.out),
    );
  };
  const show = async () => {
    const first = shown.childElementCount;
    const next = groups.slice(first, first + GROUPS);
    /** @type {Map<HealthPhoto, HTMLElement>} */
    const frames = new Map();
    next.forEach((group, nth) => {
      const figures = group.photos.slice(0, PHOTOS).map((photo, at) => {
        const frame = h("div", { class: "frame" });
        frames.set(photo, frame);
        return h(
          "figure",
          null,
          frame,
          h(
            "figcaption",
            { title: photo.path },
            h("strong", null, photo.label),
            ` ${t.photos.splits[photo.split]}`,
            h("span", { class: "path" }, photo.path.split("/").at(-1)),
          ),
          choice(photo, `${id}-${first + nth}-${at}`),
        );
      });
      const item = h("li", null, h("div", { class: "figures" }, ...figures));
      const unseen = group.photos.length - PHOTOS;
      if (unseen > 0) item.append(h("p", { class: "hint" }, t.health.more(unseen)));
      const keep = () => settle(group, item);
      item.append(h("button", { type: "button", class: "quiet keep-all", onclick: keep }, t.health.keepAll));
      shown.append(item);
    });
    count();
    await draw(store, frames);
  };
  root.ontoggle = () => void (root.open && !shown.childElementCount && show());
  if (alarm) void show();
  count();
  return root;
}

/** @param {Twins} group */
const keyOf = ({ photos }) => photos.map(({ path }) => path).join("\n");

/**
 * @param {import("../state.js").Store} store
 * @param {Map<HealthPhoto, HTMLElement>} frames
 */
async function draw({ state: { lab, dataset } }, frames) {
  if (!lab || !dataset) return;
  const photos = [...frames.keys()];
  for (const split of new Set(photos.map((photo) => photo.split))) {
    const wanted = photos.filter((photo) => photo.split === split);
    try {
      const images = await lab.images(dataset, split, wanted.map(({ index }) => index));
      images.forEach(({ imageData, path }, nth) => frames.get(wanted[nth])?.append(pictureOf(imageData, path)));
    } catch {
      // The photos were closed meanwhile: other ones are shown by now.
      return;
    }
  }
}
