import { h } from "../dom.js";
import { t } from "../texts.js";

/**
 * What a class is called, to change it, and the way to leave it out.
 * @param {import("../app.js").App} app
 * @param {number} index
 * @param {string} label
 */
export function classFields({ actions }, index, label) {
  const name = h("input", { type: "text", value: label, id: `class-${index}`, "aria-label": t.photos.nameOf(label) });
  name.onchange = async () => {
    const to = name.value.trim();
    if (to === label || !(await actions.photos.change({ edit: { rename: label, to } }))) name.value = label;
  };
  const drop = h(
    "button",
    { type: "button", class: "quiet", id: `drop-${index}`, "aria-label": t.photos.dropOf(label) },
    t.photos.dropClass,
  );
  drop.onclick = () => void actions.photos.change({ edit: { drop: label } });
  return { name, drop };
}
