import js from "@eslint/js";
import globals from "globals";

/** What a page and a worker both have. */
const everywhere = Object.fromEntries(Object.entries(globals.browser).filter(([name]) => name in globals.worker));

// File and class names are other people's text: none of it may become HTML.
const html = [
  { selector: "AssignmentExpression > MemberExpression.left[property.name=/^(inner|outer)HTML$/]", message: "Use textContent." },
  { selector: "CallExpression > MemberExpression.callee[property.name=/^(insertAdjacentHTML|write|writeln)$/]", message: "Use textContent." },
];

/**
 * A room of www/: the globals of the thread that it runs in, and the rooms that it may not import from.
 * @param {string[]} files
 * @param {Record<string, unknown>} names
 * @param {string[]} closed folders of www/
 */
function room(files, names, closed) {
  const message = "Another thread's code, or a room's inside: see www in ARCHITECTURE.md.";
  const path = `/(^|\\u002F)(${closed.join("|")})\\u002F/`;
  const dynamic = { selector: `ImportExpression > Literal.source[value=${path}]`, message };
  return {
    files,
    languageOptions: { globals: names },
    rules: {
      "no-restricted-imports": ["error", { patterns: [{ regex: `(^|/)(${closed.join("|")})/`, message }] }],
      "no-restricted-syntax": ["error", ...html, dynamic],
    },
  };
}

export default [
  { ignores: ["dist/", "target/", "node_modules/"] },
  js.configs.recommended,
  {
    rules: {
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-implicit-globals": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "object-shorthand": "error",
      "max-lines": ["error", 500],
      "no-restricted-syntax": ["error", ...html],
    },
  },
  room(["www/page/**/*.js"], globals.browser, ["worker", "lab", "bench"]),
  room(["www/worker/**/*.js"], globals.worker, ["page", "lab", "bench"]),
  room(["www/shared/**/*.js"], everywhere, ["page", "worker", "lab", "bench"]),
  // The public module runs in pages and in workers.
  room(["www/lab.js", "www/lab/**/*.js"], everywhere, ["page", "worker", "bench"]),
  room(["www/bench/page/**/*.js"], globals.browser, ["worker", "lab"]),
  room(["www/bench/worker/**/*.js"], globals.worker, ["page", "lab"]),
  room(["www/bench/shared/**/*.js"], everywhere, ["page", "worker", "lab"]),
  // What page.evaluate() is given runs in the page.
  { files: ["tests/**/*.js", "eslint.config.js", "xtask/bundle.js"], languageOptions: { globals: { ...globals.node, ...globals.browser } } },
];
