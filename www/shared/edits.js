/** The changes of a dataset's classes and splits: what each is given, how that is checked, and what the engine does for it. */
import { checkedOptions, choice, shown } from "./checks.js";
import { SPLITS } from "./splits.js";

/** @typedef {import("./types.js").Engine} Engine */
/** @typedef {import("./types.js").Split} Split */
/** @typedef {import("./types.js").SplitEdit} SplitEdit */
/** @typedef {import("./checks.js").At} At */

/**
 * @template T
 * @typedef {object} Rule of a kind of change
 * @property {(given: Record<string, any>, at: At) => T} check
 * @property {(engine: Engine, dataset: number, change: T) => void} change
 */

/** @type {<T>(check: Rule<T>["check"], change: Rule<T>["change"]) => Rule<T>} */
const rule = (check, change) => ({ check, change });

/** What a change may be given, by any name. */
const KNOWN = ["create", "rename", "to", "merge", "into", "drop", "move", "class", "split", "remove", ...SPLITS, "splitBy", "seed"];

/** Each kind of change by the name that tells it; the one without comes last. */
const RULES = {
  create: rule(
    ({ create }) => ({ create: className("create", create) }),
    (engine, dataset, { create }) => engine.create_class(dataset, create),
  ),
  rename: rule(
    ({ rename, to }) => ({ rename, to: className("to", to) }),
    (engine, dataset, { rename, to }) => engine.rename_class(dataset, rename, to),
  ),
  merge: rule(
    ({ merge, into }) => ({ merge: list("merge", merge, "classes' names"), into: className("into", into) }),
    (engine, dataset, { merge, into }) => engine.merge_classes(dataset, merge, into),
  ),
  drop: rule(
    ({ drop }) => ({ drop: className("drop", drop) }),
    (engine, dataset, { drop }) => engine.drop_class(dataset, drop),
  ),
  remove: rule(
    ({ remove }) => ({ remove: list("remove", remove, "photos' paths") }),
    (engine, dataset, { remove }) => engine.remove_photos(dataset, remove),
  ),
  move: rule(
    ({ move, class: label, split }, at) => {
      if (label === undefined && split === undefined)
        throw new Error("edit: move needs a class, a split or both to move the photos to.");
      const into = split === undefined ? undefined : choice(SPLITS)(split, { ...at, name: "split" });
      const to = label === undefined ? undefined : className("class", label);
      return { move: list("move", move, "photos' paths"), class: to, split: into };
    },
    (engine, dataset, { move, class: label, split }) => engine.move_photos(dataset, move, label, split),
  ),
  shares: rule(
    ({ train, validation, test, splitBy, seed }) => {
      if ([train, validation, test, splitBy, seed].every((value) => value === undefined))
        throw new Error("edit: give one of rename, merge, drop, move, remove, create, or train, validation, test, splitBy and seed.");
      return /** @type {SplitEdit} */ ({ train, validation, test, splitBy, seed });
    },
    (engine, dataset, shares) => engine.split_photos(dataset, shares),
  ),
};

/** @typedef {{ kind: keyof typeof RULES, change: any }} Edit a change that was checked */

/** @type {import("./checks.js").Check<Edit>} */
export function edit(value, at) {
  const given = checkedOptions(value, at.call, KNOWN);
  if (given.splitBy !== undefined) choice(["drawn", "name"])(given.splitBy, { ...at, name: "splitBy" });
  const kinds = /** @type {Edit["kind"][]} */ (Object.keys(RULES));
  const kind = kinds.find((name) => name in given) ?? "shares";
  return { kind, change: RULES[kind].check(given, at) };
}

/**
 * @param {Engine} engine
 * @param {number} dataset
 * @param {Edit} edit
 */
export function makeEdit(engine, dataset, { kind, change }) {
  RULES[kind].change(engine, dataset, change);
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function className(name, value) {
  if (typeof value !== "string") throw new Error(`edit: ${name} must be a class's name, not ${shown(value)}.`);
  return value.trim();
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {string} what it is a list of
 * @returns {string[]}
 */
function list(name, value, what) {
  if (Array.isArray(value) && value.length && value.every((item) => typeof item === "string")) return value;
  throw new Error(`edit: ${name} must be an array of ${what}, not ${shown(value)}.`);
}
