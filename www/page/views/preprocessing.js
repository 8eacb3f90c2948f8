import { field, h } from "../dom.js";
import { BUSY_KEYS } from "../state.js";
import { t } from "../texts.js";

/**
 * What photos become for a network of another program's file: guessed where the file does not say, so it can be changed.
 * @param {HTMLElement} parent
 * @param {import("../app.js").App} app
 */
export function mountPreprocessing(parent, { store, actions }) {
  const select = h(
    "select",
    { id: "preprocessing", "aria-describedby": "preprocessing-hint" },
    ...Object.entries(t.preprocessing.kinds).map(([value, words]) => h("option", { value }, words)),
  );
  const hint = h("p", { class: "hint", id: "preprocessing-hint" }, t.preprocessing.hint);
  const whole = h("div", { class: "file-notes" }, field(t.preprocessing.label, select), hint);
  parent.append(whole);
  select.onchange = () => {
    const chosen = /** @type {import("../../shared/types.js").ModelOptions["preprocessing"]} */ (select.value);
    void actions.networks.changePreprocessing(chosen);
  };
  store.watch(["model", "recipe", ...BUSY_KEYS], () => {
    const { model, recipe } = store.state;
    whole.hidden = recipe !== "file" || !model?.preprocessing;
    select.value = model?.preprocessing ?? "";
    select.disabled = store.busy;
  });
}
