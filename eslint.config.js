import js from "@eslint/js";
import globals from "globals";

const worker = ["www/worker.js", "www/decoder.js", "www/bench/worker.js", "www/bench/decoding.js"];
const tests = ["tests/**/*.js", "eslint.config.js"];

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
      // File and class names are other people's text: none of it may become HTML.
      "no-restricted-syntax": [
        "error",
        { selector: "AssignmentExpression > MemberExpression.left[property.name=/^(inner|outer)HTML$/]", message: "Use textContent." },
        { selector: "CallExpression > MemberExpression.callee[property.name=/^(insertAdjacentHTML|write|writeln)$/]", message: "Use textContent." },
      ],
    },
  },
  { files: ["www/**/*.js"], ignores: worker, languageOptions: { globals: globals.browser } },
  { files: worker, languageOptions: { globals: globals.worker } },
  // What page.evaluate() is given runs in the page.
  { files: tests, languageOptions: { globals: { ...globals.node, ...globals.browser } } },
];
