import { h } from "../dom.js";
import { t } from "../texts.js";

/**
 * The end of the page: where else to go from here.
 * @param {HTMLElement} root
 */
export function mountFoot(root) {
  root.append(
    h("p", null, t.race.text, " ", h("a", { href: "bench.html", id: "to-race" }, t.race.link)),
    h("p", null, h("a", { href: "www/notices.txt", id: "to-notices" }, t.notices)),
  );
}
